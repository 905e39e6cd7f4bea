//! The facts of recovery, read strictly: a field that is misspelt or of the wrong kind is the fact's mistake and is said.

use super::number::Number;
use super::read::{Reader, Why};
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;
use gpb_model::{ASKED_ANYWAY, Address, Applies, Domain, Fact, Model, Resource};
use rust_decimal::Decimal;
use std::ops::Deref;
use std::sync::Arc;

/// What a resource is to recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
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
pub enum Mode {
    /// The service itself.
    Automatic,
    /// The service itself, if what [`Way::only_if`] says holds; nothing in the program shows it.
    AutomaticIf,
    /// A person, or automation of the user's own.
    Person,
    /// Nobody: there is no way back.
    Nobody,
}

/// A way in which a resource comes back, or what stands in the way of it.
#[derive(Debug, Clone)]
pub struct Way<'m> {
    pub fact: &'m Fact,
    terms: Arc<Terms>,
}

impl Deref for Way<'_> {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.terms
    }
}

/// What a fact says of a way. Facts that say the same of several resources have one of these together.
#[derive(Debug, Clone)]
pub struct Terms {
    pub domains: Vec<Domain>,
    /// Absent where there is nothing to lose.
    pub rpo: Option<Number>,
    pub detect: Option<Number>,
    pub recover: Number,
    pub redirect: Option<Number>,
    pub mode: Mode,
    pub only_if: Option<String>,
    pub says: String,
    pub why: Why,
    /// What would make it hold.
    pub remedies: Vec<Change>,
    /// What would make its figures better, once it holds.
    pub improvements: Vec<Change>,
}

/// A change to the program that would make a fact hold. What it costs is for whoever knows prices to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The resource the change is about.
    pub of: Address,
    pub say: String,
    /// Properties to set: an object with their names.
    pub set: Option<Value>,
    /// A resource to have `count` more of.
    pub like: Option<Address>,
    pub count: Decimal,
}

/// One step of a runbook.
#[derive(Debug, Clone)]
pub struct Step<'m> {
    pub fact: &'m Fact,
    pub domains: Vec<Domain>,
    pub phase: Phase,
    pub person: bool,
    pub does: String,
    pub commands: Vec<String>,
    pub takes: Option<Number>,
    pub why: Why,
}

/// The phases of a recovery, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
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
    pub why: Why,
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
    pub role: Role,
    /// Whether it is what `role` says, or perhaps: what decides it is unknown until apply.
    pub certain: bool,
    pub what: Arc<str>,
    pub ways: Vec<Way<'m>>,
    pub obstacles: Vec<Way<'m>>,
    pub steps: Vec<Step<'m>>,
}

/// All that the facts say of a model.
#[derive(Debug, Default)]
pub struct Known<'m> {
    /// In the order of the model's resources.
    pub subjects: Vec<Subject<'m>>,
    pub findings: Vec<Finding<'m>>,
    pub problems: Vec<Diagnostic>,
}

/// Reads the facts of the kinds that recovery knows; the others are for other checks. Facts stand in the order of their
/// resources.
pub fn read(model: &Model) -> Known<'_> {
    let mut known = Known::default();
    let mut seen = Seen::default();
    let mut facts = model.facts.iter().peekable();
    for resource in &model.resources {
        let mut subject: Option<Subject<'_>> = None;
        while let Some(fact) = facts.next_if(|fact| fact.of == resource.address) {
            match seen.read(fact, &mut known.problems) {
                None => {}
                // Whether it is to be found is unknown until apply.
                Some(Read::Finding(_)) if fact.applies == Applies::Unknown => {}
                Some(Read::Finding(finding)) => known.findings.push(finding),
                Some(read) => subject.get_or_insert_with(|| Subject::new(resource)).take(fact, read),
            }
        }
        known.subjects.extend(subject);
    }
    known
}

/// What was read of facts that say the same of several resources, by their fields.
#[derive(Default)]
struct Seen<'m>(HashMap<(usize, &'m str), Read<'m>>);

