//! The behaviour of the hostile cloud: rules by resource type, data of the standard library.
//!
//! Without rules the cloud is friendly: every change is carried out at once and seen by everybody.

mod address_block;
mod condition;
mod courses;
mod held;
mod life;
mod life_table;
mod locks;
mod naming;
mod normal_form;
mod rates;
mod refusal_rules;
mod refusals;
mod rule_time;
mod rules;
#[cfg(test)]
mod soundness;
mod turn;
mod version;
mod views;

pub(crate) use courses::UpdateValues;
pub(crate) use life_table::prepare;
pub(crate) use rates::RateLimits;
pub(crate) use refusals::AskedChange;
pub(crate) use rules::RuleCall;
pub(crate) use turn::Turn;
pub(crate) use views::WaiterView;

use gpb_base::stdlib::Library;
use refusal_rules::{RateRule, SecretRule, UnknownRule};
use rules::{ServiceRules, TypeRules};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The way in which a simulated cloud behaves, by resource type.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    services: Arc<BTreeMap<String, ServiceRules>>,
    /// The factor of all times, as a share of real time; none is 1.
    scale: Option<f64>,
}

impl Behaviour {
    /// Returns the behaviour without rules: every change happens at once.
    pub fn friendly() -> Self {
        Self::default()
    }

    /// Reads files of rules, each of one service.
    ///
    /// # Errors
    /// A file that is not valid, two of one service, or a rule without a source.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut services = BTreeMap::new();
        for text in texts {
            let rules: ServiceRules = toml::from_str(text).map_err(|error| error.to_string())?;
            let service = rules.service.clone();
            for (name, row) in &rules.types {
                let sources = row.sources();
                if sources.is_empty() || sources.iter().any(|source| source.trim().is_empty()) {
                    return Err(format!("a rule of `aws.{service}.{name}` has no source, or it has no rule"));
                }
            }
            if services.insert(service.clone(), rules).is_some() {
                return Err(format!("the service `{service}` has two files"));
            }
        }
        Ok(Self { services: Arc::new(services), scale: None })
    }

    /// Returns the behaviour of AWS, as the standard library describes it below `sim/behaviour`.
    ///
    /// # Errors
    /// As [`Behaviour::parse`].
    pub fn aws(library: &Library) -> Result<Self, String> {
        Self::parse(library.below("sim/behaviour/", ".toml").map(|(_, text)| &**text))
    }

    /// Returns the same behaviour with its times multiplied by a factor; 0 makes it instant.
    ///
    /// Times of a day or more are dates, not waits: a name that is held for 30 days is so at any pace.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { scale: Some(factor), ..self }
    }

    /// Lists the types that have a row, in gpb's names, in order.
    pub fn types(&self) -> Vec<String> {
        let rows =
            self.services.iter().flat_map(|(service, rules)| rules.types.keys().map(move |name| (service, name)));
        rows.map(|(service, name)| format!("aws.{service}.{name}")).collect()
    }

    pub(crate) fn is_friendly(&self) -> bool {
        self.services.is_empty()
    }

    pub(crate) fn of(&self, ty: &str) -> Option<&TypeRules> {
        let (service, name) = words(ty)?;
        self.services.get(service)?.types.get(name)
    }

    /// Lists the types whose resources keep secrets, each with its rule.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (String, &SecretRule)> {
        self.services.iter().flat_map(|(service, rules)| {
            rules
                .types
                .iter()
                .filter_map(move |(name, row)| Some((format!("aws.{service}.{name}"), row.secret.as_ref()?)))
        })
    }

    pub(crate) fn unknown(&self, ty: &str) -> Option<&UnknownRule> {
        let service = self.services.get(words(ty)?.0)?;
        self.of(ty).and_then(|row| row.unknown.as_ref()).or(service.unknown.as_ref())
    }

    pub(crate) fn rates(&self, ty: &str) -> &[RateRule] {
        words(ty).and_then(|(service, _)| self.services.get(service)).map_or(&[], |service| &service.rates)
    }

    /// Returns a time at the scale, in milliseconds.
    pub(crate) fn ms(&self, time: rule_time::RuleTime) -> i64 {
        i64::try_from(self.duration(time).as_millis()).unwrap_or(i64::MAX)
    }

    pub(crate) fn duration(&self, time: rule_time::RuleTime) -> Duration {
        match self.scale.filter(|_| !time.is_calendar()) {
            None => time.0,
            Some(scale) => Duration::try_from_secs_f64(time.0.as_secs_f64() * scale).unwrap_or_default(),
        }
    }

    pub(crate) fn scale(&self) -> f64 {
        self.scale.unwrap_or(1.0)
    }
}

/// Splits `aws.rds.db_cluster` into its service and its own name.
fn words(ty: &str) -> Option<(&str, &str)> {
    let mut words = ty.split('.').skip(1);
    Some((words.next()?, words.next()?))
}

pub(crate) fn service_of(ty: &str) -> &str {
    words(ty).map_or("", |(service, _)| service)
}
