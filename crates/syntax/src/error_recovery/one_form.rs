//! Recognizes fields and names that are written in another form than the one there is.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

impl ErrorFinder {
    /// Reports `queue "jobs" {`: the name of a use is a word.
    pub(super) fn quoted_label(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        if node.has(Rule::eq) || node.has(Rule::compat_assign) {
            return None;
        }
        let label = node.children().nth(1).filter(|label| label.is(Rule::quoted_key))?;
        let inner = label.text().trim_matches('"');
        let is_plain = is_word(inner);
        // In an object it is the key of a map, which may be any text.
        if !is_plain && !declares(owner(node.parent()?)?) {
            return None;
        }
        let span = self.span(label);
        let diagnostic =
            Diagnostic::error("GPB0056", "this name stands without quotes").with_label(span, "expected a plain word");
        Some(if is_plain {
            diagnostic.fix("remove the quotes", span, inner)
        } else {
            diagnostic.help("a name is a word of letters, digits, `_` and single hyphens")
        })
    }

    /// Reports `queue_name "jobs"` where no component declares such a phrase.
    pub(super) fn phrase(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let body = node.parent().filter(|body| body.is(Rule::body))?;
        if takes_phrases(body)? {
            return None;
        }
        // What is missing in it has a message of its own.
        if node.descendants().any(|part| part.is(Rule::missing_value)) {
            return None;
        }
        let name = node.child(Rule::name)?;
        let whole = Span::new(self.file, name.start(), node.end());
        Some(
            Diagnostic::error("GPB1163", format!("expected `=` after `{}`", name.text()))
                .with_label(self.point(name.end()), "a field is given its value with `=`")
                .fix("write `=`", whole, as_fields(node)),
        )
    }
}

/// Returns the fields of a phrase, each with its `=`.
fn as_fields(node: SyntaxNode<'_>) -> String {
    let field = |node: SyntaxNode<'_>| {
        let mut parts = node.children();
        let name = parts.next().map_or("", SyntaxNode::text);
        format!("{name} = {}", parts.next().map_or("", |value| value.text().trim()))
    };
    let pairs = node.children().filter(|child| child.is(Rule::pair));
    std::iter::once(node).chain(pairs).map(field).collect::<Vec<_>>().join(", ")
}

/// Checks that entries of a body may be phrases: those of a component's objects, and of what is to be recovered.
///
/// `None` where a field cannot stand at all, which other messages say.
fn takes_phrases(body: SyntaxNode<'_>) -> Option<bool> {
    let mut inside = false;
    let mut at = owner(body)?;
    loop {
        match at.rule() {
            Rule::recover_stmt | Rule::derived_stmt => return Some(true),
            Rule::resource_stmt
            | Rule::override_stmt
            | Rule::environment_item
            | Rule::environment_open
            | Rule::policy_item
            | Rule::test_item
            | Rule::when_clause
            | Rule::postfix => return Some(false),
            // A component's own parameters are fields; the objects among them may take phrases.
            Rule::labelled | Rule::qualified_use if declares(owner(at.parent()?)?) => return Some(inside),
            Rule::direct | Rule::labelled | Rule::qualified_use => {}
            _ => return None,
        }
        inside = true;
        at = owner(at.parent()?)?;
    }
}

/// Returns what a body belongs to, past `if` and `for`.
fn owner(body: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let mut at = body.parent()?;
    while matches!(at.rule(), Rule::if_stmt | Rule::for_stmt | Rule::in_stmt) {
        at = at.parent()?.parent()?;
    }
    Some(at)
}

/// Checks that the entries of a body with this owner declare names.
fn declares(owner: SyntaxNode<'_>) -> bool {
    matches!(
        owner.rule(),
        Rule::stack_item
            | Rule::stack_open
            | Rule::extend_item
            | Rule::extend_open
            | Rule::component_item
            | Rule::component_open
            | Rule::layer_stmt
            | Rule::layer_open
    )
}

fn is_word(text: &str) -> bool {
    let mut parts = text.split('-');
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}
