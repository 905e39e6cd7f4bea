//! What a resource comes to in each failure domain, against what is demanded of it.

use super::duration_estimate::{DurationEstimate, Verdict};
use super::facts::{ProposedChange, RecoveryFacts, RecoveryMode, RecoveryPath, RecoveryRole, Subject};
use gpb_base::source::Span;
use gpb_model::{Address, Applicability, Derivation, Domain, Goals, Resource, covers};
use rust_decimal::Decimal;
use std::cmp::Reverse;

/// One figure that is demanded, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    pub seconds: Decimal,
    pub span: Span,
    pub guaranteed: bool,
    /// Which of the targets says so.
    pub target: usize,
}

/// What is demanded of a resource in a domain: for each figure the nearest target that names it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Objectives {
    pub rpo: Option<Objective>,
    pub rto: Option<Objective>,
    /// How long people take to decide.
    pub decide: Option<Decimal>,
}

impl Objectives {
    pub fn is_none(&self) -> bool {
        self.rpo.is_none() && self.rto.is_none()
    }

    /// Of everything at or below the addresses that the targets name, nearest first.
    pub fn from_goals(goals: &Goals, address: &str, domain: Domain) -> Objectives {
        let mut targets: Vec<_> = goals
            .targets
            .iter()
            .enumerate()
            .filter(|(_, target)| target.domain == domain && covers(&target.scope, address))
            .collect();
        targets.sort_by_key(|(_, target)| Reverse(target.scope.len()));
        let mut demand = Objectives::default();
        for (index, target) in targets {
            let limit = |(seconds, span): (Decimal, Span)| Objective {
                seconds,
                span,
                guaranteed: target.guaranteed,
                target: index,
            };
            demand.rpo = demand.rpo.or(target.rpo.map(limit));
            demand.rto = demand.rto.or(target.rto.map(limit));
            demand.decide = demand.decide.or(target.decide.map(|(seconds, _)| seconds));
        }
        demand
    }
}

/// The parts of the time that a recovery takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryTimes {
    pub detect: DurationEstimate,
    pub decide: DurationEstimate,
    /// With the rebuilding of what is derived.
    pub recover: DurationEstimate,
    pub redirect: DurationEstimate,
}

impl RecoveryTimes {
    pub fn total(&self) -> DurationEstimate {
        self.detect.plus(&self.decide).plus(&self.recover).plus(&self.redirect)
    }
}

/// What a way comes to.
#[derive(Debug, Clone)]
pub struct RecoveryEstimate {
    /// Absent where there is nothing to lose.
    pub rpo: Option<DurationEstimate>,
    pub times: RecoveryTimes,
    pub rto: DurationEstimate,
    /// A person must act, and nobody says how long deciding takes.
    pub lacks_decide: bool,
    pub rpo_verdict: Option<Verdict>,
    pub rto_verdict: Option<Verdict>,
}

impl RecoveryEstimate {
    pub fn verdict(&self) -> Option<Verdict> {
        self.rpo_verdict.max(self.rto_verdict)
    }

    fn key(&self) -> impl Ord + use<> {
        let rpo = self.rpo.as_ref().map(DurationEstimate::rank);
        (self.verdict(), rpo, self.rto.rank())
    }
}

/// What became of one resource in one domain.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The index among the known subjects.
    pub subject: usize,
    pub domain: Domain,
    pub demand: Objectives,
    /// The way that was found best; none where no fact says how it comes back.
    pub way: Option<usize>,
    /// The obstacles that hold.
    pub obstacles: Vec<usize>,
    pub outcome: RecoveryEstimate,
    /// A way that would do better, or an obstacle that would make it worse, if what is unknown until apply turns out so.
    pub perhaps: Option<UnknownFactor>,
    /// What it is derived from.
    pub sources: Vec<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownFactor {
    Way(usize),
    Obstacle(usize),
    /// Whether it keeps anything at all.
    Store,
}

/// A change that would do, and what the resource would then come to.
#[derive(Debug, Clone)]
pub struct Remedy {
    pub change: ProposedChange,
    /// The way that would hold.
    pub way: usize,
    pub outcome: RecoveryEstimate,
    /// Dollars a month more, where they are known.
    pub price: Option<Decimal>,
}

/// Everything that judging needs.
pub struct Assessor<'a, 'm> {
    pub known: &'a RecoveryFacts<'m>,
    pub goals: &'a Goals,
    /// Where the environment is: losing its region loses what is placed there.
    pub region: &'a str,
    pub price: &'a dyn Fn(&ProposedChange) -> Option<Decimal>,
}

/// Chains of `derived from` longer than this are cut; the language refuses circles.
const DEPTH: usize = 16;

