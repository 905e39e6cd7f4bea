//! The life of a resource on the hostile cloud: its state, and what is still to come.

use gpb_engine::cloud::Properties;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The state of a resource, and its coming events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Life {
    /// The moment of its creation, in milliseconds since the epoch.
    pub made: i64,
    /// The moment of its last change, in milliseconds since the epoch.
    pub changed: i64,
    /// The properties before that change.
    pub before: Option<Properties>,
    /// The state while it is not ready.
    pub state: Option<String>,
    /// The reason why it failed.
    pub failed: Option<String>,
    /// The moment from which single reads find it, in milliseconds since the epoch.
    pub hidden_until: i64,
    /// The moment from which other services know it, in milliseconds since the epoch.
    pub known_at: i64,
    /// Set while it waits for its end.
    pub deleting: bool,
    /// Set where it holds what is no resource.
    pub contents: bool,
    /// The events to come, the next one first.
    pub events: Vec<LifeEvent>,
}

/// An event in the life of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LifeEvent {
    /// The moment, in milliseconds since the epoch.
    pub at: i64,
    /// The effect.
    pub effect: LifeEffect,
}

/// The effect of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LifeEffect {
    /// A property is read with this value from now on, or is absent.
    Put { property: String, value: Option<Json> },
    /// The resource comes into a state; none is ready.
    Become(Option<String>),
    /// The resource has failed.
    Fail(String),
    /// The resource is gone.
    Vanish,
    /// AWS changes it, by the rule of this index.
    Later(usize),
    /// AWS makes another one, by the rule of this index.
    Spawn(usize),
}

impl Life {
    /// Adds an event.
    pub fn plan(&mut self, at: i64, effect: LifeEffect) {
        let place = self.events.partition_point(|event| event.at <= at);
        self.events.insert(place, LifeEvent { at, effect });
    }

    /// Returns the properties as they will be once all planned values are read.
    pub fn target(&self, shown: &Properties) -> Properties {
        let mut target = shown.clone();
        for event in &self.events {
            if let LifeEffect::Put { property, value } = &event.effect {
                put(&mut target, property, value.clone());
            }
        }
        target
    }

    /// Returns the moment until which it is in a state, in milliseconds since the epoch.
    pub fn busy_until(&self) -> Option<i64> {
        let ends = self.events.iter().filter(|event| {
            matches!(event.effect, LifeEffect::Become(None) | LifeEffect::Fail(_) | LifeEffect::Vanish)
        });
        ends.map(|event| event.at).min().filter(|_| self.state.is_some())
    }
}

/// Sets a property, or takes it away.
pub(crate) fn put(properties: &mut Properties, property: &str, value: Option<Json>) {
    match value {
        Some(value) => {
            properties.insert(property.to_owned(), value);
        }
        None => {
            properties.remove(property);
        }
    }
}
