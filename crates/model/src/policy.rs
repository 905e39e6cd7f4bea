//! The findings of a program's policies about an environment's resources, and the waivers.

use crate::address::Address;
use crate::evidence::Evidence;
use gpb_base::source::Span;
use std::sync::Arc;

/// The weight of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySeverity {
    /// A resource that breaks it is refused.
    Error,
    /// A resource that breaks it is reported.
    Warning,
}

/// A rule of a policy, as far as it is the same for all resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRule {
    /// The policy's name.
    pub policy: String,
    /// The place of that name: of several policies of one name, this one.
    pub declared: Span,
    /// The weight of the policy.
    pub severity: PolicySeverity,
    /// A way to meet it.
    pub help: Option<String>,
    /// The address of the page that asks for it.
    pub source: Option<String>,
    /// The requirement in the text.
    pub span: Span,
}

/// A resource that breaks a rule of a policy, or of which it cannot be told.
#[derive(Debug, Clone)]
pub struct PolicyFinding {
    /// The rule.
    pub rule: Arc<PolicyRule>,
    /// The resource.
    pub of: Address,
    /// False where what decides is unknown until apply.
    pub judged: bool,
    /// The reason of the rule, for this resource.
    pub reason: String,
    /// The place where the program's author declares the resource.
    pub declared: Span,
    /// The properties that decided, in order.
    pub evidence: Vec<Arc<Evidence>>,
}

/// `waive encrypted until "2027-01-31" because "…"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Every resource at or below this address. Empty: all.
    pub scope: String,
    /// The name of the policy that is waived.
    pub policy: String,
    /// The place of the policy's name where it is declared.
    pub declared: Span,
    /// The last day on which it holds, `2027-01-31`.
    pub until: String,
    /// The reason.
    pub because: String,
    /// The place of the statement.
    pub span: Span,
    /// The place of the day.
    pub until_span: Span,
}
