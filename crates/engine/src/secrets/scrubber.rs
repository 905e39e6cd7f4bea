//! The scrubber: knows the secrets of a run by value, those of the state by their keyed hashes, and takes both out.

use super::spelling::Spelling;
use super::spellings::{LONG, SecretSpellings};
use super::whole_words;
use crate::cloud::{CloudError, Properties, SharedProperties, property_paths};
use crate::state::{ResourceRecord, SecretKey, StateSnapshot, is_redacted, redacted, redacted_hash, redacted_paths};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use gpb_model::{PropertyMap, PropertyValue, SecretSource};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

/// Takes secrets out of what comes from outside.
///
/// It holds secrets in clear, so it lives in memory alone and as long as one command.
pub struct SecretScrubber {
    key: SecretKey,
    /// By keyed hash, where the state has that secret.
    known: BTreeMap<String, String>,
    held: RwLock<Vec<HeldSecret>>,
}

struct HeldSecret {
    spellings: SecretSpellings,
    source: String,
}

impl fmt::Debug for SecretScrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretScrubber(…)")
    }
}

impl SecretScrubber {
    /// Returns the scrubber of a state: it knows what the state has hashes of.
    pub fn new(key: SecretKey, snapshot: &StateSnapshot) -> Self {
        let mut known = BTreeMap::new();
        let records = snapshot.resources.values().flat_map(|ResourceRecord { address, applied, observed, .. }| {
            [(address, &**applied), (address, &**observed)]
        });
        let intents = snapshot.pending.iter().map(|intent| (&intent.address, &intent.desired));
        for (address, properties) in records.chain(intents) {
            for path in redacted_paths(properties) {
                let hash =
                    property_paths::get(properties, &path).and_then(redacted_hash).filter(|hash| !hash.is_empty());
                if let Some(hash) = hash {
                    known.entry(hash.to_owned()).or_insert_with(|| address.to_string());
                }
            }
        }
        Self { key, known, held: RwLock::default() }
    }

