//! Writes nodes in one of two modes, flat and broken.
//!
//! Flat: everything must fit on one line, or fails. Broken: what does not fit is broken over lines.

use super::super::tree::{Rule, SyntaxNode};

pub(super) const WIDTH: usize = 100;
pub(super) const STEP: usize = 2;

pub(super) struct Printer {
    /// The text written so far.
    pub out: String,
    /// Everything goes on one line.
    pub flat: bool,
    /// It could not go on one line.
    pub failed: bool,
}

impl Printer {
    /// Returns a printer that breaks what does not fit.
    pub fn new() -> Self {
        Self { out: String::new(), flat: false, failed: false }
    }

    /// Returns the text of a whole file, with one newline at its end.
    pub fn file(mut self, root: SyntaxNode<'_>) -> String {
        self.entries(root, 0);
        let mut out = self.out.trim_end().to_owned();
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    /// Returns a node on one line, if it fits.
    pub fn one_line(node: SyntaxNode<'_>) -> Option<String> {
        let mut printer = Printer { out: String::new(), flat: true, failed: false };
        printer.broken(node, 0);
        (!printer.failed && printer.out.chars().count() <= WIDTH).then_some(printer.out)
    }

    /// Writes a node: on the line at hand where it fits, broken where not.
    pub fn node(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if self.flat {
            // Whoever asked for one line has no use for more than a line.
            self.failed |= self.out.len() > WIDTH * 4;
            if !self.failed {
                self.broken(node, indent);
            }
            return;
        }
        match Self::one_line(node).filter(|line| self.column() + line.chars().count() <= WIDTH) {
            Some(line) => self.out.push_str(&line),
            None => self.broken(node, indent),
        }
    }

    fn broken(&mut self, node: SyntaxNode<'_>, indent: usize) {
        match node.rule() {
            Rule::body | Rule::type_object | Rule::policy_body => self.block(node, indent),
            Rule::list | Rule::args | Rule::params | Rule::type_args => self.brackets(node, indent),
            Rule::group | Rule::index | Rule::branch => self.wrapped(node, indent),
            Rule::chain | Rule::free_chain | Rule::sum | Rule::phrase_value | Rule::bounds_value => {
                self.chain(node, indent);
            }
            Rule::if_expr | Rule::if_stmt | Rule::policy_if => self.choice(node, indent),
            Rule::postfix | Rule::spread | Rule::spread_entry => self.postfix(node, indent),
            Rule::list_for | Rule::for_stmt | Rule::policy_for => self.comprehension(node, indent),
            Rule::policy_stmt => self.policy_statement(node, indent),
            Rule::each_stmt | Rule::require_clause | Rule::waive_stmt | Rule::expect_stmt => self.clauses(node, indent),
            Rule::require_stmt => self.requirement(node, indent),
            Rule::block_text => self.block_text(node, indent),
            Rule::numeric | Rule::bound_numeric => self.numeric(node),
            Rule::attribute | Rule::text | Rule::quoted_key | Rule::path | Rule::member | Rule::optional_member => {
                self.verbatim(node);
            }
            _ if node.children().next().is_none() => self.verbatim(node),
            _ => self.spaced(node, indent),
        }
    }

    /// Writes the parts of a node with single blanks between them.
    pub fn spaced(&mut self, node: SyntaxNode<'_>, indent: usize) {
        let parts: Vec<SyntaxNode<'_>> = node.children().filter(|part| !part.text().is_empty()).collect();
        self.parts(&parts, indent);
    }

    /// Writes nodes with single blanks between them.
    pub fn parts(&mut self, parts: &[SyntaxNode<'_>], indent: usize) {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 && !is_tight(part.rule()) {
                self.out.push(' ');
            }
            self.node(*part, indent);
        }
    }

    /// Writes `if … else …`; if one branch is broken, all are.
    fn choice(&mut self, node: SyntaxNode<'_>, indent: usize) {
        if self.flat {
            self.spaced(node, indent);
            return;
        }
        for (index, part) in node.children().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            if matches!(part.rule(), Rule::body | Rule::branch | Rule::policy_body) {
                self.broken(part, indent);
            } else {
                self.node(part, indent);
            }
        }
    }

    /// Writes a node as it stands in the source.
    pub fn verbatim(&mut self, node: SyntaxNode<'_>) {
        let text = node.text();
        self.failed |= self.flat && text.contains('\n');
        self.out.push_str(&text.replace("\r\n", "\n"));
    }

    /// Begins a line with `indent` blanks, and drops blanks before it.
    pub fn newline(&mut self, indent: usize) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Returns the length of the current line, in characters.
    pub fn column(&self) -> usize {
        let line = self.out.rfind('\n').map_or(0, |at| at + 1);
        self.out.get(line..).map_or(0, |line| line.chars().count())
    }
}

/// Checks for signs that no blank precedes.
fn is_tight(rule: Rule) -> bool {
    matches!(rule, Rule::comma | Rule::colon | Rule::optional_mark | Rule::params | Rule::type_args)
}
