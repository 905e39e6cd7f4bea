//! Assesses each resource in each failure domain against its recovery objectives.

use super::duration_estimate::DurationEstimate;
use super::objectives::{Objective, Objectives};
use super::recovery_facts::{ProposedChange, RecoveryFacts, RecoveryMode, RecoveryPath, RecoveryRole, Subject};
use super::verdict::Verdict;
use gpb_model::{Address, Applicability, Derivation, Domain, Goals, Resource, covers};
use rust_decimal::Decimal;

/// The parts of the time that a recovery takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryTimes {
    /// The time until the loss is noticed.
    pub detect: DurationEstimate,
    /// The time until people have decided.
    pub decide: DurationEstimate,
    /// The time until the resource is back, with the rebuilding of derived data.
    pub recover: DurationEstimate,
    /// The time until requests are led to it.
    pub redirect: DurationEstimate,
}

impl RecoveryTimes {
    /// Returns the sum of the parts.
    pub fn total(&self) -> DurationEstimate {
        self.detect.plus(&self.decide).plus(&self.recover).plus(&self.redirect)
    }
}

/// The figures and verdicts of a way to recover.
#[derive(Debug, Clone)]
pub struct RecoveryEstimate {
    /// The data that is lost, as a duration; absent where there is nothing to lose.
    pub rpo: Option<DurationEstimate>,
    /// The parts of the time that it takes.
    pub times: RecoveryTimes,
    /// The time that it takes.
    pub rto: DurationEstimate,
    /// A person must act, and nobody says how long deciding takes.
    pub lacks_decide: bool,
    /// The verdict on the data that is lost; absent where nothing is demanded.
    pub rpo_verdict: Option<Verdict>,
    /// The verdict on the time that it takes; absent where nothing is demanded.
    pub rto_verdict: Option<Verdict>,
}

impl RecoveryEstimate {
    /// Returns the worse of the two verdicts.
    pub fn verdict(&self) -> Option<Verdict> {
        self.rpo_verdict.max(self.rto_verdict)
    }

    fn key(&self) -> impl Ord + use<> {
        let rpo = self.rpo.as_ref().map(DurationEstimate::rank);
        (self.verdict(), rpo, self.rto.rank())
    }
}

/// The result for one resource in one failure domain.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The index among the known subjects.
    pub subject: usize,
    /// The failure domain that is lost.
    pub domain: Domain,
    /// The objectives that hold for it.
    pub demand: Objectives,
    /// The index of the best way; none where no fact says how it comes back.
    pub way: Option<usize>,
    /// The obstacles that hold, as indices.
    pub obstacles: Vec<usize>,
    /// The figures and verdicts of the best way.
    pub outcome: RecoveryEstimate,
    /// The unknown factor that would change the verdict.
    ///
    /// It is a way that would do better, or an obstacle that would make it worse, once it is known.
    pub perhaps: Option<UnknownFactor>,
    /// The addresses its data is derived from.
    pub sources: Vec<Address>,
}

/// A factor that is unknown until apply and decides a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownFactor {
    /// A way that may hold, by its index.
    Way(usize),
    /// An obstacle that may hold, by its index.
    Obstacle(usize),
    /// The resource may keep nothing at all.
    Store,
}

/// A change that would meet a target, and the figures with it.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// The change.
    pub change: ProposedChange,
    /// The index of the way that would hold.
    pub way: usize,
    /// The figures and verdicts of that way.
    pub outcome: RecoveryEstimate,
    /// The dollars a month more, where they are known.
    pub price: Option<Decimal>,
}

/// Assesses the resources of an environment.
pub struct Assessor<'a, 'm> {
    /// The facts.
    pub known: &'a RecoveryFacts<'m>,
    /// The targets, and the data that is derived from other data.
    pub goals: &'a Goals,
    /// The region of the environment.
    ///
    /// Its loss is the loss of the resources placed there.
    pub region: &'a str,
    /// Returns the price of a change, in dollars a month more.
    pub price: &'a dyn Fn(&ProposedChange) -> Option<Decimal>,
}

/// Chains of `derived from` longer than this are cut; the language refuses cycles.
const DEPTH: usize = 16;

