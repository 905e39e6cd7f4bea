//! Positions as editors count them: lines from 0, columns in UTF-16 units.
//!
//! Source: LSP 3.17, `PositionEncodingKind`.

use std::ops::Range;

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The line, by number from 0.
    pub line: u32,
    /// The column, as the number of UTF-16 units before it.
    pub column: u32,
}

/// The text from the first position up to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TextRange {
    /// The first position.
    pub start: Position,
    /// The position after the last character.
    pub end: Position,
}

impl TextRange {
    /// Checks that two ranges have a position in common.
    ///
    /// An empty range lies at its start.
    pub fn touches(self, other: TextRange) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// An index of the lines of a text, to convert bytes to positions and back.
pub struct LineIndex<'t> {
    text: &'t str,
    /// The byte offset at which each line starts.
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Indexes a text; a line ends with `\n`, `\r\n` or `\r`.
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Returns the position of a byte; one beyond the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let head = self.text.get(start..offset).unwrap_or("");
        // The position between `\r` and `\n` is the end of the line.
        let column = head.trim_end_matches(['\r', '\n']).encode_utf16().count();
        Position { line: narrow(line), column: narrow(column) }
    }

    /// Returns the range of positions of a range of bytes.
    pub fn extent(&self, range: Range<usize>) -> TextRange {
        TextRange { start: self.position(range.start), end: self.position(range.end) }
    }

    /// Returns the byte at a position.
    ///
    /// A column beyond the end of a line is its end, a line beyond the last the end of the text.
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n']);
        let mut column = 0;
        for (at, c) in content.char_indices() {
            column += c.len_utf16();
            if column > position.column as usize {
                return start + at;
            }
        }
        start + content.len()
    }

    /// Returns the byte itself, or the start of the character it lies in.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, offset: usize, line: u32, column: u32) {
        let lines = LineIndex::new(text);
        assert_eq!(lines.position(offset), Position { line, column }, "{text:?} at {offset}");
        assert_eq!(lines.offset(Position { line, column }), offset, "{text:?} at {line}:{column}");
    }

    #[test]
    fn columns_are_utf16_units() {
        check("a🦀é b", 0, 0, 0);
        check("a🦀é b", 1, 0, 1);
        check("a🦀é b", 5, 0, 3);
        check("a🦀é b", 7, 0, 4);
        check("x\n🦀🦀y", 10, 1, 4);
    }

    #[test]
    fn every_end_of_a_line_counts() {
        check("a\r\nb", 3, 1, 0);
        check("a\rb", 2, 1, 0);
        check("a\nb\n", 4, 2, 0);
        check("", 0, 0, 0);
    }

    #[test]
    fn places_that_are_not_there() {
        let lines = LineIndex::new("a\r\n🦀\n");
        assert_eq!(lines.position(2), Position { line: 0, column: 1 }, "between the two signs of a line's end");
        assert_eq!(lines.position(5), Position { line: 1, column: 0 }, "inside a character");
        assert_eq!(lines.position(99), Position { line: 2, column: 0 });
        assert_eq!(lines.offset(Position { line: 0, column: 9 }), 1);
        assert_eq!(lines.offset(Position { line: 1, column: 1 }), 3, "inside a surrogate pair");
        assert_eq!(lines.offset(Position { line: 9, column: 0 }), 8);
    }

    proptest! {
        #[test]
        fn there_and_back(text in "([a-z🦀é]|\r\n|\n){0,20}", at in 0usize..80) {
            let lines = LineIndex::new(&text);
            let position = lines.position(at);
            prop_assert_eq!(lines.position(lines.offset(position)), position);
        }
    }
}
