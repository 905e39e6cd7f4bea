//! Formats expressions, and the statements that break in ways of their own.

use super::super::lower;
use super::super::tree::{Rule, SyntaxNode};
use super::printer::{Printer, STEP, WIDTH};

impl Printer {
    /// Writes operands and operators.
    ///
    /// Where newlines are free a long chain is broken before its loosest operators. Elsewhere only an operator at the end
    /// of a line goes on to the next, and stays there if the writer put it there.
    pub fn chain(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if node.has(Rule::comment) {
            self.verbatim(node);
            return;
        }
        let loosest = node.children().filter_map(|part| lower::precedence(part.rule())).min();
        let breaks = !self.flat && node.is(Rule::free_chain);
        let from = self.out.len();
        let mut inner = indent;
        let mut behind: Option<SyntaxNode<'_>> = None;
        for part in node.children() {
            if let Some(sign) = behind.take().filter(|_| node.is(Rule::chain))
                && node.source().get(sign.end()..part.start()).is_some_and(|between| between.contains('\n'))
            {
                self.failed |= self.flat;
                inner = indent + STEP;
                self.newline(inner);
            }
            match lower::precedence(part.rule()) {
                None => self.node(part, inner),
                Some(_) if part.is(Rule::op_range) => self.verbatim(part),
                Some(level) => {
                    if breaks && Some(level) == loosest && !self.goes_on_behind_brackets(from, part) {
                        self.newline(indent);
                    } else {
                        self.out.push(' ');
                    }
                    self.verbatim(part);
                    self.out.push(' ');
                    behind = Some(part);
                }
            }
        }
    }

    /// Checks that an operator may stay behind the brackets that close its broken left side: `]) > 0`.
    fn goes_on_behind_brackets(&self, from: usize, operator: SyntaxNode<'_>) -> bool {
        let Some((_, line)) = self.out.get(from..).and_then(|left| left.rsplit_once('\n')) else { return false };
        let closes = !line.trim().is_empty() && line.trim().bytes().all(|byte| matches!(byte, b')' | b']' | b'}'));
        let right = operator.after().and_then(Self::one_line);
        let fits = |right: String| self.column() + operator.text().len() + right.chars().count() + 3 <= WIDTH;
        closes && right.is_some_and(fits)
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
            if matches!(part.rule(), Rule::known_unit | Rule::bound_unit) {
                self.out.push(' ');
            }
            self.verbatim(part);
        }
    }

    /// Writes `for x in xs if c: value`.
    ///
    /// One that is too long has its value on the next line, then its `if` too; only then is broken what is inside.
    pub fn comprehension(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if node.has(Rule::comment) {
            self.verbatim(node);
            return;
        }
        if self.flat || !node.has(Rule::colon) {
            self.spaced(node, indent);
            return;
        }
        let parts: Vec<SyntaxNode<'_>> = node.children().filter(|part| !part.text().is_empty()).collect();
        let colon = parts.iter().position(|part| part.is(Rule::colon)).unwrap_or(parts.len());
        let (head, value) = parts.split_at(colon);
        if let Some(head) = Self::side_by_side(head).filter(|head| self.column() + head.chars().count() < WIDTH) {
            self.out.push_str(&head);
        } else {
            let filter = head.iter().position(|part| matches!(part.rule(), Rule::kw_if | Rule::for_filter));
            let (over, filter) = head.split_at(filter.unwrap_or(head.len()));
            self.parts(over, indent);
            if !filter.is_empty() {
                self.newline(indent);
                self.parts(filter, indent);
            }
        }
        self.out.push(':');
        for part in value.iter().filter(|part| !part.is(Rule::colon)) {
            self.newline(indent + STEP);
            self.node(*part, indent + STEP);
        }
    }

    /// Returns nodes with single blanks between them on one line, if each fits on one.
    fn side_by_side(parts: &[SyntaxNode<'_>]) -> Option<String> {
        let mut line = String::new();
        for part in parts {
            if !line.is_empty() && !part.is(Rule::comma) {
                line.push(' ');
            }
            line.push_str(&Self::one_line(*part)?);
        }
        Some(line)
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

    /// Writes a rule of a policy, or a statement that waives one.
    ///
    /// A rule too long for a line breaks before each `require`, before its reason, and before `because`.
    pub fn clauses(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if self.flat {
            self.spaced(node, indent);
            return;
        }
        let inner = if node.is(Rule::require_clause) { indent } else { indent + STEP };
        for (at, part) in node.children().filter(|part| !part.text().is_empty()).enumerate() {
            match part.rule() {
                Rule::require_clause | Rule::kw_else | Rule::kw_because => self.newline(inner),
                _ if at > 0 => self.out.push(' '),
                _ => {}
            }
            self.node(part, inner);
        }
    }

    /// Writes `require … else …`.
    ///
    /// One that is too long for a line breaks before `else`.
    pub fn requirement(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if self.flat {
            self.spaced(node, indent);
            return;
        }
        for (at, part) in node.children().enumerate() {
            match part.rule() {
                _ if at == 0 => {}
                Rule::kw_else => self.newline(indent + STEP),
                _ => self.out.push(' '),
            }
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
