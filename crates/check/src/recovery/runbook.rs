//! The runbook of a loss, from the same facts as the verdicts: what happens, who acts, in which order, how long it takes.

use super::RecoveryReport;
use super::assess::Assessment;
use super::duration_estimate::{DurationEstimate, time};
use super::facts::{RecoveryMode, RecoveryPhase, RecoveryRole, Subject};
use gpb_model::{Applicability, Domain};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What to do when a domain is lost.
#[derive(Debug, Clone, Serialize)]
pub struct Runbook {
    pub environment: String,
    pub region: String,
    pub domain: Domain,
    pub tasks: Vec<RunbookTask>,
    /// What has no way back in this domain, and why.
    pub lost: Vec<String>,
    /// When all that comes back is back, one after the other where people act.
    pub rto: DurationEstimate,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct RunbookTask {
    pub phase: RecoveryPhase,
    /// Whether a person does it; otherwise it is watched.
    pub person: bool,
    pub subject: String,
    pub does: String,
    pub commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes: Option<DurationEstimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Serialize for RecoveryPhase {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl RecoveryPhase {
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
    /// The runbook of a loss: by phase, and within a phase what is needed before what needs it.
    pub fn runbook(&self, domain: Domain) -> Runbook {
        let model = self.check.given.model;
        let order: BTreeMap<_, usize> = self.check.given.graph.order().into_iter().zip(0..).collect();
        let mut tasks: Vec<(RecoveryPhase, usize, RunbookTask)> = Vec::new();
        let mut lost = Vec::new();
        let parts = || self.assessments.iter().filter(|part| part.domain == domain);
        for part in parts() {
            let Some(subject) = self.check.known.subjects.get(part.subject) else { continue };
            let rank = order.get(&subject.resource.address).copied().unwrap_or_default();
            if part.outcome.rto.unbounded {
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
        let coming: Vec<&Assessment> = parts().filter(|part| !part.outcome.rto.unbounded).collect();
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

    /// The decision is one, made once, if anything waits for a person.
    fn decision(&self, domain: Domain) -> Option<RunbookTask> {
        let waiting: Vec<&Assessment> = self
            .assessments
            .iter()
            .filter(|part| part.domain == domain && !part.outcome.rto.unbounded)
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
            takes: declared.map(DurationEstimate::bound),
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

/// The steps that the facts state; where they state none, what happens by itself is watched and what does not is done.
fn tasks_of(part: &Assessment, subject: &Subject<'_>) -> Vec<RunbookTask> {
    let mut tasks: Vec<RunbookTask> = steps_of(subject, part.domain).collect();
    let Some(path) = part.way.and_then(|path| subject.ways.get(path)) else { return tasks };
    let seamless = part.outcome.rto.figure().is_some_and(|figure| figure.is_zero());
    if !part.outcome.times.detect.expected.is_zero() || part.outcome.times.detect.open {
        tasks.push(RunbookTask {
            phase: RecoveryPhase::Detect,
            person: false,
            subject: subject.resource.address.to_string(),
            does: "notice the loss".to_owned(),
            commands: Vec::new(),
            takes: Some(part.outcome.times.detect.clone()),
            source: path.why.source.clone(),
        });
    }
    let covered = tasks.iter().any(|task| matches!(task.phase, RecoveryPhase::Recover | RecoveryPhase::Redirect));
    if covered || seamless || path.mode == RecoveryMode::Nobody || part.outcome.rto.unbounded {
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
        source: path.why.source.clone(),
    });
    tasks
}

fn steps_of<'s>(subject: &'s Subject<'_>, domain: Domain) -> impl Iterator<Item = RunbookTask> + use<'s> {
    let holds = move |step: &&super::facts::RunbookStep<'_>| {
        step.fact.applies != Applicability::No && step.domains.contains(&domain)
    };
    subject.steps.iter().filter(holds).map(|step| RunbookTask {
        phase: step.phase,
        person: step.person,
        subject: subject.resource.address.to_string(),
        does: step.does.clone(),
        commands: step.commands.clone(),
        takes: step.takes.clone(),
        source: step.why.source.clone(),
    })
}

impl Runbook {
    /// The runbook as Markdown, for people to print and follow.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}: {}\n\n", self.environment, heading(self.domain, &self.region));
        out.push_str(&self.summary());
        let mut number = 0_usize;
        let mut phase = None;
        for task in &self.tasks {
            if phase != Some(task.phase) {
                phase = Some(task.phase);
                let _ = writeln!(out, "\n## {}\n", title(task.phase));
            }
            number += 1;
            task.markdown(number, &mut out);
        }
        if !self.lost.is_empty() {
            out.push_str("\n## What does not come back\n\n");
            for line in &self.lost {
                let _ = writeln!(out, "- {line}");
            }
        }
        out
    }

    fn summary(&self) -> String {
        let people = self.tasks.iter().filter(|task| task.person).count();
        let steps = match self.tasks.len() {
            1 => "1 step".to_owned(),
            several => format!("{several} steps"),
        };
        let lost = match self.lost.len() {
            0 => String::new(),
            1 => " One resource does not come back; it is listed at the end.".to_owned(),
            several => format!(" {several} resources do not come back; they are listed at the end."),
        };
        format!("{steps}, {people} of them by a person. What comes back is back after: {}.{lost}\n", self.rto)
    }

    /// The runbook with what is known by now in place of what was unknown before apply: `known` tells the text behind a placeholder,
    /// an address with a property.
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

impl RunbookTask {
    fn markdown(&self, number: usize, out: &mut String) {
        let who = if self.person { "a person" } else { "by itself" };
        let takes = self.takes.as_ref().map(|takes| format!(", {}", in_seconds(takes))).unwrap_or_default();
        let _ = writeln!(out, "{number}. **{}** ({who}{takes}): {}", self.subject, self.does);
        for command in &self.commands {
            let _ = writeln!(out, "\n       {command}");
        }
        if let Some(source) = &self.source {
            let _ = writeln!(out, "   <{source}>");
        }
    }
}

fn in_seconds(takes: &DurationEstimate) -> String {
    match takes.figure() {
        Some(seconds) if takes.bound.is_some() => format!("at most {}", time(seconds)),
        Some(seconds) => format!("about {}", time(seconds)),
        None => takes.to_string(),
    }
}

fn heading(domain: Domain, region: &str) -> String {
    match domain {
        Domain::Region => format!("the loss of {region}"),
        Domain::Zone => format!("the loss of a zone of {region}"),
        Domain::Node => "the loss of a node".to_owned(),
        Domain::Software => "data destroyed by software".to_owned(),
    }
}

fn title(phase: RecoveryPhase) -> &'static str {
    match phase {
        RecoveryPhase::Detect => "Detect",
        RecoveryPhase::Decide => "Decide",
        RecoveryPhase::Recover => "Recover, in this order",
        RecoveryPhase::Redirect => "Lead traffic over",
        RecoveryPhase::Verify => "Verify",
        RecoveryPhase::Restore => "Afterwards, for until then the next loss is not survived",
    }
}
