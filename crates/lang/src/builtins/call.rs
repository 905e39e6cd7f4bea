//! Calls of built-in functions.

use super::bind::bind;
use super::builtin::{Builtin, BuiltinCall, CallArg, UnknownPolicy, waits};
use super::table::{lookup, unknown};
use super::{files, lists};
use crate::ops;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{Type, type_of};
use gpb_model::value;
use gpb_model::value::{MAX_NODES, Value, ValueKind, ValueMap};
use std::sync::Arc;

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
    let call = BuiltinCall { builtin, args, cx, span };
    let unknown = match builtin.unknown {
        UnknownPolicy::Waits | UnknownPolicy::Refused => call.args.iter().find(|arg| !arg.is_known()),
        UnknownPolicy::Parts => call.args.iter().find(|arg| matches!(arg.kind, ValueKind::Unknown(_))),
        UnknownPolicy::Sees => None,
    };
    if let Some(check) = builtin.check.filter(|_| unknown.is_some()) {
        check(&call)?;
    }
    let args = &call.args;
    let holds_any = |arg: &Value| arg.as_map().is_some_and(|entries| entries.contains_key(ops::ANY_KEY));
    if cx.symbolic && builtin.name != "merge" && args.iter().any(holds_any) {
        return Ok(symbolic(builtin, args, span));
    }
    match unknown {
        Some(_) if cx.symbolic => Ok(symbolic(builtin, args, span)),
        Some(arg) if builtin.unknown == UnknownPolicy::Refused => Err(must_be_known(arg, builtin.name)),
        Some(Value { kind: ValueKind::Unknown(unknown), .. }) if cx.judging => {
            Ok(unknown.spread(builtin.result.clone(), span))
        }
        Some(_) => waits(builtin, args, span),
        None => (builtin.run)(&call).map(|value| value.with_span(span)).and_then(Value::bounded),
    }
}

/// The function whose file holds expressions, which its caller evaluates.
pub(crate) const TEMPLATE: &str = "template";

/// The file and the values of a call of `template`.
pub(crate) enum TemplateCall {
    /// A file that was read.
    Read {
        /// The file's name in messages.
        path: String,
        /// Its content.
        text: Arc<str>,
        /// The values, by the names that its expressions see.
        vars: ValueMap,
    },
    /// The result, where nobody has given yet what it is made of.
    Symbol(Value),
}

/// Reads the file of a call of `template`.
///
/// # Errors
/// The first mistake in the arguments, and a file that cannot be read.
pub(crate) fn template(args: Vec<CallArg>, cx: &TypeContext, span: Span) -> Result<TemplateCall, Diagnostic> {
    let Some(builtin) = lookup(TEMPLATE) else { return Err(unknown(TEMPLATE, span, [])) };
    let call = BuiltinCall { builtin, args: bind(builtin, args, cx, span)?, cx, span };
    let unknown = call.args.iter().find(|arg| matches!(arg.kind, ValueKind::Unknown(_)));
    match unknown {
        Some(_) if cx.symbolic => Ok(TemplateCall::Symbol(symbolic(builtin, &call.args, span))),
        Some(arg) => Err(must_be_known(arg, TEMPLATE)),
        None => {
            let (path, text) = files::text_of_file(&call)?;
            let vars = call.arg(1).and_then(Value::as_map).cloned().unwrap_or_default();
            Ok(TemplateCall::Read { path, text, vars })
        }
    }
}

/// Returns what a function will compute once its arguments are given.
fn symbolic(builtin: &Builtin, args: &[Value], span: Span) -> Value {
    let given: Vec<&Value> = args.iter().filter(|arg| !arg.is_absent()).collect();
    let ty = match (builtin.name, given.first().map(|first| type_of(first))) {
        ("low" | "high", Some(Type::Range(of))) => of.required().clone(),
        ("abs", Some(ty)) | ("slice", Some(ty @ Type::List(_))) => ty,
        ("zip", _) => match given.as_slice() {
            [a, b] => lists::type_of_pairs(a, b),
            _ => builtin.result.clone(),
        },
        ("min" | "max" | "sum", Some(Type::List(of))) if given.len() == 1 => of.required().clone(),
        ("min" | "max" | "sum", Some(ty)) if given.iter().all(|other| type_of(other) == ty) => ty,
        _ => builtin.result.clone(),
    };
    ops::symbol(builtin.name, &given, ty, span)
}

/// Returns the diagnostic for an unknown argument that the compiler needs.
fn must_be_known(arg: &Value, function: &str) -> Diagnostic {
    Diagnostic::error("GPB1124", format!("`{function}` needs a value that is known before apply"))
        .with_label(arg.span, "this is unknown until apply")
        .help("what depends on it decides what the plan contains; take it from a parameter instead")
}
