//! Makes the runbook of a loss from the same facts as the verdicts.
//!
//! The steps, who acts, in which order, how long it takes.

use super::assess::Assessment;
use super::duration_estimate::DurationEstimate;
use super::recovery_facts::{RecoveryMode, RecoveryPhase, RecoveryRole, RunbookStep, Subject};
use super::recovery_report::RecoveryReport;
use gpb_model::{Applicability, Domain};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The steps to take when a failure domain is lost.
#[derive(Debug, Clone, Serialize)]
pub struct Runbook {
    /// The name of the environment.
    pub environment: String,
    /// Its region.
    pub region: String,
    /// The failure domain.
    pub domain: Domain,
    /// The steps, in order.
    pub tasks: Vec<RunbookTask>,
    /// The resources without a way back, each with the reason.
    pub lost: Vec<String>,
    /// The time until all others are back, one after the other where people act.
    pub rto: DurationEstimate,
}

/// One step of a runbook.
#[derive(Debug, Clone, Serialize)]
pub struct RunbookTask {
    /// The phase it belongs to.
    pub phase: RecoveryPhase,
    /// A person does it; otherwise it is watched.
    pub person: bool,
    /// The address of the resource, or the environment.
    pub subject: String,
    /// The action, as an imperative.
    pub does: String,
    /// The commands to run.
    pub commands: Vec<String>,
    /// The time it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes: Option<DurationEstimate>,
    /// The address of the page that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Serialize for RecoveryPhase {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl RecoveryPhase {
    /// Returns the word that facts and JSON have for it.
    pub fn as_str(self) -> &'static str {
        match self {
            RecoveryPhase::Detect => "detect",
            RecoveryPhase::Decide => "decide",
            RecoveryPhase::Recover => "recover",
            RecoveryPhase::Redirect => "redirect",
            RecoveryPhase::Verify => "verify",
            RecoveryPhase::Restore => "restore",
        }
    }
}

impl RecoveryReport<'_> {
    /// Returns the runbook of a loss.
    ///
    /// By phase, and within a phase each resource before those that need it.
    pub fn runbook(&self, domain: Domain) -> Runbook {
        let model = self.check.given.model;
        let order: BTreeMap<_, usize> = self.check.given.graph.order().into_iter().zip(0..).collect();
        let mut tasks: Vec<(RecoveryPhase, usize, RunbookTask)> = Vec::new();
        let mut lost = Vec::new();
        let parts = || self.assessments.iter().filter(|part| part.domain == domain);
        for part in parts() {
            let Some(subject) = self.check.known.subjects.get(part.subject) else { continue };
            let rank = order.get(&subject.resource.address).copied().unwrap_or_default();
            if part.outcome.rto.is_unbounded() {
                lost.push(irrecoverable(part, subject));
            }
            tasks.extend(tasks_of(part, subject).into_iter().map(|task| (task.phase, rank, task)));
        }
        let here = &model.environment.place.region;
        let parts_of_others =
            |subject: &&Subject<'_>| subject.role == RecoveryRole::Other && subject.resource.place.region == *here;
        for subject in self.check.known.subjects.iter().filter(parts_of_others) {
            let rank = order.get(&subject.resource.address).copied().unwrap_or_default();
            tasks.extend(steps_of(subject, domain).map(|task| (task.phase, rank, task)));
        }
        tasks.extend(self.decision(domain).map(|task| (RecoveryPhase::Decide, 0, task)));
        tasks.sort_by_key(|(phase, rank, _)| (*phase, *rank));
        let coming: Vec<&Assessment> = parts().filter(|part| !part.outcome.rto.is_unbounded()).collect();
        let graph = self.check.given.graph;
        let (_, rto) = self.check.assessor().times(&coming, graph, &graph.order());
        Runbook {
            environment: model.environment.name.clone(),
            region: model.environment.place.region.to_string(),
            domain,
            tasks: tasks.into_iter().map(|(_, _, task)| task).collect(),
            lost,
            rto,
        }
    }

    /// Returns the one decision to make, if anything waits for a person.
    fn decision(&self, domain: Domain) -> Option<RunbookTask> {
        let waiting: Vec<&Assessment> = self
            .assessments
            .iter()
            .filter(|part| part.domain == domain && !part.outcome.rto.is_unbounded())
            .filter(|part| {
                let subject = self.check.known.subjects.get(part.subject);
                let path = subject.zip(part.way).and_then(|(subject, path)| subject.ways.get(path));
                path.is_some_and(|path| path.mode == RecoveryMode::Person)
            })
            .collect();
        if waiting.is_empty() {
            return None;
        }
        let declared = waiting.iter().filter_map(|part| part.demand.decide).max();
        Some(RunbookTask {
            phase: RecoveryPhase::Decide,
            person: true,
            subject: self.check.given.model.environment.name.clone(),
            does: format!(
                "decide whether to fail over: {} of the resources below wait for it, and going back costs as much again",
                waiting.len()
            ),
            commands: Vec::new(),
            takes: declared.map(DurationEstimate::bounded),
            source: None,
        })
    }
}

