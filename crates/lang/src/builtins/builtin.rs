//! A built-in function, and a call of one.

use crate::ops;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::Decimal;
use std::sync::Arc;

/// Checks what is known of a call's arguments.
pub(super) type ArgumentCheck = fn(&BuiltinCall) -> Result<(), Diagnostic>;

/// A function of the language.
#[derive(Debug)]
pub struct Builtin {
    /// The name it is called by.
    pub name: &'static str,
    /// The parameters, in order.
    pub params: Vec<Param>,
    /// The last parameter takes any number of values.
    pub variadic: bool,
    /// The type of the result.
    pub result: Type,
    /// One sentence that says what it returns.
    pub doc: &'static str,
    /// The treatment of arguments that are unknown until apply.
    pub(super) unknown: UnknownPolicy,
    /// Checks what is known of the arguments, whether or not the rest is.
    pub(super) check: Option<ArgumentCheck>,
    /// Computes the result.
    pub(super) run: fn(&BuiltinCall) -> Result<Value, Diagnostic>,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    /// The name, for `name: value` in a call.
    pub name: &'static str,
    /// [`Type::Optional`] when it may be left out.
    pub ty: Type,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub struct CallArg {
    /// The parameter's name and its place, where it is written.
    pub name: Option<(Arc<str>, Span)>,
    /// The value that is passed.
    pub value: Value,
}

/// The treatment of arguments that are unknown until apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnknownPolicy {
    /// The call waits as soon as any part of an argument is unknown.
    Waits,
    /// The call waits only for an argument that is unknown as a whole.
    ///
    /// The function copes with unknown parts.
    Parts,
    /// The function sees everything, unknown or not.
    Sees,
    /// The compiler itself needs the answer.
    Refused,
}

/// One call of a function.
pub(super) struct BuiltinCall<'a> {
    /// The function.
    pub builtin: &'static Builtin,
    /// The arguments in the order of the parameters; one that was left out is absent.
    pub args: Vec<Value>,
    /// The surroundings of the call.
    pub cx: &'a TypeContext<'a>,
    /// Source range of the call.
    pub span: Span,
}

/// Returns an entry of the table of functions.
pub(super) fn define(
    name: &'static str,
    params: &[(&'static str, Type)],
    result: Type,
    unknown: UnknownPolicy,
    run: fn(&BuiltinCall) -> Result<Value, Diagnostic>,
    doc: &'static str,
) -> Builtin {
    let params = params.iter().map(|(name, ty)| Param { name, ty: ty.clone() }).collect();
    Builtin { name, params, variadic: false, result, doc, unknown, check: None, run }
}

impl Builtin {
    /// Checks that its result may depend on the place it is called in.
    pub fn needs_place(&self) -> bool {
        matches!(self.name, "zones" | "place")
    }

    /// Makes the last parameter take any number of values.
    pub(super) fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    /// Makes a call be checked although some argument is not known: `check` sees all of them.
    pub(super) fn checked(mut self, check: fn(&BuiltinCall) -> Result<(), Diagnostic>) -> Self {
        self.check = Some(check);
        self
    }

    /// Checks that its result depends on the lengths of the lists it is given.
    pub fn counts(&self) -> bool {
        matches!(self.name, "length" | "slice" | "zip")
    }

    /// Returns its signature.
    ///
    /// `cidr_subnet(block: cidr, bits: count, index: count) -> cidr`
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(|param| format!("{}: {}", param.name, param.ty)).collect();
        let more = if self.variadic { ", …" } else { "" };
        format!("{}({}{more}) -> {}", self.name, params.join(", "), self.result)
    }
}

impl BuiltinCall<'_> {
    /// Returns an argument that was given.
    pub fn arg(&self, index: usize) -> Option<&Value> {
        self.args.get(index).filter(|arg| !arg.is_absent())
    }

    /// Returns the place of an argument, or of the call where it was left out.
    pub fn arg_span(&self, index: usize) -> Span {
        self.args.get(index).map_or(self.span, |arg| arg.span)
    }

    /// Returns an argument that is a string.
    pub fn text(&self, index: usize) -> &str {
        self.arg(index).and_then(Value::as_text).map_or("", |text| text)
    }

    /// Returns an argument that is a number.
    pub fn number(&self, index: usize) -> Decimal {
        match self.arg(index).map(|arg| &arg.kind) {
            Some(ValueKind::Number(number)) => *number,
            _ => Decimal::ZERO,
        }
    }

    /// Returns an argument that is a list.
    pub fn list(&self, index: usize) -> &[Value] {
        self.arg(index).and_then(Value::as_list).unwrap_or(&[])
    }

    /// Returns a list of strings made by the function itself.
    pub fn texts(&self, texts: impl IntoIterator<Item = String>) -> Value {
        Value::list(texts.into_iter().map(|text| self.as_text(text)).collect(), self.span)
    }

    /// Returns a string made by the function itself.
    pub fn as_text(&self, text: impl Into<Arc<str>>) -> Value {
        Value::text(text, self.span)
    }

    /// Returns a number made by the function itself.
    pub fn as_number(&self, number: impl Into<Decimal>) -> Value {
        Value::number(number, self.span)
    }

    /// Returns the call as one that waits after all: a part it needs is unknown.
    pub fn wait(&self) -> Result<Value, Diagnostic> {
        waits(self.builtin, &self.args, self.span)
    }

    /// Returns the diagnostic for an argument of the wrong kind.
    pub fn cannot(&self, index: usize, wanted: &str) -> Diagnostic {
        let found = self.args.get(index).map_or_else(|| "nothing".to_owned(), Value::describe);
        Diagnostic::error("GPB1206", format!("`{}` takes {wanted}, not {found}", self.builtin.name))
            .with_label(self.arg_span(index), format!("{wanted} is expected here"))
    }

    /// Returns the diagnostic for an argument that is out of bounds.
    pub fn outside(&self, index: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("GPB1214", message).with_label(self.arg_span(index), "out of bounds")
    }
}

/// Returns the call as an unknown value that waits for its arguments.
pub(super) fn waits(builtin: &Builtin, args: &[Value], span: Span) -> Result<Value, Diagnostic> {
    let given: Vec<&Value> = args.iter().filter(|arg| !arg.is_absent()).collect();
    ops::wait(builtin.name, &given, builtin.result.clone(), span)
}
