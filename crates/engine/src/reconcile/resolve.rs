//! Fills in the unknown values (known only after apply) of what is sent: a run knows everything, or the step fails.

use crate::cloud::{ObservedResource, Properties};
use crate::state::holds_redacted;
use crate::unknown::{CallFunctions, SourceValue, ValueSource, fill};
use compact_str::CompactString;
use gpb_model::{PropPath, PropertyMap, PropertyValue, Reference, SecretSource};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The sources that unknown values are filled in from.
pub struct ResolveSources<'a> {
    /// Returns the resource that is referred to, as observed, if it exists.
    pub outputs: &'a dyn Fn(&Reference) -> Option<ObservedResource>,
    /// Computes calls.
    pub functions: &'a CallFunctions,
    /// The secrets in clear.
    pub secrets: &'a BTreeMap<SecretSource, String>,
    /// Returns true where a generated secret stands that was created before and is not created again.
    pub kept: &'a dyn Fn(&PropPath) -> bool,
}

/// Properties without unknowns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResolvedProperties {
    /// The values, secrets in clear.
    pub values: PropertyMap,
    /// The places of the secrets.
    pub secrets: Vec<PropPath>,
    /// The places where a secret is kept as it is: the property is absent.
    pub kept: Vec<PropPath>,
}

impl ResolvedProperties {
    /// Returns the values as JSON.
    pub fn properties(&self) -> Properties {
        let entry = |(name, value): (&CompactString, &PropertyValue)| Some((name.to_string(), value.to_json()?));
        self.values.iter().filter_map(entry).collect()
    }
}

/// Fills in every unknown of a resource's properties.
///
/// # Errors
/// A sentence that names the property and what is missing.
pub fn resolve(desired: &PropertyMap, sources: &ResolveSources<'_>) -> Result<ResolvedProperties, String> {
    let mut run = RunSource { sources, secrets: Vec::new(), kept: Vec::new() };
    let mut values = Vec::with_capacity(desired.len());
    for (name, value) in desired {
        let path = PropPath::default().child(name);
        let filled = fill(value, &path, &mut run).map_err(|why| format!("{path}: {why}"))?;
        values.extend(filled.map(|value| (name.clone(), value)));
    }
    Ok(ResolvedProperties { values: values.into_iter().collect(), secrets: run.secrets, kept: run.kept })
}

/// Fills in one value that must hold no secret, as JSON; `None` when it is absent.
///
/// # Errors
/// A sentence that says what is missing.
pub fn resolve_value(value: &PropertyValue, sources: &ResolveSources<'_>) -> Result<Option<Json>, String> {
    let mut run = RunSource { sources, secrets: Vec::new(), kept: Vec::new() };
    Ok(fill(value, &PropPath::default(), &mut run)?.as_ref().and_then(PropertyValue::to_json))
}

/// Collects every secret inside a value.
pub fn secrets_of(value: &PropertyValue, found: &mut BTreeSet<SecretSource>) {
    found.extend(value.walk().filter_map(|value| match value {
        PropertyValue::Secret(secret) => Some(secret.clone()),
        _ => None,
    }));
}

/// The source of a run: it knows everything, or fails.
struct RunSource<'a> {
    sources: &'a ResolveSources<'a>,
    secrets: Vec<PropPath>,
    kept: Vec<PropPath>,
}

impl ValueSource for RunSource<'_> {
    fn includes(&mut self, path: &PropPath, leaf: &PropertyValue) -> bool {
        let mut secrets = BTreeSet::new();
        secrets_of(leaf, &mut secrets);
        let is_generated = |secret: &SecretSource| matches!(secret, SecretSource::Generated { .. });
        if secrets.iter().any(is_generated) && (self.sources.kept)(path) {
            self.kept.push(path.clone());
            return false;
        }
        // A string made with a secret is a secret as a whole.
        if !secrets.is_empty() {
            self.secrets.push(path.clone());
        }
        true
    }

    fn reference(&mut self, reference: &Reference) -> Result<SourceValue, String> {
        let observed = (self.sources.outputs)(reference).ok_or_else(|| format!("{} does not exist", reference.to))?;
        if reference.path.0.is_empty() {
            return Ok(SourceValue::Known(PropertyValue::Text(observed.id.into())));
        }
        let segments: Vec<String> = reference.path.segments().map(PropPath::unescape).collect();
        let value = reach_property(&observed.properties, &segments)
            .ok_or_else(|| format!("{} returns no {}", reference.to, reference.path))?;
        if holds_redacted(&value) {
            return Err(format!("{} of {} is a secret, which is not kept", reference.path, reference.to));
        }
        Ok(SourceValue::from(&value))
    }

    fn call(&mut self, _: &PropPath, function: &str, args: &[Json]) -> Result<SourceValue, String> {
        let json = (self.sources.functions)(function, args).map_err(|why| format!("{function}: {why}"))?;
        Ok(SourceValue::from(&json))
    }

    fn secret(&mut self, secret: &SecretSource) -> Result<SourceValue, String> {
        let value = self.sources.secrets.get(secret).ok_or("a secret stands where none was expected")?;
        Ok(SourceValue::Known(PropertyValue::Text(value.as_str().into())))
    }

    fn cannot_join(&mut self, part: &Json) -> Result<(), String> {
        Err(format!("a string cannot hold {part}"))
    }
}