impl<'m> Seen<'m> {
    fn read(&mut self, fact: &'m Fact, problems: &mut Vec<Diagnostic>) -> Option<Read<'m>> {
        let key = (fact.fields.identity(), fact.kind.as_ref());
        if fact.applies == Applies::No && !ASKED_ANYWAY.contains(&key.1) {
            // What there is not to say of a resource is something known of it, a finding that is none is nothing.
            return ["keeps_nothing", "step", "store"].contains(&key.1).then_some(Read::Nothing);
        }
        if let Some(known) = self.0.get(&key) {
            return Some(known.clone());
        }
        let read = read_one(&mut Reader { fact, problems })?;
        if read.is_of_all() {
            self.0.insert(key, read.clone());
        }
        Some(read)
    }
}

#[derive(Clone)]
enum Read<'m> {
    Store(Arc<str>),
    Way(Arc<Terms>, Option<Arc<str>>, Role),
    Obstacle(Arc<Terms>),
    Step(Step<'m>),
    Finding(Finding<'m>),
    /// It keeps nothing of its own; there is no more to know of it.
    Nothing,
}

impl Read<'_> {
    /// Whether it would be the same for another resource: a change that is proposed is one to the fact's own.
    fn is_of_all(&self) -> bool {
        match self {
            Read::Way(terms, ..) | Read::Obstacle(terms) => terms.remedies.is_empty() && terms.improvements.is_empty(),
            Read::Store(_) | Read::Nothing => true,
            Read::Step(_) | Read::Finding(_) => false,
        }
    }
}

impl<'m> Subject<'m> {
    fn new(resource: &'m Resource) -> Self {
        Self {
            resource,
            role: Role::Other,
            certain: true,
            what: resource.ty.clone(),
            ways: Vec::new(),
            obstacles: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn take(&mut self, fact: &'m Fact, read: Read<'m>) {
        match read {
            Read::Store(what) => {
                self.role = Role::Store;
                self.certain = fact.applies == Applies::Yes;
                self.what = what;
            }
            Read::Way(terms, what, role) => {
                if self.role == Role::Other && role != Role::Other && fact.applies != Applies::No {
                    self.role = role;
                    if let Some(what) = what {
                        self.what = what;
                    }
                }
                self.ways.push(Way { fact, terms });
            }
            Read::Obstacle(terms) => self.obstacles.push(Way { fact, terms }),
            Read::Step(step) => self.steps.push(step),
            Read::Finding(_) | Read::Nothing => {}
        }
    }
}

fn read_one<'m>(reader: &mut Reader<'m, '_>) -> Option<Read<'m>> {
    match reader.fact.kind.as_ref() {
        "store" => {
            reader.only(&["what"]);
            Some(Read::Store(reader.text("what")?.into()))
        }
        "recovery" => Some(Read::Way(terms(reader, true)?, None, Role::Other)),
        "compute" => {
            let what = reader.optional_text("what").map(Arc::from);
            Some(Read::Way(terms(reader, false)?, what, Role::Compute))
        }
        "redirect" => {
            let what = reader.optional_text("what").map(Arc::from);
            Some(Read::Way(terms(reader, false)?, what, Role::Front))
        }
        "obstacle" => Some(Read::Obstacle(terms(reader, true)?)),
        "step" => step(reader).map(Read::Step),
        "keeps_nothing" => {
            reader.only(&["says"]);
            reader.text("says").map(|_| Read::Nothing)
        }
        "contradiction" => finding(reader, FindingKind::Contradiction).map(Read::Finding),
        "caution" => finding(reader, FindingKind::Caution).map(Read::Finding),
        "lifecycle" => lifecycle(reader).map(Read::Finding),
        _ => None,
    }
}

fn terms(reader: &mut Reader<'_, '_>, loses: bool) -> Option<Arc<Terms>> {
    let obstacle = reader.fact.kind.as_ref() == "obstacle";
    reader.only(&[
        "domains", "rpo", "rto", "detect", "redirect", "mode", "only_if", "says", "source", "grade", "remedy",
        "improve", "what",
    ]);
    if !loses && reader.fact.field("rpo").is_some() {
        reader
            .problem::<()>("rpo", "says what is lost, and there is nothing to lose in what only computes or leads on");
    }
    let only_if = reader.optional_text("only_if");
    let mode = match reader.optional_word("mode", &["automatic", "automatic_if", "person", "none"])?.as_deref() {
        Some("automatic_if") => Mode::AutomaticIf,
        Some("person") => Mode::Person,
        Some("none") => Mode::Nobody,
        Some(_) => Mode::Automatic,
        None if obstacle => Mode::Automatic,
        None => return reader.problem("mode", "is missing: `automatic`, `automatic_if`, `person` or `none`"),
    };
    if (mode == Mode::AutomaticIf) != only_if.is_some() {
        return reader.problem("only_if", "belongs to `mode = automatic_if`, and must be given there");
    }
    let rto = reader.number("rto")?;
    let recover = match rto {
        Some(number) => failing_over(number),
        None if obstacle => Number::zero(),
        None => return reader.problem("rto", "is missing: `bound(…)`, `typical(…)`, `unpublished()` or `unbounded()`"),
    };
    Some(Arc::new(Terms {
        domains: reader.domains()?,
        // A step takes time; what is lost by it has a figure of its own.
        rpo: reader.number("rpo")?.map(|number| Number { step: false, ..number }),
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
fn failing_over(mut number: Number) -> Number {
    number.step |= !number.expected.is_zero() || number.nonzero;
    number
}

fn step<'m>(reader: &mut Reader<'m, '_>) -> Option<Step<'m>> {
    reader.only(&["domains", "phase", "who", "does", "command", "takes", "source", "grade"]);
    let phases = ["detect", "decide", "recover", "redirect", "verify", "restore"];
    let Some(phase) = reader.optional_word("phase", &phases)? else {
        return reader.problem("phase", "is missing");
    };
    let phase = match phase.as_str() {
        "detect" => Phase::Detect,
        "decide" => Phase::Decide,
        "recover" => Phase::Recover,
        "redirect" => Phase::Redirect,
        "verify" => Phase::Verify,
        _ => Phase::Restore,
    };
    Some(Step {
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

fn finding<'m>(reader: &mut Reader<'m, '_>, kind: FindingKind) -> Option<Finding<'m>> {
    reader.only(&["says", "help", "at", "source", "grade"]);
    Some(Finding {
        fact: reader.fact,
        kind,
        says: reader.text("says")?,
        help: reader.optional_text("help"),
        at: reader.optional_text("at"),
        why: reader.why()?,
    })
}

fn lifecycle<'m>(reader: &mut Reader<'m, '_>) -> Option<Finding<'m>> {
    reader.only(&["state", "says", "since", "instead", "at", "source", "grade"]);
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
