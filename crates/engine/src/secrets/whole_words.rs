//! The parts of a text that may be a secret as a whole: what is quoted, words, and words without what stands around them.

use std::collections::BTreeSet;
use std::ops::Range;

/// The pairs of marks that quote.
const QUOTES: [(char, char); 5] = [('\'', '\''), ('"', '"'), ('`', '`'), ('“', '”'), ('‘', '’')];
/// The characters between the words of a list, a query or a document.
const SEPARATORS: &[char] = &['=', ',', ';', ':', '&', '(', ')', '[', ']', '{', '}', '<', '>', '?'];
/// The characters that stand around a word.
const AROUND: &[char] = &['\'', '"', '`', '“', '”', '‘', '’', '.', ',', ';', ':', '!', '?', '\\'];

/// Returns the places of all parts, the longest first.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let mut found: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut add = |range: Range<usize>| {
        if !range.is_empty() {
            found.insert((range.start, range.end));
        }
    };
    add(0..text.len());
    for (open, close) in QUOTES {
        quoted(text, open, close).into_iter().for_each(&mut add);
    }
    for word in split(text, 0..text.len(), &char::is_whitespace) {
        add(word.clone());
        add(trimmed(text, word.clone()));
        for piece in split(text, word, &|character| SEPARATORS.contains(&character)) {
            add(piece.clone());
            add(trimmed(text, piece));
        }
    }
    let mut parts: Vec<Range<usize>> = found.into_iter().map(|(start, end)| start..end).collect();
    parts.sort_by_key(|range| std::cmp::Reverse(range.len()));
    parts
}

/// Returns what stands between two marks, each opening one with the next closing one and the one after that.
///
/// A secret may hold a mark itself, so the next two closing ones are tried.
fn quoted(text: &str, open: char, close: char) -> Vec<Range<usize>> {
    let opens = text.match_indices(open).map(|(at, mark)| at + mark.len());
    let between = opens.flat_map(|start| {
        let closes = text.get(start..).unwrap_or_default().match_indices(close).take(2);
        closes.map(move |(length, _)| start..start + length).collect::<Vec<_>>()
    });
    between.collect()
}

fn split(text: &str, range: Range<usize>, is_separator: &dyn Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut start = range.start;
    let mut pieces = Vec::new();
    let part = text.get(range.clone()).unwrap_or_default();
    for (at, character) in part.char_indices().filter(|(_, character)| is_separator(*character)) {
        pieces.push(start..range.start + at);
        start = range.start + at + character.len_utf8();
    }
    pieces.push(start..range.end);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + part.len() - part.trim_start_matches(AROUND).len();
    start..(start + part.trim_matches(AROUND).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_and_each_word_is_a_part() {
        let text = r#"The value 'a b's' of key=x7; is "bad"."#;
        let parts: Vec<&str> = parts(text).into_iter().map(|range| &text[range]).collect();
        for part in ["a b", "a b's", "x7", "key", "bad", "key=x7;", "The"] {
            assert!(parts.contains(&part), "{part} in {parts:?}");
        }
        assert_eq!(parts[0], text);
    }
}
