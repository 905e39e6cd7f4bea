//! The diagnostic for a secret in the place of a string.

use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;

/// Returns the diagnostic for a secret where a string is expected.
pub(crate) fn secret_as_text(value: &Value) -> Diagnostic {
    Diagnostic::error("GPB1115", "a secret has no text form")
        .with_label(value.span, "this is a secret")
        .help("a secret may only be given, whole, to a property that keeps secrets, or to a parameter of type `secret`")
}
