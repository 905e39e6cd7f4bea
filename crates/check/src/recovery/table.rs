//! Verdicts as plain data: the rows of the table, and the chain behind each.

use super::facts::{Mode, Role, Way};
use super::judge::{Assessment, Demand, Perhaps};
use super::number::{Number, Verdict, time};
use super::{Recovery, Whole, say};
use gpb_model::{Applies, Domain, covers};
use serde::Serialize;

/// One line: a resource, or a whole, in one domain.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// An address; for a whole its scope, for the environment empty.
    pub subject: String,
    pub what: String,
    pub whole: bool,
    pub domain: Domain,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_rpo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_rto: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo: Option<Number>,
    pub rto: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo_verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rto_verdict: Option<Verdict>,
    /// The worse of the two; absent where nothing is demanded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    pub why: String,
}

/// How a row came about.
#[derive(Debug, Clone, Serialize)]
pub struct Chain {
    pub row: Row,
    pub detect: Number,
    pub decide: Number,
    pub recover: Number,
    pub redirect: Number,
    pub considered: Vec<Considered>,
    /// What would make it stand better, cheapest first.
    pub changes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<String>,
}

/// A fact, and whether it holds.
#[derive(Debug, Clone, Serialize)]
pub struct Considered {
    pub fact: String,
    /// `chosen`, `holds`, `stands in the way`, `unknown until apply`, `does not hold`.
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo: Option<Number>,
    pub rto: Number,
    pub mode: &'static str,
    pub says: String,
    /// The properties that decided.
    pub evidence: Vec<String>,
    pub grade: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Recovery<'_> {
    /// All rows, resources first, in the order of the program; then the wholes.
    pub fn rows(&self, domain: Option<Domain>) -> Vec<Row> {
        let wanted = |of: Domain| domain.is_none_or(|domain| domain == of);
        let parts = self.assessments.iter().filter(|part| wanted(part.domain)).filter_map(|part| self.row(part));
        let wholes = self.wholes.iter().filter(|whole| wanted(whole.domain)).map(|whole| self.whole_row(whole));
        parts.chain(wholes).collect()
    }

    /// The chains of everything at or below an address.
    pub fn chains(&self, address: &str, domain: Option<Domain>) -> Vec<Chain> {
        let below = |part: &&Assessment| {
            let subject = self.check.known.subjects.get(part.subject);
            subject.is_some_and(|subject| covers(address, subject.resource.address.as_str()))
        };
        let parts =
            self.assessments.iter().filter(below).filter(|part| domain.is_none_or(|domain| domain == part.domain));
        parts.filter_map(|part| self.chain(part)).collect()
    }

    /// The addresses that have rows.
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

