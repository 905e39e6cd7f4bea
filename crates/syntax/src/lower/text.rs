//! Lowers strings: escapes, interpolations, and the margin of blocks.

use super::super::ast::TextPart;
use super::super::messages;
use super::super::tree::{Rule, SyntaxNode};
use super::Lowering;
use gpb_base::source::Span;

impl Lowering {
    /// Returns the parts of a `text` or `block_text` node, adjacent text joined.
    pub(super) fn text_parts(&mut self, node: SyntaxNode<'_>) -> Vec<TextPart> {
        let margin = node.is(Rule::block_text).then(|| self.margin(node));
        let mut parts = TextBuilder {
            done: Vec::new(),
            margin: margin.unwrap_or_default(),
            at_line_start: margin.is_some(),
            begins_short: false,
        };
        let quotes = Span::new(self.file, node.end().saturating_sub(3), node.end());
        for child in node.children() {
            if matches!(child.rule(), Rule::escape | Rule::interpolation) && parts.reach() {
                let at = Span::new(self.file, child.start(), child.start());
                self.report(messages::left_of_margin(at, quotes));
            }
            match child.rule() {
                Rule::text_raw => parts.push(child.text()),
                Rule::block_raw => {
                    let short = parts.push_lines(child.text());
                    if let Some(offset) = short {
                        let at = child.start() + offset;
                        self.report(messages::left_of_margin(Span::new(self.file, at, at), quotes));
                    }
                }
                Rule::escape => match self.escape(child) {
                    Some(character) => parts.push(character.encode_utf8(&mut [0; 4])),
                    None => parts.done.push(TextPart::Interpolation(self.missing(child))),
                },
                // What it would have held is not known, so nothing is reported about it.
                Rule::missing_quote | Rule::missing_triple => {
                    parts.done.push(TextPart::Interpolation(self.missing(child)));
                }
                Rule::interpolation => {
                    let value = self.interpolation(child);
                    parts.done.push(TextPart::Interpolation(value));
                }
                _ => {}
            }
        }
        if node.is(Rule::block_text) {
            parts.drop_last_newline();
        }
        parts.done
    }

    /// Returns the blanks before the closing quotes.
    fn margin<'t>(&mut self, node: SyntaxNode<'t>) -> &'t str {
        let inside = node.text().strip_suffix("\"\"\"").unwrap_or_default();
        let line = inside.rsplit_once('\n').map_or("", |(_, line)| line);
        if line.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            return line;
        }
        let quotes = Span::new(self.file, node.end().saturating_sub(3), node.end());
        self.report(messages::closing_quotes(quotes));
        ""
    }

    /// Returns text without interpolation: a key, the path of a `use`.
    pub(super) fn plain_text(&mut self, node: SyntaxNode<'_>) -> String {
        if node.is(Rule::compat_single) {
            return node.text().trim_matches('\'').to_owned();
        }
        let mut plain = String::new();
        for part in node.children() {
            match part.rule() {
                Rule::text_raw => plain.push_str(part.text()),
                Rule::escape => plain.extend(self.escape(part)),
                Rule::interpolation => {
                    let span = self.span(part);
                    self.report(messages::interpolation_in_fixed_text(span));
                }
                _ => {}
            }
        }
        plain
    }

    pub(super) fn interpolation(&mut self, node: SyntaxNode<'_>) -> super::super::ast::Expr {
        self.deeper(1, node, |lower| lower.expr_in(node)).unwrap_or_else(|| self.missing(node))
    }

    fn escape(&mut self, node: SyntaxNode<'_>) -> Option<char> {
        let span = self.span(node);
        let body = node.text().strip_prefix('\\').unwrap_or_default();
        if let Some(code) = body.strip_prefix("u{").and_then(|rest| rest.strip_suffix('}')) {
            let digits = (1..=6).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_hexdigit());
            let scalar = u32::from_str_radix(code, 16).ok().filter(|_| digits).and_then(char::from_u32);
            if scalar.is_none() {
                self.report(messages::bad_unicode_escape(span, code));
            }
            return scalar;
        }
        match body {
            "n" => Some('\n'),
            "t" => Some('\t'),
            "\"" => Some('"'),
            "\\" => Some('\\'),
            "$" => Some('$'),
            // A blank may stand for the first byte of a character that was blanked out, and is reported by itself.
            body if body.trim().is_empty() => {
                let sign = Span::new(self.file, node.start(), node.start() + 1);
                self.report(messages::unknown_escape(sign, ""));
                None
            }
            _ => {
                self.report(messages::unknown_escape(span, body));
                None
            }
        }
    }
}

/// Collects the parts of one string.
struct TextBuilder<'t> {
    done: Vec<TextPart>,
    margin: &'t str,
    at_line_start: bool,
    /// The current line has begun with blanks that do not reach the margin.
    ///
    /// Nothing has followed them yet.
    begins_short: bool,
}

impl TextBuilder<'_> {
    fn push(&mut self, text: &str) {
        self.at_line_start = false;
        self.append(text);
    }

    /// Checks that an escape or an interpolation stands left of the margin.
    fn reach(&mut self) -> bool {
        let at_line_start = std::mem::replace(&mut self.at_line_start, false);
        std::mem::replace(&mut self.begins_short, false) || (at_line_start && !self.margin.is_empty())
    }

    fn append(&mut self, text: &str) {
        if let Some(TextPart::Text(last)) = self.done.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            if self.done.is_empty() {
                // Nearly every text is one part.
                self.done.reserve_exact(1);
            }
            self.done.push(TextPart::Text(text.to_owned()));
        }
    }

    /// Adds the lines of a block without their margin.
    ///
    /// Returns where a line does not reach it.
    fn push_lines(&mut self, text: &str) -> Option<usize> {
        let mut short = None;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let mut rest = line;
            if std::mem::replace(&mut self.at_line_start, line.ends_with('\n')) {
                if let Some(inner) = line.strip_prefix(self.margin) {
                    rest = inner;
                } else {
                    rest = line.trim_start_matches([' ', '\t']);
                    // A line of blanks alone, and the line of the closing quotes, may be as short as they like.
                    if !rest.trim().is_empty() {
                        short = short.or(Some(offset));
                    } else if !line.ends_with('\n') {
                        self.begins_short = true;
                    }
                }
            }
            match rest.strip_suffix("\r\n") {
                Some(body) => {
                    self.append(body);
                    self.append("\n");
                }
                None => self.append(rest),
            }
            offset += line.len();
        }
        short
    }

    /// Drops the newline before the closing quotes, which belongs to them.
    fn drop_last_newline(&mut self) {
        if let Some(TextPart::Text(last)) = self.done.last_mut() {
            if last.ends_with('\n') {
                last.pop();
            }
            if last.is_empty() {
                self.done.pop();
            }
        }
    }
}
