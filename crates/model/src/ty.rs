//! Types as users write them.

use crate::names::TypeName;
use crate::value::{Value, ValueKind};
use gpb_base::source::Span;
use gpb_base::unit::{self, Amount, Dimension, Operands};
use indexmap::IndexMap;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any value.
    Any,
    /// `true` or `false`.
    Bool,
    /// A string.
    String,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// A whole number, not negative.
    Count,
    /// A quantity of one dimension: `duration`, `bytes`.
    Dimension(Dimension),
    /// An address block: `10.0.0.0/16`.
    Cidr,
    /// A region: `eu-central-1`.
    Region,
    /// An availability zone: `eu-central-1a`.
    Zone,
    /// An account: twelve digits.
    Account,
    /// An Amazon Resource Name.
    Arn,
    /// An instance type: `m7g.large`.
    InstanceType,
    /// A region, perhaps with an account and a role.
    Place,
    /// A secret.
    Secret,
    /// A policy document.
    Policy,
    /// `range<T>`: two values of the type, both ends included.
    Range(Arc<Type>),
    /// `list<T>`: values of the type, in order.
    List(Arc<Type>),
    /// `map<T>`: values of the type by name.
    Map(Arc<Type>),
    /// `T?`: the type, or nothing.
    Optional(Arc<Type>),
    /// `T low..high`: the values of an ordered type between two, both included.
    Bounded(Arc<BoundedType>),
    /// A union of words: `low | medium | high`.
    Words(Arc<[Arc<str>]>),
    /// Fields by name, each with a type of its own.
    Object(Arc<ObjectType>),
    /// A resource of that type (`aws.ec2.vpc`), or of any.
    Resource(Option<TypeName>),
}

/// A type with bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundedType {
    /// The ordered type whose values are bounded.
    pub of: Type,
    /// The least value.
    pub low: Amount,
    /// The greatest value.
    pub high: Amount,
    /// The place of the bounds.
    pub span: Span,
}

impl BoundedType {
    /// Checks that an amount of the type lies between the bounds.
    pub fn holds(&self, amount: Amount) -> bool {
        let order = |left: Amount, right: Amount| {
            let sides = Operands { left, left_span: self.span, right, right_span: self.span };
            unit::compare(&sides)
        };
        // What cannot be compared is of another type, which is reported as such.
        let above = |bound: Amount| order(amount, bound).is_ok_and(|order| order == Ordering::Greater);
        let below = |bound: Amount| order(amount, bound).is_ok_and(|order| order == Ordering::Less);
        !below(self.low) && !above(self.high)
    }
}

/// An object type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectType {
    /// The name it was declared by; one written in place has no name.
    pub name: Option<Arc<str>>,
    /// In order of declaration.
    pub fields: IndexMap<Arc<str>, FieldType>,
    /// The requirements that its values meet, in order of declaration.
    pub requires: Vec<RequireId>,
    /// The place of the declaration.
    pub span: Option<Span>,
}

/// A field of an object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldType {
    /// [`Type::Optional`] when the field may be absent.
    pub ty: Type,
    /// The value it has when it is not given.
    pub default: Option<DefaultId>,
    /// Its `///` comment.
    pub doc: Option<Arc<str>>,
    /// The place of the declaration.
    pub span: Option<Span>,
}

/// Identifies the expression of a default, which only the evaluator knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefaultId(pub u32);

/// Identifies a requirement of an object type, which only the evaluator knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequireId(pub u32);

/// The types that are one word.
const SIMPLE: &[(&str, Type)] = &[
    ("account", Type::Account),
    ("acu", Type::Dimension(Dimension::Acu)),
    ("any", Type::Any),
    ("arn", Type::Arn),
    ("bool", Type::Bool),
    ("bytes", Type::Dimension(Dimension::Bytes)),
    ("cidr", Type::Cidr),
    ("count", Type::Count),
    ("duration", Type::Dimension(Dimension::Duration)),
    ("instance_type", Type::InstanceType),
    ("int", Type::Int),
    ("money", Type::Dimension(Dimension::Money)),
    ("number", Type::Number),
    ("percent", Type::Dimension(Dimension::Percent)),
    ("place", Type::Place),
    ("policy", Type::Policy),
    ("rate", Type::Dimension(Dimension::Rate)),
    ("region", Type::Region),
    ("resource", Type::Resource(None)),
    ("secret", Type::Secret),
    ("string", Type::String),
    ("vcpu", Type::Dimension(Dimension::Vcpu)),
    ("zone", Type::Zone),
];

/// Returns the names of the built-in types, sorted.
///
/// `list`, `map` and `range` are among them.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = SIMPLE.iter().map(|(name, _)| *name).chain(["list", "map", "range"]).collect();
    names.sort_unstable();
    names
}

/// Returns the type that a value has by itself.
pub fn type_of(value: &Value) -> Type {
    match &value.kind {
        ValueKind::Bool(_) => Type::Bool,
        ValueKind::Number(_) => Type::Number,
        ValueKind::Quantity(quantity) => Type::Dimension(quantity.dimension),
        ValueKind::Text(_) => Type::String,
        ValueKind::Word(word) => word.among.clone().map_or(Type::Any, Type::Words),
        ValueKind::List(items) => Type::list(common(items.iter())),
        ValueKind::Map(entries) => Type::map(common(entries.values().map(|entry| &entry.value))),
        ValueKind::Range(range) => Type::range(type_of(&range.high)),
        ValueKind::Secret(_) => Type::Secret,
        ValueKind::Place(_) => Type::Place,
        ValueKind::Resource(handle) => Type::Resource(Some(handle.ty.clone())),
        ValueKind::Unknown(unknown) => unknown.ty.clone(),
        ValueKind::Instance(_) | ValueKind::Absent => Type::Any,
    }
}

