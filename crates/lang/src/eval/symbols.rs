//! Symbols: unknown values that stand for what an environment, or the use of a component, would give.
//!
//! They take part in everything by their type. What is never right, whatever they stand for, is reported.

use super::comprehension::Iterations;
use super::interpreter::Interpreter;
use super::scope::Scope;
use super::world::{World, symbol, waits_for_apply};
use crate::compile_context::EvalResult;
use crate::ops;
use crate::ops::ANY_KEY;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{ResourceHandle, Unknown, Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{Address, Place, PropertyValue, SecretSource};
use gpb_syntax::ast::BinaryOp;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

/// Returns `account`, `region` or `partition` of a place that is not known.
pub(super) fn of_any_place(name: &str, span: Span) -> Value {
    let ty = match name {
        "account" => Type::Account,
        "region" => Type::Region,
        _ => Type::String,
    };
    Value::new_unknown(symbol(name, Vec::new()), ty, span)
}

/// Returns the environment as its stack sees it.
pub fn any_environment(span: Span) -> Value {
    let mut map = ValueMap::default();
    let mut put = |name: &str, ty: Type| {
        let value = Value::new_unknown(symbol("environment", vec![PropertyValue::Text(name.into())]), ty, span);
        map.insert(name.into(), ValueEntry { key: span, value });
    };
    put("name", Type::String);
    put("mode", Type::words(["sandbox", "live"]));
    put("region", Type::Region);
    put("usage", Type::map(Type::Any));
    put("account", Type::Account);
    Value::map(map, span)
}

/// Returns the place of a body that no environment places.
pub fn any_place() -> Arc<Place> {
    Arc::new(Place { region: "us-east-1".into(), ..Place::default() })
}

/// Returns a value of a type that stands for any of its values.
pub fn symbol_of(world: &World, ty: &Type, of: PropertyValue, span: Span) -> Value {
    let kind = match ty {
        Type::Optional(_) if !world.is_given(&of) => ValueKind::Absent,
        Type::Optional(inner) => return symbol_of(world, inner, of, span),
        Type::Object(object) => {
            let field = |(name, field): (&Arc<str>, &gpb_model::ty::FieldType)| {
                let of = symbol("member", vec![of.clone(), PropertyValue::Text(name.as_ref().into())]);
                let ty = if field.default.is_some() { field.ty.required() } else { &field.ty };
                (name.clone(), ValueEntry { key: span, value: symbol_of(world, ty, of, span) })
            };
            ValueKind::Map(Arc::new(object.fields.iter().map(field).collect()))
        }
        Type::Secret => ValueKind::Secret(Arc::new(SecretSource::Store { name: String::new() })),
        Type::Resource(Some(name)) => {
            let address = Address::new(format!("{of:?}"));
            ValueKind::Resource(Arc::new(ResourceHandle { address, ty: name.clone(), place: any_place() }))
        }
        // A document may be a map, or text.
        Type::Policy | Type::Resource(None) => ValueKind::Unknown(Unknown { value: Arc::new(of), ty: Type::Any }),
        _ => ValueKind::Unknown(Unknown { value: Arc::new(of), ty: ty.clone() }),
    };
    Value::new(kind, span)
}

/// Returns a symbol as if written elsewhere, with all that is in it: it is written nowhere itself.
pub fn symbol_at(symbol: Value, span: Span) -> Value {
    match &symbol.kind {
        ValueKind::Map(entries) => {
            let moved = |(name, entry): (&Arc<str>, &ValueEntry)| {
                (name.clone(), ValueEntry { key: span, value: symbol_at(entry.value.clone(), span) })
            };
            Value::map(entries.iter().map(moved).collect(), span)
        }
        _ => symbol.with_span(span),
    }
}

impl<'p> Interpreter<'_, 'p> {
    /// Checks whether a value is not known because nobody has given what it depends on.
    pub fn is_symbolic(&self, value: &Value) -> bool {
        self.view.world().is_some() && !value.is_known() && !waits(value)
    }

    /// Returns a condition as what the world decides about it.
    pub(super) fn settled(&self, condition: Value, at: Span) -> Value {
        let Some(world) = self.view.world() else { return condition };
        match &condition.kind {
            ValueKind::Bool(holds) => world.meet(at, *holds),
            ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Bool) && !waits_for_apply(&unknown.value) => {
                return Value::bool(world.decide(&unknown.value, at), condition.span);
            }
            _ => {}
        }
        condition
    }

    /// Returns the iteration that stands for all of those over an unknown list or map.
    pub(super) fn any_iteration(&self, over: &Unknown, span: Span) -> EvalResult<Iterations> {
        let Some(world) = self.view.world() else { return Ok(Vec::new()) };
        let part = |name: &str| symbol(name, vec![over.value.as_ref().clone()]);
        let (key, ty) = match over.ty.required() {
            Type::List(of) => (Type::Count, of.as_ref()),
            Type::Map(of) => (Type::String, of.as_ref()),
            Type::Any => (Type::Any, &Type::Any),
            ty => {
                return Err(self.report(
                    Diagnostic::error("GPB1406", format!("`for` cannot iterate over {}", crate::ty::article(ty)))
                        .with_label(span, "expected a list or a map")
                        .help("`range(n)` is the list of the numbers from 0 to n-1"),
                ));
            }
        };
        let key = Value::new_unknown(part("key"), key, span);
        Ok(vec![(Some(key), symbol_of(world, ty, part("element"), span))])
    }

    /// Applies an operator to values of which some may be symbols.
    pub(super) fn operate(
        &self,
        op: BinaryOp,
        left: Value,
        right: Value,
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<Value> {
        let is_unknown = |value: &Value| matches!(value.kind, ValueKind::Unknown(_));
        let either = is_unknown(&left) || is_unknown(&right);
        if self.view.world().is_none() || !either || left.is_absent() || right.is_absent() {
            return self.ok(ops::binary(op, left, right, span));
        }
        if !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
            let ty = self.ok(ops::arithmetic_type(op, &left, &right, span))?;
            return Ok(ops::symbol(op.symbol(), &[&left, &right], ty, span));
        }
        let left = self.read_beside(left, &right, scope)?;
        let right = self.read_beside(right, &left, scope)?;
        self.ok(ops::check_comparable(&left, &right))?;
        if left == right {
            return Ok(Value::bool(op == BinaryOp::Equal, span));
        }
        Ok(ops::symbol(op.symbol(), &[&left, &right], Type::Bool, span))
    }

    /// Reads a word that is compared with a symbol by the symbol's type.
    fn read_beside(&self, value: Value, other: &Value, scope: &Scope<'p>) -> EvalResult<Value> {
        match (&value.kind, &other.kind) {
            (ValueKind::Word(_) | ValueKind::Text(_), ValueKind::Unknown(unknown))
                if matches!(unknown.ty, Type::Words(_)) =>
            {
                self.conform(value, &unknown.ty, scope, None)
            }
            (ValueKind::Word(_), ValueKind::Unknown(unknown)) if matches!(unknown.ty, Type::Region | Type::Zone) => {
                self.conform(value, &unknown.ty, scope, None)
            }
            _ => Ok(value),
        }
    }

    pub(super) fn negated(&self, value: Value, span: Span) -> EvalResult<Value> {
        if self.is_symbolic(&value) {
            let ty = self.ok(ops::negated_type(&value, span))?;
            return Ok(ops::symbol("-", &[&value], ty, span));
        }
        self.ok(ops::negate(value, span))
    }

    /// Checks that the ends of a range may be compared.
    pub(super) fn check_ends(&self, low: &Value, high: &Value) -> EvalResult<()> {
        let is_unknown = |value: &Value| matches!(value.kind, ValueKind::Unknown(_));
        // A bare number takes the unit of the high end.
        let takes_unit = matches!(low.kind, ValueKind::Number(_));
        if self.view.world().is_none() || takes_unit || !(is_unknown(low) || is_unknown(high)) {
            return Ok(());
        }
        let is_amount = |value: &Value| match type_of(value).required() {
            Type::Int | Type::Number | Type::Count => Some(Type::Number),
            Type::Dimension(dimension) => Some(Type::Dimension(*dimension)),
            _ => None,
        };
        match (is_amount(low), is_amount(high)) {
            (Some(Type::Number), Some(Type::Dimension(_))) => Ok(()),
            (Some(first), Some(second)) if first != second => self.ok(ops::check_comparable(low, high)),
            _ => Ok(()),
        }
    }

    /// Checks that the symbols in a string have a text form.
    pub(super) fn check_text_parts(&self, parts: &[Value]) -> EvalResult<()> {
        if self.view.world().is_none() {
            return Ok(());
        }
        let mut failed = None;
        for part in parts.iter().filter(|part| self.is_symbolic(part)) {
            let ValueKind::Unknown(unknown) = &part.kind else { continue };
            let help = match unknown.ty.required() {
                Type::List(_) => "`join(list, \", \")` makes a string of a list, `json(list)` makes JSON",
                Type::Map(_) | Type::Object(_) => "`json(…)` makes JSON of it",
                Type::Range(_) => "`low(…)` and `high(…)` give its ends",
                Type::Place => "name what is meant: `.region` or `.account`",
                _ => continue,
            };
            failed = Some(
                self.report(
                    Diagnostic::error("GPB1128", format!("{} has no text form", part.describe()))
                        .with_label(part.span, "cannot be a part of a string")
                        .help(help),
                ),
            );
        }
        failed.map_or(Ok(()), Err)
    }

    /// Returns a part of a symbol as the symbol of its own type.
    pub(super) fn realized(&self, value: Value) -> Value {
        match (self.view.world(), &value.kind) {
            (Some(world), ValueKind::Unknown(unknown)) => {
                symbol_of(world, &unknown.ty, unknown.value.as_ref().clone(), value.span)
            }
            _ => value,
        }
    }

    /// Returns a member of a place that is not known.
    pub(super) fn member_of_any_place(&self, of: &Unknown, name: &str, span: Span) -> Option<Value> {
        let ty = match (of.ty.required(), name) {
            (Type::Place, "region") => Type::Region,
            (Type::Place, "account") => Type::Account,
            (Type::Place, "role") => Type::Arn,
            (Type::Place, "profile") => Type::String,
            _ => return None,
        };
        let member = symbol(name, vec![of.value.as_ref().clone()]);
        self.view.world().map(|_| Value::new_unknown(member, ty, span))
    }

    /// Returns the entry that stands for all entries of a map whose keys are not known.
    pub fn any_entry(&self, of: &Value) -> Option<Value> {
        self.view.world()?;
        of.as_map()?.get(ANY_KEY).map(|entry| entry.value.clone())
    }

    /// Returns `of[index]` where one of them is a symbol.
    pub(super) fn symbolic_index(&self, of: &Value, index: &Value, span: Span) -> EvalResult<Option<Value>> {
        let Some(world) = self.view.world() else { return Ok(None) };
        if let Some(found) = self.any_entry(of) {
            return Ok(Some(found.with_span(span)));
        }
        match (&of.kind, &index.kind) {
            (ValueKind::Unknown(unknown), _) => {
                let (reached_by, ty) = match unknown.ty.required() {
                    Type::List(of) => (Some(Type::Number), of.as_ref()),
                    Type::Map(of) => (Some(Type::String), of.as_ref()),
                    Type::Any | Type::Object(_) => (None, &Type::Any),
                    ty => {
                        let message = format!("{} has no elements", crate::ty::article(ty));
                        let diagnostic = Diagnostic::error("GPB1126", message);
                        return Err(self.report(diagnostic.with_label(of.span, "neither a list nor a map")));
                    }
                };
                self.check_key(of, index, reached_by.as_ref())?;
                let element = ops::symbol("index", &[of, index], ty.clone(), span);
                Ok(Some(self.realized(element)))
            }
            (ValueKind::List(items), ValueKind::Unknown(_)) => {
                self.check_key(of, index, Some(&Type::Number))?;
                Ok(Some(self.any_of(items.first(), index, span)))
            }
            (ValueKind::Map(entries), ValueKind::Unknown(_)) => {
                self.check_key(of, index, Some(&Type::String))?;
                let first = entries.values().map(|entry| &entry.value).find(|value| !value.is_absent());
                Ok(Some(self.any_of(first, index, span)))
            }
            (ValueKind::List(items), ValueKind::Number(number))
                if number.to_usize().is_none_or(|at| at >= items.len()) && world.is_sampled(items) =>
            {
                Ok(items.first().map(|first| first.clone().with_span(span)))
            }
            _ => Ok(None),
        }
    }

    fn check_key(&self, of: &Value, index: &Value, reached_by: Option<&Type>) -> EvalResult<()> {
        let Some(ty) = reached_by.filter(|ty| !type_of(index).may_be(ty)) else { return Ok(()) };
        let wanted = if *ty == Type::Number { "a number" } else { "a string" };
        let message = format!("{} is reached by {wanted}, not by {}", of.describe(), index.describe());
        let diagnostic = Diagnostic::error("GPB1127", message);
        Err(self.report(diagnostic.with_label(index.span, format!("{wanted} is expected here"))))
    }

    /// Returns what stands for any of the elements of which this is one.
    fn any_of(&self, element: Option<&Value>, index: &Value, span: Span) -> Value {
        let any = |ty: Type| ops::symbol("element", &[index, &Value::text(format!("{span:?}"), span)], ty, span);
        let Some(element) = element else { return any(Type::Any) };
        match &element.kind {
            ValueKind::Map(entries) => {
                let parts = entries.iter().map(|(name, entry)| {
                    let index = ops::symbol("member", &[index, &Value::text(name.clone(), span)], Type::Any, span);
                    let value = self.any_of(Some(&entry.value), &index, entry.value.span);
                    (name.clone(), ValueEntry { key: entry.key, value })
                });
                Value::map(parts.collect(), span)
            }
            ValueKind::Resource(_) | ValueKind::Instance(_) | ValueKind::Secret(_) => element.clone().with_span(span),
            ValueKind::Word(_) => any(Type::Any),
            _ => any(type_of(element)),
        }
    }
}

fn waits(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Unknown(unknown) => waits_for_apply(&unknown.value),
        ValueKind::List(items) => items.iter().any(waits),
        ValueKind::Map(entries) => entries.values().any(|entry| waits(&entry.value)),
        ValueKind::Range(range) => waits(&range.low) || waits(&range.high),
        _ => false,
    }
}
