//! The abstract syntax: owned, spanned, and total.
//!
//! Whatever the text, there is a tree; where a piece is missing the tree says so ([`ExprKind::Missing`]) and a diagnostic
//! has been given, so later stages stay silent about it.

use compact_str::CompactString;
use gpb_base::source::{FileId, Span};
use rust_decimal::Decimal;

/// An identifier, a bare word (`us-east-1`) or, for keys and labels, a string.
///
/// Where a name is missing its text is empty; a diagnostic reports it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident {
    /// The name as written, without its quotes and escapes.
    pub text: CompactString,
    /// Source range of the name, with its quotes.
    pub span: Span,
    /// Written in quotes: only keys of objects and labels can be.
    pub quoted: bool,
}

/// A path such as `a.b.c` or, for keyed items, `a["key"].b`.
///
/// It follows `resource`, `after`, `moved` and `override`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePath {
    /// The names and keys, in order; never empty.
    pub segments: Vec<PathSegment>,
    /// Source range of the whole path.
    pub span: Span,
}

/// A part of a [`NamePath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// `.name`, or the path's first name.
    Name(Ident),
    /// `["us-east-1a"]`, `[0]` or `[zone]`.
    Index(Expr),
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The file the text came from.
    pub file: FileId,
    /// The `//!` lines.
    pub doc: Option<Box<str>>,
    /// The items, in the order of the file.
    pub items: Vec<Item>,
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

/// `doc head name { stmts }`: a component, a stack, more of a stack, an environment, a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// Written with `pub`: other files see it.
    pub public: bool,
    /// The item's name.
    pub name: Ident,
    /// The entries between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole item.
    pub span: Span,
}

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

