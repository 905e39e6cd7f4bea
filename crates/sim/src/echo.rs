//! Refusals that give back what was sent, in every spelling that services are known to use: what a program must not repeat.

use gpb_base::hex::hex;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Returns the refusal of properties, which gives back each of their strings.
pub fn refused(sent: &Properties) -> CloudError {
    let mut texts = Vec::new();
    let sent = Json::Object(sent.clone());
    collect(&sent, &mut texts);
    let said = texts.iter().map(|text| format!("The parameter value {}", spellings(text).join(" or ")));
    let message = format!("{} is not valid", said.collect::<Vec<_>>().join("; "));
    CloudError::new(CloudErrorKind::Invalid, "ValidationError", message)
}

/// Returns a text as services give it back: as it is, quoted, cut off, of URLs, JSON, XML, in base64 and in hexadecimal digits.
pub fn spellings(text: &str) -> Vec<String> {
    let json = Json::from(text).to_string();
    let nested = Json::from(json.as_str()).to_string();
    let cut: String = text.chars().take(text.chars().count().saturating_sub(2).max(1)).collect();
    let mut all = vec![
        format!("'{text}'"),
        format!("{{\"value\": {json}}}"),
        format!("{{\"body\": {nested}}}"),
        format!("'{cut}...'"),
        format!("?value={}&x=1", percent(text, "%")),
        format!("?value={}&x=1", percent(text, "%25")),
        format!("?value={}&x=1", percent(text, "%").replace("%20", "+")),
        format!("<value>{}</value>", xml(text)),
        hex(text),
        hex(text).to_uppercase(),
    ];
    for before in ["", "u", "u:"] {
        let padded = base64(format!("{before}{text}").as_bytes());
        all.push(format!("'{padded}'"));
        all.push(format!("'{}'", padded.trim_end_matches('=').replace('+', "-").replace('/', "_")));
    }
    all
}

fn collect<'j>(json: &'j Json, texts: &mut Vec<&'j str>) {
    match json {
        Json::String(text) => texts.push(text),
        Json::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Json::Object(entries) => entries.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

fn percent(text: &str, mark: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "{mark}{byte:02X}");
        }
    }
    out
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let three = |chunk: &[u8]| {
        let bits = (0..3).fold(0_usize, |bits, at| (bits << 8) | usize::from(chunk.get(at).copied().unwrap_or(0)));
        let digit = |at: usize| {
            let digit = DIGITS.get((bits >> (18 - 6 * at)) & 63).filter(|_| chunk.len() >= at);
            digit.map_or('=', |digit| char::from(*digit))
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    bytes.chunks(3).flat_map(three).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_in_every_spelling() {
        assert_eq!(["a", "ab", "abc"].map(|text| base64(text.as_bytes())), ["YQ==", "YWI=", "YWJj"]);
        let all = spellings("a b/\"<é");
        for one in ["'a b/\"<é'", "?value=a%20b%2F%22%3C%C3%A9&x=1", "?value=a+b%2F%22%3C%C3%A9&x=1"] {
            assert!(all.contains(&one.to_owned()), "{one} in {all:?}");
        }
        assert!(all.contains(&"<value>a b/&quot;&lt;é</value>".to_owned()));
        assert!(all.contains(&r#"{"body": "\"a b/\\\"<é\""}"#.to_owned()), "{all:?}");
    }
}
