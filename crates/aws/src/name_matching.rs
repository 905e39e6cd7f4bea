//! Comparison of names as both sides spell them: `TTL`, `ttl` and `Ttl` are one name.

use serde_json::{Map, Value as Json};

/// Checks that two names are the same without case and punctuation.
pub fn same(a: &str, b: &str) -> bool {
    let letters = |text: &'_ str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect()
    };
    a == b || letters(a) == letters(b)
}

/// Returns the member of that name: the exact one, else one that [`same`] accepts.
///
/// Null is absent.
pub fn member<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let found = object.get(name).or_else(|| object.iter().find(|(key, _)| same(key, name)).map(|(_, value)| value));
    found.filter(|value| !value.is_null())
}

/// Returns the two halves of a `{ Key, Value }` element, however it spells them.
pub fn key_and_value(element: &Json) -> Option<(&str, Option<&Json>)> {
    let object = element.as_object()?;
    let key = member(object, "Key").or_else(|| member(object, "TagKey"))?.as_str()?;
    Some((key, member(object, "Value").or_else(|| member(object, "TagValue"))))
}

/// Decodes `%7B…` escapes; `None` when they are not well formed.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(*high)? * 16 + digit(*low)?);
                rest = after;
            }
            (b'%', _) => return None,
            (byte, _) => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Parses a document that is written as a string, plain or URL-encoded.
///
/// A document is an object or a list.
pub fn document(text: &str) -> Option<Json> {
    let parse = |text: &str| serde_json::from_str(text).ok().filter(|json: &Json| json.is_object() || json.is_array());
    match text.trim_start().chars().next()? {
        '{' | '[' => parse(text),
        '%' => parse(&percent_decoded(text)?),
        _ => None,
    }
}

/// Returns a scalar as a string; lists and objects as JSON.
pub fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the guard, and whole")]
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => (float as i64).to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_differ_in_case_and_punctuation_only() {
        assert!(same("DBSubnetGroupName", "DbSubnetGroupName"));
        assert!(same("container-name", "containerName"));
        assert!(!same("Name", "Names"));
    }

    #[test]
    fn documents_come_plain_and_url_encoded() {
        assert_eq!(document(r#"{"a":1}"#), Some(json!({"a": 1})));
        assert_eq!(document("%7B%22a%22%3A%20%22%25%22%7D"), Some(json!({"a": "%"})));
        assert_eq!(document("%7"), None);
        assert_eq!(document("plain"), None);
    }

    #[test]
    fn scalars_have_one_text() {
        assert_eq!(text_of(&json!(30.0)), "30");
        assert_eq!(text_of(&json!(0.5)), "0.5");
        assert_eq!(text_of(&json!(true)), "true");
        assert_eq!(text_of(&json!({"a": [1]})), r#"{"a":[1]}"#);
    }
}
