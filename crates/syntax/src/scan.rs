//! Scans the text before parsing: is it text at all, and does it nest too deep?
//!
//! A parser that descends needs stack for every bracket, so what nests deeper than [`MAX_DEPTH`] is blanked out before it
//! is parsed: same length, so that every place stays where it was. The same goes for characters nobody can see and for
//! the `/* … */` comments of other languages.

use super::lower::MAX_DEPTH;
use super::messages;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, MAX_FILE_BYTES, Span};
use std::borrow::Cow;
use std::ops::Range;

pub(super) struct ScanResult<'t> {
    /// The text to parse; `None` where the file is no text or too large.
    pub text: Option<Cow<'t, str>>,
    /// The mistakes that show before parsing.
    pub diagnostics: Vec<Diagnostic>,
    /// The depth to which brackets nest, in levels: so much stack the parser needs.
    pub depth: usize,
    /// The ranges around text that was blanked out for its depth.
    ///
    /// Messages about these places would be about the blanks.
    pub hidden: Vec<Range<usize>>,
}

pub(super) fn scan(file: FileId, text: &str) -> ScanResult<'_> {
    let mut scan = ScanResult { text: None, diagnostics: Vec::new(), depth: 0, hidden: Vec::new() };
    if text.len() > MAX_FILE_BYTES {
        scan.diagnostics.push(messages::too_large(Span::new(file, 0, 0), text.len()));
        return scan;
    }
    if let Some(at) = binary(text) {
        scan.diagnostics.push(messages::binary(Span::new(file, at, at)));
        return scan;
    }
    let mut scanner = Scanner {
        file,
        text,
        at: 0,
        open: Vec::new(),
        overwritten: Vec::new(),
        depth: 0,
        deep_from: None,
        open_heredocs: 0,
        scan,
    };
    scanner.run();
    let Scanner { overwritten, mut scan, .. } = scanner;
    scan.text = Some(overwrite(text, &overwritten));
    scan
}

/// Returns the first byte that shows a file to be binary.
///
/// More than a tenth of its beginning are control characters then.
fn binary(text: &str) -> Option<usize> {
    let head = text.as_bytes().get(..4096).unwrap_or(text.as_bytes());
    let controls = head.iter().filter(|byte| is_control(**byte)).count();
    let first = head.iter().position(|byte| is_control(*byte))?;
    (controls * 10 > head.len()).then_some(first)
}

fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f
}

/// Checks for a byte that means something to the scanner.
///
/// Most of a text are letters and blanks.
fn is_sign(byte: u8) -> bool {
    static SIGNS: [bool; 256] = {
        let mut signs = [false; 256];
        let mut byte = 0_u8;
        loop {
            let dull =
                matches!(byte, b'_' | b' ' | b'\t' | b'=' | b',' | b'.' | b':' | b'-' | b'|' | b'&' | b'!' | b'?');
            signs[byte as usize] = !(dull || byte.is_ascii_alphanumeric());
            if byte == u8::MAX {
                break signs;
            }
            byte += 1;
        }
    };
    SIGNS[usize::from(byte)]
}

/// The beginnings of items.
const ITEMS: [&str; 10] =
    ["stack ", "component ", "environment ", "fn ", "const ", "type ", "use ", "extend stack ", "pub ", "test \""];

