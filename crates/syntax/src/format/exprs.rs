//! Formats expressions, and the statements that break in ways of their own.

use super::super::lower;
use super::super::tree::{Rule, SyntaxNode};
use super::printer::{Printer, STEP};

impl Printer {
    /// Writes operands and operators.
    ///
    /// Only where newlines are free may a long chain be broken: before its loosest operators.
    pub fn chain(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if node.has(Rule::comment) {
            self.verbatim(node);
            return;
        }
        let loosest = node.children().filter_map(|part| lower::precedence(part.rule())).min();
        let breaks = !self.flat && node.is(Rule::free_chain);
        for part in node.children() {
            match lower::precedence(part.rule()) {
                None => self.node(part, indent),
                Some(_) if part.is(Rule::op_range) => self.verbatim(part),
                Some(level) => {
                    if breaks && Some(level) == loosest {
                        self.newline(indent);
                    } else {
                        self.out.push(' ');
                    }
                    self.verbatim(part);
                    self.out.push(' ');
                }
            }
        }
    }

    /// Writes a value and its tails, with nothing between them.
    pub fn postfix(&mut self, node: SyntaxNode<'_>, indent: usize) {
        for part in node.children() {
            if part.is(Rule::tag_text) {
                self.out.push(' ');
            }
            self.node(part, indent);
        }
    }

    /// Writes a number and its unit.
    pub fn numeric(&mut self, node: SyntaxNode<'_>) {
        for part in node.children() {
            if part.is(Rule::known_unit) {
                self.out.push(' ');
            }
            self.verbatim(part);
        }
    }

    /// Writes `for x in xs if c: value`.
    ///
    /// What follows the colon may stand on the next line.
    pub fn comprehension(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if node.has(Rule::comment) {
            self.verbatim(node);
            return;
        }
        if self.flat || !node.has(Rule::colon) {
            self.spaced(node, indent);
            return;
        }
        let mut first = true;
        let mut behind_colon = false;
        for part in node.children() {
            if behind_colon {
                self.newline(indent + STEP);
            } else if !first && !matches!(part.rule(), Rule::comma | Rule::colon) {
                self.out.push(' ');
            }
            self.node(part, if behind_colon { indent + STEP } else { indent });
            (first, behind_colon) = (false, part.is(Rule::colon));
        }
    }

    /// Writes a statement of a policy.
    ///
    /// One that is too long for a line breaks before `to`, `on`, `when` and `sid`.
    pub fn policy_statement(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if self.flat {
            self.spaced(node, indent);
            return;
        }
        let mut first = true;
        for part in node.children() {
            match part.rule() {
                Rule::comma => {}
                Rule::to_clause | Rule::on_clause | Rule::when_clause | Rule::sid_clause => self.newline(indent + STEP),
                _ if first => {}
                _ => self.out.push(' '),
            }
            first = false;
            self.node(part, indent + STEP);
        }
    }

    /// Writes a text block, its margin moved to where the block now stands.
    pub fn block_text(&mut self, node: SyntaxNode<'_>, indent: usize) {
        self.failed |= self.flat;
        let text = node.text().replace("\r\n", "\n");
        let mut interpolations = node.children().filter(|part| part.is(Rule::interpolation));
        if interpolations.any(|interpolation| interpolation.text().contains('\n')) {
            self.out.push_str(&text);
            return;
        }
        let margin = text.rsplit('\n').next().map_or("", |last| last.trim_end_matches('"')).to_owned();
        let mut lines = text.lines();
        self.out.push_str(lines.next().unwrap_or_default().trim_end());
        for line in lines {
            let body = line.strip_prefix(&margin).unwrap_or("");
            self.out.push('\n');
            if !body.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent + STEP));
                self.out.push_str(body);
            }
        }
    }
}
