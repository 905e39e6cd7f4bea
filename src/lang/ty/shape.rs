//! The catalog's shapes as types: what a property that is unknown until apply will be.

use super::Type;
use crate::catalog::{Shape, TypeDef};

/// The type of values of a shape. Objects of the catalog come out as `any`: their fields are reached through the
/// catalog, not through a type.
pub fn of_shape(def: &TypeDef, shape: &Shape) -> Type {
    match def.resolve(shape) {
        Shape::Bool => Type::Bool,
        Shape::Int { .. } => Type::Int,
        Shape::Number { .. } => Type::Number,
        Shape::Text(_) => Type::String,
        Shape::List(list) => Type::list(match &*list.item {
            // A nested type may lead back to itself, so lists of objects stay open.
            Shape::Nested(_) => Type::Any,
            item => of_shape(def, item),
        }),
        Shape::Map { value, .. } => Type::map(match &**value {
            Shape::Nested(_) => Type::Any,
            value => of_shape(def, value),
        }),
        Shape::Object(_) | Shape::Nested(_) | Shape::Json | Shape::Any(_) => Type::Any,
    }
}
