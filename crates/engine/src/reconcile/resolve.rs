//! Fills the holes of properties with what is known by now.

use crate::cloud::{ObservedResource, Properties};
use crate::state::is_redacted;
use compact_str::CompactString;
use gpb_model::PropPath;
use gpb_model::{Reference, SecretSource, Value};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Computes a function that had to wait for its arguments; the text says why it cannot.
pub type CallFunctions = dyn Fn(&str, &[Json]) -> Result<Json, String> + Send + Sync;

/// What holes are filled from.
pub struct ResolveSources<'a> {
    /// What a resource is, if it is there.
    pub outputs: &'a dyn Fn(&Reference) -> Option<ObservedResource>,
    pub functions: &'a CallFunctions,
    pub secrets: &'a BTreeMap<SecretSource, String>,
    /// Where a generated secret stands that was made before and is not made again.
    pub kept: &'a dyn Fn(&PropPath) -> bool,
}

/// Properties without holes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResolvedProperties {
    /// Secrets in clear.
    pub properties: Properties,
    /// Where they stand.
    pub secrets: Vec<PropPath>,
    /// Where one is kept as it is: the property is absent.
    pub kept: Vec<PropPath>,
}

/// The properties with every hole filled.
///
/// # Errors
/// A sentence that names the property and what is missing.
pub fn resolve(desired: &gpb_model::ValueMap, sources: &ResolveSources<'_>) -> Result<ResolvedProperties, String> {
    let mut resolved = ResolvedProperties::default();
    for (name, value) in desired {
        let path = PropPath::default().child(name);
        let filled = sources.fill(value, &path, &mut resolved).map_err(|why| format!("{path}: {why}"))?;
        if let Some(json) = filled {
            resolved.properties.insert(name.to_string(), json);
        }
    }
    Ok(resolved)
}

/// One value, which must hold no secret.
pub fn resolve_value(value: &Value, sources: &ResolveSources<'_>) -> Result<Option<Json>, String> {
    sources.fill(value, &PropPath::default(), &mut ResolvedProperties::default())
}

/// Every secret inside.
pub fn secrets_of(value: &Value, found: &mut BTreeSet<SecretSource>) {
    match value {
        Value::Secret(secret) => {
            found.insert(secret.clone());
        }
        Value::List(items) | Value::Concat(items) | Value::Call { args: items, .. } => {
            for item in items {
                secrets_of(item, found);
            }
        }
        Value::Map(entries) => entries.values().for_each(|value| secrets_of(value, found)),
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Text(_) | Value::Ref(_) => {}
    }
}

impl ResolveSources<'_> {
    fn fill(&self, value: &Value, path: &PropPath, into: &mut ResolvedProperties) -> Result<Option<Json>, String> {
        Ok(match value {
            Value::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.extend(self.fill(item, &path.child(&index.to_string()), into)?);
                }
                Some(Json::Array(list))
            }
            Value::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    if let Some(json) = self.fill(value, &path.child(key), into)? {
                        map.insert(key.to_string(), json);
                    }
                }
                Some(Json::Object(map))
            }
            leaf => {
                let mut secrets = BTreeSet::new();
                secrets_of(leaf, &mut secrets);
                if secrets.iter().any(|secret| matches!(secret, SecretSource::Generated { .. })) && (self.kept)(path) {
                    into.kept.push(path.clone());
                    return Ok(None);
                }
                // A text made with a secret is a secret as a whole.
                if !secrets.is_empty() {
                    into.secrets.push(path.clone());
                }
                Some(self.leaf(leaf)?).filter(|json| !json.is_null())
            }
        })
    }

    /// A value that is sent whole.
    fn leaf(&self, value: &Value) -> Result<Json, String> {
        Ok(match value {
            Value::Bool(bool) => (*bool).into(),
            Value::Int(int) => (*int).into(),
            Value::Number(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => Json::Array(items.iter().map(|item| self.leaf(item)).collect::<Result<_, _>>()?),
            Value::Map(entries) => {
                let entry = |(key, value): (&CompactString, &Value)| Ok((key.to_string(), self.leaf(value)?));
                Json::Object(entries.iter().map(entry).collect::<Result<_, String>>()?)
            }
            Value::Ref(reference) => self.reference(reference)?,
            Value::Concat(parts) => {
                let mut text = String::new();
                for part in parts {
                    match self.leaf(part)? {
                        Json::String(part) => text.push_str(&part),
                        other @ (Json::Number(_) | Json::Bool(_)) => text.push_str(&other.to_string()),
                        other => return Err(format!("a text cannot hold {other}")),
                    }
                }
                Json::String(text)
            }
            Value::Call { function, args } => {
                let args = args.iter().map(|arg| self.leaf(arg)).collect::<Result<Vec<_>, _>>()?;
                (self.functions)(function, &args).map_err(|why| format!("{function}: {why}"))?
            }
            Value::Secret(secret) => {
                let value = self.secrets.get(secret).ok_or("a secret stands where none was expected")?;
                Json::String(value.clone())
            }
        })
    }

    fn reference(&self, reference: &Reference) -> Result<Json, String> {
        let observed = (self.outputs)(reference).ok_or_else(|| format!("{} does not exist", reference.to))?;
        if reference.path.0.is_empty() {
            return Ok(Json::String(observed.id));
        }
        let segments: Vec<String> = reference.path.segments().map(PropPath::unescape).collect();
        let value = reach(&Json::Object(observed.properties), &segments)
            .ok_or_else(|| format!("{} gives back no {}", reference.to, reference.path))?;
        if holds_redacted(&value) {
            return Err(format!("{} of {} is a secret, which is not kept", reference.path, reference.to));
        }
        Ok(value)
    }
}

