//! Reads the facts of recovery strictly.
//!
//! A field that is misspelt or of the wrong type is a mistake of the fact.

use super::duration_estimate::DurationEstimate;
use super::fact_fields::{changes, citation, domains, duration, optional_citation};
use super::recovery_facts::{
    Finding, FindingKind, PathTerms, RecoveryFacts, RecoveryMode, RecoveryPath, RecoveryPhase, RecoveryRole,
    RunbookStep, Subject,
};
use crate::fact_reader::{FactReader, FactSyntax, FieldError};
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::{ASKED_ANYWAY, Applicability, Fact, FactFieldsId, Model};
use std::sync::Arc;

const SYNTAX: FactSyntax = FactSyntax { code: "GPB4009", page: "docs/recovery.md", skips_unknown: false };

const MODES: [(&str, RecoveryMode); 4] = [
    ("automatic", RecoveryMode::Automatic),
    ("automatic_if", RecoveryMode::AutomaticIf),
    ("person", RecoveryMode::Person),
    ("none", RecoveryMode::Nobody),
];

const PHASES: [(&str, RecoveryPhase); 6] = [
    ("detect", RecoveryPhase::Detect),
    ("decide", RecoveryPhase::Decide),
    ("recover", RecoveryPhase::Recover),
    ("redirect", RecoveryPhase::Redirect),
    ("verify", RecoveryPhase::Verify),
    ("restore", RecoveryPhase::Restore),
];

const ACTORS: [(&str, bool); 2] = [("automatic", false), ("person", true)];

const STATES: [(&str, FindingKind); 3] =
    [("ended", FindingKind::Ended), ("closed", FindingKind::Ending), ("ending", FindingKind::Ending)];

/// Reads the facts of the kinds that recovery knows.
///
/// The others are for other checks. Facts stand in the order of their resources.
pub fn read(model: &Model) -> RecoveryFacts<'_> {
    let mut known = RecoveryFacts::default();
    let mut seen = FactMemo::default();
    let mut facts = model.facts.iter().peekable();
    for resource in &model.resources {
        let mut subject: Option<Subject<'_>> = None;
        while let Some(fact) = facts.next_if(|fact| fact.of == resource.address) {
            match seen.read(fact, &mut known.problems) {
                None => {}
                // It is unknown until apply whether it is to be found.
                Some(FactContent::Finding(_)) if fact.applies == Applicability::Unknown => {}
                Some(FactContent::Finding(finding)) => known.findings.push(finding),
                Some(read) => subject.get_or_insert_with(|| Subject::new(resource)).take(fact, read),
            }
        }
        known.subjects.extend(subject);
    }
    known
}

/// Remembers the content of facts that several resources share.
///
/// The key is the identity of their fields.
#[derive(Default)]
struct FactMemo<'m>(HashMap<(FactFieldsId<'m>, &'m str), FactContent<'m>>);

