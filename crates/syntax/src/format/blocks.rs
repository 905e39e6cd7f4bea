//! Formats entries and items: one a line, comments and single empty lines kept.

use super::super::tree::{Rule, SyntaxNode};
use super::brackets::is_open;
use super::printer::{Printer, STEP};

impl Printer {
    /// Writes `{ … }` around entries.
    pub fn block(&mut self, node: SyntaxNode<'_>, indent: usize) {
        let inside: Vec<_> = node.children().filter(|child| is_content(child.rule())).collect();
        if inside.is_empty() {
            self.out.push_str("{}");
            return;
        }
        if self.flat {
            self.flat_block(node, &inside, indent);
            return;
        }
        self.out.push('{');
        self.entries(node, indent + STEP);
        self.newline(indent);
        self.out.push('}');
    }

    fn flat_block(&mut self, node: SyntaxNode<'_>, inside: &[SyntaxNode<'_>], indent: usize) {
        let statements = inside.iter().filter(|child| child.is(Rule::policy_stmt)).count();
        let chosen = inside.iter().any(|child| matches!(child.rule(), Rule::policy_if | Rule::policy_for));
        self.failed |= is_open(node)
            || statements > 1
            || chosen
            || inside.iter().any(|child| matches!(child.rule(), Rule::comment | Rule::attribute));
        if self.failed {
            return;
        }
        // A computed map is one expression, and looks like it.
        let map = inside.iter().any(|child| child.is(Rule::for_stmt) && child.has(Rule::colon));
        self.out.push_str(if map { "{" } else { "{ " });
        for (index, child) in inside.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.node(*child, indent);
        }
        self.out.push_str(if map { "}" } else { " }" });
    }

    /// Writes everything in a body or a file, each entry on a line of its own.
    pub fn entries(&mut self, node: SyntaxNode<'_>, indent: usize) {
        let mut end = node.children().find(|child| child.is(Rule::lbrace)).map_or(node.start(), SyntaxNode::end);
        let mut first = true;
        let mut rest = node.children().filter(|child| is_content(child.rule())).peekable();
        while let Some(child) = rest.next() {
            let newlines = newlines(node, end, child.start());
            if child.is(Rule::comment) && newlines == 0 && !self.out.is_empty() {
                self.out.push(' ');
                self.verbatim(child);
                (end, first) = (child.end(), false);
                continue;
            }
            self.line_before(indent, newlines > 1 && !first);
            first = false;
            if child.is(Rule::kw_pub) {
                // It stands before its item, on the same line.
                self.out.push_str("pub ");
                end = child.end();
                if let Some(item) = rest.next() {
                    self.node(item, indent);
                    end = item.end();
                }
                continue;
            }
            match head_and_value(child, indent) {
                None => {
                    self.node(child, indent);
                    end = child.end();
                }
                Some(head) => end = self.run(node, (child, head), &mut rest, indent),
            }
        }
    }

    fn line_before(&mut self, indent: usize, empty: bool) {
        if self.out.is_empty() {
            return;
        }
        if empty {
            self.newline(0);
        }
        self.newline(indent);
    }

    /// Writes a run of fields on consecutive lines, `=` below `=`.
    ///
    /// All of them have a label, or none has. Returns where the run ends in the source, in bytes.
    fn run<'t>(
        &mut self,
        node: SyntaxNode<'t>,
        first: (SyntaxNode<'t>, FieldLine),
        rest: &mut std::iter::Peekable<impl Iterator<Item = SyntaxNode<'t>>>,
        indent: usize,
    ) -> usize {
        let mut end = first.0.end();
        let mut run = vec![(first.1, None)];
        while let Some(next) = rest.peek().copied() {
            let newlines = newlines(node, end, next.start());
            if next.is(Rule::comment) && newlines == 0 {
                if let Some((_, comment)) = run.last_mut() {
                    *comment = Some(next);
                }
            } else if let Some(field) =
                head_and_value(next, indent).filter(|_| newlines <= 1 && next.rule() == first.0.rule())
            {
                run.push((field, None));
            } else {
                break;
            }
            end = next.end();
            rest.next();
        }
        let width = run.iter().map(|(field, _)| field.head.chars().count()).max().unwrap_or_default();
        for (index, (field, comment)) in run.iter().enumerate() {
            if index > 0 {
                self.newline(indent);
            }
            let padding = width - field.head.chars().count();
            self.out.push_str(&field.head);
            self.out.extend(std::iter::repeat_n(' ', padding));
            self.out.push_str(" = ");
            self.out.push_str(&field.value);
            if let Some(comment) = comment {
                self.out.push(' ');
                self.verbatim(*comment);
            }
        }
        end
    }
}

/// A field whose value is on the line of its name.
struct FieldLine {
    head: String,
    value: String,
}

/// Returns the two sides of a field that fits on one line.
///
/// A field over several lines is not aligned with others.
fn head_and_value(node: SyntaxNode<'_>, indent: usize) -> Option<FieldLine> {
    if !matches!(node.rule(), Rule::direct | Rule::labelled) || !node.has(Rule::eq) {
        return None;
    }
    let mut line = Printer::new();
    line.out.extend(std::iter::repeat_n(' ', indent));
    line.node(node, indent);
    if line.out.contains('\n') {
        return None;
    }
    let line = line.out.trim_start();
    let names = node.children().take_while(|child| !child.is(Rule::eq));
    let head = names.map(SyntaxNode::text).collect::<Vec<_>>().join(" ");
    let value = line.strip_prefix(&head)?.strip_prefix(" = ")?.to_owned();
    Some(FieldLine { head, value })
}

fn newlines(node: SyntaxNode<'_>, from: usize, to: usize) -> usize {
    node.source().get(from..to).map_or(0, |between| between.matches('\n').count())
}

fn is_content(rule: Rule) -> bool {
    !matches!(rule, Rule::lbrace | Rule::rbrace | Rule::comma | Rule::EOI)
}
