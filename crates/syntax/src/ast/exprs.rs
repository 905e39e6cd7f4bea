//! Names, paths and expressions, with the statements of policy documents.

use compact_str::CompactString;
use gpb_base::source::Span;
use rust_decimal::Decimal;

use super::stmts::Stmt;

/// An identifier, a bare word (`us-east-1`) or, for keys and labels, a string.
///
/// The text of a missing name is empty; a diagnostic reports it.
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