impl<'m> FactMemo<'m> {
    fn read(&mut self, fact: &'m Fact, problems: &mut Vec<Diagnostic>) -> Option<FactContent<'m>> {
        let key = (fact.fields.id(), fact.kind.as_ref());
        if fact.applies == Applicability::No && !ASKED_ANYWAY.contains(&key.1) {
            // A fact that does not hold makes its resource a known one; a finding that does not hold is nothing.
            return ["keeps_nothing", "step", "store"].contains(&key.1).then_some(FactContent::Nothing);
        }
        if let Some(known) = self.0.get(&key) {
            return Some(known.clone());
        }
        // A mistake has been reported.
        let read = read_one(&mut FactReader::new(fact, SYNTAX, problems)).ok()??;
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
    /// Checks that it would be the same for another resource.
    ///
    /// A change that is proposed is one to the fact's own.
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

/// Reads a fact; `None` where it is not one of recovery.
fn read_one<'m>(fields: &mut FactReader<'m, '_>) -> Result<Option<FactContent<'m>>, FieldError> {
    let content = match fields.fact().kind.as_ref() {
        "store" => {
            report_unknown_fields(fields, &["what"]);
            FactContent::Store(fields.prose("what")?.into())
        }
        "recovery" => FactContent::Way(terms(fields, true)?, None, RecoveryRole::Other),
        "compute" => {
            let what = fields.optional_prose("what")?.map(Arc::from);
            FactContent::Way(terms(fields, false)?, what, RecoveryRole::Compute)
        }
        "redirect" => {
            let what = fields.optional_prose("what")?.map(Arc::from);
            FactContent::Way(terms(fields, false)?, what, RecoveryRole::Front)
        }
        "obstacle" => FactContent::Obstacle(terms(fields, true)?),
        "step" => FactContent::Step(step(fields)?),
        "keeps_nothing" => {
            report_unknown_fields(fields, &["says"]);
            fields.prose("says")?;
            FactContent::Nothing
        }
        "contradiction" => FactContent::Finding(finding(fields, FindingKind::Contradiction)?),
        "caution" => FactContent::Finding(finding(fields, FindingKind::Caution)?),
        "lifecycle" => FactContent::Finding(lifecycle(fields)?),
        _ => return Ok(None),
    };
    Ok(Some(content))
}

/// Reports fields of other names; the rest of the fact still counts.
fn report_unknown_fields(fields: &mut FactReader<'_, '_>, names: &[&str]) {
    let _ = fields.refuse_unknown_fields(names);
}

fn terms(fields: &mut FactReader<'_, '_>, loses: bool) -> Result<Arc<PathTerms>, FieldError> {
    let obstacle = fields.fact().kind.as_ref() == "obstacle";
    report_unknown_fields(
        fields,
        &[
            "domains", "rpo", "rto", "detect", "redirect", "mode", "only_if", "says", "source", "grade", "remedy",
            "improve", "what",
        ],
    );
    if !loses && fields.value("rpo").is_some() {
        fields.problem("rpo", "says what is lost, and there is nothing to lose in what only computes or leads on");
    }
    let only_if = fields.optional_prose("only_if")?;
    let mode = match fields.optional_word("mode", &MODES)? {
        Some(mode) => mode,
        None if obstacle => RecoveryMode::Automatic,
        None => fields.word("mode", &MODES)?,
    };
    if (mode == RecoveryMode::AutomaticIf) != only_if.is_some() {
        return Err(fields.problem("only_if", "belongs to `mode = automatic_if`, and must be given there"));
    }
    let recover = match duration(fields, "rto")? {
        Some(estimate) => estimate.with_step(),
        None if obstacle => DurationEstimate::zero(),
        None => {
            let what = "is missing: `bound(…)`, `typical(…)`, `unpublished()` or `unbounded()`";
            return Err(fields.problem("rto", what));
        }
    };
    Ok(Arc::new(PathTerms {
        domains: domains(fields)?,
        // A step takes time; the data lost by it has a figure of its own.
        rpo: duration(fields, "rpo")?.map(DurationEstimate::without_step),
        detect: duration(fields, "detect")?,
        recover,
        redirect: duration(fields, "redirect")?,
        mode,
        only_if,
        says: fields.prose("says")?,
        citation: citation(fields)?,
        remedies: changes(fields, "remedy")?,
        improvements: changes(fields, "improve")?,
    }))
}

fn step<'m>(fields: &mut FactReader<'m, '_>) -> Result<RunbookStep<'m>, FieldError> {
    report_unknown_fields(fields, &["domains", "phase", "who", "does", "command", "takes", "source", "grade"]);
    let phase = fields.word("phase", &PHASES)?;
    Ok(RunbookStep {
        fact: fields.fact(),
        domains: domains(fields)?,
        phase,
        person: fields.optional_word("who", &ACTORS)?.unwrap_or(true),
        does: fields.prose("does")?,
        commands: fields.proses("command")?,
        takes: duration(fields, "takes")?,
        citation: optional_citation(fields)?,
    })
}

fn finding<'m>(fields: &mut FactReader<'m, '_>, kind: FindingKind) -> Result<Finding<'m>, FieldError> {
    report_unknown_fields(fields, &["says", "help", "at", "source", "grade"]);
    Ok(Finding {
        fact: fields.fact(),
        kind,
        says: fields.prose("says")?,
        help: fields.optional_prose("help")?,
        at: fields.optional_prose("at")?,
        citation: citation(fields)?,
    })
}

fn lifecycle<'m>(fields: &mut FactReader<'m, '_>) -> Result<Finding<'m>, FieldError> {
    report_unknown_fields(fields, &["state", "says", "since", "instead", "at", "source", "grade"]);
    let kind = fields.word("state", &STATES)?;
    let since = fields.optional_prose("since")?;
    let says = fields.prose("says")?;
    Ok(Finding {
        fact: fields.fact(),
        kind,
        says: match since {
            Some(since) => format!("{says} ({since})"),
            None => says,
        },
        help: fields.optional_prose("instead")?.map(|instead| format!("use {instead} instead")),
        at: fields.optional_prose("at")?,
        citation: citation(fields)?,
    })
}