/// An entry between braces.
///
/// Which ones are allowed where is for `lang` to check, so that a misplaced one gets a message and not a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stmt {
    /// `param name: type = default`
    Param(Box<Binding>),
    /// `let name = value`
    Let(Box<Binding>),
    /// `output name = value`
    Output(Box<Binding>),
    /// `layer name { … }`
    Layer(Box<LayerStmt>),
    /// `resource type name { … }` or `existing type name { … }`
    Resource(Box<ResourceStmt>),
    /// `head label { … }`
    Block(BlockStmt),
    /// `head = value`
    Field(FieldStmt),
    /// `...base`: the entries of another object, before those that are written.
    Spread {
        /// The object, or the map.
        value: Expr,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `when cpu > 70% add 2`
    When(WhenStmt),
    /// `allow "s3:GetObject" on "${bucket.arn}/*"`, in a policy document
    Policy(Box<PolicyStatement>),
    /// `for x in xs { … }`
    For(ForStmt),
    /// `if condition { … } else { … }`
    If(IfStmt),
    /// `in place { … }`
    In {
        /// The region or the `place(…)`.
        place: Expr,
        /// The entries between the braces.
        stmts: Vec<Stmt>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// The entries that an `extend stack` adds to a stack: the program is put together with it, and no text has it.
    Extension {
        /// The entries between the braces.
        stmts: Vec<Stmt>,
        /// Source range of the `extend stack`.
        span: Span,
    },
    /// `after network.vpc, data.main`
    After {
        /// The items that are created first.
        paths: Vec<NamePath>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `protect always` or `protect never`
    Protect {
        /// `always` or `never`.
        word: Ident,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `ignore desired_count, tags["x"]`: properties whose drift gpb leaves alone.
    Ignore {
        /// The properties, `tags["x"]`.
        paths: Vec<NamePath>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `replace create_first` or `replace delete_first`
    Replace {
        /// `create_first` or `delete_first`.
        word: Ident,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `moved old.path to new.path`
    Moved {
        /// The former address.
        from: NamePath,
        /// The address from now on.
        to: NamePath,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `override data.main.cluster { … }`
    Override {
        /// The address of the resource.
        path: NamePath,
        /// The properties to set.
        stmts: Vec<Stmt>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `recover from zone { rpo 0s }`
    Recover(RecoverStmt),
    /// `derived from data.main { rebuild 5min }`
    ///
    /// The data kept here can be rebuilt from there.
    Derived {
        /// The store that holds the original.
        from: NamePath,
        /// The entries between the braces.
        stmts: Vec<Stmt>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `budget $500 per month`
    Budget(Box<BudgetStmt>),
    /// `needs 20 connections of data.main.cluster`: for each unit of the resource
    Needs {
        /// The number each unit takes.
        amount: Expr,
        /// The name of what is taken, `connections`.
        what: Ident,
        /// The resource that offers it.
        of: NamePath,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `each aws.s3.bucket as b require … else "…"`, in a policy
    Each(Box<EachStmt>),
    /// `waive encrypted until "2027-01-31" because "…"`
    Waive(Box<WaiveStmt>),
    /// `expect data.main.cluster.engine == "postgres" else "…"`, in a test
    Expect(Box<ExpectStmt>),
    /// `require brokers % zones == 0 else "brokers must divide among the zones"`
    Require(Box<RequireStmt>),
}

/// `expect condition else "why"` or `expect error GPB4001 else "why"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectStmt {
    /// The expected condition or diagnostic.
    pub what: Expected,
    /// The reason, behind `else`.
    pub why: Option<Expr>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// An expectation of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A condition that holds.
    Condition(Expr),
    /// A diagnostic: `error GPB4001`, `no warning GPB9020`.
    Code {
        /// The word `no`: there is none.
        no: Option<Ident>,
        /// `error`, `warning` or `refused`.
        kind: Ident,
        /// The code, `GPB4001`.
        code: Ident,
    },
}

/// `each aws.s3.bucket as b if condition require … else "…"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EachStmt {
    /// The resource type, or the one name `resource` for all types.
    pub ty: NamePath,
    /// The name of the resource in the expressions behind it.
    pub name: Ident,
    /// The condition under which the rule is about a resource, behind `if`.
    pub condition: Option<Expr>,
    /// The requirements, in order.
    pub requires: Vec<RequireClause>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `require condition else "reason"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequireClause {
    /// The condition that has to hold.
    pub condition: Expr,
    /// The reason, behind `else`.
    pub reason: Expr,
    /// Source range of the clause.
    pub span: Span,
}

/// `waive encrypted until "2027-01-31" because "…"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiveStmt {
    /// The policy that is waived.
    pub policy: Ident,
    /// The last day on which the waiver holds, behind `until`.
    pub until: Expr,
    /// The reason, behind `because`.
    pub because: Expr,
    /// Source range of the whole statement.
    pub span: Span,
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

/// `layer data uses security, network in place { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStmt {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// The layer's name.
    pub name: Ident,
    /// The layers it sees.
    pub uses: Vec<Ident>,
    /// The place behind `in`.
    pub place: Option<Expr>,
    /// The entries between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `resource aws.sqs.queue jobs { … }` or `existing aws.ec2.vpc shared { … }`
///
/// A place may stand before the brace: `in us-west-2 {`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceStmt {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// Written with `existing`: gpb reads the resource and does not manage it.
    pub existing: bool,
    /// `aws.sqs.queue`
    pub ty: NamePath,
    /// The resource's name.
    pub name: Ident,
    /// The place behind `in`.
    pub place: Option<Expr>,
    /// The properties and the statements about the resource.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `head { … }` or `head label { … }`
///
/// An object property or, where a component of that name exists, its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockStmt {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// The property's or the component's name.
    pub head: Ident,
    /// The name of the component's use.
    pub label: Option<Box<Ident>>,
    /// The place behind `in`.
    pub place: Option<Expr>,
    /// The entries between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole block.
    pub span: Span,
}

/// `head = value` or `head label = value`
///
/// Also one pair of a phrase such as `every 30s timeout 5s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldStmt {
    /// The `///` lines above it.
    pub doc: Option<Box<str>>,
    /// The property's name.
    pub head: Ident,
    /// The key, where the property is a map.
    pub label: Option<Box<Ident>>,
    /// The value behind `=`.
    pub value: Expr,
    /// Source range of the whole field.
    pub span: Span,
}

/// `recover from node, zone { rpo 0s  rto 1min }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverStmt {
    /// The failure domains.
    pub domains: Vec<Ident>,
    /// The targets between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `budget at 100k users $10_000..$25_000 per month`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetStmt {
    /// `100k`, `users`
    pub at: Option<(Expr, Ident)>,
    /// The limit, or the range of the cost, in US dollars.
    pub amount: Expr,
    /// `month`
    pub per: Ident,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `when cpu > 70% add 2 remove 1`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhenStmt {
    /// The metric, `cpu`.
    pub metric: Expr,
    /// The comparison.
    pub op: BinaryOp,
    /// Source range of the comparison's sign.
    pub op_span: Span,
    /// The value the metric is compared with.
    pub threshold: Expr,
    /// `add 2`, `remove 1`, `for 3min`, …
    pub actions: Vec<FieldStmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `for zone in zones(3) { … }`
///
/// Also with a key, `for name, size in sizes { … }`, and with an identity, `for s in subnets key s.name { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForStmt {
    /// One name (the element) or two (the key and the element).
    pub names: Vec<Ident>,
    /// The list or the map that is iterated over.
    pub over: Expr,
    /// The key of each element, behind `key`.
    pub key: Option<Expr>,
    /// The entries between the braces.
    pub stmts: Vec<Stmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// `if condition { … } else { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfStmt {
    /// The condition behind `if`.
    pub condition: Expr,
    /// The entries where the condition holds.
    pub then: Vec<Stmt>,
    /// `else { … }`; `else if` is an `otherwise` of one `If`.
    pub otherwise: Vec<Stmt>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// The kind of expression.
    pub kind: Box<ExprKind>,
    /// Source range of the expression.
    pub span: Span,
}

/// A kind of expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `12`, `1_000`, `0.25`
    Number(Decimal),
    /// `30s`, `8 ACU`, `70%`, `1000/min`, `10 GiB`, `$2_000` (unit `$`)
    Quantity {
        /// The number before the unit, per that unit.
        amount: Decimal,
        /// The unit as written, `min`.
        unit: Ident,
    },
    /// `true` or `false`
    Bool(bool),
    /// `none`: the absent value; also what stands for an `else` that is not written.
    None,
    /// `"a${b}c"` or a margin-stripped `"""` block.
    Text(Vec<TextPart>),
    /// An identifier or a bare word: `tasks`, `us-east-1`.
    Name(Ident),
    /// `postgresql "15.17"`
    Tagged {
        /// The word before the text.
        tag: Ident,
        /// The text.
        value: Expr,
    },
    /// `[a, b]`
    List(Vec<Expr>),
    /// `...a`, in a list: the elements of another.
    Spread(Expr),
    /// `{ a = 1, b { … } }`
    Object(Vec<Stmt>),
    /// `cidr_split(vpc.cidr, 4)`, `generated(length: 32)`
    Call {
        /// The function's name.
        callee: Ident,
        /// The arguments, in order.
        args: Vec<Arg>,
    },
    /// `a.b`, `a?.b`
    Member {
        /// The value to the left of the dot.
        of: Expr,
        /// The member's name.
        name: Ident,
        /// Written with `?.`: absent where the value is absent.
        optional: bool,
    },
    /// `a[b]`
    Index {
        /// The list or the map.
        of: Expr,
        /// The position or the key.
        index: Expr,
    },
    /// `!a`
    Not(Expr),
    /// `-a`
    Negate(Expr),
    /// `a + b`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        left: Expr,
        /// The right operand.
        right: Expr,
    },
    /// `10..100`
    Range {
        /// The lower bound, inclusive.
        low: Expr,
        /// The upper bound, inclusive.
        high: Expr,
    },
    /// `if c { a } else { b }`, or `if c { a }`, which is absent where the condition does not hold.
    If {
        /// The condition behind `if`.
        condition: Expr,
        /// The value where the condition holds.
        then: Expr,
        /// The value behind `else`; a `none` of no length where there is no `else`.
        otherwise: Expr,
    },
    /// `[for x in xs if c: x.name]` and `{for k, v in m if c: k = v}`
    Comprehension(Box<Comprehension>),
    /// `policy { allow … }`
    ///
    /// Its statements, and `if` and `for` around them.
    Policy(Vec<Stmt>),
    /// An expression was expected here; a diagnostic reports it.
    Missing,
}

/// A part of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    /// Literal text, its escapes resolved.
    Text(String),
    /// `${…}`
    Interpolation(Expr),
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    /// The parameter's name, where it is written: `length: 32`.
    pub name: Option<Ident>,
    /// The value that is passed.
    pub value: Expr,
}

/// `for x in xs if c: value`, between brackets or braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comprehension {
    /// One name (the element) or two (the key and the element).
    pub names: Vec<Ident>,
    /// The list or the map that is iterated over.
    pub over: Expr,
    /// The condition that keeps an element, behind `if`.
    pub condition: Option<Expr>,
    /// The key of a map comprehension.
    pub key: Option<Expr>,
    /// The value made of each element.
    pub value: Expr,
}

/// A statement of a policy document, in gpb's form of IAM's.
///
/// `allow "s3:GetObject", "s3:PutObject" to service "x.amazonaws.com" on "${bucket.arn}/*" when { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    /// `allow` rather than `deny`.
    pub allow: bool,
    /// The statement's name, behind `sid`.
    pub sid: Option<Expr>,
    /// The IAM actions, before the first clause.
    pub actions: PolicyClause<Expr>,
    /// The principals behind `to`.
    ///
    /// `to service "ecs-tasks.amazonaws.com"`, `to aws account`, `to federated "…"`, `to anyone` (no value)
    pub principals: PolicyClause<PrincipalExpr>,
    /// The resources behind `on`.
    pub resources: PolicyClause<Expr>,
    /// `when { string_equals { "aws:SourceAccount" = account } }`
    pub conditions: Option<WhenClause>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// One clause of a policy statement: what it names, or with `not` all but that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyClause<T> {
    /// The word `not`, where it stands before the first.
    pub not: Option<Span>,
    /// The values of the clause, in order.
    pub values: Vec<T>,
}

impl<T> Default for PolicyClause<T> {
    fn default() -> Self {
        Self { not: None, values: Vec::new() }
    }
}

/// The conditions of a policy statement, behind `when`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhenClause {
    /// The operators, each with the keys it tests; none where the body is empty.
    pub stmts: Vec<Stmt>,
    /// Source range of the clause.
    pub span: Span,
}

/// The principals of one kind in a policy statement, behind `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalExpr {
    /// `service`, `aws`, `federated`, `canonical` or `anyone`.
    pub kind: Ident,
    /// The principals' names; `anyone` has none.
    pub values: Vec<Expr>,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOp {
    /// `x || y`
    Or,
    /// `x && y`
    And,
    /// `x == y`
    Equal,
    /// `x != y`
    NotEqual,
    /// `x < y`
    Less,
    /// `x <= y`
    LessEqual,
    /// `x > y`
    Greater,
    /// `x >= y`
    GreaterEqual,
    /// `x + y`
    Add,
    /// `x - y`
    Subtract,
    /// `x * y`
    Multiply,
    /// `x / y`
    Divide,
    /// `x % y`
    Remainder,
    /// `x ?? y`
    Coalesce,
}

impl BinaryOp {
    /// The operators, in the order of their precedence, loosest first.
    const ALL: [Self; 14] = [
        Self::Or,
        Self::And,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessEqual,
        Self::Greater,
        Self::GreaterEqual,
        Self::Coalesce,
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Remainder,
    ];

    /// Returns the operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Coalesce => "??",
        }
    }

    /// Returns the operator of that symbol.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.symbol() == symbol)
    }
}

impl Expr {
    /// Returns an expression of that kind at that place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind: Box::new(kind), span }
    }

    /// Checks that an expression is missing; a diagnostic reports it.
    pub fn is_missing(&self) -> bool {
        matches!(*self.kind, ExprKind::Missing)
    }

    /// Checks that it stands for an `else` that is not written.
    pub fn is_omitted(&self) -> bool {
        matches!(*self.kind, ExprKind::None) && self.span.start == self.span.end
    }

    /// Checks for `if c { a }` without an `else` at the end of its branches.
    pub fn may_be_left_out(&self) -> bool {
        let mut last = self;
        while let ExprKind::If { otherwise, .. } = &*last.kind {
            last = otherwise;
        }
        last.is_omitted()
    }
}
