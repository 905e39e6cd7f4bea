//! Lowers attributes: `@deprecated("use x")` before what it is about.

use super::super::ast::Deprecation;
use super::super::tree::{Rule, SyntaxNode};
use super::{Lowering, is_name};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;

/// An attribute whose entry comes next.
pub(super) struct Attribute {
    reason: String,
    span: Span,
}

const FORM: &str = "write `@deprecated(\"use x\")` on the line before a declaration";

impl Lowering {
    /// Notes an attribute for the entry behind it.
    pub(super) fn attribute(&mut self, node: SyntaxNode<'_>) {
        let (name, span) = (self.name_in(node), self.span(node));
        if name.text != "deprecated" {
            let diagnostic = Diagnostic::error("GPB1232", format!("there is no attribute `@{}`", name.text));
            let diagnostic = diagnostic.with_label(name.span, "the one attribute is `@deprecated`");
            self.report(match nearest(&name.text, ["deprecated"]) {
                Some(near) => diagnostic.help(FORM).fix("change it to `deprecated`", name.span, near),
                None => diagnostic.help(FORM),
            });
            return;
        }
        if let Some(first) = &self.attribute {
            let diagnostic = Diagnostic::error("GPB1233", "`@deprecated` is said of one declaration twice")
                .with_label(span, "again here")
                .with_label(first.span, "first here")
                .help("remove one of the two");
            self.report(diagnostic);
            return;
        }
        if let Some(text) = reason_in(node) {
            let reason = self.plain_text(text);
            self.attribute = Some(Attribute { reason, span });
        } else {
            let wrong = node.child(Rule::args).map_or(span, |args| self.span(args));
            self.report(
                Diagnostic::error("GPB1232", "`@deprecated` takes one string: what to use instead")
                    .with_label(wrong, "expected a string")
                    .help(FORM),
            );
        }
    }

    /// Gives the attribute that stands before an entry to it.
    pub(super) fn give_attribute(&mut self, node: SyntaxNode<'_>) {
        if self.attribute.is_none() {
            return;
        }
        let takes = matches!(
            node.rule(),
            Rule::const_item
                | Rule::fn_item
                | Rule::type_item
                | Rule::component_item
                | Rule::param_stmt
                | Rule::output_stmt
        );
        match self.attribute.take() {
            Some(Attribute { reason, span }) if takes && node.children().any(is_name) => {
                let of = self.name_in(node);
                self.deprecations.push(Deprecation { of, reason, span });
            }
            Some(attribute) => self.misplaced(&attribute),
            None => {}
        }
    }

    /// Reports an attribute that nothing follows.
    pub(super) fn end_of_attributes(&mut self) {
        if let Some(attribute) = self.attribute.take() {
            self.misplaced(&attribute);
        }
    }

    fn misplaced(&mut self, attribute: &Attribute) {
        self.report(
            Diagnostic::error("GPB1231", "`@deprecated` stands before nothing that can be deprecated")
                .with_label(attribute.span, "nothing behind it takes this")
                .help("it stands before a `component`, `fn`, `type` or `const`, a `param` or an `output`"),
        );
    }
}

/// Returns the string that an attribute holds, where that is all.
fn reason_in(node: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let mut parts =
        node.child(Rule::args)?.children().filter(|part| !matches!(part.rule(), Rule::lparen | Rule::rparen));
    let mut only = parts.next().filter(|_| parts.next().is_none())?;
    // One value, however deep the rules nest around it.
    while !only.is(Rule::text) {
        let mut inner = only.children();
        only = inner.next().filter(|_| inner.next().is_none())?;
    }
    Some(only)
}
