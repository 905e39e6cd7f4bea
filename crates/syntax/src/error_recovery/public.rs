//! Recognizes `pub` where nothing can be public, and the words that other languages have for it.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use super::words::first_word;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

impl ErrorFinder {
    /// Reports `pub` before an item that is never public.
    pub(super) fn not_public(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let item = node.after()?;
        let why = match item.rule() {
            Rule::use_item => "what a file uses is for itself; another file uses it by its own `use`",
            Rule::environment_item => "an environment is chosen by its name, and no file uses it",
            Rule::facts_item => "facts have no name: they hold for the type they are about",
            Rule::extend_item => "what is added to a stack is reached through the stack",
            Rule::const_item | Rule::fn_item | Rule::type_item | Rule::component_item | Rule::stack_item => {
                return None;
            }
            _ => "no other file can use it",
        };
        let head = first_word(item.text());
        Some(self.without_pub(node, &format!("`{head}` cannot be `pub`"), why))
    }

    /// Reports `export` and `public`, and any of these words in a body.
    pub(super) fn foreign_public(&self, node: SyntaxNode<'_>) -> Diagnostic {
        let (span, word) = (self.span(node), node.text());
        if node.is(Rule::pub_word) {
            let why = "what a body declares is reached through its stack, its layer or its component";
            return self.without_pub(node, &format!("`{word}` cannot stand here, in a body"), why);
        }
        Diagnostic::error("GPB0093", format!("`{word}` is written `pub`")).with_label(span, "expected `pub`").fix(
            "write `pub`",
            span,
            "pub",
        )
    }

    /// Checks for the second half of `net.label`, where `net` is a file that is used under that name.
    pub(super) fn is_qualified(&self, member: SyntaxNode<'_>) -> bool {
        member.is(Rule::member)
            && member.before().is_some_and(|alias| {
                alias.is(Rule::name) && alias.before().is_none() && self.aliases.iter().any(|one| one == alias.text())
            })
    }

    fn without_pub(&self, node: SyntaxNode<'_>, message: &str, why: &str) -> Diagnostic {
        let end = node.after().map_or(node.end(), SyntaxNode::start);
        Diagnostic::error("GPB0093", message).with_label(self.span(node), why.to_owned()).fix(
            format!("remove `{}`", node.text()),
            Span::new(self.file, node.start(), end),
            "",
        )
    }
}