impl<'m> Assessor<'_, 'm> {
    /// Checks that a resource is lost with a failure domain.
    ///
    /// Another region's share of the environment outlives this one.
    pub fn exposed(&self, resource: &Resource, domain: Domain) -> bool {
        domain != Domain::Region || self.region.is_empty() || resource.place.region == self.region
    }

    /// Assesses the subject with an index in a failure domain.
    ///
    /// `None` where there is no such subject.
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
            recover: path.map_or_else(DurationEstimate::unpublished, |path| path.recover.clone()),
            redirect: path.and_then(|path| path.redirect.clone()).unwrap_or_else(DurationEstimate::zero),
        };
        let loses = subject.role == RecoveryRole::Store || path.is_some_and(|path| path.rpo.is_some());
        let mut rpo =
            loses.then(|| path.and_then(|path| path.rpo.clone()).unwrap_or_else(DurationEstimate::unpublished));
        for obstacle in obstacles.iter().filter_map(|index| subject.obstacles.get(*index)) {
            times.recover = times.recover.plus(&obstacle.recover);
            rpo = rpo.map(|rpo| obstacle.rpo.as_ref().map_or_else(|| rpo.clone(), |more| rpo.max(more)));
        }
        if !sources.is_empty() && depth > 0 {
            self.derive(&mut rpo, &mut times, sources, domain, demand, depth);
        }
        let person = path.is_some_and(|path| path.mode == RecoveryMode::Person) && !times.total().is_unbounded();
        let lacks_decide = person && demand.decide.is_none();
        if person {
            times.decide = demand.decide.map_or_else(DurationEstimate::failover, DurationEstimate::bounded);
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

    /// Adds what derived data loses with its sources.
    ///
    /// Where its own way does not keep it whole, it is rebuilt from them.
    fn derive(
        &self,
        rpo: &mut Option<DurationEstimate>,
        times: &mut RecoveryTimes,
        sources: &[&Derivation],
        domain: Domain,
        demand: Objectives,
        depth: usize,
    ) {
        let own = rpo.take().unwrap_or_else(DurationEstimate::unpublished);
        let group = own.bound().is_some_and(|bound| bound.is_zero());
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
                sum.max(&derived.rebuild.map_or_else(DurationEstimate::unpublished, DurationEstimate::bounded))
            });
            let own = if times.recover.is_unbounded() { DurationEstimate::zero() } else { times.recover.clone() };
            times.recover = own.max(&ready).plus(&rebuild);
        }
    }

    /// Returns the nearest `derived from` clauses of an address.
    fn sources(&self, address: &str) -> Vec<&Derivation> {
        let around = || self.goals.derived.iter().filter(|derived| covers(&derived.scope, address));
        let nearest = around().map(|derived| derived.scope.len()).max();
        around().filter(|derived| Some(derived.scope.len()) == nearest).collect()
    }

    /// Returns the changes that would give a better verdict, cheapest first.
    ///
    /// Where prices are unknown, they are in the order of the facts, which name the cheaper ways first.
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

/// Makes a verdict unproven where an unknown factor would change it.
fn apply_unknown(chosen: &mut RecoveryEstimate, other: &RecoveryEstimate, pick: impl Fn(Verdict, Verdict) -> Verdict) {
    let combine = |mine: Option<Verdict>, theirs: Option<Verdict>| match (mine, theirs) {
        (Some(mine), Some(theirs)) if pick(mine, theirs) == mine => Some(mine),
        (Some(_), _) => Some(Verdict::Unproven),
        (None, _) => None,
    };
    chosen.rpo_verdict = combine(chosen.rpo_verdict, other.rpo_verdict);
    chosen.rto_verdict = combine(chosen.rto_verdict, other.rto_verdict);
}

fn applicable_paths(ways: &[RecoveryPath<'_>], domain: Domain, applies: Applicability) -> Vec<usize> {
    let holds = |path: &RecoveryPath<'_>| path.fact.applies == applies && path.domains.contains(&domain);
    ways.iter().enumerate().filter(|(_, path)| holds(path)).map(|(index, _)| index).collect()
}
