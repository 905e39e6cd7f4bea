//! What is expected of an expression: it decides whether a block is an object or an element of a list.

use gpb_catalog::{ListShape, ObjectShape, Shape, TypeDef};
use gpb_model::ty::Type;
use gpb_syntax::ast::Stmt;

/// What an expression will be read as.
#[derive(Debug, Clone, Copy)]
pub enum Expect<'a> {
    Any,
    Type(&'a Type),
    Shape(&'a TypeDef, &'a Shape),
    /// The properties of a resource.
    Properties(&'a TypeDef),
}

impl<'a> Expect<'a> {
    /// What is expected of the field `name` of what is expected here.
    pub fn field(self, name: &str) -> Expect<'a> {
        match self {
            Expect::Any => Expect::Any,
            Expect::Type(ty) => match ty.required() {
                Type::Object(object) => object.fields.get(name).map_or(Expect::Any, |field| Expect::Type(&field.ty)),
                Type::Map(value) => Expect::Type(value),
                _ => Expect::Any,
            },
            Expect::Properties(def) => property(def, &def.root, name),
            Expect::Shape(def, shape) => match def.resolve(shape) {
                Shape::Object(object) => property(def, object, name),
                Shape::Map { value, .. } => Expect::Shape(def, value),
                Shape::Any(shapes) => {
                    let fields = shapes.iter().map(|shape| Expect::Shape(def, shape).field(name));
                    fields.into_iter().find(|found| !matches!(found, Expect::Any)).unwrap_or(Expect::Any)
                }
                _ => Expect::Any,
            },
        }
    }

    /// What is expected of an element of the list expected here.
    pub fn item(self) -> Expect<'a> {
        match self {
            Expect::Type(ty) => match ty.required() {
                Type::List(item) => Expect::Type(item),
                _ => Expect::Any,
            },
            Expect::Shape(def, shape) => match def.resolve(shape) {
                Shape::List(list) => Expect::Shape(def, &list.item),
                _ => Expect::Any,
            },
            _ => Expect::Any,
        }
    }

    /// Whether one block of these statements is an element of a list here, rather than the whole.
    pub fn appends(self, stmts: &[Stmt]) -> bool {
        match self {
            Expect::Type(ty) => matches!(ty.required(), Type::List(_)),
            Expect::Shape(def, shape) => match def.resolve(shape) {
                Shape::List(list) => !is_written_as_map(def, list, stmts),
                Shape::Any(shapes) => {
                    let is = |wanted: fn(&Shape) -> bool| shapes.iter().any(|shape| wanted(def.resolve(shape)));
                    is(|shape| matches!(shape, Shape::List(_))) && !is(|shape| matches!(shape, Shape::Object(_)))
                }
                _ => false,
            },
            Expect::Any | Expect::Properties(_) => false,
        }
    }
}

fn property<'a>(def: &'a TypeDef, object: &'a ObjectShape, name: &str) -> Expect<'a> {
    let found = object.by_name(name).or_else(|| object.by_aws(name));
    found.map_or(Expect::Any, |property| Expect::Shape(def, &property.shape))
}

/// A list of keys and values (tags) may be written as a map: its entries are then no fields of the element.
fn is_written_as_map(def: &TypeDef, list: &ListShape, stmts: &[Stmt]) -> bool {
    let Shape::Object(item) = def.resolve(&list.item) else { return false };
    if item.by_name("key").is_none() || item.by_name("value").is_none() {
        return false;
    }
    let head = |stmt: &Stmt| match stmt {
        Stmt::Field(field) => item.by_name(&field.head.text).or_else(|| item.by_aws(&field.head.text)).is_some(),
        _ => false,
    };
    !stmts.iter().any(head)
}