impl<'m> Assessor<'_, 'm> {
    /// Whether the resource is there to be lost: another region's share of the environment outlives this one.
    pub fn exposed(&self, resource: &Resource, domain: Domain) -> bool {
        domain != Domain::Region || self.region.is_empty() || resource.place.region == self.region
    }

    pub fn assess(&self, index: usize, domain: Domain) -> Option<Assessment> {
        let subject = self.known.subjects.get(index)?;
        let demand = Objectives::from_goals(self.goals, subject.resource.address.as_str(), domain);
        Some(self.assess_against(index, subject, domain, demand, DEPTH))
    }

    fn assess_against(
        &self,
        index: usize,
        subject: &Subject<'m>,
        domain: Domain,
        demand: Objectives,
        depth: usize,
    ) -> Assessment {
        let at = |path: &RecoveryPath<'m>| path.domains.contains(&domain);
        let obstacles: Vec<usize> = applicable_paths(&subject.obstacles, domain, Applicability::Yes);
        let sources = self.sources(subject.resource.address.as_str());
        let outcome = |path: Option<&RecoveryPath<'m>>, obstacles: &[usize]| {
            self.estimate(subject, path, obstacles, domain, demand, &sources, depth)
        };
        let best = subject
            .ways
            .iter()
            .enumerate()
            .filter(|(_, path)| path.fact.applies == Applicability::Yes && at(path))
            .map(|(path, fact)| (Some(path), outcome(Some(fact), &obstacles)))
            .min_by(|(_, a), (_, b)| a.key().cmp(&b.key()));
        let (path, mut chosen) = best.unwrap_or_else(|| (None, outcome(None, &obstacles)));
        let mut perhaps = None;
        for unknown in applicable_paths(&subject.ways, domain, Applicability::Unknown) {
            let better = outcome(subject.ways.get(unknown), &obstacles);
            if better.verdict() < chosen.verdict() || (chosen.verdict().is_none() && path.is_none()) {
                perhaps = Some(UnknownFactor::Way(unknown));
                apply_unknown(&mut chosen, &better, Verdict::min);
            }
        }
        for unknown in applicable_paths(&subject.obstacles, domain, Applicability::Unknown) {
            let with: Vec<usize> = obstacles.iter().copied().chain([unknown]).collect();
            let worse = outcome(path.and_then(|path| subject.ways.get(path)), &with);
            if worse.verdict() > chosen.verdict() {
                perhaps = Some(UnknownFactor::Obstacle(unknown));
                apply_unknown(&mut chosen, &worse, Verdict::max);
            }
        }
        if !subject.certain && chosen.verdict() == Some(Verdict::Refuted) {
            perhaps = Some(UnknownFactor::Store);
            let nothing = RecoveryEstimate { rpo_verdict: None, rto_verdict: None, ..chosen.clone() };
            apply_unknown(&mut chosen, &nothing, |_, _| Verdict::Unproven);
        }
        let sources = sources.iter().map(|derived| derived.from.clone()).collect();
        Assessment { subject: index, domain, demand, way: path, obstacles, outcome: chosen, perhaps, sources }
    }

    #[allow(clippy::too_many_arguments)] // Each is a part of the one question.
    fn estimate(
        &self,
        subject: &Subject<'m>,
        path: Option<&RecoveryPath<'m>>,
        obstacles: &[usize],
        domain: Domain,
        demand: Objectives,
        sources: &[&Derivation],
        depth: usize,
    ) -> RecoveryEstimate {
        let mut times = RecoveryTimes {
            detect: path.and_then(|path| path.detect.clone()).unwrap_or_else(DurationEstimate::zero),
            decide: DurationEstimate::zero(),
            recover: path.map_or_else(DurationEstimate::none, |path| path.recover.clone()),
            redirect: path.and_then(|path| path.redirect.clone()).unwrap_or_else(DurationEstimate::zero),
        };
        let loses = subject.role == RecoveryRole::Store || path.is_some_and(|path| path.rpo.is_some());
        let mut rpo = loses.then(|| path.and_then(|path| path.rpo.clone()).unwrap_or_else(DurationEstimate::none));
        for obstacle in obstacles.iter().filter_map(|index| subject.obstacles.get(*index)) {
            times.recover = times.recover.plus(&obstacle.recover);
            rpo = rpo.map(|rpo| obstacle.rpo.as_ref().map_or_else(|| rpo.clone(), |more| rpo.max(more)));
        }
        if !sources.is_empty() && depth > 0 {
            self.derive(&mut rpo, &mut times, sources, domain, demand, depth);
        }
        let person = path.is_some_and(|path| path.mode == RecoveryMode::Person) && !times.total().unbounded;
        let lacks_decide = person && demand.decide.is_none();
        if person {
            times.decide = demand
                .decide
                .map_or_else(|| DurationEstimate { step: true, ..DurationEstimate::none() }, DurationEstimate::bound);
        }
        let rto = times.total();
        let judged = |number: &DurationEstimate, limit: Objective| number.verdict(limit.seconds, limit.guaranteed);
        let rpo_verdict = rpo.as_ref().zip(demand.rpo).map(|(number, limit)| judged(number, limit));
        let conditional = path.is_some_and(|path| path.mode == RecoveryMode::AutomaticIf);
        let rto_verdict = demand.rto.map(|limit| match judged(&rto, limit) {
            _ if lacks_decide => Verdict::Refuted,
            verdict if conditional => verdict.max(Verdict::Unproven),
            verdict => verdict,
        });
        RecoveryEstimate { rpo, times, rto, lacks_decide, rpo_verdict, rto_verdict }
    }

    /// What is derived loses what its sources lose. What its own way does not keep whole is made again from them.
    fn derive(
        &self,
        rpo: &mut Option<DurationEstimate>,
        times: &mut RecoveryTimes,
        sources: &[&Derivation],
        domain: Domain,
        demand: Objectives,
        depth: usize,
    ) {
        let own = rpo.take().unwrap_or_else(DurationEstimate::none);
        let group = own.bound.is_some_and(|bound| bound.is_zero());
        let mut loss = DurationEstimate::zero();
        let mut ready = DurationEstimate::zero();
        for (index, subject) in self.known.subjects.iter().enumerate() {
            let address = &subject.resource.address;
            let source = sources.iter().any(|derived| covers(derived.from.as_str(), address.as_str()));
            if source && subject.role == RecoveryRole::Store && self.exposed(subject.resource, domain) {
                let found = self.assess_against(index, subject, domain, demand, depth - 1).outcome;
                loss = loss.max(&found.rpo.unwrap_or_else(DurationEstimate::zero));
                ready = ready.max(&found.times.recover);
            }
        }
        *rpo = Some(loss);
        if !group {
            let rebuild = sources.iter().fold(DurationEstimate::zero(), |sum, derived| {
                sum.max(&derived.rebuild.map_or_else(DurationEstimate::none, DurationEstimate::bound))
            });
            let own = if times.recover.unbounded { DurationEstimate::zero() } else { times.recover.clone() };
            times.recover = own.max(&ready).plus(&rebuild);
        }
    }

    /// What the nearest `derived from` says a resource can be made of.
    fn sources(&self, address: &str) -> Vec<&Derivation> {
        let around = || self.goals.derived.iter().filter(|derived| covers(&derived.scope, address));
        let nearest = around().map(|derived| derived.scope.len()).max();
        around().filter(|derived| Some(derived.scope.len()) == nearest).collect()
    }

    /// The changes that would turn a refuted or unproven target into one that stands better, cheapest first; where prices
    /// are unknown, in the order of the facts, which name the cheaper ways first.
    pub fn remedies(&self, assessment: &Assessment) -> Vec<Remedy> {
        let Some(subject) = self.known.subjects.get(assessment.subject) else { return Vec::new() };
        let now = assessment.outcome.verdict();
        let sources = self.sources(subject.resource.address.as_str());
        let mut found: Vec<Remedy> = Vec::new();
        for (index, path) in subject.ways.iter().enumerate() {
            if path.fact.applies == Applicability::Yes || !path.domains.contains(&assessment.domain) {
                continue;
            }
            let Assessment { domain, demand, obstacles, .. } = assessment;
            let outcome = self.estimate(subject, Some(path), obstacles, *domain, *demand, &sources, DEPTH);
            if outcome.verdict() < now && outcome.verdict() < Some(Verdict::Refuted) {
                found.extend(path.remedies.iter().map(|change| self.remedy(change, index, &outcome)));
            }
        }
        found.sort_by_key(|remedy| (remedy.price.is_none(), remedy.price, remedy.way));
        found
    }

    fn remedy(&self, change: &ProposedChange, path: usize, outcome: &RecoveryEstimate) -> Remedy {
        Remedy { price: (self.price)(change), change: change.clone(), way: path, outcome: outcome.clone() }
    }
}

/// What is unknown leaves open whatever it would change.
fn apply_unknown(chosen: &mut RecoveryEstimate, other: &RecoveryEstimate, pick: impl Fn(Verdict, Verdict) -> Verdict) {
    let settle = |mine: Option<Verdict>, theirs: Option<Verdict>| match (mine, theirs) {
        (Some(mine), Some(theirs)) if pick(mine, theirs) == mine => Some(mine),
        (Some(_), _) => Some(Verdict::Unproven),
        (None, _) => None,
    };
    chosen.rpo_verdict = settle(chosen.rpo_verdict, other.rpo_verdict);
    chosen.rto_verdict = settle(chosen.rto_verdict, other.rto_verdict);
}

fn applicable_paths(ways: &[RecoveryPath<'_>], domain: Domain, applies: Applicability) -> Vec<usize> {
    let holds = |path: &RecoveryPath<'_>| path.fact.applies == applies && path.domains.contains(&domain);
    ways.iter().enumerate().filter(|(_, path)| holds(path)).map(|(index, _)| index).collect()
}
