//! The statements of a policy, evaluated.

use gpb_base::source::Span;
use gpb_model::value::PropertyValue;
use std::sync::Arc;

/// `allow … to … on … when …`, evaluated.
#[derive(Debug, Clone)]
pub struct PolicyStatementValue {
    pub allow: bool,
    pub actions: Vec<PropertyValue>,
    pub principals: Vec<Principal>,
    pub resources: Vec<PropertyValue>,
    /// The object after `when`.
    pub conditions: Option<PropertyValue>,
    pub span: Span,
}

/// `to service "ecs-tasks.amazonaws.com"`
#[derive(Debug, Clone)]
pub struct Principal {
    /// `service`, `aws`, `federated`, `canonical`, `anyone`.
    pub kind: Arc<str>,
    pub kind_span: Span,
    pub value: Option<PropertyValue>,
}
