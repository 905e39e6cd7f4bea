//! The values that a resource is made anew for, as they are remembered: `replace_when image changes`.

use super::resolve::{ResolveSources, resolve_value};
use super::run::ApplyRun;
use crate::cloud::Properties;
use crate::plan::ResourceChange;
use gpb_model::Reference;
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl ApplyRun<'_> {
    /// Returns the watched values of a change as they are now, by their expressions; absent ones are null.
    ///
    /// The plan holds keyed hashes of the secrets among them. One that cannot be known stays as it was `before`.
    pub fn watched_now(&self, change: &ResourceChange, before: &Properties) -> Properties {
        if change.watched.is_empty() {
            return Properties::new();
        }
        let (secrets, kept) = (BTreeMap::new(), |_: &_| false);
        let outputs = |reference: &Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = ResolveSources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
        let now = change.watched.iter().filter_map(|(label, value)| {
            let json = match value {
                Some(value) => resolve_value(value, &sources).ok().flatten().or_else(|| before.get(label).cloned())?,
                None => Json::Null,
            };
            Some((label.clone(), json))
        });
        self.scrubber.properties(&now.collect(), Some(&change.desired))
    }
}