/// Returns the JSON at a path below a property.
fn reach_property(properties: &Properties, segments: &[String]) -> Option<Json> {
    let (name, rest) = segments.split_first()?;
    reach(properties.get(name)?, rest)
}

/// Returns the JSON at a path, which may hold `*` for every item of a list.
fn reach(value: &Json, segments: &[String]) -> Option<Json> {
    let Some((segment, rest)) = segments.split_first() else { return Some(value.clone()) };
    match value {
        Json::Array(items) if segment == "*" => items.iter().map(|item| reach(item, rest)).collect(),
        Json::Array(items) => reach(items.get(segment.parse::<usize>().ok()?)?, rest),
        Json::Object(entries) => reach(entries.get(segment)?, rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Compares the properties as they are sent and the places of secrets, or the error.
    fn check(desired: Json, expected: Result<(Json, &[&str]), &str>) {
        let Ok(PropertyValue::Map(desired)) = PropertyValue::try_from(desired) else { panic!("no properties") };
        let secrets = BTreeMap::from([
            (SecretSource::Env { name: "TOKEN".into() }, "hunter2".to_owned()),
            (SecretSource::Generated { length: 8 }, "made".to_owned()),
        ]);
        let queue = json!({"Arn": "arn:q", "Urls": [{"U": "a"}, {"U": "b"}], "Key": {"$secret": "00"}});
        let outputs = |reference: &Reference| {
            let properties = queue.as_object().cloned().unwrap_or_default();
            (reference.to.as_str() == "queue")
                .then_some(ObservedResource { id: "q-1".into(), properties: properties.into() })
        };
        let sources = ResolveSources {
            outputs: &outputs,
            functions: &|name, args| match name {
                "upper" => Ok(args[0].as_str().unwrap_or_default().to_uppercase().into()),
                other => Err(format!("no function {other}")),
            },
            secrets: &secrets,
            kept: &|path| path.0 == "Old",
        };
        match (resolve(&desired, &sources), expected) {
            (Ok(resolved), Ok((properties, secrets))) => {
                assert_eq!(Json::Object(resolved.properties()), properties);
                assert_eq!(resolved.secrets.iter().map(|path| path.0.as_str()).collect::<Vec<_>>(), secrets);
            }
            (resolved, expected) => assert_eq!(resolved.map(drop), expected.map(drop).map_err(str::to_owned)),
        }
    }

    fn to(path: &str) -> Json {
        json!({"$ref": {"to": "queue", "path": path}})
    }

    #[test]
    fn unknowns_are_filled_in() {
        check(json!({"A": to(""), "B": [to("Arn")]}), Ok((json!({"A": "q-1", "B": ["arn:q"]}), &[])));
        check(json!({"A": to("Urls/*/U"), "B": to("Urls/1/U")}), Ok((json!({"A": ["a", "b"], "B": "b"}), &[])));
        check(json!({"A": {"$concat": [to("Arn"), "/", 5]}}), Ok((json!({"A": "arn:q/5"}), &[])));
        check(json!({"A": {"$call": ["upper", to("Arn")]}}), Ok((json!({"A": "ARN:Q"}), &[])));
    }

    #[test]
    fn a_missing_part_is_named() {
        check(json!({"A": {"B": to("Nam")}}), Err("A: queue returns no Nam"));
        check(json!({"A": {"$ref": {"to": "gone", "path": ""}}}), Err("A: gone does not exist"));
        check(json!({"A": to("Key")}), Err("A: Key of queue is a secret, which is not kept"));
        check(json!({"A": {"$call": ["lower"]}}), Err("A: lower: no function lower"));
        check(json!({"A": {"$concat": [[1]]}}), Err("A: a string cannot hold [1]"));
    }

    #[test]
    fn secrets_are_told_by_their_places() {
        let token = json!({"$secret": {"from": "env", "name": "TOKEN"}});
        check(json!({"A": [token]}), Ok((json!({"A": ["hunter2"]}), &["A/0"])));
        check(json!({"U": {"$concat": ["x:", token]}}), Ok((json!({"U": "x:hunter2"}), &["U"])));
        let generated = json!({"$secret": {"from": "generated", "length": 8}});
        check(json!({"New": generated, "Old": generated}), Ok((json!({"New": "made"}), &["New"])));
    }
}
