//! Properties that many hold at once: the state, the observation and the plan of a resource that did not change.

use super::Properties;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value as Json, map::Iter};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A resource's properties, cheap to clone: who changes them gets a copy of its own.
///
/// A plan of 10,000 resources that changes nothing holds those of each once instead of three times.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Properties")]
pub struct SharedProperties(Arc<Properties>);

impl Deref for SharedProperties {
    type Target = Properties;

    fn deref(&self) -> &Properties {
        &self.0
    }
}

impl DerefMut for SharedProperties {
    fn deref_mut(&mut self) -> &mut Properties {
        Arc::make_mut(&mut self.0)
    }
}

impl PartialEq for SharedProperties {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl PartialEq<Properties> for SharedProperties {
    fn eq(&self, other: &Properties) -> bool {
        *self.0 == *other
    }
}

impl From<Properties> for SharedProperties {
    fn from(properties: Properties) -> Self {
        Self(Arc::new(properties))
    }
}

impl From<SharedProperties> for Properties {
    fn from(shared: SharedProperties) -> Self {
        Arc::unwrap_or_clone(shared.0)
    }
}

impl From<SharedProperties> for Json {
    fn from(shared: SharedProperties) -> Self {
        Json::Object(shared.into())
    }
}

impl<'a> IntoIterator for &'a SharedProperties {
    type Item = (&'a String, &'a Json);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.0.iter()
    }
}

impl Serialize for SharedProperties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
