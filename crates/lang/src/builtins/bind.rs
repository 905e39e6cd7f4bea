//! Binds arguments to parameters.

use super::builtin::{Builtin, CallArg};
use crate::ty::{TypeContext, article, conform};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::Value;

/// Returns the arguments in the order of the parameters; absent if left out.
///
/// Each is read by the type of its parameter.
pub(super) fn bind(
    builtin: &'static Builtin,
    args: Vec<CallArg>,
    cx: &TypeContext,
    span: Span,
) -> Result<Vec<Value>, Diagnostic> {
    let mut slots: Vec<Option<Value>> = builtin.params.iter().map(|_| None).collect();
    let mut rest = Vec::new();
    let mut position = 0;
    for arg in args {
        let index = match &arg.name {
            Some((name, at)) => by_name(builtin, name, *at)?,
            None => position,
        };
        if arg.name.is_none() {
            position += 1;
        }
        match slots.get_mut(index) {
            Some(slot @ None) => *slot = Some(arg.value),
            Some(Some(first)) => return Err(twice(builtin, index, first.span, arg.value.span)),
            None if builtin.variadic => rest.push(arg.value),
            None => return Err(too_many(builtin, arg.value.span)),
        }
    }
    let mut bound = Vec::with_capacity(slots.len() + rest.len());
    for (param, slot) in builtin.params.iter().zip(slots) {
        let value = match slot {
            Some(value) => read(value, &param.ty, cx)?,
            None if param.ty.is_optional() => Value::absent(span),
            None => return Err(missing(builtin, param.name, span)),
        };
        bound.push(value);
    }
    if let Some(last) = builtin.params.last() {
        for value in rest {
            bound.push(read(value, &last.ty, cx)?);
        }
    }
    Ok(bound)
}

fn read(value: Value, ty: &Type, cx: &TypeContext) -> Result<Value, Diagnostic> {
    let cx = TypeContext { expected_at: None, ..*cx };
    let span = value.span;
    conform(value, ty, &cx).map_err(|found| {
        // A value that does not fit always has a reason; the first one is enough for an argument.
        found
            .into_iter()
            .next()
            .unwrap_or_else(|| Diagnostic::error("GPB1101", format!("expected {}", article(ty))).with_label(span, ""))
    })
}

fn by_name(builtin: &Builtin, name: &str, at: Span) -> Result<usize, Diagnostic> {
    let found = builtin.params.iter().position(|param| param.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = builtin.params.iter().map(|param| param.name).collect();
        let diagnostic = Diagnostic::error("GPB1204", format!("`{}` has no parameter `{name}`", builtin.name))
            .with_label(at, "no parameter of this name");
        match nearest(name, names.iter().copied()) {
            Some(meant) => {
                diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("rename to `{meant}`"), at, meant)
            }
            None => diagnostic.help(format!("it is called as `{}`", builtin.signature())),
        }
    })
}

fn missing(builtin: &Builtin, param: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB1202", format!("`{}` needs the argument `{param}`", builtin.name))
        .with_label(span, format!("`{param}` is not given"))
        .help(format!("it is called as `{}`", builtin.signature()))
}

fn too_many(builtin: &Builtin, span: Span) -> Diagnostic {
    let count = builtin.params.len();
    let plural = if count == 1 { "" } else { "s" };
    Diagnostic::error("GPB1203", format!("`{}` takes {count} argument{plural}", builtin.name))
        .with_label(span, "one too many")
        .help(format!("it is called as `{}`", builtin.signature()))
}

fn twice(builtin: &Builtin, index: usize, first: Span, second: Span) -> Diagnostic {
    let name = builtin.params.get(index).map_or("", |param| param.name);
    Diagnostic::error("GPB1205", format!("the argument `{name}` of `{}` is given twice", builtin.name))
        .with_label(second, "given again")
        .with_label(first, "first given here")
}
