//! The functions of the language, in one table.
//!
//! Each is written once, for known values. What is unknown until apply makes a call wait in the plan; at apply
//! [`at_apply`] computes it with the same function.
#![allow(clippy::unnecessary_wraps)] // every function of the table has the same signature

mod at_apply;
mod bind;
mod collection;
pub mod json;
mod location;
mod network;
mod number;
mod text;

pub use at_apply::resolve;

use crate::ops;
use crate::ty::TypeContext;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value;
use gpb_model::value::{MAX_NODES, PropertyValue, ValueKind};
use rust_decimal::Decimal;
use std::sync::{Arc, LazyLock};

/// A function.
#[derive(Debug)]
pub struct PestBuiltin {
    pub name: &'static str,
    pub params: Vec<Param>,
    /// Whether the last parameter takes any number of values.
    pub variadic: bool,
    pub result: Type,
    /// One sentence.
    pub doc: &'static str,
    unknown: UnknownPolicy,
    run: fn(&BuiltinCall) -> Result<PropertyValue, Diagnostic>,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    /// [`Type::Optional`] when it may be left out.
    pub ty: Type,
}

/// An argument as it was given.
#[derive(Debug, Clone)]
pub struct CallArg {
    pub name: Option<(Arc<str>, Span)>,
    pub value: PropertyValue,
}

/// What a function does with arguments that are unknown until apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnknownPolicy {
    /// The call waits as soon as any part of an argument is unknown.
    Waits,
    /// The call waits only for an argument that is unknown as a whole; the function copes with unknown parts.
    Parts,
    /// The function sees everything, unknown or not.
    Sees,
    /// The compiler itself needs the answer.
    Refused,
}

/// The arguments of one call, in the order of the parameters; one that was left out is absent.
struct BuiltinCall<'a> {
    name: &'static str,
    args: Vec<PropertyValue>,
    cx: &'a TypeContext<'a>,
    span: Span,
}

static TABLE: LazyLock<Vec<PestBuiltin>> = LazyLock::new(|| {
    let parts = [collection::table(), network::table(), number::table(), text::table(), location::table()];
    let mut all: Vec<PestBuiltin> = parts.into_iter().flatten().collect();
    all.sort_by_key(|builtin| builtin.name);
    all
});

/// All functions, by name.
pub fn all() -> &'static [PestBuiltin] {
    &TABLE
}

/// The function of that name.
pub fn lookup(name: &str) -> Option<&'static PestBuiltin> {
    let index = TABLE.binary_search_by(|builtin| builtin.name.cmp(name)).ok()?;
    TABLE.get(index)
}

/// All functions' names, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|builtin| builtin.name)
}

/// What functions were called before, and what they are called now.
const FORMER_NAMES: &[(&str, &str)] = &[
    ("given", "is_set"),
    ("needed", "required_by"),
    ("same", "same_target"),
    ("that", "resource_of"),
    ("those", "resources_where"),
];

