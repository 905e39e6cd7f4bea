//! The fields of a policy, which are read as they are written.

use gpb_model::PolicySeverity;
use gpb_syntax::ast::{Body, EachStmt, Expr, ExprKind, PathSegment, Stmt, TextPart};

/// The fields that a policy may have.
pub const SETTINGS: [&str; 3] = ["severity", "help", "source"];

/// The word in the place of a type that stands for all of them.
const ANY_TYPE: &str = "resource";

/// The settings of a policy: its severity, the way to meet it, its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySettings {
    /// The weight.
    pub severity: PolicySeverity,
    /// A way to meet it.
    pub help: Option<String>,
    /// The address of the page that asks for it.
    pub source: Option<String>,
}

impl PolicySettings {
    /// Reads the fields of a policy; what is wrong with them has been reported.
    pub fn of(policy: &Body) -> Self {
        let field = |name: &str| {
            policy.stmts.iter().find_map(|stmt| match stmt {
                Stmt::Field(field) if field.head.text == name => Some(&field.value),
                _ => None,
            })
        };
        let text = |name| field(name).and_then(plain_text).map(str::to_owned);
        let is_warning = field("severity")
            .is_some_and(|value| matches!(&*value.kind, ExprKind::Name(word) if word.text == "warning"));
        let severity = if is_warning { PolicySeverity::Warning } else { PolicySeverity::Error };
        Self { severity, help: text("help"), source: text("source") }
    }
}

/// Returns a string without interpolations; none for anything else.
pub fn plain_text(expr: &Expr) -> Option<&str> {
    match &*expr.kind {
        ExprKind::Text(parts) => match parts.as_slice() {
            [TextPart::Text(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Checks for `each resource as r`, a rule about the resources of all types.
pub fn is_of_any_type(each: &EachStmt) -> bool {
    matches!(each.ty.segments.as_slice(), [PathSegment::Name(only)] if only.text == ANY_TYPE)
}