    fn row(&self, part: &Assessment) -> Option<Row> {
        let subject = self.check.known.subjects.get(part.subject)?;
        let (target_rpo, target_rto) = demanded(&part.demand, subject.role == Role::Store);
        Some(Row {
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
        let way = part.way.and_then(|way| subject.ways.get(way));
        let mut reasons: Vec<String> = Vec::new();
        for obstacle in part.obstacles.iter().filter_map(|index| subject.obstacles.get(*index)) {
            reasons.push(format!("{} [{}]", obstacle.says, obstacle.fact.name));
        }
        match way {
            Some(way) => reasons.push(format!("{} [{}]", way.says, way.fact.name)),
            None => reasons.push("no fact says how it comes back".to_owned()),
        }
        if part.outcome.lacks_decide {
            reasons.push("a person must act, and `decide` is not given".to_owned());
        } else if part.demand.rto.is_some() && !part.outcome.times.decide.expected.is_zero() {
            reasons.push(format!("deciding takes {}", time(part.outcome.times.decide.expected)));
        }
        if let Some(condition) = way.and_then(|way| way.only_if.as_ref()) {
            reasons.push(format!("only if {condition}"));
        }
        if !part.sources.is_empty() {
            let names: Vec<&str> = part.sources.iter().map(gpb_model::Address::as_str).collect();
            reasons.push(format!("derived from {}", names.join(", ")));
        }
        match part.perhaps {
            Some(Perhaps::Way(index)) => reasons.extend(
                subject
                    .ways
                    .get(index)
                    .map(|way| format!("better if, as is unknown until apply, {} [{}]", way.says, way.fact.name)),
            ),
            Some(Perhaps::Obstacle(index)) => reasons.extend(
                subject
                    .obstacles
                    .get(index)
                    .map(|way| format!("worse if, as is unknown until apply, {} [{}]", way.says, way.fact.name)),
            ),
            Some(Perhaps::Store) => reasons.push("whether it keeps anything is unknown until apply".to_owned()),
            None => {}
        }
        reasons.join("; ")
    }

    fn whole_row(&self, whole: &Whole) -> Row {
        let (target_rpo, target_rto) = demanded(&whole.demand, whole.rpo.is_some());
        let mut why = Vec::new();
        let parts: Vec<&Assessment> = whole.parts.iter().filter_map(|index| self.assessments.get(*index)).collect();
        let name = |part: &&Assessment| {
            self.check.known.subjects.get(part.subject).map(|one| one.resource.address.to_string())
        };
        let most = parts
            .iter()
            .filter(|part| part.outcome.rpo.is_some())
            .max_by_key(|part| part.outcome.rpo.as_ref().map(Number::rank));
        if let Some(part) = most {
            why.extend(name(part).map(|name| format!("most is lost of {name}")));
        }
        let slowest = parts.iter().max_by_key(|part| part.outcome.rto.rank());
        if let Some(part) = slowest {
            why.extend(name(part).map(|name| format!("slowest is {name}")));
        }
        if whole.soonest != whole.rto {
            why.push(format!("{} if nothing waits for anything", whole.soonest));
        }
        if let Some(skew) = &whole.skew {
            why.push(format!("stores {} apart afterwards", time(skew.expected)));
        }
        Row {
            subject: whole.scope.clone(),
            what: format!("{} parts together", whole.parts.len()),
            whole: true,
            domain: whole.domain,
            target_rpo,
            target_rto,
            rpo: whole.rpo.clone(),
            rto: whole.rto.clone(),
            rpo_verdict: whole.rpo_verdict,
            rto_verdict: whole.rto_verdict,
            verdict: whole.verdict(),
            why: why.join("; "),
        }
    }

    fn chain(&self, part: &Assessment) -> Option<Chain> {
        let subject = self.check.known.subjects.get(part.subject)?;
        let at = |way: &&Way<'_>| way.domains.contains(&part.domain);
        let chosen = part.way.and_then(|way| subject.ways.get(way));
        let obstacles = subject.obstacles.iter().filter(at).map(|way| self.considered(way, "stands in the way"));
        let ways = subject.ways.iter().filter(at).map(|way| {
            let state = if chosen.is_some_and(|chosen| std::ptr::eq(chosen, way)) { "chosen" } else { "holds" };
            self.considered(way, state)
        });
        let times = part.outcome.times.clone();
        Some(Chain {
            row: self.row(part)?,
            detect: times.detect,
            decide: times.decide,
            recover: times.recover,
            redirect: times.redirect,
            considered: obstacles.chain(ways).collect(),
            changes: self.check.judge().remedies(part).iter().map(say::change).collect(),
            derived_from: part.sources.iter().map(ToString::to_string).collect(),
        })
    }

    fn considered(&self, way: &Way<'_>, state: &'static str) -> Considered {
        Considered {
            fact: way.fact.name.to_string(),
            state: match way.fact.applies {
                Applies::Yes => state,
                Applies::No => "does not hold",
                Applies::Unknown => "unknown until apply",
            },
            rpo: way.rpo.clone(),
            rto: way.recover.clone(),
            mode: match way.mode {
                Mode::Automatic => "automatic",
                Mode::AutomaticIf => "automatic if",
                Mode::Person => "a person",
                Mode::Nobody => "nobody",
            },
            says: way.says.clone(),
            evidence: way.fact.evidence.iter().map(|one| self.check.evidence(one)).collect(),
            grade: way.why.grade.clone(),
            source: way.why.source.clone(),
        }
    }
}

/// What is demanded, as it is written.
fn demanded(demand: &Demand, loses: bool) -> (Option<String>, Option<String>) {
    let text = |limit: Option<super::judge::Limit>| {
        limit.map(|limit| {
            let sure = if limit.guaranteed { " guaranteed" } else { "" };
            format!("{}{sure}", time(limit.seconds))
        })
    };
    (text(demand.rpo).filter(|_| loses), text(demand.rto))
}