/// The diagnostic for a call of what is no function; `others` are the program's own.
pub fn unknown<'a>(name: &'a str, span: Span, others: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1201", format!("there is no function `{name}`"))
        .with_label(span, "no function of this name");
    let now = FORMER_NAMES.iter().find(|(former, _)| *former == name).map(|(_, now)| -> &'a str { now });
    let near = || nearest(name, names().map(|name| -> &'a str { name }).chain(others));
    match now.or_else(near) {
        Some(meant) => {
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("change to `{meant}`"), span, meant)
        }
        None => diagnostic,
    }
}

/// Calls a function.
///
/// # Errors
/// The first mistake in the arguments, or what is impossible about the call.
pub fn call(
    builtin: &'static PestBuiltin,
    args: Vec<CallArg>,
    cx: &TypeContext,
    span: Span,
) -> Result<PropertyValue, Diagnostic> {
    let args = bind::bind(builtin, args, cx, span)?;
    run(builtin, args, cx, span)
}

fn run(
    builtin: &'static PestBuiltin,
    args: Vec<PropertyValue>,
    cx: &TypeContext,
    span: Span,
) -> Result<PropertyValue, Diagnostic> {
    // Refused before it is made: no function gives back more parts than it was given.
    if PropertyValue::nodes_of(&args) > MAX_NODES {
        return Err(value::too_large(&format!("has more than {MAX_NODES} parts"), span));
    }
    let unknown = match builtin.unknown {
        UnknownPolicy::Waits | UnknownPolicy::Refused => args.iter().find(|arg| !arg.is_known()),
        UnknownPolicy::Parts => args.iter().find(|arg| matches!(arg.kind, ValueKind::Unknown(_))),
        UnknownPolicy::Sees => None,
    };
    match unknown {
        Some(arg) if builtin.unknown == UnknownPolicy::Refused => Err(must_be_known(arg, builtin.name)),
        Some(PropertyValue { kind: ValueKind::Unknown(hole), .. }) if cx.judging => {
            Ok(hole.spread(builtin.result.clone(), span))
        }
        Some(_) => waits(builtin, &args, span),
        None => {
            let call = BuiltinCall { name: builtin.name, args, cx, span };
            (builtin.run)(&call).map(|value| value.with_span(span)).and_then(PropertyValue::bounded)
        }
    }
}

/// The call as a hole that waits for its arguments.
fn waits(builtin: &PestBuiltin, args: &[PropertyValue], span: Span) -> Result<PropertyValue, Diagnostic> {
    let given: Vec<&PropertyValue> = args.iter().filter(|arg| !arg.is_absent()).collect();
    ops::wait(builtin.name, &given, builtin.result.clone(), span)
}

fn must_be_known(arg: &PropertyValue, function: &str) -> Diagnostic {
    Diagnostic::error("GPB1124", format!("`{function}` needs a value that is known before apply"))
        .with_label(arg.span, "this is unknown until apply")
        .help("what depends on it decides what the plan contains; take it from a parameter instead")
}

/// A table entry: name, parameters, result, what it does about unknowns, the function and its sentence.
fn define(
    name: &'static str,
    params: &[(&'static str, Type)],
    result: Type,
    unknown: UnknownPolicy,
    run: fn(&BuiltinCall) -> Result<PropertyValue, Diagnostic>,
    doc: &'static str,
) -> PestBuiltin {
    let params = params.iter().map(|(name, ty)| Param { name, ty: ty.clone() }).collect();
    PestBuiltin { name, params, variadic: false, result, doc, unknown, run }
}

impl PestBuiltin {
    /// Whether its result may depend on the place it is called in.
    pub fn needs_place(&self) -> bool {
        matches!(self.name, "zones" | "place")
    }

    fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    /// How it is called: `cidr_subnet(block: cidr, bits: count, index: count) -> cidr`.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(|param| format!("{}: {}", param.name, param.ty)).collect();
        let more = if self.variadic { ", …" } else { "" };
        format!("{}({}{more}) -> {}", self.name, params.join(", "), self.result)
    }
}

impl BuiltinCall<'_> {
    fn arg(&self, index: usize) -> Option<&PropertyValue> {
        self.args.get(index).filter(|arg| !arg.is_absent())
    }

    fn arg_span(&self, index: usize) -> Span {
        self.args.get(index).map_or(self.span, |arg| arg.span)
    }

    fn text(&self, index: usize) -> &str {
        self.arg(index).and_then(PropertyValue::as_text).map_or("", |text| text)
    }

    fn number(&self, index: usize) -> Decimal {
        match self.arg(index).map(|arg| &arg.kind) {
            Some(ValueKind::Number(number)) => *number,
            _ => Decimal::ZERO,
        }
    }

    fn list(&self, index: usize) -> &[PropertyValue] {
        self.arg(index).and_then(PropertyValue::as_list).unwrap_or(&[])
    }

    /// A list of texts made by the function itself.
    fn texts(&self, texts: impl IntoIterator<Item = String>) -> PropertyValue {
        PropertyValue::list(texts.into_iter().map(|text| PropertyValue::text(text, self.span)).collect(), self.span)
    }

    fn as_text(&self, text: impl Into<Arc<str>>) -> PropertyValue {
        PropertyValue::text(text, self.span)
    }

    fn as_number(&self, number: impl Into<Decimal>) -> PropertyValue {
        PropertyValue::number(number, self.span)
    }

    /// The whole call waits after all: a part it needs is unknown.
    fn wait(&self) -> Result<PropertyValue, Diagnostic> {
        match lookup(self.name) {
            Some(builtin) => waits(builtin, &self.args, self.span),
            None => Err(unknown(self.name, self.span, [])),
        }
    }

    /// The diagnostic for an argument of a kind the function can do nothing with.
    fn cannot(&self, index: usize, wanted: &str) -> Diagnostic {
        let found = self.args.get(index).map_or_else(|| "nothing".to_owned(), PropertyValue::describe);
        Diagnostic::error("GPB1206", format!("`{}` takes {wanted}, not {found}", self.name))
            .with_label(self.arg_span(index), format!("{wanted} is expected here"))
    }

    /// The diagnostic for an argument outside of what the function can do.
    fn outside(&self, index: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("GPB1214", message).with_label(self.arg_span(index), "out of bounds")
    }
}

#[cfg(test)]
mod tests;
