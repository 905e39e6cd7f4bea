//! Lists verdicts as plain data.
//!
//! The rows of the table, and the provenance of each.

use super::assess::{Assessment, UnknownFactor};
use super::duration_estimate::{DurationEstimate, time};
use super::messages;
use super::objectives::{Objective, Objectives};
use super::recovery_facts::{RecoveryMode, RecoveryPath, RecoveryRole};
use super::recovery_groups::RecoveryGroup;
use super::recovery_report::RecoveryReport;
use super::verdict::Verdict;
use gpb_model::{Applicability, Domain, covers};
use serde::Serialize;

/// A row of the table: a resource, or a whole, in one failure domain.
#[derive(Debug, Clone, Serialize)]
pub struct VerdictRow {
    /// An address; for a whole its scope, for the environment empty.
    pub subject: String,
    /// The noun for it: `Aurora cluster`.
    pub what: String,
    /// It is the environment or a scope, and not a resource.
    pub whole: bool,
    /// The failure domain that is lost.
    pub domain: Domain,
    /// The objective for the data that is lost, as it is written: `1min guaranteed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_rpo: Option<String>,
    /// The objective for the time, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_rto: Option<String>,
    /// The data that is lost, as a duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo: Option<DurationEstimate>,
    /// The time until it is back.
    pub rto: DurationEstimate,
    /// The verdict on the data that is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo_verdict: Option<Verdict>,
    /// The verdict on the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rto_verdict: Option<Verdict>,
    /// The worse of the two; absent where nothing is demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The reasons, as a sentence.
    pub why: String,
}

/// The provenance of a row.
#[derive(Debug, Clone, Serialize)]
pub struct VerdictTrace {
    /// The row.
    pub row: VerdictRow,
    /// The time until the loss is noticed.
    pub detect: DurationEstimate,
    /// The time until people have decided.
    pub decide: DurationEstimate,
    /// The time until the resource is back.
    pub recover: DurationEstimate,
    /// The time until requests are led to it.
    pub redirect: DurationEstimate,
    /// The facts about the resource in the failure domain.
    pub considered: Vec<FactSummary>,
    /// The changes that would give a better verdict, cheapest first.
    pub changes: Vec<String>,
    /// The addresses its data is derived from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<String>,
}

/// A fact about a resource, and its part in the verdict.
#[derive(Debug, Clone, Serialize)]
pub struct FactSummary {
    /// The name of the fact.
    pub fact: String,
    /// `chosen`, `holds`, `stands in the way`, `unknown until apply`, `does not hold`.
    pub state: &'static str,
    /// The data that is lost, as a duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo: Option<DurationEstimate>,
    /// The time until the resource is back.
    pub rto: DurationEstimate,
    /// The actor: `automatic`, `automatic if`, `a person`, `nobody`.
    pub mode: &'static str,
    /// The claim, as a sentence.
    pub says: String,
    /// The properties that decided.
    pub evidence: Vec<String>,
    /// The grade of the source, `A` to `D` or `S`.
    pub grade: String,
    /// The address of the page that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl RecoveryReport<'_> {
    /// Returns all rows: resources first, in the order of the program.
    ///
    /// Then the wholes.
    pub fn rows(&self, domain: Option<Domain>) -> Vec<VerdictRow> {
        let wanted = |of: Domain| domain.is_none_or(|domain| domain == of);
        let parts = self.assessments.iter().filter(|part| wanted(part.domain)).filter_map(|part| self.row(part));
        let groups = self.wholes.iter().filter(|group| wanted(group.domain)).map(|group| self.whole_row(group));
        parts.chain(groups).collect()
    }

    /// Returns the provenance of everything at or below an address.
    pub fn chains(&self, address: &str, domain: Option<Domain>) -> Vec<VerdictTrace> {
        let below = |part: &&Assessment| {
            let subject = self.check.known.subjects.get(part.subject);
            subject.is_some_and(|subject| covers(address, subject.resource.address.as_str()))
        };
        let parts =
            self.assessments.iter().filter(below).filter(|part| domain.is_none_or(|domain| domain == part.domain));
        parts.filter_map(|part| self.chain(part)).collect()
    }

    /// Returns the addresses that have rows.
    pub fn addresses(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .assessments
            .iter()
            .filter_map(|part| self.check.known.subjects.get(part.subject))
            .map(|subject| subject.resource.address.as_str())
            .collect();
        found.dedup();
        found
    }

    fn row(&self, part: &Assessment) -> Option<VerdictRow> {
        let subject = self.check.known.subjects.get(part.subject)?;
        let (target_rpo, target_rto) = demanded(&part.demand, subject.role == RecoveryRole::Store);
        Some(VerdictRow {
            subject: subject.resource.address.to_string(),
            what: subject.what.to_string(),
            whole: false,
            domain: part.domain,
            target_rpo,
            target_rto,
            rpo: part.outcome.rpo.clone(),
            rto: part.outcome.rto.clone(),
            rpo_verdict: part.outcome.rpo_verdict,
            rto_verdict: part.outcome.rto_verdict,
            verdict: part.outcome.verdict(),
            why: self.why(part),
        })
    }

