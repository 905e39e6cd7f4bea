//! The items at the top of a file.

use gpb_base::source::{FileId, Span};

use super::exprs::{Expr, Ident, NamePath};
use super::stmts::{Body, Stmt};
use super::types::{Binding, TypeExpr};

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The file the text came from.
    pub file: FileId,
    /// The `//!` lines.
    pub doc: Option<Box<str>>,
    /// The items, in the order of the file.
    pub items: Vec<Item>,
    /// The declarations that are deprecated, in the order of the file.
    pub deprecations: Vec<Deprecation>,
}

/// `@deprecated("use x")` before an item, a parameter or an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// The name that is declared behind it.
    pub of: Ident,
    /// The reason: most often what to use instead.
    pub reason: String,
    /// Source range of the attribute.
    pub span: Span,
}

/// An item at the top of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `use "platform.gpb"`, or `use "net.gpb" as net`
    Use(UseItem),
    /// `const NAME: type = value`
    Const(Binding),
    /// `fn name(a: type) -> type = value`
    Fn(FnItem),
    /// `type name = type`
    Type(TypeItem),
    /// `component name { … }`
    Component(Body),
    /// `stack name { … }`
    Stack(Body),
    /// `extend stack name { … }`: more of a stack of another file
    Extend(Body),
    /// `environment name of stack { … }`
    Environment {
        /// The stack's name.
        of: Ident,
        /// The environment's name and its entries.
        body: Body,
    },
    /// `facts aws.sqs.queue { … }`
    Facts(FactsItem),
    /// `policy name { each aws.s3.bucket as b require … else "…" }`
    Policy(Body),
    /// `test "name" of live { with { … } expect … }`
    Test {
        /// The environment or the stack that is tested; the only one of the program where it is not written.
        of: Option<Ident>,
        /// The test's name, in quotes, and its entries.
        body: Body,
    },
}

/// `use "platform.gpb"`, or `use "net.gpb" as net`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseItem {
    /// The path between the quotes, relative to the file; or the source of a package.
    pub path: String,
    /// The name that the file's items are reached by: `net.queue`.
    pub alias: Option<Ident>,
    /// Source range of the whole item.
    pub span: Span,
}

/// `facts aws.sqs.queue { … }`: what is known about a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsItem {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// The resource type, `aws.sqs.queue`.
    pub ty: NamePath,
    /// The entries between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole item.
    pub span: Span,
}

/// `fn name(a: type, b: type = default) -> type = value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FnItem {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// Written with `pub`: other files see it.
    pub public: bool,
    /// The function's name.
    pub name: Ident,
    /// The parameters, in order.
    pub params: Vec<Binding>,
    /// The type of the result, behind `->`.
    pub result: Option<TypeExpr>,
    /// The expression that the function computes.
    pub value: Expr,
    /// Source range of the whole item.
    pub span: Span,
}

/// `type name = type` or `type name { field: type = default }`
///
/// The latter is an object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeItem {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// Written with `pub`: other files see it.
    pub public: bool,
    /// The type's name.
    pub name: Ident,
    /// The type that the name stands for.
    pub ty: TypeExpr,
    /// Source range of the whole item.
    pub span: Span,
}
