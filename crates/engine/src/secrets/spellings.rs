//! All the forms in which a secret may come back, and where they stand in a text.
//!
//! | characters of the secret | is found |
//! |---|---|
//! | 8 and more | anywhere, also inside of a longer word, also in base64 and hexadecimal digits |
//! | 4 to 7 | as a word of its own, also in base64 and hexadecimal digits |
//! | 1 to 3 | between quotation marks, and where it is all there is |
//!
//! The beginning of a secret is found where it is cut off: at least 8 characters of it that are half of it or that the text
//! ends with, or 4 before an ellipsis.

use super::spelling::Spelling;
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use gpb_base::hex::hex;
use std::ops::Range;

/// The number of characters from which a secret is found inside of words.
pub(super) const LONG: usize = 8;
/// The number of characters from which a secret is found as a word.
const WORD: usize = 4;

/// A secret with its encoded forms.
pub(super) struct SecretSpellings {
    secret: String,
    /// The number of characters of the secret.
    length: usize,
    /// Base64 as it stands at each of the three offsets, without what neighbours have a share in.
    base64: Vec<String>,
    /// Hexadecimal digits, small and capital.
    hex: Vec<String>,
}

impl SecretSpellings {
    /// Computes the forms of a secret.
    pub fn new(secret: &str) -> Self {
        let (bytes, length) = (secret.as_bytes(), secret.chars().count());
        let offsets = if length >= LONG { 0..3 } else { 0..1 };
        let mut base64: Vec<String> = offsets
            .flat_map(|offset| {
                [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|encoding| base64(bytes, offset, &encoding, length < LONG))
            })
            .collect();
        base64.dedup();
        let hex = hex(bytes);
        Self { secret: secret.to_owned(), length, base64, hex: vec![hex.to_uppercase(), hex] }
    }

    /// Returns true when this is the secret itself.
    pub fn is(&self, text: &str) -> bool {
        self.secret == text
    }

    /// Returns true when a value has the secret in it: then all of the value is one.
    pub fn is_in_value(&self, text: &str) -> bool {
        self.is(text) || (self.length >= LONG && !self.whole_forms(text).is_empty())
    }

    /// Returns where the secret stands in a text, in any form and perhaps cut off.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        if self.length == 0 {
            return Vec::new();
        }
        if self.is(text) {
            return std::iter::once(0..text.len()).collect();
        }
        let mut found = self.whole_forms(text);
        if self.length >= LONG {
            found.extend(self.cut_off(text));
        }
        found
    }

    /// Returns where the whole secret stands, as it is or encoded.
    fn whole_forms(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for spelling in Spelling::of(text) {
            found.extend(whole(text, &self.secret, spelling).filter(|range| self.is_apart(text, range)));
            if self.length >= WORD {
                let base64 = self.base64.iter().flat_map(|form| whole(text, form, spelling));
                found.extend(base64.filter(|range| self.is_apart(text, range)).map(|range| widened(text, range)));
                let hex = self.hex.iter().flat_map(|form| whole(text, form, spelling));
                found.extend(hex.filter(|range| self.is_apart(text, range)));
            }
        }
        found
    }

    /// Checks that a short secret stands as a word, and a very short one in quotation marks.
    fn is_apart(&self, text: &str, range: &Range<usize>) -> bool {
        let before = text.get(..range.start).and_then(|text| text.chars().next_back());
        let after = text.get(range.end..).and_then(|text| text.chars().next());
        let is_mark =
            |character: Option<char>| character.is_some_and(|c| matches!(c, '\'' | '"' | '`' | '“' | '”' | '‘' | '’'));
        let is_edge = |character: Option<char>| character.is_none_or(|c| !c.is_alphanumeric());
        match self.length {
            LONG.. => true,
            WORD..LONG => is_edge(before) && is_edge(after),
            _ => is_mark(before) && is_mark(after),
        }
    }

    /// Returns where a beginning of the secret stands.
    fn cut_off(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for spelling in Spelling::of(text) {
            for at in starts(text, &self.secret, spelling) {
                let (count, length) = spelling.spelt(text.get(at..).unwrap_or_default(), &self.secret);
                let rest = text.get(at + length..).unwrap_or_default();
                let is_ended = rest.is_empty() || rest.starts_with("...") || rest.starts_with('…');
                let is_half = count >= LONG && count * 2 >= self.length;
                if is_half || (is_ended && count >= LONG) || (is_ended && !rest.is_empty() && count >= WORD) {
                    found.push(at..at + length);
                }
            }
        }
        found
    }
}

/// Returns where a form stands wholly.
fn whole<'t>(text: &'t str, form: &'t str, spelling: Spelling) -> impl Iterator<Item = Range<usize>> + 't {
    let characters = form.chars().count();
    let plain = (spelling == Spelling::Plain).then(|| text.match_indices(form).map(|(at, one)| at..at + one.len()));
    let spelt = (spelling != Spelling::Plain).then(|| {
        starts(text, form, spelling).filter_map(move |at| {
            let (count, length) = spelling.spelt(text.get(at..)?, form);
            (count == characters).then_some(at..at + length)
        })
    });
    plain.into_iter().flatten().chain(spelt.into_iter().flatten())
}