/// Checks for characters that cannot be seen, or change the text's direction.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Checks for characters that turn the direction of the text (Unicode 16.0, UAX #9, section 2).
fn is_bidirectional(character: char) -> bool {
    matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The byte that the grammar reads in the place of text that nests too deep.
const TOO_DEEP: u8 = 1;

fn overwrite<'t>(text: &'t str, hidden: &[(Range<usize>, u8)]) -> Cow<'t, str> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for (range, with) in hidden {
        for byte in bytes.get_mut(range.clone()).unwrap_or_default() {
            if *with == TOO_DEEP || *byte != b'\n' {
                *byte = *with;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenNode {
    Bracket(u8),
    /// `list<`: it may turn out to be a comparison, so a newline ends it.
    Angle,
    Text,
    Block,
    Interpolation,
}

impl OpenNode {
    /// Returns the number of levels that it adds for what is inside.
    fn levels(self) -> usize {
        usize::from(!matches!(self, OpenNode::Text | OpenNode::Block))
    }
}

/// The number of forgotten brackets that a closing one may find inside its own.
const LOOK_BACK: usize = 64;

/// The number of `<<NAME` without an end after which no more are looked for: each is looked for to the end of the text.
const MAX_OPEN_HEREDOCS: usize = 8;

/// Returns the text block that holds the lines of a heredoc; none where its signs mean something else.
///
/// With `strips`, the lines lose what blanks they have in common.
fn block_of(lines: &str, strips: bool) -> Option<String> {
    if lines.contains(['\\', '\r', '\t']) || ["%{", "$${", "\"\"\""].iter().any(|sign| lines.contains(sign)) {
        return None;
    }
    let margins = lines.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let margin = " ".repeat(margins.min().filter(|_| strips).unwrap_or_default());
    Some(format!("\"\"\"\n{lines}{margin}\"\"\""))
}

struct Scanner<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    open: Vec<OpenNode>,
    /// The number of open nodes that nest: text by itself does not.
    depth: usize,
    /// The ranges hidden from the grammar, and the byte it sees instead.
    overwritten: Vec<(Range<usize>, u8)>,
    /// The offset from which the text nests too deep, in bytes.
    deep_from: Option<usize>,
    /// The number of `<<NAME` that have no end.
    open_heredocs: usize,
    scan: ScanResult<'t>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += rest.iter().take_while(|byte| !is_sign(**byte)).count();
            let Some(byte) = self.byte(0) else { break };
            let start = self.at;
            if byte == b'\r' && self.byte(1) != Some(b'\n') {
                self.carriage_return();
            } else if is_control(byte) {
                self.control();
            } else if byte >= 0x80 {
                self.non_ascii();
            } else {
                match self.open.last() {
                    Some(OpenNode::Text) => self.in_text(byte),
                    Some(OpenNode::Block) => self.in_block(byte),
                    _ => self.in_code(byte),
                }
            }
            self.at = self.at.max(start + 1);
        }
        self.close_deep(self.text.len());
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn control(&mut self) {
        let length = self.rest().bytes().take_while(|byte| is_control(*byte)).count();
        let range = self.at..self.at + length;
        let found = self.byte(0).map_or(' ', char::from);
        self.scan.diagnostics.push(messages::invisible(self.span(&range), found));
        self.at = range.end;
        self.overwritten.push((range, b' '));
    }

    /// Reads a lone carriage return as a newline; the first one is reported.
    fn carriage_return(&mut self) {
        let range = self.at..self.at + 1;
        if self.overwritten.iter().all(|(_, with)| *with != b'\n') {
            self.scan.diagnostics.push(messages::carriage_return(self.span(&range)));
        }
        self.overwritten.push((range, b'\n'));
    }

    fn non_ascii(&mut self) {
        let Some(character) = self.rest().chars().next() else { return };
        let range = self.at..self.at + character.len_utf8();
        let in_text = matches!(self.open.last(), Some(OpenNode::Text | OpenNode::Block));
        let mark = character == '\u{FEFF}' && self.at == 0;
        if is_bidirectional(character) {
            self.scan.diagnostics.push(messages::bidirectional(self.span(&range), character));
            self.overwritten.push((range.clone(), b' '));
        } else if !mark && (is_invisible(character) || (character == '\u{A0}' && !in_text)) {
            self.scan.diagnostics.push(messages::invisible(self.span(&range), character));
            self.overwritten.push((range.clone(), b' '));
        }
        self.at = range.end;
        if !in_text && matches!(character, '“' | '”') {
            // Text in other quotes is reported with the nodes of the grammar.
            let line = self.rest().split('\n').next().unwrap_or_default();
            self.skip(line.find(['“', '”']).unwrap_or_default());
        } else if !in_text && character.is_alphabetic() {
            self.letter(range.start, character);
        }
    }

    /// Reports a letter that no word can have.
    ///
    /// The first one of a word is enough; the word stays one.
    fn letter(&mut self, start: usize, character: char) {
        let end = start + character.len_utf8();
        self.scan.diagnostics.push(messages::other_letter(self.span(&(start..end)), character));
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.find(|part: char| !part.is_alphanumeric() && part != '_').unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        for (at, letter) in word.char_indices().filter(|(_, letter)| !letter.is_ascii()) {
            self.overwritten.push((start + at..start + at + letter.len_utf8(), b'_'));
        }
        self.at = start + length;
    }

    fn in_text(&mut self, byte: u8) {
        match byte {
            b'\\' => self.at += if self.byte(1).is_some_and(|next| next == b'\n' || next >= 0x80) { 1 } else { 2 },
            b'"' | b'\n' => self.pop(),
            b'$' if self.byte(1) == Some(b'{') => self.push(OpenNode::Interpolation, 2),
            _ => {}
        }
    }

    fn in_block(&mut self, byte: u8) {
        match byte {
            b'\\' => self.at += if self.byte(1).is_some_and(|next| next >= 0x80) { 1 } else { 2 },
            b'"' if self.rest().starts_with("\"\"\"") => {
                self.pop();
                self.at += 3;
            }
            b'$' if self.byte(1) == Some(b'{') => self.push(OpenNode::Interpolation, 2),
            _ => {}
        }
    }

    fn in_code(&mut self, byte: u8) {
        match byte {
            b'/' if self.byte(1) == Some(b'/') => self.skip_line(),
            b'/' if self.byte(1) == Some(b'*') && self.stands_apart() => self.block_comment(),
            b'#' => self.skip_line(),
            b'"' if self.rest().starts_with("\"\"\"") => self.push(OpenNode::Block, 3),
            b'"' => self.push(OpenNode::Text, 1),
            b'\'' | b'`' => self.skip_other_quotes(byte),
            b'<' if self.byte(1) == Some(b'<') && self.stands_apart() => self.heredoc(),
            b'(' | b'[' | b'{' => self.push(OpenNode::Bracket(byte), 1),
            b'<' if self.is_type_argument() => self.push(OpenNode::Angle, 1),
            b'>' if self.open.last() == Some(&OpenNode::Angle) => self.pop(),
            b')' | b']' | b'}' => self.close(byte),
            b'\n' => self.newline(),
            _ => {}
        }
    }

    /// Checks that a blank comes before.
    ///
    /// Elsewhere `/*` is most likely text whose quotes are forgotten, as in `"${arn/*"`.
    fn stands_apart(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        before.is_none_or(u8::is_ascii_whitespace)
    }

    /// Checks for `name<name`, with no blank between: comparisons have blanks.
    fn is_type_argument(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at).copied());
        before.is_some_and(|byte| byte.is_ascii_alphanumeric())
            && self.byte(1).is_some_and(|byte| byte.is_ascii_alphabetic())
    }

    fn skip_line(&mut self) {
        let line = self.rest();
        self.skip(line.find('\n').unwrap_or(line.len()));
    }

    /// Skips text that is nothing to the scanner; what turns its direction is reported all the same.
    fn skip(&mut self, length: usize) {
        let start = self.at;
        self.at += length;
        let Some(skipped) = self.text.get(start..self.at).filter(|skipped| !skipped.is_ascii()) else { return };
        for (at, character) in skipped.char_indices().filter(|(_, character)| is_bidirectional(*character)) {
            let range = start + at..start + at + character.len_utf8();
            self.scan.diagnostics.push(messages::bidirectional(self.span(&range), character));
            self.overwritten.push((range, b' '));
        }
    }

    fn skip_other_quotes(&mut self, quote: u8) {
        let line = self.rest().get(1..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default();
        self.skip(line.find(char::from(quote)).map_or(1, |length| length + 2));
    }

    /// Hides `<<EOF … EOF` from the grammar, which reads a value in its place.
    fn heredoc(&mut self) {
        let rest = self.rest();
        let head = rest.split('\n').next().unwrap_or_default();
        let mark = head.trim_start_matches("<<").trim_start_matches(['-', '~']).trim();
        let mark = mark.trim_matches(['"', '\'']);
        let is_mark = !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_mark || self.open_heredocs >= MAX_OPEN_HEREDOCS {
            return;
        }
        let mut length = head.len() + 1;
        let mut lines = rest.get(length..).unwrap_or_default().split_inclusive('\n');
        let Some(end) = lines.find_map(|line| {
            if line.trim() == mark {
                return Some(length + line.trim_end().len());
            }
            length += line.len();
            None
        }) else {
            self.open_heredocs += 1;
            return;
        };
        let range = self.at..self.at + end;
        let body = rest.get(head.len() + 1..length).unwrap_or_default();
        let fix = block_of(body, rest.starts_with("<<-") || rest.starts_with("<<~"));
        let opening = self.at..self.at + head.trim_end().len();
        let diagnostic = messages::heredoc(self.span(&opening));
        self.scan.diagnostics.push(match fix {
            Some(block) => diagnostic.fix("write a text block", self.span(&range), block),
            None => diagnostic,
        });
        self.at = range.end;
        self.overwritten.push((range, TOO_DEEP));
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let opening = self.at..self.at + 2;
        let length = match rest.find("*/") {
            Some(length) => length + 2,
            // Where it ends is anyone's guess; the next empty line keeps the rest of the file readable.
            None => rest.find("\n\n").or_else(|| rest.find("\n\r\n")).unwrap_or(rest.len()),
        };
        let range = self.at..self.at + length;
        let closed = rest.get(..length).is_some_and(|comment| comment.len() > 3 && comment.ends_with("*/"));
        let diagnostic = if closed {
            messages::block_comment(self.span(&range))
        } else {
            messages::unclosed_comment(self.span(&opening))
        };
        self.scan.diagnostics.push(diagnostic);
        self.at = range.end;
        self.overwritten.push((range, b' '));
    }

    /// Drops the open brackets where a line can only be the start of an item.
    ///
    /// Every bracket before it is a forgotten one.
    fn newline(&mut self) {
        while self.open.last() == Some(&OpenNode::Angle) {
            self.pop();
        }
        if self.open.is_empty() || !self.byte(1).is_some_and(|first| first.is_ascii_lowercase()) {
            return;
        }
        let next = self.text.get(self.at + 1..).unwrap_or_default();
        if ITEMS.iter().any(|item| next.starts_with(item)) {
            self.open.clear();
            self.depth = 0;
            self.close_deep(self.at);
        }
    }

    fn push(&mut self, open: OpenNode, length: usize) {
        self.open.push(open);
        self.depth += open.levels();
        self.scan.depth = self.scan.depth.max(self.depth.min(MAX_DEPTH));
        if self.depth > MAX_DEPTH && self.deep_from.is_none() {
            self.deep_from = Some(self.at + length);
        }
        self.at += length;
    }

    /// Closes the innermost bracket.
    fn pop(&mut self) {
        self.depth -= self.open.pop().map_or(0, OpenNode::levels);
        if self.depth <= MAX_DEPTH {
            self.close_deep(self.at);
        }
    }

    /// Closes the innermost bracket of this kind; forgotten ones inside it go with it.
    fn close(&mut self, byte: u8) {
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let fits = |open: &OpenNode| {
            *open == OpenNode::Bracket(opener) || (opener == b'{' && *open == OpenNode::Interpolation)
        };
        let inside =
            self.open.iter().rev().take(LOOK_BACK).take_while(|open| !matches!(open, OpenNode::Text | OpenNode::Block));
        if let Some(forgotten) = inside.into_iter().position(fits) {
            for _ in 0..forgotten {
                self.depth -= self.open.pop().map_or(0, OpenNode::levels);
            }
            self.pop();
        }
    }

    fn close_deep(&mut self, end: usize) {
        if let Some(start) = self.deep_from.take() {
            let range = start..end;
            if self.scan.hidden.is_empty() {
                self.scan.diagnostics.push(messages::too_deep(Span::new(self.file, start - 1, start)));
            }
            let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            self.scan.hidden.push(line..end + 1);
            self.overwritten.push((range, TOO_DEEP));
        }
    }
}
