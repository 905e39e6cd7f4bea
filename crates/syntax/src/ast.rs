//! The abstract syntax: owned, spanned, and total.
//!
//! Whatever the text, there is a tree; where a piece is missing the tree says so ([`ExprKind::Missing`]) and a diagnostic
//! has been given, so later stages stay silent about it.

use compact_str::CompactString;
use gpb_base::source::{FileId, Span};
use rust_decimal::Decimal;

/// An identifier, a bare word (`us-east-1`) or, where a key may be any text, a quoted string.
/// Where a name is missing its text is empty; a diagnostic has said so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident {
    pub text: CompactString,
    pub span: Span,
    /// Written in quotes: only keys of objects and labels can be.
    pub quoted: bool,
}

/// `a.b.c`, as it stands after `resource`, `after`, `moved`, `override`: names and, for keyed items, `["key"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePath {
    pub segments: Vec<PathSegment>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    Name(Ident),
    /// `["us-east-1a"]`, `[0]` or `[zone]`.
    Index(Expr),
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    pub file: FileId,
    /// The `//!` lines.
    pub doc: Option<Box<str>>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `use "platform.gpb"`
    Use {
        path: String,
        span: Span,
    },
    /// `const NAME: type = value`
    Const(Binding),
    Fn(FnItem),
    Type(TypeItem),
    Component(Body),
    Stack(Body),
    Environment {
        of: Ident,
        body: Body,
    },
    Facts(FactsItem),
}

/// `facts aws.sqs.queue { … }`: what is known about a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsItem {
    pub doc: Option<Box<str>>,
    pub ty: NamePath,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `doc head name { stmts }`: a component, a stack, an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub doc: Option<Box<str>>,
    pub name: Ident,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `name: type = value`: a constant, a `let`, a parameter, an output, a field of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub doc: Option<Box<str>>,
    pub name: Ident,
    pub ty: Option<TypeExpr>,
    pub value: Option<Expr>,
    pub span: Span,
}

/// `fn name(a: type, b: type = default) -> type = value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FnItem {
    pub doc: Option<Box<str>>,
    pub name: Ident,
    pub params: Vec<Binding>,
    pub result: Option<TypeExpr>,
    pub value: Expr,
    pub span: Span,
}

/// `type name = type` or `type name { field: type = default }` (the latter is an object type).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeItem {
    pub doc: Option<Box<str>>,
    pub name: Ident,
    pub ty: TypeExpr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeExpr {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// `duration`, `range<acu>`, `list<string>`, `map<secret>`
    Named {
        name: Ident,
        args: Vec<TypeExpr>,
    },
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `sandbox | live`; a single-name "union" is written as `Named`.
    Words(Vec<Ident>),
    /// `{ path: string, every: duration = 30s }`
    Object(Vec<Binding>),
    Missing,
}

/// An entry between braces. Which ones make sense where is for `lang` to say, so that a misplaced one gets a sentence
/// and not a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stmt {
    Param(Box<Binding>),
    Let(Box<Binding>),
    Output(Box<Binding>),
    Layer(Box<LayerStmt>),
    Resource(Box<ResourceStmt>),
    Block(BlockStmt),
    Field(FieldStmt),
    When(WhenStmt),
    For(ForStmt),
    If(IfStmt),
    /// `in place { … }`
    In {
        place: Expr,
        stmts: Vec<Stmt>,
        span: Span,
    },
    /// `after network.vpc, data.main`
    After {
        paths: Vec<NamePath>,
        span: Span,
    },
    /// `protect always` or `protect never`
    Protect {
        word: Ident,
        span: Span,
    },
    /// `ignore desired_count, tags["x"]`: properties whose drift gpb leaves alone.
    Ignore {
        paths: Vec<NamePath>,
        span: Span,
    },
    /// `replace create_first` or `replace delete_first`
    Replace {
        word: Ident,
        span: Span,
    },
    /// `moved old.path to new.path`
    Moved {
        from: NamePath,
        to: NamePath,
        span: Span,
    },
    /// `override data.main.cluster { … }`
    Override {
        path: NamePath,
        stmts: Vec<Stmt>,
        span: Span,
    },
    Recover(RecoverStmt),
    /// `derived from data.main { rebuild 5min }`: what is kept here can be made again from there.
    Derived {
        from: NamePath,
        stmts: Vec<Stmt>,
        span: Span,
    },
    Budget(Box<BudgetStmt>),
    /// `needs 20 connections of data.main.cluster`: for each unit of the resource
    Needs {
        amount: Expr,
        what: Ident,
        of: NamePath,
        span: Span,
    },
}

