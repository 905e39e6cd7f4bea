//! The facts of recovery, read strictly: a field that is misspelt or of the wrong kind is the fact's mistake and is said.

use super::duration_estimate::DurationEstimate;
use super::fact_reader::{Citation, RecoveryFactReader};
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::value::PropertyValue;
use gpb_model::{ASKED_ANYWAY, Address, Applicability, Domain, Fact, Model, Resource};
use rust_decimal::Decimal;
use std::ops::Deref;
use std::sync::Arc;

/// What a resource is to recovery.
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

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryMode {
    /// The service itself.
    Automatic,
    /// The service itself, if what [`RecoveryPath::only_if`] says holds; nothing in the program shows it.
    AutomaticIf,
    /// A person, or automation of the user's own.
    Person,
    /// Nobody: there is no way back.
    Nobody,
}

/// A way in which a resource comes back, or what stands in the way of it.
#[derive(Debug, Clone)]
pub struct RecoveryPath<'m> {
    pub fact: &'m Fact,
    terms: Arc<PathTerms>,
}

impl Deref for RecoveryPath<'_> {
    type Target = PathTerms;

    fn deref(&self) -> &PathTerms {
        &self.terms
    }
}

/// What a fact says of a way. Facts that say the same of several resources have one of these together.
#[derive(Debug, Clone)]
pub struct PathTerms {
    pub domains: Vec<Domain>,
    /// Absent where there is nothing to lose.
    pub rpo: Option<DurationEstimate>,
    pub detect: Option<DurationEstimate>,
    pub recover: DurationEstimate,
    pub redirect: Option<DurationEstimate>,
    pub mode: RecoveryMode,
    pub only_if: Option<String>,
    pub says: String,
    pub why: Citation,
    /// What would make it hold.
    pub remedies: Vec<ProposedChange>,
    /// What would make its figures better, once it holds.
    pub improvements: Vec<ProposedChange>,
}

/// A change to the program that would make a fact hold. What it costs is for whoever knows prices to say.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedChange {
    /// The resource the change is about.
    pub of: Address,
    pub say: String,
    /// Properties to set: an object with their names.
    pub set: Option<PropertyValue>,
    /// A resource to have `count` more of.
    pub like: Option<Address>,
    pub count: Decimal,
}

/// One step of a runbook.
#[derive(Debug, Clone)]
pub struct RunbookStep<'m> {
    pub fact: &'m Fact,
    pub domains: Vec<Domain>,
    pub phase: RecoveryPhase,
    pub person: bool,
    pub does: String,
    pub commands: Vec<String>,
    pub takes: Option<DurationEstimate>,
    pub why: Citation,
}

/// The phases of a recovery, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecoveryPhase {
    Detect,
    Decide,
    Recover,
    Redirect,
    Verify,
    /// What must be made good afterwards: until then the next loss is not survived.
    Restore,
}

/// A contradiction, a caution or the end of a service.
#[derive(Debug, Clone)]
pub struct Finding<'m> {
    pub fact: &'m Fact,
    pub kind: FindingKind,
    pub says: String,
    pub help: Option<String>,
    /// The property that is to blame, in either spelling.
    pub at: Option<String>,
    pub why: Citation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    Contradiction,
    Caution,
    /// The service or version is gone.
    Ended,
    /// It is closed to new customers, or about to end.
    Ending,
}

/// A resource that the facts know.
#[derive(Debug)]
pub struct Subject<'m> {
    pub resource: &'m Resource,
    pub role: RecoveryRole,
    /// Whether it is what `role` says, or perhaps: what decides it is unknown until apply.
    pub certain: bool,
    pub what: Arc<str>,
    pub ways: Vec<RecoveryPath<'m>>,
    pub obstacles: Vec<RecoveryPath<'m>>,
    pub steps: Vec<RunbookStep<'m>>,
}

/// All that the facts say of a model.
#[derive(Debug, Default)]
pub struct RecoveryFacts<'m> {
    /// In the order of the model's resources.
    pub subjects: Vec<Subject<'m>>,
    pub findings: Vec<Finding<'m>>,
    pub problems: Vec<Diagnostic>,
}

/// Reads the facts of the kinds that recovery knows; the others are for other checks. Facts stand in the order of their
/// resources.
pub fn read(model: &Model) -> RecoveryFacts<'_> {
    let mut known = RecoveryFacts::default();
    let mut seen = FactMemo::default();
    let mut facts = model.facts.iter().peekable();
    for resource in &model.resources {
        let mut subject: Option<Subject<'_>> = None;
        while let Some(fact) = facts.next_if(|fact| fact.of == resource.address) {
            match seen.read(fact, &mut known.problems) {
                None => {}
                // Whether it is to be found is unknown until apply.
                Some(FactContent::Finding(_)) if fact.applies == Applicability::Unknown => {}
                Some(FactContent::Finding(finding)) => known.findings.push(finding),
                Some(read) => subject.get_or_insert_with(|| Subject::new(resource)).take(fact, read),
            }
        }
        known.subjects.extend(subject);
    }
    known
}