/// Returns the type that all of the values have; `any` where they differ.
pub fn common<'a>(mut values: impl Iterator<Item = &'a Value>) -> Type {
    let Some(first) = values.next().map(type_of) else { return Type::Any };
    if values.all(|value| type_of(value) == first) { first } else { Type::Any }
}

impl Type {
    /// Returns the built-in type of that name that takes no arguments.
    pub fn simple(name: &str) -> Option<Type> {
        SIMPLE.iter().find(|(known, _)| *known == name).map(|(_, ty)| ty.clone())
    }

    /// Returns `list<T>`.
    pub fn list(of: Type) -> Type {
        Type::List(Arc::new(of))
    }

    /// Returns `map<T>`.
    pub fn map(of: Type) -> Type {
        Type::Map(Arc::new(of))
    }

    /// Returns `range<T>`.
    pub fn range(of: Type) -> Type {
        Type::Range(Arc::new(of))
    }

    /// Returns `T?`; an optional of an optional is the same optional.
    #[must_use]
    pub fn optional(self) -> Type {
        if self.is_optional() { self } else { Type::Optional(Arc::new(self)) }
    }

    /// Returns the union of words.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Type {
        Type::Words(words.into_iter().map(Arc::from).collect())
    }

    /// Checks whether a value of it may be absent.
    pub fn is_optional(&self) -> bool {
        matches!(self, Type::Optional(_))
    }

    /// Returns the type inside `T?`, without its bounds; any other type is itself.
    pub fn required(&self) -> &Type {
        match self {
            Type::Optional(inner) => inner.required(),
            Type::Bounded(bounded) => bounded.of.required(),
            _ => self,
        }
    }

    /// Returns the type without its bounds; any other type is itself.
    pub fn unbounded(&self) -> &Type {
        match self {
            Type::Bounded(bounded) => bounded.of.unbounded(),
            _ => self,
        }
    }

    /// Checks whether values of it have an order, so that a range of them makes sense.
    pub fn is_ordered(&self) -> bool {
        match self {
            Type::Bounded(bounded) => bounded.of.is_ordered(),
            _ => matches!(self, Type::Int | Type::Number | Type::Count | Type::Dimension(_) | Type::Any),
        }
    }

    /// Checks whether values of it are strings.
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Type::String
                | Type::Cidr
                | Type::Region
                | Type::Zone
                | Type::Account
                | Type::Arn
                | Type::InstanceType
                | Type::Words(_)
        )
    }

    /// Checks whether an unknown value of this type may be used for another type.
    ///
    /// Only a type that can never fit is refused: the cloud's string may turn out to be any string, its number any number.
    pub fn may_be(&self, expected: &Type) -> bool {
        match (self, expected) {
            (Type::Optional(mine), _) => mine.may_be(expected),
            (_, Type::Optional(inner)) => self.may_be(inner),
            (Type::Bounded(mine), _) => mine.of.may_be(expected),
            (_, Type::Bounded(theirs)) => self.may_be(&theirs.of),
            (Type::List(mine), Type::List(theirs))
            | (Type::Map(mine), Type::Map(theirs))
            | (Type::Range(mine), Type::Range(theirs)) => mine.may_be(theirs),
            (Type::Map(mine), Type::Object(object)) => object.fields.values().all(|field| mine.may_be(&field.ty)),
            (Type::Any, _)
            | (_, Type::Any)
            | (Type::Map(_), Type::Policy)
            | (Type::Policy, Type::Map(_))
            | (Type::Int | Type::Number | Type::Count, Type::Int | Type::Number | Type::Count) => true,
            (mine, Type::Policy | Type::Place) if mine.is_text() => true,
            (mine, theirs) => mine == theirs || (mine.is_text() && theirs.is_text()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dimension(dimension) => write!(f, "{dimension}"),
            Type::Range(of) => write!(f, "range<{of}>"),
            Type::List(of) => write!(f, "list<{of}>"),
            Type::Map(of) => write!(f, "map<{of}>"),
            Type::Bounded(bounded) => write!(f, "{} {}..{}", bounded.of, bounded.low, bounded.high),
            Type::Optional(of) if matches!(**of, Type::Words(_)) => write!(f, "({of})?"),
            Type::Optional(of) => write!(f, "{of}?"),
            Type::Words(words) => f.write_str(&words.join(" | ")),
            Type::Resource(Some(name)) => f.write_str(name),
            Type::Object(object) => write!(f, "{object}"),
            simple => {
                let name = SIMPLE.iter().find(|(_, ty)| ty == simple).map_or("any", |(name, _)| *name);
                f.write_str(name)
            }
        }
    }
}

impl fmt::Display for ObjectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        f.write_str("{")?;
        for (index, (name, field)) in self.fields.iter().enumerate() {
            write!(f, "{} {name}: {}", if index == 0 { "" } else { "," }, field.ty)?;
        }
        f.write_str(if self.fields.is_empty() { "}" } else { " }" })
    }
}
