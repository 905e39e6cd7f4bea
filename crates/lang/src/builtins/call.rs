//! Calls of built-in functions.

use super::bind::bind;
use super::builtin::{Builtin, BuiltinCall, CallArg, UnknownPolicy, waits};
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value;
use gpb_model::value::{MAX_NODES, Value, ValueKind};

/// Calls a function with arguments that are not yet bound to its parameters.
///
/// # Errors
/// The first mistake in the arguments, or what is impossible about the call.
pub fn call(builtin: &'static Builtin, args: Vec<CallArg>, cx: &TypeContext, span: Span) -> Result<Value, Diagnostic> {
    let args = bind(builtin, args, cx, span)?;
    run(builtin, args, cx, span)
}

fn run(builtin: &'static Builtin, args: Vec<Value>, cx: &TypeContext, span: Span) -> Result<Value, Diagnostic> {
    // Refused before it is made: no function gives back more parts than it was given.
    if Value::nodes_of(&args) > MAX_NODES {
        return Err(value::too_large(&format!("has more than {MAX_NODES} parts"), span));
    }
    let unknown = match builtin.unknown {
        UnknownPolicy::Waits | UnknownPolicy::Refused => args.iter().find(|arg| !arg.is_known()),
        UnknownPolicy::Parts => args.iter().find(|arg| matches!(arg.kind, ValueKind::Unknown(_))),
        UnknownPolicy::Sees => None,
    };
    match unknown {
        Some(arg) if builtin.unknown == UnknownPolicy::Refused => Err(must_be_known(arg, builtin.name)),
        Some(Value { kind: ValueKind::Unknown(unknown), .. }) if cx.judging => {
            Ok(unknown.spread(builtin.result.clone(), span))
        }
        Some(_) => waits(builtin, &args, span),
        None => {
            let call = BuiltinCall { builtin, args, cx, span };
            (builtin.run)(&call).map(|value| value.with_span(span)).and_then(Value::bounded)
        }
    }
}

/// Returns the diagnostic for an unknown argument that the compiler needs.
fn must_be_known(arg: &Value, function: &str) -> Diagnostic {
    Diagnostic::error("GPB1124", format!("`{function}` needs a value that is known before apply"))
        .with_label(arg.span, "this is unknown until apply")
        .help("what depends on it decides what the plan contains; take it from a parameter instead")
}
