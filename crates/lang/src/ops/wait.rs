//! Calls that wait for apply: a function of an unknown value (known only after apply) is unknown itself.

use crate::property::strict;
use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::Value;

/// The functions that pass their arguments on as they are.
///
/// Only these may wait for a secret.
const HAND_ON: &[&str] = &["concat", "flatten", "if", "index", "member", "merge", "values"];

/// Returns a call that waits for its arguments.
pub(crate) fn wait(function: &str, args: &[&Value], ty: Type, span: Span) -> Result<Value, Diagnostic> {
    if !HAND_ON.contains(&function)
        && let Some(secret) = args.iter().find_map(|arg| arg.find_secret())
    {
        return Err(ty::secret_as_text(secret));
    }
    let args = args.iter().map(|arg| strict(arg)).collect::<Result<Vec<_>, _>>()?;
    Value::new_unknown(model::PropertyValue::Call { function: function.to_owned(), args }, ty, span).bounded()
}
