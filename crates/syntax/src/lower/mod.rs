//! Lowers the concrete tree to the abstract syntax.
//!
//! Nothing is refused here that the grammar could already explain: lowering adds only what a grammar cannot check, such
//! as escapes, numbers that are too long, and trees too deep for the stages after it.

mod attributes;
mod entries;
mod exprs;
mod items;
mod policy;
mod rules;
mod statements;
mod text;
mod types;
mod values;

pub(super) use exprs::precedence;

use super::ast::{Deprecation, Expr, ExprKind, Ident, Item, Module};
use super::tree::{Rule, SyntaxNode, SyntaxTree};
use attributes::Attribute;
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};
use std::ops::Range;

/// The greatest depth of the abstract syntax, in levels: later stages recurse.
pub(super) const MAX_DEPTH: usize = 256;

pub(super) fn module(file: FileId, tree: &SyntaxTree<'_>) -> (Module, Vec<Diagnostic>) {
    let mut lower = Lowering::of(file);
    let module = lower.module(tree.root());
    (module, lower.diagnostics)
}

/// Lowers the `${…}` of a template, each with its place in the text.
pub(super) fn template(file: FileId, tree: &SyntaxTree<'_>) -> (Vec<(Range<usize>, Expr)>, Vec<Diagnostic>) {
    let mut lower = Lowering::of(file);
    let interpolations = tree.nodes().filter(|node| node.is(Rule::interpolation) && node.parent() == tree.root());
    let values = interpolations.map(|node| (node.start()..node.end(), lower.interpolation(node)));
    let values = values.collect();
    (values, lower.diagnostics)
}

/// Lowers a value that stands alone.
pub(super) fn value(file: FileId, tree: &SyntaxTree<'_>) -> (Option<Expr>, Vec<Diagnostic>) {
    let mut lower = Lowering::of(file);
    let value = tree.root().map(|root| lower.expr_in(root));
    (value, lower.diagnostics)
}

struct Lowering {
    file: FileId,
    diagnostics: Vec<Diagnostic>,
    /// The number of levels of the abstract syntax around what is being lowered.
    depth: usize,
    /// The functions that stand in bodies, which a message refuses: calls of them need no message of their own.
    nested: Vec<Item>,
    /// The end, in bytes, of entries that belong to one in another language.
    skip_until: usize,
    /// The names under which the file uses others: what follows one and a dot is an item of that file.
    aliases: Vec<String>,
    /// The item being lowered is written with `pub`.
    public: bool,
    /// The attribute whose entry comes next.
    attribute: Option<Attribute>,
    /// The attributes whose entries have come.
    deprecations: Vec<Deprecation>,
}

impl Lowering {
    /// Returns the state in which a text is begun.
    fn of(file: FileId) -> Self {
        Self {
            file,
            diagnostics: Vec::new(),
            depth: 0,
            nested: Vec::new(),
            skip_until: 0,
            aliases: Vec::new(),
            public: false,
            attribute: None,
            deprecations: Vec::new(),
        }
    }

    fn span(&self, node: SyntaxNode<'_>) -> Span {
        Span::new(self.file, node.start(), node.end())
    }

    /// Returns the end of a node, where something is missing.
    fn end_of(&self, node: SyntaxNode<'_>) -> Span {
        Span::new(self.file, node.end(), node.end())
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn missing(&self, node: SyntaxNode<'_>) -> Expr {
        Expr::new(ExprKind::Missing, self.end_of(node))
    }

    /// Returns the value, or a missing one where unexpected text follows it.
    fn unless_cut(&self, node: SyntaxNode<'_>, value: Expr) -> Expr {
        let cut = node.after().is_some_and(|next| next.is(Rule::junk_tail));
        if cut { self.missing(node) } else { value }
    }

    /// Lowers something `levels` deeper, or reports that it nests too deep.
    fn deeper<T>(&mut self, levels: usize, node: SyntaxNode<'_>, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth + levels > MAX_DEPTH {
            let span = self.span(node);
            self.report(super::messages::too_deep(span));
            return None;
        }
        self.depth += levels;
        let value = lower(self);
        self.depth -= levels;
        Some(value)
    }

    /// Returns the name of a `name` or `quoted_key` node.
    ///
    /// It is empty where the name is missing.
    fn name(&mut self, node: SyntaxNode<'_>) -> Ident {
        match node.rule() {
            Rule::bad_name => {
                let text = node.child(Rule::quoted_key).map_or_else(String::new, |key| self.plain_text(key)).into();
                Ident { text, span: self.span(node), quoted: false }
            }
            Rule::quoted_key => Ident { text: self.plain_text(node).into(), span: self.span(node), quoted: true },
            _ => Ident { text: node.text().into(), span: self.span(node), quoted: false },
        }
    }

    /// Returns the first name among the children, or an empty one at the node's end.
    fn name_in(&mut self, node: SyntaxNode<'_>) -> Ident {
        match node.children().find(|child| is_name(*child)) {
            Some(name) => self.name(name),
            None => Ident { text: CompactString::default(), span: self.end_of(node), quoted: false },
        }
    }
}

fn is_name(node: SyntaxNode<'_>) -> bool {
    matches!(node.rule(), Rule::name | Rule::qualified_name | Rule::quoted_key | Rule::bad_name | Rule::missing_name)
}

/// The `///` lines met since the last entry.
#[derive(Default)]
struct DocLines<'t>(Vec<&'t str>);

impl<'t> DocLines<'t> {
    /// Notes a comment if it is documentation.
    fn see(&mut self, node: SyntaxNode<'t>) {
        if let Some(line) = doc_line(node.text(), "///").filter(|_| !node.text().starts_with("////")) {
            self.0.push(line);
        }
    }

    fn take(&mut self) -> Option<Box<str>> {
        let lines = std::mem::take(&mut self.0);
        (!lines.is_empty()).then(|| lines.join("\n").into())
    }
}

fn doc_line<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let line = text.strip_prefix(mark)?;
    Some(line.strip_prefix(' ').unwrap_or(line).trim_end())
}
