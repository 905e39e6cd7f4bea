//! Normal forms: what AWS makes of a value before it stores it.

use super::address_block::AddressBlock;
use crate::output_forms::filled;
use gpb_engine::cloud::Properties;
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The form in which a service stores a value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NormalForm {
    /// In lower case.
    Lower,
    /// An address block without the bits after its prefix.
    Cidr,
    /// A DNS name: lower case, a dot at the end, `\052` for `*`.
    Dns,
    /// A policy document with its lists in another order, and lists of one as the one.
    Document,
    /// The part after the last `/`: the identifier in an ARN.
    Last,
    /// A list in order.
    Sorted,
    /// The value with the number at its end raised by one.
    #[serde(skip)]
    Next,
    /// The value that a table has for it, such as the whole version for a major one.
    Map(BTreeMap<String, Json>),
    /// The value where none is given.
    Default(Json),
    /// The elements that a list of `{Key, Value}` gains where it has none of that key.
    Attributes(BTreeMap<String, String>),
    /// The values that a list of `{Key, Value}` has for some keys, whatever they were.
    SetAttributes(BTreeMap<String, String>),
    /// A text made of the value, such as an ARN of a name; what has the form already is left.
    Text(String),
}

impl NormalForm {
    /// Applies the form to every value at a path; `fill` returns the words of a text.
    pub fn apply(&self, properties: &mut Properties, path: &PropPath, fill: &dyn Fn(&str) -> Option<String>) {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        let mut whole = Json::Object(std::mem::take(properties));
        match (self, segments.split_last()) {
            (Self::Default(value), Some((last, parents))) => visit(&mut whole, parents, &mut |parent| {
                if let Json::Object(entries) = parent {
                    entries.entry(last.clone()).or_insert_with(|| value.clone());
                }
            }),
            _ => visit(&mut whole, &segments, &mut |value| self.set(value, fill)),
        }
        if let Json::Object(entries) = whole {
            *properties = entries;
        }
    }