    /// Keeps a secret in mind that this run has read, made or sent; `source` names it for people.
    pub fn hold(&self, secret: &str, source: &str) {
        let is_held = |held: &Vec<HeldSecret>| held.iter().any(|one| one.spellings.is(secret));
        if secret.is_empty() || is_held(&self.held.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let (spellings, source) = (SecretSpellings::new(secret), source.to_owned());
        self.held.write().unwrap_or_else(PoisonError::into_inner).push(HeldSecret { spellings, source });
    }

    /// Returns true when there is a secret to look for.
    pub fn knows_any(&self) -> bool {
        !self.known.is_empty() || !self.held.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Returns a text with `(secret NAME)` wherever a secret stands in it.
    pub fn text(&self, text: &str) -> String {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for held in self.held.read().unwrap_or_else(PoisonError::into_inner).iter() {
            let ranges = held.spellings.find(text);
            found.extend(ranges.into_iter().map(|range| (range, format!("(secret {})", held.source))));
        }
        if !self.known.is_empty() {
            for range in whole_words::parts(text) {
                let part = text.get(range.clone()).unwrap_or_default();
                let address = readings(part).into_iter().find_map(|reading| self.known_at(&reading));
                found.extend(address.map(|address| (range, format!("(secret of {address})"))));
            }
        }
        replaced(text, found)
    }

    /// Returns an error with its text scrubbed; the number of the request stays.
    #[must_use]
    pub fn error(&self, error: CloudError) -> CloudError {
        let message = self.text(&error.message);
        CloudError { code: self.text(&error.code), message, ..error }
    }

    /// Returns properties with a hash in place of each string that is a secret, or has a long one in it.
    ///
    /// Leaves what stands in `written` in the same words: the text of the program says it in clear.
    #[must_use]
    pub fn properties(&self, properties: &Properties, written: Option<&PropertyMap>) -> Properties {
        if !self.knows_any() {
            return properties.clone();
        }
        let entry = |(name, json): (&String, &Json)| {
            let mut json = json.clone();
            let written = written.and_then(|written| written.get(name.as_str()));
            let is_written = |text: &str| {
                let mut values = written.into_iter().flat_map(PropertyValue::walk);
                values.any(|value| value.as_text() == Some(text))
            };
            self.scrub_unless(&mut json, &is_written);
            (name.clone(), json)
        };
        properties.iter().map(entry).collect()
    }

    /// Returns the same as [`SecretScrubber::properties`], shared with who has them where there is no secret to look for.
    #[must_use]
    pub fn shared_properties(&self, properties: &SharedProperties, written: Option<&PropertyMap>) -> SharedProperties {
        if self.knows_any() { self.properties(properties, written).into() } else { properties.clone() }
    }

    /// Puts a hash in place of each string of a value that is a secret.
    pub fn scrub(&self, json: &mut Json) {
        self.scrub_unless(json, &|_| false);
    }

    fn scrub_unless(&self, json: &mut Json, is_written: &dyn Fn(&str) -> bool) {
        match json {
            Json::String(text) if self.is_secret(text) && !is_written(text) => *json = redacted(&self.key.hash(json)),
            Json::Object(_) if is_redacted(json) => {}
            Json::Object(entries) => entries.values_mut().for_each(|value| self.scrub_unless(value, is_written)),
            Json::Array(items) => items.iter_mut().for_each(|item| self.scrub_unless(item, is_written)),
            _ => {}
        }
    }

    fn is_secret(&self, text: &str) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.iter().any(|one| one.spellings.is_in_value(text)) || self.has_known(text)
    }

    /// Checks that a text is a secret of the state, or has a long one in it as a part of its own.
    fn has_known(&self, text: &str) -> bool {
        if self.known.is_empty() {
            return false;
        }
        let is_known = |range: Range<usize>| {
            let part = text.get(range).unwrap_or_default();
            part.len() >= LONG && readings(part).iter().any(|reading| self.known_at(reading).is_some())
        };
        self.known_at(text).is_some() || (text.len() >= LONG && whole_words::parts(text).into_iter().any(is_known))
    }

    /// Returns where the state has the secret that a text is.
    fn known_at(&self, text: &str) -> Option<&str> {
        if self.known.is_empty() || text.is_empty() {
            return None;
        }
        self.known.get(&self.key.hash(&text.into())).map(String::as_str)
    }
}

/// Returns the name of a secret for people.
pub fn source_name(source: &SecretSource) -> &str {
    match source {
        SecretSource::Env { name } | SecretSource::Store { name } => name,
        SecretSource::Generated { .. } => "generated",
    }
}

/// Returns what a part of a text may mean: itself, and what it encodes.
fn readings(part: &str) -> Vec<String> {
    let mut readings = vec![part.to_owned()];
    readings.extend(Spelling::of(part).filter_map(|spelling| spelling.read(part)));
    if part.len() >= LONG {
        readings.extend(decoded_hex(part));
        readings.extend(decoded_base64(part));
    }
    readings
}

fn decoded_hex(text: &str) -> Option<String> {
    let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(pairs.collect::<Option<Vec<u8>>>()?).ok().filter(|_| text.len().is_multiple_of(2))
}

/// Reads base64 of either alphabet, with its padding or without, also where the last digit was cut off.
fn decoded_base64(text: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    let digits = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    // A single digit of a group says nothing.
    let whole = digits.len() - usize::from(digits.len() % 4 == 1);
    String::from_utf8(STANDARD.decode(digits.get(..whole)?).ok()?).ok()
}

/// Puts the names in their places; of places that overlap the first one names both.
fn replaced(text: &str, mut found: Vec<(Range<usize>, String)>) -> String {
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (range, name) in found {
        if range.start >= end {
            out.push_str(text.get(end..range.start).unwrap_or_default());
            out.push_str(&name);
        }
        end = end.max(range.end);
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::StateScope;
    use serde_json::json;

    fn scrubber(known: &[&str]) -> SecretScrubber {
        let key = SecretKey::new([7; 32]);
        let scope = StateScope { cloud: "sim".into(), stack: "a".into(), environment: "b".into() };
        let (resources, outputs) = (BTreeMap::new(), BTreeMap::new());
        let empty = StateSnapshot { scope, lineage: String::new(), serial: 0, resources, pending: vec![], outputs };
        let known = known.iter().map(|secret| (key.hash(&(*secret).into()), "data.main".to_owned())).collect();
        SecretScrubber { known, ..SecretScrubber::new(key, &empty) }
    }

    #[test]
    fn a_text_names_the_secret_in_its_place() {
        let scrubber = scrubber(&["kn0wn by hash", "x7"]);
        scrubber.hold("hunter2hunter2", "TOKEN");
        for (text, clean) in [
            ("The parameter value 'hunter2hunter2' is not valid", "The parameter value '(secret TOKEN)' is not valid"),
            ("aHVudGVyMmh1bnRlcjI= is no password", "(secret TOKEN) is no password"),
            ("got 'kn0wn by hash'.", "got '(secret of data.main)'."),
            ("got kn0wn%20by%20hash.", "got (secret of data.main)."),
            ("got a24wd24gYnkgaGFzaA==.", "got (secret of data.main)."),
            ("key=x7; x77", "key=(secret of data.main); x77"),
            ("nothing to hide", "nothing to hide"),
        ] {
            assert_eq!(scrubber.text(text), clean);
        }
    }

    #[test]
    fn a_value_is_found_wherever_the_cloud_gives_it_back() {
        let scrubber = scrubber(&["x7", "kn0wn-by-hash"]);
        scrubber.hold("hunter2hunter2", "TOKEN");
        scrubber.hold("ab", "SHORT");
        let Json::Object(document) = json!({
            "Url": "postgres://u:hunter2hunter2@db", "Short": "ab", "Word": "abc", "Known": ["x7"], "Written": "x7",
            "Auth": "aHVudGVyMmh1bnRlcjI=", "Count": 7, "Copy": "token is kn0wn-by-hash.", "Coded": "a24wd24tYnktaGFzaA==",
            "Part": "x7 is short"
        }) else {
            panic!("no object")
        };
        let written = PropertyMap::from_iter([("Written".into(), PropertyValue::Text("x7".into()))]);
        let clean = scrubber.properties(&document, Some(&written));
        for name in ["Url", "Short", "Auth", "Copy", "Coded"] {
            assert!(is_redacted(&clean[name]), "{name}");
        }
        assert!(is_redacted(&clean["Known"][0]));
        assert_eq!(clean["Word"], "abc", "a short secret is only itself");
        assert_eq!(clean["Part"], "x7 is short");
        assert_eq!((&clean["Written"], &clean["Count"]), (&json!("x7"), &json!(7)));
    }
}
