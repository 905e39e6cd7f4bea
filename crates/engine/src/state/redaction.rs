//! Redaction: secrets stay out of the state; where one stands, its keyed hash is kept.

use super::secret_key::SecretKey;
use crate::cloud::Properties;
use gpb_model::PropPath;
use serde_json::{Map, Value as Json};

/// Returns true when this stands where a secret was.
pub fn is_redacted(value: &Json) -> bool {
    redacted_hash(value).is_some()
}

/// Returns the keyed hash that stands for a secret.
pub fn redacted_hash(value: &Json) -> Option<&str> {
    value.as_object().and_then(hash_in)
}

/// Returns true when this object stands where a secret was.
pub fn is_redacted_object(object: &Properties) -> bool {
    hash_in(object).is_some()
}

fn hash_in(object: &Properties) -> Option<&str> {
    if object.len() == 1 { object.get("$secret")?.as_str() } else { None }
}

/// Returns what stands for a secret of this keyed hash: `{"$secret": "<keyed hash>"}`. The hash is empty when unknown.
pub fn redacted(hash: &str) -> Json {
    Json::Object(Map::from_iter([("$secret".to_owned(), hash.into())]))
}

/// Returns true when a secret was anywhere inside.
pub fn holds_redacted(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(holds_redacted),
        Json::Object(entries) => is_redacted(value) || entries.values().any(holds_redacted),
        _ => false,
    }
}

/// Returns the properties with a hash at each of `paths`; a path may hold `*`.
pub fn redact(properties: &Properties, paths: &[PropPath], key: &SecretKey) -> Properties {
    let mut root = Json::Object(properties.clone());
    for path in paths {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        edit_at(&mut root, &segments, &mut |value| {
            if !is_redacted(value) {
                *value = redacted(&key.hash(value));
            }
        });
    }
    into_properties(root)
}

/// Returns the properties with a hash for each string that is one of `values`, or that holds a long one.
///
/// A value of eight bytes and more is not there by chance.
pub fn redact_values(properties: &Properties, values: &[String], key: &SecretKey) -> Properties {
    let mut root = Json::Object(properties.clone());
    if values.iter().any(|value| !value.is_empty()) {
        each_text(&mut root, &mut |value| {
            let text = value.as_str().unwrap_or_default();
            if values.iter().any(|secret| {
                !secret.is_empty() && (text == secret || (secret.len() >= 8 && text.contains(secret.as_str())))
            }) {
                *value = redacted(&key.hash(value));
            }
        });
    }
    into_properties(root)
}

/// Returns every place where a hash stands for a secret.
pub fn redacted_paths(properties: &Properties) -> Vec<PropPath> {
    fn walk(value: &Json, path: &PropPath, found: &mut Vec<PropPath>) {
        match value {
            _ if is_redacted(value) => found.push(path.clone()),
            Json::Object(entries) => entries.iter().for_each(|(name, value)| walk(value, &path.child(name), found)),
            Json::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| walk(item, &path.child(&index.to_string()), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    // Hardly any property has one, and to spell out the path of each is most of the work.
    for (name, value) in properties.iter().filter(|(_, value)| holds_redacted(value)) {
        walk(value, &PropPath::default().child(name), &mut found);
    }
    found
}

fn into_properties(root: Json) -> Properties {
    match root {
        Json::Object(properties) => properties,
        _ => Properties::new(),
    }
}

/// Calls `act` for each value at the place, which may hold `*`.
fn edit_at(value: &mut Json, segments: &[String], act: &mut dyn FnMut(&mut Json)) {
    let Some((segment, rest)) = segments.split_first() else { return act(value) };
    match value {
        Json::Object(entries) if segment == "*" => entries.values_mut().for_each(|value| edit_at(value, rest, act)),
        Json::Object(entries) => {
            if let Some(value) = entries.get_mut(segment) {
                edit_at(value, rest, act);
            }
        }
        Json::Array(items) if segment == "*" => items.iter_mut().for_each(|item| edit_at(item, rest, act)),
        Json::Array(items) => {
            if let Some(item) = segment.parse().ok().and_then(|index: usize| items.get_mut(index)) {
                edit_at(item, rest, act);
            }
        }
        _ => {}
    }
}

fn each_text(value: &mut Json, act: &mut dyn FnMut(&mut Json)) {
    match value {
        Json::String(_) => act(value),
        Json::Object(entries) => entries.values_mut().for_each(|value| each_text(value, act)),
        Json::Array(items) => items.iter_mut().for_each(|item| each_text(item, act)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn properties(json: Json) -> Properties {
        into_properties(json)
    }

    fn key() -> SecretKey {
        SecretKey::new([7; 32])
    }

    #[test]
    fn a_path_is_replaced_by_a_hash_that_shows_only_change() {
        let document = properties(json!({"Name": "a", "Env": [{"Value": "s3cret"}, {"Value": "other"}]}));
        let path = PropPath("Env/0/Value".into());
        let redacted = redact(&document, std::slice::from_ref(&path), &key());
        assert!(is_redacted(&redacted["Env"][0]["Value"]));
        assert_eq!(redacted["Env"][1]["Value"], "other");
        assert!(!Json::Object(redacted.clone()).to_string().contains("s3cret"));
        assert_eq!(redact(&redacted, std::slice::from_ref(&path), &key()), redacted, "a hash is not hashed again");
        assert_eq!(redacted_paths(&redacted), [path]);
    }

    #[test]
    fn a_value_is_found_wherever_the_cloud_gives_it_back() {
        let document = properties(json!({"Url": "postgres://u:hunter2hunter2@db", "Short": "ab", "Word": "abc"}));
        let redacted = redact_values(&document, &["hunter2hunter2".to_owned(), "ab".to_owned()], &key());
        assert!(is_redacted(&redacted["Url"]) && is_redacted(&redacted["Short"]));
        assert_eq!(redacted["Word"], "abc", "a short secret is only itself");
    }
}
