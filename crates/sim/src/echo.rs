//! Refusals that give back what was sent, in every spelling that services are known to use: what a program must not repeat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gpb_base::hex::hex;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

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
        format!("?value={}&x=1", percent(text)),
        format!("?value={}&x=1", percent(text).replace('%', "%25")),
        format!("?value={}&x=1", percent(text).replace("%20", "+")),
        format!("<value>{}</value>", xml(text)),
        hex(text),
        hex(text).to_uppercase(),
    ];
    for before in ["", "u", "u:"] {
        let padded = STANDARD.encode(format!("{before}{text}"));
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

/// Returns a text as it stands in a URL.
fn percent(text: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_in_every_spelling() {
        let all = spellings("a b/\"<é");
        for one in [
            "'YSBiLyI8w6k='",
            "'YSBiLyI8w6k'",
            "'a b/\"<é'",
            "?value=a%20b%2F%22%3C%C3%A9&x=1",
            "?value=a+b%2F%22%3C%C3%A9&x=1",
        ] {
            assert!(all.contains(&one.to_owned()), "{one} in {all:?}");
        }
        assert!(all.contains(&"<value>a b/&quot;&lt;é</value>".to_owned()));
        assert!(all.contains(&r#"{"body": "\"a b/\\\"<é\""}"#.to_owned()), "{all:?}");
    }
}