/// What was read of facts that say the same of several resources, by their fields.
#[derive(Default)]
struct FactMemo<'m>(HashMap<(usize, &'m str), FactContent<'m>>);

impl<'m> FactMemo<'m> {
    fn read(&mut self, fact: &'m Fact, problems: &mut Vec<Diagnostic>) -> Option<FactContent<'m>> {
        let key = (fact.fields.identity(), fact.kind.as_ref());
        if fact.applies == Applicability::No && !ASKED_ANYWAY.contains(&key.1) {
            // What there is not to say of a resource is something known of it, a finding that is none is nothing.
            return ["keeps_nothing", "step", "store"].contains(&key.1).then_some(FactContent::Nothing);
        }
        if let Some(known) = self.0.get(&key) {
            return Some(known.clone());
        }
        let read = read_one(&mut RecoveryFactReader { fact, problems })?;
        if read.is_of_all() {
            self.0.insert(key, read.clone());
        }
        Some(read)
    }
}

#[derive(Clone)]
enum FactContent<'m> {
    Store(Arc<str>),
    Way(Arc<PathTerms>, Option<Arc<str>>, RecoveryRole),
    Obstacle(Arc<PathTerms>),
    Step(RunbookStep<'m>),
    Finding(Finding<'m>),
    /// It keeps nothing of its own; there is no more to know of it.
    Nothing,
}

impl FactContent<'_> {
    /// Whether it would be the same for another resource: a change that is proposed is one to the fact's own.
    fn is_of_all(&self) -> bool {
        match self {
            FactContent::Way(terms, ..) | FactContent::Obstacle(terms) => {
                terms.remedies.is_empty() && terms.improvements.is_empty()
            }
            FactContent::Store(_) | FactContent::Nothing => true,
            FactContent::Step(_) | FactContent::Finding(_) => false,
        }
    }
}

impl<'m> Subject<'m> {
    fn new(resource: &'m Resource) -> Self {
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

    fn take(&mut self, fact: &'m Fact, read: FactContent<'m>) {
        match read {
            FactContent::Store(what) => {
                self.role = RecoveryRole::Store;
                self.certain = fact.applies == Applicability::Yes;
                self.what = what;
            }
            FactContent::Way(terms, what, role) => {
                if self.role == RecoveryRole::Other && role != RecoveryRole::Other && fact.applies != Applicability::No
                {
                    self.role = role;
                    if let Some(what) = what {
                        self.what = what;
                    }
                }
                self.ways.push(RecoveryPath { fact, terms });
            }
            FactContent::Obstacle(terms) => self.obstacles.push(RecoveryPath { fact, terms }),
            FactContent::Step(step) => self.steps.push(step),
            FactContent::Finding(_) | FactContent::Nothing => {}
        }
    }
}

fn read_one<'m>(reader: &mut RecoveryFactReader<'m, '_>) -> Option<FactContent<'m>> {
    match reader.fact.kind.as_ref() {
        "store" => {
            reader.refuse_unknown_fields(&["what"]);
            Some(FactContent::Store(reader.text("what")?.into()))
        }
        "recovery" => Some(FactContent::Way(terms(reader, true)?, None, RecoveryRole::Other)),
        "compute" => {
            let what = reader.optional_text("what").map(Arc::from);
            Some(FactContent::Way(terms(reader, false)?, what, RecoveryRole::Compute))
        }
        "redirect" => {
            let what = reader.optional_text("what").map(Arc::from);
            Some(FactContent::Way(terms(reader, false)?, what, RecoveryRole::Front))
        }
        "obstacle" => Some(FactContent::Obstacle(terms(reader, true)?)),
        "step" => step(reader).map(FactContent::Step),
        "keeps_nothing" => {
            reader.refuse_unknown_fields(&["says"]);
            reader.text("says").map(|_| FactContent::Nothing)
        }
        "contradiction" => finding(reader, FindingKind::Contradiction).map(FactContent::Finding),
        "caution" => finding(reader, FindingKind::Caution).map(FactContent::Finding),
        "lifecycle" => lifecycle(reader).map(FactContent::Finding),
        _ => None,
    }
}

fn terms(reader: &mut RecoveryFactReader<'_, '_>, loses: bool) -> Option<Arc<PathTerms>> {
    let obstacle = reader.fact.kind.as_ref() == "obstacle";
    reader.refuse_unknown_fields(&[
        "domains", "rpo", "rto", "detect", "redirect", "mode", "only_if", "says", "source", "grade", "remedy",
        "improve", "what",
    ]);
    if !loses && reader.fact.field("rpo").is_some() {
        reader
            .problem::<()>("rpo", "says what is lost, and there is nothing to lose in what only computes or leads on");
    }
    let only_if = reader.optional_text("only_if");
    let mode = match reader.optional_word("mode", &["automatic", "automatic_if", "person", "none"])?.as_deref() {
        Some("automatic_if") => RecoveryMode::AutomaticIf,
        Some("person") => RecoveryMode::Person,
        Some("none") => RecoveryMode::Nobody,
        Some(_) => RecoveryMode::Automatic,
        None if obstacle => RecoveryMode::Automatic,
        None => return reader.problem("mode", "is missing: `automatic`, `automatic_if`, `person` or `none`"),
    };
    if (mode == RecoveryMode::AutomaticIf) != only_if.is_some() {
        return reader.problem("only_if", "belongs to `mode = automatic_if`, and must be given there");
    }
    let rto = reader.number("rto")?;
    let recover = match rto {
        Some(number) => failover_path(number),
        None if obstacle => DurationEstimate::zero(),
        None => return reader.problem("rto", "is missing: `bound(…)`, `typical(…)`, `unpublished()` or `unbounded()`"),
    };
    Some(Arc::new(PathTerms {
        domains: reader.domains()?,
        // A step takes time; what is lost by it has a figure of its own.
        rpo: reader.number("rpo")?.map(|number| DurationEstimate { step: false, ..number }),
        detect: reader.number("detect")?,
        recover,
        redirect: reader.number("redirect")?,
        mode,
        only_if,
        says: reader.text("says")?,
        why: reader.why()?,
        remedies: reader.changes("remedy")?,
        improvements: reader.changes("improve")?,
    }))
}

/// What takes any time at all is a step, and a step takes more than none.
fn failover_path(mut number: DurationEstimate) -> DurationEstimate {
    number.step |= !number.expected.is_zero() || number.nonzero;
    number
}

fn step<'m>(reader: &mut RecoveryFactReader<'m, '_>) -> Option<RunbookStep<'m>> {
    reader.refuse_unknown_fields(&["domains", "phase", "who", "does", "command", "takes", "source", "grade"]);
    let phases = ["detect", "decide", "recover", "redirect", "verify", "restore"];
    let Some(phase) = reader.optional_word("phase", &phases)? else {
        return reader.problem("phase", "is missing");
    };
    let phase = match phase.as_str() {
        "detect" => RecoveryPhase::Detect,
        "decide" => RecoveryPhase::Decide,
        "recover" => RecoveryPhase::Recover,
        "redirect" => RecoveryPhase::Redirect,
        "verify" => RecoveryPhase::Verify,
        _ => RecoveryPhase::Restore,
    };
    Some(RunbookStep {
        fact: reader.fact,
        domains: reader.domains()?,
        phase,
        person: reader.optional_word("who", &["automatic", "person"])?.as_deref() != Some("automatic"),
        does: reader.text("does")?,
        commands: reader.texts("command")?,
        takes: reader.number("takes")?,
        why: reader.optional_why()?,
    })
}

fn finding<'m>(reader: &mut RecoveryFactReader<'m, '_>, kind: FindingKind) -> Option<Finding<'m>> {
    reader.refuse_unknown_fields(&["says", "help", "at", "source", "grade"]);
    Some(Finding {
        fact: reader.fact,
        kind,
        says: reader.text("says")?,
        help: reader.optional_text("help"),
        at: reader.optional_text("at"),
        why: reader.why()?,
    })
}

fn lifecycle<'m>(reader: &mut RecoveryFactReader<'m, '_>) -> Option<Finding<'m>> {
    reader.refuse_unknown_fields(&["state", "says", "since", "instead", "at", "source", "grade"]);
    let Some(state) = reader.optional_word("state", &["ended", "closed", "ending"])? else {
        return reader.problem("state", "is missing: `ended`, `closed` or `ending`");
    };
    let since = reader.optional_text("since");
    let says = reader.text("says")?;
    Some(Finding {
        fact: reader.fact,
        kind: if state == "ended" { FindingKind::Ended } else { FindingKind::Ending },
        says: match since {
            Some(since) => format!("{says} ({since})"),
            None => says,
        },
        help: reader.optional_text("instead").map(|instead| format!("use {instead} instead")),
        at: reader.optional_text("at"),
        why: reader.why()?,
    })
}
