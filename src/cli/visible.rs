//! Shows what a terminal would obey: text of a spec or of a cloud must not move the cursor, hide words or turn them around.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns a text with its control characters, and those that turn the direction of the text, as escapes: `\u202e`.
///
/// Ends of lines, tabs and changes of colour stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    // Nearly all text has none, and is looked at once.
    if !text.bytes().any(|byte| is_control(byte) || matches!(byte, 0xc2 | 0xd8 | 0xe2)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = if c == '\u{1b}' { colour(rest) } else { 0 };
        let length = colour.max(c.len_utf8());
        if colour == 0 && is_hidden(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push_str(rest.get(..length).unwrap_or_default());
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(out)
}

fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\n' | b'\t')) || byte == 0x7f
}

/// Checks for controls (C0, C1) and for characters that turn the direction of the text (Unicode Standard Annex 9).
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the length in bytes of the change of colour that a text begins with (ECMA-48, SGR); 0 for anything else.
fn colour(text: &str) -> usize {
    let Some((codes, _)) = text.strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m')) else { return 0 };
    let codes_of = || codes.split(';');
    let is_number = |code: &str| code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    // Text that blinks, is inverted or concealed is not what gpb writes.
    let is_plain = codes.starts_with("38;") || !codes_of().any(|code| matches!(code, "5" | "6" | "7" | "8"));
    if codes_of().all(is_number) && is_plain { codes.len() + 3 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, shown) in [
            ("plain é “x” → \n\t", "plain é “x” → \n\t"),
            ("\u{1b}[1;32m+\u{1b}[0m a\u{1b}[38;5;8mb\u{1b}[m", "\u{1b}[1;32m+\u{1b}[0m a\u{1b}[38;5;8mb\u{1b}[m"),
            ("a\u{1b}[2Jb\u{1b}[8mc\u{1b}]0;t\u{7}", "a\\u001b[2Jb\\u001b[8mc\\u001b]0;t\\u0007"),
            ("a\rb\u{9b}c\u{0}\u{7f}", "a\\u000db\\u009bc\\u0000\\u007f"),
            ("admin\u{202e}tseug\u{2066}\u{61c}\u{200f}", "admin\\u202etseug\\u2066\\u061c\\u200f"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
