//! The expectations in the first lines of a bad spec: codes, and the places they name.

use super::{bad, category};
use serde_json::Value;
use std::fs;

/// Returns the expectations of a file, and the offset at which its own text begins.
pub fn expectations(file: &str) -> (Vec<String>, usize) {
    let path = bad().join(file);
    let (bytes, beside) = match fs::read(path.with_extension("expect")) {
        Ok(bytes) => (bytes, true),
        Err(_) => (fs::read(path).unwrap(), false),
    };
    let mut lines = Vec::new();
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(rest) = str::from_utf8(line).ok().and_then(|line| line.strip_prefix("// expect: ")) else { break };
        lines.push(rest.trim_end().to_owned());
        offset += line.len();
    }
    (lines, if beside { 0 } else { offset })
}

/// The place of a diagnostic: the file and the span of its first label.
pub struct ExpectedPlace {
    code: String,
    pub is_advice: bool,
    at: Option<(String, usize, usize)>,
    message: String,
}

impl ExpectedPlace {
    pub fn of(diagnostic: &Value) -> Self {
        let at = &diagnostic["labels"][0]["at"];
        let number = |name: &str| at[name].as_u64().and_then(|number| usize::try_from(number).ok());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let span = number("start").zip(number("end"));
        Self {
            code: text(&diagnostic["code"]),
            is_advice: diagnostic["severity"] == "advice",
            at: span.map(|(start, end)| (text(&at["file"]), start, end)),
            message: text(&diagnostic["message"]),
        }
    }
}

impl std::fmt::Display for ExpectedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        let Some((file, start, end)) = &self.at else { return write!(f, ", nowhere") };
        let bytes = fs::read(bad().join(file)).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes.get(*start..*end).unwrap_or_default()).into_owned();
        write!(f, ", at `{text}` in {file}, {start}..{end}")
    }
}

/// The place that a diagnostic must have.
pub struct ExpectedDiagnostic {
    code: String,
    at: At,
}

enum At {
    Nowhere,
    Somewhere(String),
    Span(String, usize, usize),
}

impl ExpectedDiagnostic {
    /// Reads `1003 in other.gpb "before «span» after"`, without the `GPB`.
    pub fn parse(text: &str, file: &str, offset: usize) -> Result<Self, String> {
        let (code, rest) = text.split_at_checked(4).ok_or("an expectation begins with a code")?;
        let code = format!("GPB{code}");
        let rest = rest.trim();
        if rest.is_empty() {
            return Ok(Self { code, at: At::Nowhere });
        }
        if rest == "somewhere" {
            return Ok(Self { code, at: At::Somewhere(file.to_owned()) });
        }
        let (place, quoted) = rest.split_once('"').ok_or("a text must be in quotes")?;
        let quoted = quoted.strip_suffix('"').ok_or("a text ends with its quote")?;
        let (name, from) = match place.trim().strip_prefix("in ") {
            Some(other) => (format!("{}/{other}", category(file)), 0),
            None => (file.to_owned(), offset),
        };
        let whole = plain(quoted);
        let (before, span, after) = match whole.split_once('«') {
            Some((before, rest)) => {
                let (span, after) = rest.split_once('»').ok_or("`«` needs `»`")?;
                (before, span, after)
            }
            None => ("", whole.as_str(), ""),
        };
        let needle = [before, span, after].concat();
        let bytes = fs::read(bad().join(&name)).map_err(|error| error.to_string())?;
        let body = bytes.get(from..).unwrap_or_default();
        let found: Vec<usize> = body
            .windows(needle.len().max(1))
            .enumerate()
            .filter(|(_, part)| *part == needle.as_bytes())
            .map(|(at, _)| at)
            .collect();
        let [only] = found.as_slice() else { return Err(format!("`{needle}` occurs {} times", found.len())) };
        let start = from + only + before.len();
        Ok(Self { code, at: At::Span(name, start, start + span.len()) })
    }

    pub fn is(&self, place: &ExpectedPlace) -> bool {
        self.code == place.code
            && match (&self.at, &place.at) {
                (At::Nowhere, None) => true,
                (At::Somewhere(file), Some((found, ..))) => file == found,
                (At::Span(file, start, end), Some(found)) => (file, start, end) == (&found.0, &found.1, &found.2),
                _ => false,
            }
    }
}

/// Returns the text with `\n` and `\u{…}` written out; other backslashes stay.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.replace("\\n", "\n");
    while let Some((before, after)) = rest.clone().split_once("\\u{") {
        out += before;
        let character = after
            .split_once('}')
            .and_then(|(code, after)| Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, after.to_owned())));
        let (written, after) = match character {
            Some((character, after)) => (character.to_string(), after),
            None => ("\\u{".to_owned(), after.to_owned()),
        };
        out += &written;
        rest = after;
    }
    out + &rest
}
