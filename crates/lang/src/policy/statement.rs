//! The statements of a policy, evaluated.

use gpb_base::source::Span;
use gpb_model::value::Value;
use std::sync::Arc;

/// A statement `allow … to … on … when …`, evaluated.
#[derive(Debug, Clone)]
pub struct PolicyStatementValue {
    /// `allow` rather than `deny`.
    pub allow: bool,
    /// The IAM actions.
    pub actions: Vec<Value>,
    /// The principals behind `to`.
    pub principals: Vec<Principal>,
    /// The resources behind `on`.
    pub resources: Vec<Value>,
    /// The object after `when`.
    pub conditions: Option<Value>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// A principal: `to service "ecs-tasks.amazonaws.com"`.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The kind as written: `service`, `aws`, `federated`, `canonical` or `anyone`.
    pub kind: Arc<str>,
    /// Source range of the kind.
    pub kind_span: Span,
    /// The principal's name; `anyone` has none.
    pub value: Option<Value>,
}
