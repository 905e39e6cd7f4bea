//! Secrets stay out of the state: where one stands, a keyed hash is kept, enough to see that it changed.
#![allow(clippy::disallowed_methods)] // The state is one of the rooms that touch the file system.

use super::StateError;
use super::sqlite::files;
use crate::cloud::Properties;
use crate::cloud::physical_names::hex;
use gpb_model::PropPath;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value as Json};
use sha2::Sha256;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// The key of the hashes: random, made once a state folder, and worthless without the state it lies beside.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key in `folder/key`, made when there is none.
    pub(super) fn load(folder: &Path) -> Result<SecretKey, StateError> {
        let path = folder.join("key");
        let io = |error: std::io::Error| StateError::io(&path, &error);
        match files::private_options().write(false).open(&path) {
            Ok(file) => {
                let mut bytes = Vec::new();
                file.take(64).read_to_end(&mut bytes).map_err(io)?;
                bytes.try_into().map(SecretKey).map_err(|_| StateError::BadKey { path: path.clone() })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(folder, &path),
            Err(error) => Err(io(error)),
        }
    }

    fn make(folder: &Path, path: &Path) -> Result<SecretKey, StateError> {
        let io = |error: std::io::Error| StateError::io(path, &error);
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| StateError::Io { path: path.to_owned(), what: format!("no randomness: {error}") })?;
        files::private_folder(folder)?;
        // Written aside and linked into place, so that of two processes one wins and neither reads half a key.
        let aside = folder.join(format!("key.{}", std::process::id()));
        let written = files::private_options().create(true).truncate(true).open(&aside).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.map_err(io)?;
        let linked = std::fs::hard_link(&aside, path);
        std::fs::remove_file(&aside).map_err(io)?;
        match linked {
            Ok(()) => Ok(SecretKey(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::load(folder),
            Err(error) => Err(io(error)),
        }
    }

    /// The keyed hash of a secret's value, in hexadecimal digits.
    pub fn hash(&self, value: &Json) -> String {
        // A text is hashed as itself, so that the same secret gives the same hash wherever it stands.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    fn mark(&self, value: &Json) -> Json {
        Json::Object(Map::from_iter([("$secret".to_owned(), Json::String(self.hash(value)))]))
    }
}

/// Whether this stands where a secret was.
pub fn is_redacted(value: &Json) -> bool {
    value.as_object().is_some_and(|object| object.len() == 1 && object.get("$secret").is_some_and(Json::is_string))
}

/// The properties with a hash at each of `paths`; a path may hold `*`.
pub fn redact(properties: &Properties, paths: &[PropPath], key: &SecretKey) -> Properties {
    let mut root = Json::Object(properties.clone());
    for path in paths {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        edit_at(&mut root, &segments, &mut |value| {
            if !is_redacted(value) {
                *value = key.mark(value);
            }
        });
    }
    into_properties(root)
}

/// The properties with a hash for each text that is one of `values`, or that holds one long enough not to be there by chance.
pub fn redact_values(properties: &Properties, values: &[String], key: &SecretKey) -> Properties {
    let mut root = Json::Object(properties.clone());
    if values.iter().any(|value| !value.is_empty()) {
        each_text(&mut root, &mut |value| {
            let text = value.as_str().unwrap_or_default();
            if values.iter().any(|secret| {
                !secret.is_empty() && (text == secret || (secret.len() >= 8 && text.contains(secret.as_str())))
            }) {
                *value = key.mark(value);
            }
        });
    }
    into_properties(root)
}

/// Every place where a hash stands for a secret.
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
    for (name, value) in properties {
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

    #[test]
    fn the_same_secret_hashes_alike_under_one_key_only() {
        let secret = json!("x");
        assert_eq!(key().hash(&secret), key().hash(&secret));
        assert_ne!(key().hash(&secret), SecretKey::new([8; 32]).hash(&secret));
        assert_ne!(key().hash(&secret), key().hash(&json!("y")));
    }
}
