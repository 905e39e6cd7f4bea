//! What a resource comes to in each failure domain, against what is demanded of it.

use super::facts::{Change, Known, Mode, Role, Subject, Way};
use super::number::{Number, Verdict};
use gpb_base::source::Span;
use gpb_model::{Address, Applies, Derived, Domain, Goals, Resource, covers};
use rust_decimal::Decimal;
use std::cmp::Reverse;

/// One figure that is demanded, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub seconds: Decimal,
    pub span: Span,
    pub guaranteed: bool,
    /// Which of the targets says so.
    pub target: usize,
}

/// What is demanded of a resource in a domain: for each figure the nearest target that names it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Demand {
    pub rpo: Option<Limit>,
    pub rto: Option<Limit>,
    /// How long people take to decide.
    pub decide: Option<Decimal>,
}

impl Demand {
    pub fn is_none(&self) -> bool {
        self.rpo.is_none() && self.rto.is_none()
    }

    /// Of everything at or below the addresses that the targets name, nearest first.
    pub fn of(goals: &Goals, address: &str, domain: Domain) -> Demand {
        let mut targets: Vec<_> = goals
            .targets
            .iter()
            .enumerate()
            .filter(|(_, target)| target.domain == domain && covers(&target.scope, address))
            .collect();
        targets.sort_by_key(|(_, target)| Reverse(target.scope.len()));
        let mut demand = Demand::default();
        for (index, target) in targets {
            let limit = |(seconds, span): (Decimal, Span)| Limit {
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
pub struct Times {
    pub detect: Number,
    pub decide: Number,
    /// With the rebuilding of what is derived.
    pub recover: Number,
    pub redirect: Number,
}

impl Times {
    pub fn total(&self) -> Number {
        self.detect.then(&self.decide).then(&self.recover).then(&self.redirect)
    }
}

/// What a way comes to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Absent where there is nothing to lose.
    pub rpo: Option<Number>,
    pub times: Times,
    pub rto: Number,
    /// A person must act, and nobody says how long deciding takes.
    pub lacks_decide: bool,
    pub rpo_verdict: Option<Verdict>,
    pub rto_verdict: Option<Verdict>,
}

impl Outcome {
    pub fn verdict(&self) -> Option<Verdict> {
        self.rpo_verdict.max(self.rto_verdict)
    }

    fn key(&self) -> impl Ord + use<> {
        let rpo = self.rpo.as_ref().map(Number::rank);
        (self.verdict(), rpo, self.rto.rank())
    }
}

/// What became of one resource in one domain.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The index among the known subjects.
    pub subject: usize,
    pub domain: Domain,
    pub demand: Demand,
    /// The way that was found best; none where no fact says how it comes back.
    pub way: Option<usize>,
    /// The obstacles that hold.
    pub obstacles: Vec<usize>,
    pub outcome: Outcome,
    /// A way that would do better, or an obstacle that would make it worse, if what is unknown until apply turns out so.
    pub perhaps: Option<Perhaps>,
    /// What it is derived from.
    pub sources: Vec<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perhaps {
    Way(usize),
    Obstacle(usize),
    /// Whether it keeps anything at all.
    Store,
}

/// A change that would do, and what the resource would then come to.
#[derive(Debug, Clone)]
pub struct Remedy {
    pub change: Change,
    /// The way that would hold.
    pub way: usize,
    pub outcome: Outcome,
    /// Dollars a month more, where they are known.
    pub price: Option<Decimal>,
}

/// Everything that judging needs.
pub struct Judge<'a, 'm> {
    pub known: &'a Known<'m>,
    pub goals: &'a Goals,
    /// Where the environment is: losing its region loses what is placed there.
    pub region: &'a str,
    pub price: &'a dyn Fn(&Change) -> Option<Decimal>,
}

/// Chains of `derived from` longer than this are cut; the language refuses circles.
const DEPTH: usize = 16;

impl<'m> Judge<'_, 'm> {
    /// Whether the resource is there to be lost: another region's share of the environment outlives this one.
    pub fn exposed(&self, resource: &Resource, domain: Domain) -> bool {
        domain != Domain::Region || self.region.is_empty() || resource.place.region == self.region
    }

    pub fn assess(&self, index: usize, domain: Domain) -> Option<Assessment> {
        let subject = self.known.subjects.get(index)?;
        let demand = Demand::of(self.goals, subject.resource.address.as_str(), domain);
        Some(self.against(index, subject, domain, demand, DEPTH))
    }

    fn against(&self, index: usize, subject: &Subject<'m>, domain: Domain, demand: Demand, depth: usize) -> Assessment {
        let at = |way: &Way<'m>| way.domains.contains(&domain);
        let obstacles: Vec<usize> = holding(&subject.obstacles, domain, Applies::Yes);
        let sources = self.sources(subject.resource.address.as_str());
        let outcome = |way: Option<&Way<'m>>, obstacles: &[usize]| {
            self.outcome(subject, way, obstacles, domain, demand, &sources, depth)
        };
        let best = subject
            .ways
            .iter()
            .enumerate()
            .filter(|(_, way)| way.fact.applies == Applies::Yes && at(way))
            .map(|(way, fact)| (Some(way), outcome(Some(fact), &obstacles)))
            .min_by(|(_, a), (_, b)| a.key().cmp(&b.key()));
        let (way, mut chosen) = best.unwrap_or_else(|| (None, outcome(None, &obstacles)));
        let mut perhaps = None;
        for unknown in holding(&subject.ways, domain, Applies::Unknown) {
            let better = outcome(subject.ways.get(unknown), &obstacles);
            if better.verdict() < chosen.verdict() || (chosen.verdict().is_none() && way.is_none()) {
                perhaps = Some(Perhaps::Way(unknown));
                open(&mut chosen, &better, Verdict::min);
            }
        }
        for unknown in holding(&subject.obstacles, domain, Applies::Unknown) {
            let with: Vec<usize> = obstacles.iter().copied().chain([unknown]).collect();
            let worse = outcome(way.and_then(|way| subject.ways.get(way)), &with);
            if worse.verdict() > chosen.verdict() {
                perhaps = Some(Perhaps::Obstacle(unknown));
                open(&mut chosen, &worse, Verdict::max);
            }
        }
        if !subject.certain && chosen.verdict() == Some(Verdict::Refuted) {
            perhaps = Some(Perhaps::Store);
            let nothing = Outcome { rpo_verdict: None, rto_verdict: None, ..chosen.clone() };
            open(&mut chosen, &nothing, |_, _| Verdict::Unproven);
        }
        let sources = sources.iter().map(|derived| derived.from.clone()).collect();
        Assessment { subject: index, domain, demand, way, obstacles, outcome: chosen, perhaps, sources }
    }

    #[allow(clippy::too_many_arguments)] // Each is a part of the one question.
    fn outcome(
        &self,
        subject: &Subject<'m>,
        way: Option<&Way<'m>>,
        obstacles: &[usize],
        domain: Domain,
        demand: Demand,
        sources: &[&Derived],
        depth: usize,
    ) -> Outcome {
        let mut times = Times {
            detect: way.and_then(|way| way.detect.clone()).unwrap_or_else(Number::zero),
            decide: Number::zero(),
            recover: way.map_or_else(Number::none, |way| way.recover.clone()),
            redirect: way.and_then(|way| way.redirect.clone()).unwrap_or_else(Number::zero),
        };
        let loses = subject.role == Role::Store || way.is_some_and(|way| way.rpo.is_some());
        let mut rpo = loses.then(|| way.and_then(|way| way.rpo.clone()).unwrap_or_else(Number::none));
        for obstacle in obstacles.iter().filter_map(|index| subject.obstacles.get(*index)) {
            times.recover = times.recover.then(&obstacle.recover);
            rpo = rpo.map(|rpo| obstacle.rpo.as_ref().map_or_else(|| rpo.clone(), |more| rpo.along(more)));
        }
        if !sources.is_empty() && depth > 0 {
            self.derive(&mut rpo, &mut times, sources, domain, demand, depth);
        }
        let person = way.is_some_and(|way| way.mode == Mode::Person) && !times.total().unbounded;
        let lacks_decide = person && demand.decide.is_none();
        if person {
            times.decide = demand.decide.map_or_else(|| Number { step: true, ..Number::none() }, Number::bound);
        }
        let rto = times.total();
        let judged = |number: &Number, limit: Limit| number.judge(limit.seconds, limit.guaranteed);
        let rpo_verdict = rpo.as_ref().zip(demand.rpo).map(|(number, limit)| judged(number, limit));
        let conditional = way.is_some_and(|way| way.mode == Mode::AutomaticIf);
        let rto_verdict = demand.rto.map(|limit| match judged(&rto, limit) {
            _ if lacks_decide => Verdict::Refuted,
            verdict if conditional => verdict.max(Verdict::Unproven),
            verdict => verdict,
        });
        Outcome { rpo, times, rto, lacks_decide, rpo_verdict, rto_verdict }
    }

    /// What is derived loses what its sources lose. What its own way does not keep whole is made again from them.
    fn derive(
        &self,
        rpo: &mut Option<Number>,
        times: &mut Times,
        sources: &[&Derived],
        domain: Domain,
        demand: Demand,
        depth: usize,
    ) {
        let own = rpo.take().unwrap_or_else(Number::none);
        let whole = own.bound.is_some_and(|bound| bound.is_zero());
        let mut loss = Number::zero();
        let mut ready = Number::zero();
        for (index, subject) in self.known.subjects.iter().enumerate() {
            let address = &subject.resource.address;
            let source = sources.iter().any(|derived| covers(derived.from.as_str(), address.as_str()));
            if source && subject.role == Role::Store && self.exposed(subject.resource, domain) {
                let found = self.against(index, subject, domain, demand, depth - 1).outcome;
                loss = loss.along(&found.rpo.unwrap_or_else(Number::zero));
                ready = ready.along(&found.times.recover);
            }
        }
        *rpo = Some(loss);
        if !whole {
            let rebuild = sources.iter().fold(Number::zero(), |sum, derived| {
                sum.along(&derived.rebuild.map_or_else(Number::none, Number::bound))
            });
            let own = if times.recover.unbounded { Number::zero() } else { times.recover.clone() };
            times.recover = own.along(&ready).then(&rebuild);
        }
    }

    /// What the nearest `derived from` says a resource can be made of.
    fn sources(&self, address: &str) -> Vec<&Derived> {
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
        for (index, way) in subject.ways.iter().enumerate() {
            if way.fact.applies == Applies::Yes || !way.domains.contains(&assessment.domain) {
                continue;
            }
            let Assessment { domain, demand, obstacles, .. } = assessment;
            let outcome = self.outcome(subject, Some(way), obstacles, *domain, *demand, &sources, DEPTH);
            if outcome.verdict() < now && outcome.verdict() < Some(Verdict::Refuted) {
                found.extend(way.remedies.iter().map(|change| self.remedy(change, index, &outcome)));
            }
        }
        found.sort_by_key(|remedy| (remedy.price.is_none(), remedy.price, remedy.way));
        found
    }

    fn remedy(&self, change: &Change, way: usize, outcome: &Outcome) -> Remedy {
        Remedy { price: (self.price)(change), change: change.clone(), way, outcome: outcome.clone() }
    }
}

/// What is unknown leaves open whatever it would change.
fn open(chosen: &mut Outcome, other: &Outcome, pick: impl Fn(Verdict, Verdict) -> Verdict) {
    let settle = |mine: Option<Verdict>, theirs: Option<Verdict>| match (mine, theirs) {
        (Some(mine), Some(theirs)) if pick(mine, theirs) == mine => Some(mine),
        (Some(_), _) => Some(Verdict::Unproven),
        (None, _) => None,
    };
    chosen.rpo_verdict = settle(chosen.rpo_verdict, other.rpo_verdict);
    chosen.rto_verdict = settle(chosen.rto_verdict, other.rto_verdict);
}

fn holding(ways: &[Way<'_>], domain: Domain, applies: Applies) -> Vec<usize> {
    let holds = |way: &Way<'_>| way.fact.applies == applies && way.domains.contains(&domain);
    ways.iter().enumerate().filter(|(_, way)| holds(way)).map(|(index, _)| index).collect()
}