/// `layer data uses security, network in place { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStmt {
    pub doc: Option<Box<str>>,
    pub name: Ident,
    pub uses: Vec<Ident>,
    pub place: Option<Expr>,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `resource aws.sqs.queue jobs in place { … }` and `existing aws.ec2.vpc shared { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceStmt {
    pub doc: Option<Box<str>>,
    pub existing: bool,
    /// `aws.sqs.queue`
    pub ty: NamePath,
    pub name: Ident,
    pub place: Option<Expr>,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `head { … }`, `head label { … }`: an object property, or, where a component of that name exists, its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockStmt {
    pub doc: Option<Box<str>>,
    pub head: Ident,
    pub label: Option<Box<Ident>>,
    pub place: Option<Expr>,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `head = value`, `head label = value`, or one pair of a phrase such as `every 30s timeout 5s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldStmt {
    pub doc: Option<Box<str>>,
    pub head: Ident,
    pub label: Option<Box<Ident>>,
    pub value: Expr,
    pub span: Span,
}

/// `recover from node, zone { rpo 0s  rto 1min }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverStmt {
    pub domains: Vec<Ident>,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

/// `budget at 100k users $10_000..$25_000 per month`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetStmt {
    /// `100k`, `users`
    pub at: Option<(Expr, Ident)>,
    pub amount: Expr,
    /// `month`
    pub per: Ident,
    pub span: Span,
}

/// `when cpu > 70% add 2 remove 1`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhenStmt {
    pub metric: Expr,
    pub op: BinaryOp,
    pub threshold: Expr,
    /// `add 2`, `remove 1`, `for 3min`, …
    pub actions: Vec<FieldStmt>,
    pub span: Span,
}

/// `for zone in zones(3) { … }`, `for name, size in sizes { … }`, `for s in subnets key s.name { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForStmt {
    /// One name (the element) or two (the key and the element).
    pub names: Vec<Ident>,
    pub over: Expr,
    pub key: Option<Expr>,
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfStmt {
    pub condition: Expr,
    pub then: Vec<Stmt>,
    /// `else { … }`; `else if` is an `otherwise` of one `If`.
    pub otherwise: Vec<Stmt>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    pub kind: Box<ExprKind>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `12`, `1_000`, `0.25`
    Number(Decimal),
    /// `30s`, `8 ACU`, `70%`, `1000/min`, `10 GiB`, `$2_000` (unit `$`)
    Quantity {
        amount: Decimal,
        unit: Ident,
    },
    Bool(bool),
    /// `"a${b}c"` or a margin-stripped `"""` block.
    Text(Vec<TextPart>),
    /// An identifier or a bare word: `tasks`, `us-east-1`.
    Name(Ident),
    /// `postgresql "15.17"`
    Tagged {
        tag: Ident,
        value: Expr,
    },
    List(Vec<Expr>),
    /// `{ a = 1, b { … } }`
    Object(Vec<Stmt>),
    /// `cidr_split(vpc.cidr, 4)`, `generated(length: 32)`
    Call {
        callee: Ident,
        args: Vec<Arg>,
    },
    /// `a.b`, `a?.b`
    Member {
        of: Expr,
        name: Ident,
        optional: bool,
    },
    /// `a[b]`
    Index {
        of: Expr,
        index: Expr,
    },
    Not(Expr),
    Negate(Expr),
    Binary {
        op: BinaryOp,
        left: Expr,
        right: Expr,
    },
    /// `10..100`
    Range {
        low: Expr,
        high: Expr,
    },
    /// `if c { a } else { b }`
    If {
        condition: Expr,
        then: Expr,
        otherwise: Expr,
    },
    /// `[for x in xs if c: x.name]` and `{for k, v in m if c: k = v}`
    Comprehension(Box<Comprehension>),
    /// `policy { allow … }`
    Policy(Vec<PolicyStatement>),
    /// Something had to stand here; a diagnostic says so.
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    Text(String),
    Interpolation(Expr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    pub name: Option<Ident>,
    pub value: Expr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comprehension {
    pub names: Vec<Ident>,
    pub over: Expr,
    pub condition: Option<Expr>,
    /// The key of a map comprehension.
    pub key: Option<Expr>,
    pub value: Expr,
}

/// `allow "s3:GetObject", "s3:PutObject" to service "x.amazonaws.com" on "${bucket.arn}/*" when { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    pub allow: bool,
    pub actions: Vec<Expr>,
    /// `to service "ecs-tasks.amazonaws.com"`, `to aws account`, `to federated "…"`, `to anyone` (no value)
    pub principals: Vec<PrincipalExpr>,
    pub resources: Vec<Expr>,
    /// `when { string_equals { "aws:SourceAccount" = account } }`
    pub conditions: Vec<Stmt>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalExpr {
    pub kind: Ident,
    pub value: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// `x ?? y`
    Coalesce,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind: Box::new(kind), span }
    }

    /// Whether nothing is there; a diagnostic has said so.
    pub fn is_missing(&self) -> bool {
        matches!(*self.kind, ExprKind::Missing)
    }
}
