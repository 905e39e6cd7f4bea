//! Reports requirements without a reason, and the assertions of other languages.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use super::foreign_forms::declares;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

impl ErrorFinder {
    /// Reports `require x > 1` without `else`.
    pub(super) fn missing_reason(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let end = self.end_before(node, node.start());
        let diagnostic = without_reason().with_label(self.point(end), "expected `else` and the reason");
        let condition = node.before()?;
        // A text right behind a name was read as one with it.
        let text = condition.descendants().filter(|part| part.is(Rule::tag_text)).last();
        Some(if let Some(text) = text.filter(|text| text.end() == condition.end()) {
            diagnostic.fix("add `else`", self.point(text.start()), "else ")
        } else {
            let reason = reason_for(condition.text());
            diagnostic.fix("add a reason", self.point(end), format!(" else {reason}"))
        })
    }

    /// Reports `require x > 1, "why"`.
    pub(super) fn reason_sign(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let sign = node.children().next()?;
        let text = node.child(Rule::text)?;
        let whole = Span::new(self.file, self.end_before(node, node.start()), text.start());
        Some(without_reason().with_label(self.span(sign), "expected `else`").fix("write `else`", whole, " else "))
    }

    /// Reports `assert(x > 1, "why")`, with the `require` that it means.
    pub(super) fn assertion(&mut self, node: SyntaxNode<'_>) -> Diagnostic {
        self.silent_until = node.end();
        let word = node.child(Rule::compat_assert_word).unwrap_or(node);
        let diagnostic = Diagnostic::error("GPB0085", format!("there is no `{}`", word.text()))
            .with_label(self.span(word), "a requirement is written with `require`")
            .help("write `require condition else \"why\"`, in a stack, a layer, a component or a type");
        let parts: Vec<SyntaxNode<'_>> = match node.child(Rule::args) {
            Some(args) => args.children().filter(|part| part.is(Rule::arg)).collect(),
            None => node.children().filter(|part| part.is(Rule::chain)).collect(),
        };
        let behind = node.child(Rule::text);
        let (condition, reason) = match (parts.as_slice(), behind) {
            ([condition], None) => (condition.text().trim(), reason_for(condition.text())),
            ([condition], Some(reason)) => (condition.text().trim(), reason.text().to_owned()),
            ([condition, reason], None) => (condition.text().trim(), reason.text().trim().to_owned()),
            _ => return diagnostic,
        };
        let plain = !condition.is_empty() && !condition.contains('\n') && reason.starts_with('"');
        if !plain || !declares(node) {
            return diagnostic;
        }
        let own = format!("require {condition} else {reason}");
        diagnostic.fix("write `require`", self.span(node), own)
    }
}

fn without_reason() -> Diagnostic {
    Diagnostic::error("GPB0090", "a requirement says why, behind `else`")
        .help("whoever does not meet it reads the reason: `require a > b else \"a is what b fits in\"`")
}

/// Returns a string that says no more than the condition itself.
fn reason_for(condition: &str) -> String {
    let condition = condition.split_whitespace().collect::<Vec<_>>().join(" ");
    let condition = condition.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"this has to hold: {condition}\"")
}