    fn why(&self, part: &Assessment) -> String {
        let Some(subject) = self.check.known.subjects.get(part.subject) else { return String::new() };
        let path = part.way.and_then(|path| subject.ways.get(path));
        let mut reasons: Vec<String> = Vec::new();
        for obstacle in part.obstacles.iter().filter_map(|index| subject.obstacles.get(*index)) {
            reasons.push(format!("{} [{}]", obstacle.says, obstacle.fact.name));
        }
        match path {
            Some(path) => reasons.push(format!("{} [{}]", path.says, path.fact.name)),
            None => reasons.push("no fact says how it comes back".to_owned()),
        }
        if part.outcome.lacks_decide {
            reasons.push("a person must act, and `decide` is not given".to_owned());
        } else if part.demand.rto.is_some() && !part.outcome.times.decide.expected().is_zero() {
            reasons.push(format!("deciding takes {}", time(part.outcome.times.decide.expected())));
        }
        if let Some(condition) = path.and_then(|path| path.only_if.as_ref()) {
            reasons.push(format!("only if {condition}"));
        }
        if !part.sources.is_empty() {
            let names: Vec<&str> = part.sources.iter().map(gpb_model::Address::as_str).collect();
            reasons.push(format!("derived from {}", names.join(", ")));
        }
        match part.perhaps {
            Some(UnknownFactor::Way(index)) => reasons.extend(
                subject
                    .ways
                    .get(index)
                    .map(|path| format!("better if, as is unknown until apply, {} [{}]", path.says, path.fact.name)),
            ),
            Some(UnknownFactor::Obstacle(index)) => reasons.extend(
                subject
                    .obstacles
                    .get(index)
                    .map(|path| format!("worse if, as is unknown until apply, {} [{}]", path.says, path.fact.name)),
            ),
            Some(UnknownFactor::Store) => reasons.push("whether it keeps anything is unknown until apply".to_owned()),
            None => {}
        }
        reasons.join("; ")
    }

    fn whole_row(&self, group: &RecoveryGroup) -> VerdictRow {
        let (target_rpo, target_rto) = demanded(&group.demand, group.rpo.is_some());
        let mut why = Vec::new();
        let parts: Vec<&Assessment> = group.parts.iter().filter_map(|index| self.assessments.get(*index)).collect();
        let name = |part: &&Assessment| {
            self.check.known.subjects.get(part.subject).map(|one| one.resource.address.to_string())
        };
        let most = parts
            .iter()
            .filter(|part| part.outcome.rpo.is_some())
            .max_by_key(|part| part.outcome.rpo.as_ref().map(DurationEstimate::rank));
        if let Some(part) = most {
            why.extend(name(part).map(|name| format!("most is lost of {name}")));
        }
        let slowest = parts.iter().max_by_key(|part| part.outcome.rto.rank());
        if let Some(part) = slowest {
            why.extend(name(part).map(|name| format!("slowest is {name}")));
        }
        if group.soonest != group.rto {
            why.push(format!("{} if nothing waits for anything", group.soonest));
        }
        if let Some(skew) = &group.skew {
            why.push(format!("stores {} apart afterwards", time(skew.expected())));
        }
        VerdictRow {
            subject: group.scope.clone(),
            what: format!("{} parts together", group.parts.len()),
            whole: true,
            domain: group.domain,
            target_rpo,
            target_rto,
            rpo: group.rpo.clone(),
            rto: group.rto.clone(),
            rpo_verdict: group.rpo_verdict,
            rto_verdict: group.rto_verdict,
            verdict: group.verdict(),
            why: why.join("; "),
        }
    }

    fn chain(&self, part: &Assessment) -> Option<VerdictTrace> {
        let subject = self.check.known.subjects.get(part.subject)?;
        let at = |path: &&RecoveryPath<'_>| path.domains.contains(&part.domain);
        let chosen = part.way.and_then(|path| subject.ways.get(path));
        let obstacles = subject.obstacles.iter().filter(at).map(|path| self.considered(path, "stands in the way"));
        let ways = subject.ways.iter().filter(at).map(|path| {
            let state = if chosen.is_some_and(|chosen| std::ptr::eq(chosen, path)) { "chosen" } else { "holds" };
            self.considered(path, state)
        });
        let times = part.outcome.times.clone();
        Some(VerdictTrace {
            row: self.row(part)?,
            detect: times.detect,
            decide: times.decide,
            recover: times.recover,
            redirect: times.redirect,
            considered: obstacles.chain(ways).collect(),
            changes: self.check.assessor().remedies(part).iter().map(messages::change).collect(),
            derived_from: part.sources.iter().map(ToString::to_string).collect(),
        })
    }

    fn considered(&self, path: &RecoveryPath<'_>, state: &'static str) -> FactSummary {
        FactSummary {
            fact: path.fact.name.to_string(),
            state: match path.fact.applies {
                Applicability::Yes => state,
                Applicability::No => "does not hold",
                Applicability::Unknown => "unknown until apply",
            },
            rpo: path.rpo.clone(),
            rto: path.recover.clone(),
            mode: match path.mode {
                RecoveryMode::Automatic => "automatic",
                RecoveryMode::AutomaticIf => "automatic if",
                RecoveryMode::Person => "a person",
                RecoveryMode::Nobody => "nobody",
            },
            says: path.says.clone(),
            evidence: path.fact.evidence.iter().map(|one| self.check.evidence(one)).collect(),
            grade: path.citation.grade.clone(),
            source: path.citation.source.clone(),
        }
    }
}

/// Formats the objectives as they are written.
fn demanded(demand: &Objectives, loses: bool) -> (Option<String>, Option<String>) {
    let text = |limit: Option<Objective>| {
        limit.map(|limit| {
            let sure = if limit.guaranteed { " guaranteed" } else { "" };
            format!("{}{sure}", time(limit.seconds))
        })
    };
    (text(demand.rpo).filter(|_| loses), text(demand.rto))
}
