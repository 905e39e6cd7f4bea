//! The diagnostic for one name with two meanings.

use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;

/// Returns the diagnostic for one name with two meanings of a kind.
pub fn duplicate(what: &str, name: &Ident, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1002", format!("the {what} `{}` is defined twice", name.text))
        .with_label(name.span, "defined again here")
        .with_label(first, "first defined here")
        .help("give one of them another name")
}
