//! The statements of a policy, evaluated.

use gpb_base::source::Span;
use gpb_model::value::Value;
use std::sync::Arc;

/// A statement `allow … to … on … when …`, evaluated.
#[derive(Debug, Clone)]
pub struct PolicyStatementValue {
    /// `allow` rather than `deny`.
    pub allow: bool,
    /// The statement's name, behind `sid`.
    pub sid: Option<Value>,
    /// The IAM actions.
    pub actions: ClauseValue<Value>,
    /// The principals behind `to`.
    pub principals: ClauseValue<Principal>,
    /// The resources behind `on`.
    pub resources: ClauseValue<Value>,
    /// The object after `when`.
    pub conditions: Option<Value>,
    /// Source range of the whole statement.
    pub span: Span,
}

/// One clause of a statement: what it names, or with `not` all but that.
#[derive(Debug, Clone)]
pub struct ClauseValue<T> {
    /// The word `not`.
    pub not: Option<Span>,
    /// The values of the clause, in order.
    pub values: Vec<T>,
}

/// The principals of one kind: `to service "ecs-tasks.amazonaws.com"`.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The kind as written: `service`, `aws`, `federated`, `canonical` or `anyone`.
    pub kind: Arc<str>,
    /// Source range of the kind.
    pub kind_span: Span,
    /// The principals' names; `anyone` has none.
    pub values: Vec<Value>,
}

impl<T> ClauseValue<T> {
    /// Returns the element's key in a document, `NotAction` for `Action` where all but the named are meant.
    pub(super) fn key(&self, key: &str) -> String {
        if self.not.is_some() { format!("Not{key}") } else { key.to_owned() }
    }
}
