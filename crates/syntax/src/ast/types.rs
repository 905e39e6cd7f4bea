//! Types as they are written, and the bindings and requirements in them.

use gpb_base::source::Span;

use super::exprs::{Expr, Ident, NamePath};

/// `name: type = value`
///
/// A constant, a `let`, a parameter, an output or a field of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// A constant written with `pub`: other files see it.
    pub public: bool,
    /// The name that is bound.
    pub name: Ident,
    /// The type behind the colon.
    pub ty: Option<TypeExpr>,
    /// The value, or the default of a parameter or a field.
    pub value: Option<Expr>,
    /// The items that come before whoever uses an output.
    pub after: Vec<NamePath>,
    /// Source range of the whole binding.
    pub span: Span,
}

/// A type as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeExpr {
    /// The kind of type.
    pub kind: TypeKind,
    /// Source range of the type.
    pub span: Span,
}

/// A kind of type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// `duration`, `range<acu>`, `list<string>`, `map<secret>`
    Named {
        /// The type's name.
        name: Ident,
        /// The types between `<` and `>`.
        args: Vec<TypeExpr>,
    },
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `sandbox | live`; a single-name "union" is written as `Named`.
    Words(Vec<Ident>),
    /// `count 1..60`, `list<duration 10s..5min>`
    Bounded {
        /// The type whose values are bounded.
        of: Box<TypeExpr>,
        /// The range behind the type.
        bounds: Expr,
    },
    /// `{ path: string, every: duration = 30s }`
    Object {
        /// The fields, in order.
        fields: Vec<Binding>,
        /// The requirements that its values meet.
        requires: Vec<RequireStmt>,
    },
    /// A type was expected here; a diagnostic reports it.
    Missing,
}

/// `require brokers % zones == 0 else "brokers must divide among the zones"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequireStmt {
    /// The condition that has to hold.
    pub condition: Expr,
    /// The reason behind `else`, a string.
    pub reason: Expr,
    /// Source range of the whole statement.
    pub span: Span,
}