    fn set(&self, value: &mut Json, fill: &dyn Fn(&str) -> Option<String>) {
        match (self, value) {
            (Self::Lower, Json::String(text)) => *text = text.to_ascii_lowercase(),
            (Self::Cidr, Json::String(text)) => {
                if let Some(block) = AddressBlock::parse(text) {
                    *text = block.canonical();
                }
            }
            (Self::Dns, Json::String(text)) => *text = dns_name(text),
            (Self::Document, value) => document(value),
            (Self::Last, Json::String(text)) => {
                if let Some((_, last)) = text.rsplit_once('/') {
                    *text = last.to_owned();
                }
            }
            (Self::Sorted, Json::Array(items)) => items.sort_by_key(Json::to_string),
            (Self::Map(table), value) => {
                let known = table.get(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                if let Some(known) = known {
                    *value = known.clone();
                }
            }
            (Self::Next, value) => *value = next(value),
            (Self::Attributes(gains), Json::Array(items)) => {
                for (key, gain) in gains {
                    if !items.iter().any(|item| item.get("Key").and_then(Json::as_str) == Some(key)) {
                        items.push(attribute(key, gain));
                    }
                }
            }
            (Self::SetAttributes(values), Json::Array(items)) => {
                items
                    .retain(|item| !item.get("Key").and_then(Json::as_str).is_some_and(|key| values.contains_key(key)));
                items.extend(values.iter().map(|(key, value)| attribute(key, value)));
            }
            (Self::Text(template), Json::String(text)) => {
                let start = template.split('{').next().unwrap_or_default();
                if !text.starts_with(start) || start.is_empty() {
                    let value = text.clone();
                    let word = |word: &str| if word == "value" { Some(value.clone()) } else { fill(word) };
                    if let Some(made) = filled(template, &word) {
                        *text = made;
                    }
                }
            }
            _ => {}
        }
    }
}

fn next(value: &Json) -> Json {
    let Some(text) = value.as_str() else { return (value.as_i64().unwrap_or(0) + 1).into() };
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.get(stem.len()..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Json::String(format!("{stem}{}", number.saturating_add(1)))
}

fn attribute(key: &str, value: &str) -> Json {
    let entries = [("Key", key), ("Value", value)].map(|(name, text)| (name.to_owned(), Json::String(text.to_owned())));
    Json::Object(Map::from_iter(entries))
}

fn visit(value: &mut Json, segments: &[String], act: &mut dyn FnMut(&mut Json)) {
    let Some((segment, rest)) = segments.split_first() else { return act(value) };
    match value {
        Json::Object(entries) if segment == "*" => entries.values_mut().for_each(|value| visit(value, rest, act)),
        Json::Object(entries) => entries.get_mut(segment).into_iter().for_each(|value| visit(value, rest, act)),
        Json::Array(items) if segment == "*" => items.iter_mut().for_each(|value| visit(value, rest, act)),
        _ => {}
    }
}

fn dns_name(text: &str) -> String {
    let name = text.to_ascii_lowercase().replace('*', "\\052");
    if name.ends_with('.') { name } else { name + "." }
}

fn document(value: &mut Json) {
    match value {
        // A document that is text stays text.
        Json::String(text) => {
            if let Ok(mut inner @ Json::Object(_)) = serde_json::from_str::<Json>(text) {
                document(&mut inner);
                *text = serde_json::to_string_pretty(&inner).unwrap_or_default();
            }
        }
        Json::Object(entries) => entries.values_mut().for_each(within_document),
        _ => {}
    }
}

fn within_document(value: &mut Json) {
    match value {
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.reverse();
            if let [one] = items.as_slice() {
                *value = one.clone();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(within_document),
        Json::Object(entries) => entries.values_mut().for_each(within_document),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_stored_in_the_services_own_form() {
        let check = |form: &str, path: &str, given: Json, expected: Json| {
            let form: BTreeMap<String, NormalForm> = toml::from_str(&format!("form = {form}")).unwrap();
            let mut properties = given.as_object().cloned().unwrap_or_default();
            let fill = |word: &str| (word == "account").then(|| "1".to_owned());
            form["form"].apply(&mut properties, &PropPath(path.into()), &fill);
            assert_eq!(Json::Object(properties), expected, "{path}");
        };
        check("'lower'", "W", json!({"W": "Mon:03"}), json!({"W": "mon:03"}));
        check("'cidr'", "L/*/C", json!({"L": [{"C": "10.0.0.5/16"}, {}]}), json!({"L": [{"C": "10.0.0.0/16"}, {}]}));
        check("'dns'", "N", json!({"N": "*.Example.com"}), json!({"N": "\\052.example.com."}));
        check("{ map = { 16 = '16.8' } }", "V", json!({"V": "16"}), json!({"V": "16.8"}));
        check("{ map = { 16 = '16.8' } }", "V", json!({"V": "15"}), json!({"V": "15"}));
        check("{ default = 3 }", "A/N", json!({"A": {}, "B": {}}), json!({"A": {"N": 3}, "B": {}}));
        check("{ default = 3 }", "N", json!({"N": 4}), json!({"N": 4}));
        check("{ text = 'arn:{account}:{value}' }", "R", json!({"R": "me"}), json!({"R": "arn:1:me"}));
        check("{ text = 'arn:{account}:{value}' }", "R", json!({"R": "arn:1:me"}), json!({"R": "arn:1:me"}));
        check(
            "{ attributes = { a = '1', b = '2' } }",
            "L",
            json!({"L": [{"Key": "b", "Value": "9"}]}),
            json!({"L": [{"Key": "b", "Value": "9"}, {"Key": "a", "Value": "1"}]}),
        );
        check(
            "{ set_attributes = { a = '1' } }",
            "L",
            json!({"L": [{"Key": "a", "Value": "9"}]}),
            json!({"L": [{"Key": "a", "Value": "1"}]}),
        );
        let policy = json!({"P": {"Statement": [{"Action": ["a", "b"], "Resource": ["*"]}]}});
        check("'document'", "P", policy, json!({"P": {"Statement": [{"Action": ["b", "a"], "Resource": "*"}]}}));
        check("'last'", "K", json!({"K": "arn:aws:kms:r:1:key/k-1"}), json!({"K": "k-1"}));
        check("'sorted'", "L", json!({"L": ["b", "a"]}), json!({"L": ["a", "b"]}));
    }
}
