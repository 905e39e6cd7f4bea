//! Formats lists, arguments and groups: on one line, or one element a line.

use super::super::tree::{Rule, SyntaxNode};
use super::printer::{Printer, STEP, WIDTH};

/// Checks that the writer broke the line behind the opening bracket.
///
/// Such brackets stay broken.
pub(super) fn is_open(node: SyntaxNode<'_>) -> bool {
    let inside = node.text().get(1..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
    inside.starts_with('\n')
}

fn is_bracket(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::lbracket
            | Rule::rbracket
            | Rule::lparen
            | Rule::rparen
            | Rule::langle
            | Rule::rangle
            | Rule::lbrace
            | Rule::rbrace
    )
}

impl Printer {
    /// Writes elements with commas between them.
    pub fn brackets(&mut self, node: SyntaxNode<'_>, indent: usize) {
        let inside: Vec<_> =
            node.children().filter(|child| !is_bracket(child.rule()) && !child.is(Rule::comma)).collect();
        let (open, close) = signs(node.rule());
        self.out.push_str(open);
        if self.flat {
            let commented = inside.iter().any(|child| child.is(Rule::comment));
            self.failed |= commented || (is_open(node) && !inside.is_empty());
            if self.failed {
                return;
            }
            for (index, child) in inside.iter().enumerate() {
                if index > 0 {
                    self.out.push_str(", ");
                }
                self.node(*child, indent);
            }
        } else if let Some(before) = self.hugging(node, &inside) {
            self.out.push_str(&before);
            if let Some(last) = inside.last() {
                self.node(*last, indent);
            }
        } else if !inside.is_empty() {
            self.one_a_line(node, &inside, indent);
        }
        self.out.push_str(close);
    }

    /// Returns what stands before the last element, if that keeps its brackets here.
    ///
    /// `merge(a, {` and `[{`: the last element's brackets share the lines of these.
    fn hugging(&self, node: SyntaxNode<'_>, inside: &[SyntaxNode<'_>]) -> Option<String> {
        let (last, others) = inside.split_last()?;
        let shares = is_bracketed(*last) && !is_open(node) && (others.is_empty() || node.is(Rule::args));
        if !shares || inside.iter().any(|child| child.is(Rule::comment)) {
            return None;
        }
        let mut before = String::new();
        for other in others {
            before.push_str(&Self::one_line(*other)?);
            before.push_str(", ");
        }
        (self.column() + before.chars().count() < WIDTH).then_some(before)
    }

    fn one_a_line(&mut self, node: SyntaxNode<'_>, inside: &[SyntaxNode<'_>], indent: usize) {
        let mut end = node.start() + 1;
        for child in inside {
            let newlines = node.source().get(end..child.start()).map_or(0, |between| between.matches('\n').count());
            if child.is(Rule::comment) && newlines == 0 {
                self.out.push(' ');
                self.verbatim(*child);
            } else {
                if newlines > 1 && end > node.start() + 1 {
                    self.newline(0);
                }
                self.newline(indent + STEP);
                self.node(*child, indent + STEP);
                if !child.is(Rule::comment) && !child.is(Rule::list_for) {
                    self.out.push(',');
                }
            }
            end = child.end();
        }
        self.newline(indent);
    }

    /// Writes one expression in brackets.
    pub fn wrapped(&mut self, node: SyntaxNode<'_>, indent: usize) {
        let mut inside = node.children().filter(|child| !is_bracket(child.rule()));
        let (Some(value), None) = (inside.next().filter(|value| !value.is(Rule::comment)), inside.next()) else {
            // Comments between the brackets stay exactly where they are.
            self.verbatim(node);
            return;
        };
        let (open, close) = signs(node.rule());
        let blank = if node.is(Rule::branch) { " " } else { "" };
        self.out.push_str(open);
        if self.flat {
            self.failed |= is_open(node);
            self.out.push_str(blank);
            self.node(value, indent);
            self.out.push_str(blank);
        } else {
            self.newline(indent + STEP);
            self.node(value, indent + STEP);
            self.newline(indent);
        }
        self.out.push_str(close);
    }
}

/// Checks that an element is itself a list or an object.
///
/// Then two pairs of brackets may share their lines.
fn is_bracketed(element: SyntaxNode<'_>) -> bool {
    let mut core = element;
    while matches!(core.rule(), Rule::arg | Rule::chain | Rule::free_chain | Rule::postfix) {
        let mut parts = core.children().filter(|part| !part.is(Rule::arg_name));
        match (parts.next(), parts.next()) {
            (Some(only), None) => core = only,
            _ => return false,
        }
    }
    matches!(core.rule(), Rule::list | Rule::body)
}

fn signs(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::list | Rule::index => ("[", "]"),
        Rule::type_args => ("<", ">"),
        Rule::branch => ("{", "}"),
        _ => ("(", ")"),
    }
}
