//! The entries between braces: of stacks, resources, environments, policies and tests.

use gpb_base::source::Span;

use super::exprs::{BinaryOp, Expr, Ident, NamePath, PolicyStatement};
use super::types::{Binding, RequireStmt};

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

/// An entry between braces.
///
/// The places where each is allowed are for `lang` to check, so that a misplaced one gets a message and not a syntax error.
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
    /// `keep`, `keep true` or `keep false`: a resource stays on AWS when gpb lets go of it.
    Keep {
        /// `true` or `false`; without a word it is `true`.
        word: Option<Ident>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `replace_when image changes`: a resource is made anew when a value is another than at the last apply.
    ReplaceWhen {
        /// The value.
        value: Box<Expr>,
        /// Source range of the whole statement.
        span: Span,
    },
    /// `removed old.address { keep true }`: what became of a resource that is no longer declared.
    Removed {
        /// The address that is no longer declared.
        path: NamePath,
        /// The entries between the braces: `keep true`.
        stmts: Vec<Stmt>,
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