fn irrecoverable(part: &Assessment, subject: &Subject<'_>) -> String {
    let facts = part.way.and_then(|path| subject.ways.get(path)).into_iter();
    let blocked = part.obstacles.iter().filter_map(|index| subject.obstacles.get(*index));
    let says: Vec<&str> = blocked.chain(facts).map(|path| path.says.as_str()).collect();
    format!("{} ({}): {}", subject.resource.address, subject.what, says.join("; "))
}

/// Returns the steps that the facts state.
///
/// Without any, to watch what happens by itself, or to do what does not.
fn tasks_of(part: &Assessment, subject: &Subject<'_>) -> Vec<RunbookTask> {
    let mut tasks: Vec<RunbookTask> = steps_of(subject, part.domain).collect();
    let Some(path) = part.way.and_then(|path| subject.ways.get(path)) else { return tasks };
    let seamless = part.outcome.rto.figure().is_some_and(|figure| figure.is_zero());
    if part.outcome.times.detect.figure().is_none_or(|figure| !figure.is_zero()) {
        tasks.push(RunbookTask {
            phase: RecoveryPhase::Detect,
            person: false,
            subject: subject.resource.address.to_string(),
            does: "notice the loss".to_owned(),
            commands: Vec::new(),
            takes: Some(part.outcome.times.detect.clone()),
            source: path.citation.source.clone(),
        });
    }
    let covered = tasks.iter().any(|task| matches!(task.phase, RecoveryPhase::Recover | RecoveryPhase::Redirect));
    if covered || seamless || path.mode == RecoveryMode::Nobody || part.outcome.rto.is_unbounded() {
        return tasks;
    }
    let person = path.mode == RecoveryMode::Person;
    let act = if person { "act" } else { "watch" };
    tasks.push(RunbookTask {
        phase: if subject.role == RecoveryRole::Front { RecoveryPhase::Redirect } else { RecoveryPhase::Recover },
        person,
        subject: subject.resource.address.to_string(),
        does: format!("{act}: {}", path.says),
        commands: Vec::new(),
        takes: Some(part.outcome.times.recover.clone()),
        source: path.citation.source.clone(),
    });
    tasks
}

fn steps_of<'s>(subject: &'s Subject<'_>, domain: Domain) -> impl Iterator<Item = RunbookTask> + use<'s> {
    let holds = move |step: &&RunbookStep<'_>| step.fact.applies != Applicability::No && step.domains.contains(&domain);
    subject.steps.iter().filter(holds).map(|step| RunbookTask {
        phase: step.phase,
        person: step.person,
        subject: subject.resource.address.to_string(),
        does: step.does.clone(),
        commands: step.commands.clone(),
        takes: step.takes.clone(),
        source: step.citation.source.clone(),
    })
}

impl Runbook {
    /// Fills in values that were unknown before apply.
    ///
    /// `known` returns the text for a placeholder, which is an address with a property: `data.main.Endpoint`.
    #[must_use]
    pub fn with_known(mut self, known: &dyn Fn(&str) -> Option<String>) -> Runbook {
        for task in &mut self.tasks {
            task.does = filled(&task.does, known);
            for command in &mut task.commands {
                *command = filled(command, known);
            }
        }
        self
    }
}

fn filled(text: &str, known: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('>') else {
            out.push('<');
            rest = after;
            continue;
        };
        match known(name) {
            Some(value) => out.push_str(&value),
            None => {
                let _ = write!(out, "<{name}>");
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}