/// Returns the places at which a form may begin.
fn starts<'t>(text: &'t str, form: &'t str, spelling: Spelling) -> impl Iterator<Item = usize> + 't {
    let first = form.chars().next().map_or(0, char::len_utf8);
    let first = form.get(..first).unwrap_or_default();
    let places = text.char_indices().map(|(at, _)| at);
    places.filter(move |at| text.get(*at..).is_some_and(|rest| spelling.spelt(rest, first).0 == 1))
}

/// Returns a place with the characters beside it that a piece of base64 shares with its neighbours.
fn widened(text: &str, range: Range<usize>) -> Range<usize> {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte));
    let bytes = text.as_bytes();
    let start = range.start.checked_sub(1).filter(|at| is_digit(bytes.get(*at))).unwrap_or(range.start);
    let end = if is_digit(bytes.get(range.end)) { range.end + 1 } else { range.end };
    let padding = bytes.get(end..).unwrap_or_default().iter().take(2).take_while(|byte| **byte == b'=').count();
    start..end + padding
}

/// Returns the base64 of bytes that stand `offset` bytes after a multiple of three.
///
/// Digits in which other bytes have a share are left out; `whole` keeps the last one, of bytes with nothing after them.
fn base64(bytes: &[u8], offset: usize, encoding: &GeneralPurpose, whole: bool) -> String {
    let mut shifted = vec![0; offset];
    shifted.extend(bytes);
    let mut text = encoding.encode(&shifted);
    if !whole {
        text.truncate(shifted.len() * 8 / 6);
    }
    text.split_off((offset * 8).div_ceil(6).min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secret: &str, text: &str) -> Vec<String> {
        let mut ranges = SecretSpellings::new(secret).find(text);
        ranges.sort_by_key(|range| range.start);
        ranges.dedup();
        ranges.into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn base64_is_known_at_each_offset() {
        for (offset, before) in ["", "x", "xy"].iter().enumerate() {
            let bytes = [before.as_bytes(), b"hunter2hunter2", b"!"].concat();
            let whole = base64(&bytes, 0, &STANDARD_NO_PAD, true);
            let part = base64(b"hunter2hunter2", offset, &STANDARD_NO_PAD, false);
            assert!(whole.contains(&part) && part.len() >= 16, "{part} in {whole}");
            assert_eq!(found("hunter2hunter2", &format!("got {whole}=")).len(), 1);
        }
        assert_eq!(base64(b"pass", 0, &STANDARD_NO_PAD, true), "cGFzcw");
    }

    #[test]
    fn a_long_secret_is_found_inside_of_words_and_in_every_spelling() {
        let secret = "p/w&\"hunter2\" é";
        for text in [
            "prefix-p/w&\"hunter2\" é-suffix",
            "p%2Fw%26%22hunter2%22%20%C3%A9",
            "p%2fw%26%22hunter2%22+%c3%a9",
            r#"{"a":"p\/w&\"hunter2\" \u00e9"}"#,
            "p/w&amp;&quot;hunter2&quot; &#233;",
        ] {
            assert_eq!(found(secret, text).len(), 1, "{text}");
        }
        assert_eq!(found("hunter2hunter2", "68756e7465723268756E74657232"), [""; 0], "mixed digits are none");
        assert_eq!(found("hunter2hunter2", "x68756e74657232").len(), 0);
        assert_eq!(found("hunter2hunter2", "68756e7465723268756e74657232").len(), 1);
        assert_eq!(found("hunter2hunter2", "68756E7465723268756E74657232").len(), 1);
    }

    #[test]
    fn a_short_secret_is_a_word_and_a_very_short_one_is_quoted() {
        assert_eq!(found("pass", "`pass` and pass, not passing"), ["pass", "pass"]);
        assert_eq!(found("pass", "cGFzcw== and cGFzcwX"), ["cGFzcw=="]);
        assert_eq!(found("abc", "abc and 'abc'"), ["abc"]);
        assert_eq!(found("abc", "abc"), ["abc"]);
        assert_eq!(found("", "anything"), [""; 0]);
    }

    #[test]
    fn a_beginning_is_found_where_it_is_cut_off() {
        assert_eq!(found("correct-horse-battery", "value 'correct-h...' is bad"), ["correct-h"]);
        assert_eq!(found("correct-horse-battery", "value 'corr…' is bad"), ["corr"]);
        assert_eq!(found("correct-horse-battery", "bad: correct-"), ["correct-"]);
        assert_eq!(found("correct-horse-battery", "'correct-horse' is bad"), ["correct-horse"]);
        assert_eq!(found("correct-horse-battery", "that is correct-ish"), [""; 0]);
    }
}
