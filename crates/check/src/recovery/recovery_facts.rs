//! The facts of recovery, as the check uses them.

use super::duration_estimate::DurationEstimate;
use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;
use gpb_model::{Address, Domain, Fact, Resource};
use rust_decimal::Decimal;
use std::ops::Deref;
use std::sync::Arc;

/// The part that a resource has in a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryRole {
    /// It keeps data that is nowhere else.
    Store,
    /// It does work; there is nothing in it to lose.
    Compute,
    /// It leads requests to what answers them.
    Front,
    /// It is known, and none of these: a copy, an attachment.
    Other,
}

/// The actor of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryMode {
    /// The service itself.
    Automatic,
    /// The service itself, if a condition of the fact (`only_if`) holds.
    ///
    /// Nothing in the program shows it.
    AutomaticIf,
    /// A person, or automation of the user's own.
    Person,
    /// Nobody: there is no way back.
    Nobody,
}

/// The source of a fact, and how good it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citation {
    /// The grade of the source, from `A` to `D` or `S`.
    ///
    /// `A` is the documentation, `S` a service level agreement, `B` something that quotes them, `C` the schema, `D`
    /// derived.
    pub grade: String,
    /// The address of the page; absent where the fact is derived.
    pub source: Option<String>,
}

/// A way in which a resource comes back, or an obstacle to it.
#[derive(Debug, Clone)]
pub struct RecoveryPath<'m> {
    /// The fact that describes it.
    pub fact: &'m Fact,
    pub(super) terms: Arc<PathTerms>,
}

impl Deref for RecoveryPath<'_> {
    type Target = PathTerms;

    fn deref(&self) -> &PathTerms {
        &self.terms
    }
}

/// The content of a fact about a way.
///
/// Facts that say the same of several resources have one of these together.
#[derive(Debug, Clone)]
pub struct PathTerms {
    /// The failure domains in whose loss it applies.
    pub domains: Vec<Domain>,
    /// The data that is lost, as a duration; absent where there is nothing to lose.
    pub rpo: Option<DurationEstimate>,
    /// The time until the loss is noticed.
    pub detect: Option<DurationEstimate>,
    /// The time until the resource is back.
    pub recover: DurationEstimate,
    /// The time until requests are led to it.
    pub redirect: Option<DurationEstimate>,
    /// The actor.
    pub mode: RecoveryMode,
    /// The condition of [`RecoveryMode::AutomaticIf`].
    pub only_if: Option<String>,
    /// The claim, as a sentence.
    pub says: String,
    /// The source of the claim.
    pub citation: Citation,
    /// The changes that would make it hold.
    pub remedies: Vec<ProposedChange>,
    /// The changes that would make its figures better, once it holds.
    pub improvements: Vec<ProposedChange>,
}

/// A change to the program that would make a fact hold.
///
/// Its cost is for the caller of the check to say.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedChange {
    /// The resource the change is about.
    pub of: Address,
    /// The change, as an imperative.
    pub say: String,
    /// The properties to set: an object with their names.
    pub set: Option<Value>,
    /// The resource to have more of.
    pub like: Option<Address>,
    /// The number of resources more.
    pub count: Decimal,
}

/// One step of a runbook.
#[derive(Debug, Clone)]
pub struct RunbookStep<'m> {
    /// The fact that describes it.
    pub fact: &'m Fact,
    /// The failure domains in whose loss it is done.
    pub domains: Vec<Domain>,
    /// The phase it belongs to.
    pub phase: RecoveryPhase,
    /// A person does it; otherwise it happens by itself.
    pub person: bool,
    /// The action, as an imperative.
    pub does: String,
    /// The commands to run.
    pub commands: Vec<String>,
    /// The time it takes.
    pub takes: Option<DurationEstimate>,
    /// The source of the step.
    pub citation: Citation,
}

/// The phases of a recovery, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecoveryPhase {
    /// The loss is noticed.
    Detect,
    /// People decide to fail over.
    Decide,
    /// The resource comes back.
    Recover,
    /// Requests are led to it.
    Redirect,
    /// The result is checked.
    Verify,
    /// The redundancy is restored: until then the next loss is not survived.
    Restore,
}

/// A contradiction, a caution or the end of a service.
#[derive(Debug, Clone)]
pub struct Finding<'m> {
    /// The fact that describes it.
    pub fact: &'m Fact,
    /// The kind of finding.
    pub kind: FindingKind,
    /// The claim, as a sentence.
    pub says: String,
    /// The way out, as a sentence.
    pub help: Option<String>,
    /// The property that is to blame, in either spelling.
    pub at: Option<String>,
    /// The source of the claim.
    pub citation: Citation,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// Two properties contradict each other.
    Contradiction,
    /// It works, and is a risk.
    Caution,
    /// The service or version is gone.
    Ended,
    /// It is closed to new customers, or about to end.
    Ending,
}

/// A resource that the facts know.
#[derive(Debug)]
pub struct Subject<'m> {
    /// The resource.
    pub resource: &'m Resource,
    /// Its part in a recovery.
    pub role: RecoveryRole,
    /// It has that role for sure.
    ///
    /// Otherwise the deciding property is unknown until apply.
    pub certain: bool,
    /// The noun for it: `Aurora cluster`.
    pub what: Arc<str>,
    /// The ways in which it comes back.
    pub ways: Vec<RecoveryPath<'m>>,
    /// The obstacles to that.
    pub obstacles: Vec<RecoveryPath<'m>>,
    /// The steps of its runbook.
    pub steps: Vec<RunbookStep<'m>>,
}

/// Holds all that the facts say of a model.
#[derive(Debug, Default)]
pub struct RecoveryFacts<'m> {
    /// The known resources, in the order of the model.
    pub subjects: Vec<Subject<'m>>,
    /// The contradictions, cautions and ends of services.
    pub findings: Vec<Finding<'m>>,
    /// The mistakes in the facts themselves.
    pub problems: Vec<Diagnostic>,
}

impl<'m> Subject<'m> {
    /// Starts with a resource of which nothing more is known.
    pub fn new(resource: &'m Resource) -> Self {
        Self {
            resource,
            role: RecoveryRole::Other,
            certain: true,
            what: resource.ty.to_shared(),
            ways: Vec::new(),
            obstacles: Vec::new(),
            steps: Vec::new(),
        }
    }
}
