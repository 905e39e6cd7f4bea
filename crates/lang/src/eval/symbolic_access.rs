//! Members and elements of symbols.

use super::interpreter::Interpreter;
use super::symbols::symbol_of;
use super::world::symbol;
use crate::compile_context::EvalResult;
use crate::ops;
use crate::ops::ANY_KEY;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{Unknown, Value, ValueEntry, ValueKind};
use rust_decimal::prelude::ToPrimitive;

impl Interpreter<'_, '_> {
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
                Ok(Some(Self::any_of(items.first(), index, span)))
            }
            (ValueKind::Map(entries), ValueKind::Unknown(_)) => {
                self.check_key(of, index, Some(&Type::String))?;
                let first = entries.values().map(|entry| &entry.value).find(|value| !value.is_absent());
                Ok(Some(Self::any_of(first, index, span)))
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
    fn any_of(element: Option<&Value>, index: &Value, span: Span) -> Value {
        let any = |ty: Type| ops::symbol("element", &[index, &Value::text(format!("{span:?}"), span)], ty, span);
        let Some(element) = element else { return any(Type::Any) };
        match &element.kind {
            ValueKind::Map(entries) => {
                let parts = entries.iter().map(|(name, entry)| {
                    let index = ops::symbol("member", &[index, &Value::text(name.clone(), span)], Type::Any, span);
                    let value = Self::any_of(Some(&entry.value), &index, entry.value.span);
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
