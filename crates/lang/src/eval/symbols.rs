//! Symbols: unknown values that stand for what an environment, or the use of a component, would give.
//!
//! They take part in everything by their type. What is never right, whatever they stand for, is reported.

use super::world::{World, symbol};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{ResourceHandle, Unknown, Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{Address, Place, PropertyValue, SecretSource};
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
        Type::Bounded(bounded) => return symbol_of(world, &bounded.of, of, span),
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
