//! The expectation of an expression: it decides whether a block is an object or an element of a list.

use gpb_catalog::{ListShape, ObjectShape, Shape, TypeDef};
use gpb_model::ty::Type;
use gpb_syntax::ast::Stmt;

/// Tells what an expression will be read as.
#[derive(Debug, Clone, Copy)]
pub enum Expectation<'a> {
    /// Anything.
    Any,
    /// A value of a type.
    Type(&'a Type),
    /// A part of a property of a resource type.
    Shape(&'a TypeDef, &'a Shape),
    /// The properties of a resource.
    Properties(&'a TypeDef),
    /// A part of a policy. What is absent stays in it, to be refused: left out, it would widen the policy.
    Policy,
}

impl<'a> Expectation<'a> {
    /// Returns what is expected of the field `name` of what is expected here.
    pub fn field(self, name: &str) -> Expectation<'a> {
        match self {
            Expectation::Any => Expectation::Any,
            Expectation::Policy => Expectation::Policy,
            Expectation::Type(ty) => match ty.required() {
                Type::Object(object) => {
                    object.fields.get(name).map_or(Expectation::Any, |field| Expectation::Type(&field.ty))
                }
                Type::Map(value) => Expectation::Type(value),
                _ => Expectation::Any,
            },
            Expectation::Properties(def) => property(def, &def.root, name),
            Expectation::Shape(def, shape) => match def.resolve(shape) {
                Shape::Object(object) => property(def, object, name),
                Shape::Map { value, .. } => Expectation::Shape(def, value),
                Shape::Any(shapes) => {
                    let fields = shapes.iter().map(|shape| Expectation::Shape(def, shape).field(name));
                    fields.into_iter().find(|found| !matches!(found, Expectation::Any)).unwrap_or(Expectation::Any)
                }
                _ => Expectation::Any,
            },
        }
    }

    /// Returns what is expected of each entry of the map expected here.
    pub fn entry(self) -> Expectation<'a> {
        match self {
            Expectation::Type(ty) if matches!(ty.required(), Type::Map(_)) => self.field(""),
            _ => Expectation::Any,
        }
    }

    /// Returns what is expected of an element of the list expected here.
    pub fn item(self) -> Expectation<'a> {
        match self {
            Expectation::Type(ty) => match ty.required() {
                Type::List(item) => Expectation::Type(item),
                _ => Expectation::Any,
            },
            Expectation::Shape(def, shape) => match def.resolve(shape) {
                Shape::List(list) => Expectation::Shape(def, &list.item),
                _ => Expectation::Any,
            },
            Expectation::Policy => Expectation::Policy,
            Expectation::Any | Expectation::Properties(_) => Expectation::Any,
        }
    }

    /// Checks whether an entry or an element that is absent is kept as such, and not left out.
    pub fn keeps_absent(self) -> bool {
        matches!(self, Expectation::Policy)
    }

    /// Returns the words one of which is expected here.
    pub fn words(self) -> Option<&'a [std::sync::Arc<str>]> {
        match self {
            Expectation::Type(ty) => match ty.required() {
                Type::Words(words) => Some(words),
                _ => None,
            },
            _ => None,
        }
    }

    /// Checks whether one object of a declared type is expected here.
    pub fn is_object(self) -> bool {
        matches!(self, Expectation::Type(ty) if matches!(ty.required(), Type::Object(_)))
    }

    /// Checks whether one map is expected here.
    pub fn is_map(self) -> bool {
        matches!(self, Expectation::Type(ty) if matches!(ty.required(), Type::Map(_)))
    }

    /// Checks whether a value must be there: one of a type that is neither optional nor any.
    pub fn is_required(self) -> bool {
        matches!(self, Expectation::Type(ty) if !ty.is_optional() && *ty != Type::Any)
    }

    /// Checks whether a word of that name is one of those expected here.
    pub fn has_word(self, word: &str) -> bool {
        match self {
            Expectation::Type(ty) => {
                matches!(ty.required(), Type::Words(words) if words.iter().any(|one| &**one == word))
            }
            Expectation::Shape(def, shape) => match def.resolve(shape) {
                Shape::Text(text) => text.one_of.iter().any(|one| one == word),
                Shape::Any(shapes) => shapes.iter().any(|shape| Expectation::Shape(def, shape).has_word(word)),
                _ => false,
            },
            Expectation::Any | Expectation::Policy | Expectation::Properties(_) => false,
        }
    }

    /// Checks whether one block of these statements is an element of a list here, rather than the whole.
    pub fn appends(self, stmts: &[Stmt]) -> bool {
        match self {
            Expectation::Type(ty) => matches!(ty.required(), Type::List(_)),
            Expectation::Shape(def, shape) => match def.resolve(shape) {
                Shape::List(list) => !is_written_as_map(def, list, stmts),
                Shape::Any(shapes) => {
                    let is = |wanted: fn(&Shape) -> bool| shapes.iter().any(|shape| wanted(def.resolve(shape)));
                    is(|shape| matches!(shape, Shape::List(_))) && !is(|shape| matches!(shape, Shape::Object(_)))
                }
                _ => false,
            },
            Expectation::Any | Expectation::Policy | Expectation::Properties(_) => false,
        }
    }
}

fn property<'a>(def: &'a TypeDef, object: &'a ObjectShape, name: &str) -> Expectation<'a> {
    let found = object.by_name(name).or_else(|| object.by_aws(name));
    found.map_or(Expectation::Any, |property| Expectation::Shape(def, &property.shape))
}

/// Checks whether a list of keys and values (tags) is written as a map: its entries are then no fields of the element.
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