fn reach(value: &Json, segments: &[String]) -> Option<Json> {
    let Some((segment, rest)) = segments.split_first() else { return Some(value.clone()) };
    match value {
        Json::Array(items) if segment == "*" => items.iter().map(|item| reach(item, rest)).collect(),
        Json::Array(items) => reach(items.get(segment.parse::<usize>().ok()?)?, rest),
        Json::Object(entries) => reach(entries.get(segment)?, rest),
        _ => None,
    }
}

fn holds_redacted(value: &Json) -> bool {
    match value {
        _ if is_redacted(value) => true,
        Json::Array(items) => items.iter().any(holds_redacted),
        Json::Object(entries) => entries.values().any(holds_redacted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The properties as they are sent, and where secrets stand; or why not.
    fn check(desired: Json, expected: Result<(Json, &[&str]), &str>) {
        let Ok(Value::Map(desired)) = Value::try_from(desired) else { panic!("no properties") };
        let secrets = BTreeMap::from([
            (SecretSource::Env { name: "TOKEN".into() }, "hunter2".to_owned()),
            (SecretSource::Generated { length: 8 }, "made".to_owned()),
        ]);
        let queue = json!({"Arn": "arn:q", "Urls": [{"U": "a"}, {"U": "b"}], "Key": {"$secret": "00"}});
        let outputs = |reference: &Reference| {
            let properties = queue.as_object().cloned().unwrap_or_default();
            (reference.to.as_str() == "queue").then_some(ObservedResource { id: "q-1".into(), properties })
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
                assert_eq!(Json::Object(resolved.properties), properties);
                assert_eq!(resolved.secrets.iter().map(|path| path.0.as_str()).collect::<Vec<_>>(), secrets);
            }
            (resolved, expected) => assert_eq!(resolved.map(drop), expected.map(drop).map_err(str::to_owned)),
        }
    }

    fn to(path: &str) -> Json {
        json!({"$ref": {"to": "queue", "path": path}})
    }

    #[test]
    fn holes_are_filled() {
        check(json!({"A": to(""), "B": [to("Arn")]}), Ok((json!({"A": "q-1", "B": ["arn:q"]}), &[])));
        check(json!({"A": to("Urls/*/U"), "B": to("Urls/1/U")}), Ok((json!({"A": ["a", "b"], "B": "b"}), &[])));
        check(json!({"A": {"$concat": [to("Arn"), "/", 5]}}), Ok((json!({"A": "arn:q/5"}), &[])));
        check(json!({"A": {"$call": ["upper", to("Arn")]}}), Ok((json!({"A": "ARN:Q"}), &[])));
    }

    #[test]
    fn a_missing_part_is_named() {
        check(json!({"A": {"B": to("Nam")}}), Err("A: queue gives back no Nam"));
        check(json!({"A": {"$ref": {"to": "gone", "path": ""}}}), Err("A: gone does not exist"));
        check(json!({"A": to("Key")}), Err("A: Key of queue is a secret, which is not kept"));
        check(json!({"A": {"$call": ["lower"]}}), Err("A: lower: no function lower"));
        check(json!({"A": {"$concat": [[1]]}}), Err("A: a text cannot hold [1]"));
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
