//! What the parts come to together: the most that any store loses, and the longest way through the graph of what must come
//! back.
//!
//! What acts by itself begins at the loss, so it runs beside everything else. What a person does comes one after the
//! other, along the graph: a database first, then what needs it. Deciding is done once, and traffic moves last.

use super::facts::{Mode, Role};
use super::judge::{Assessment, Demand, Judge};
use super::number::{Number, Verdict};
use gpb_model::graph::Graph;
use gpb_model::{Address, Domain, Target};
use std::collections::BTreeMap;

/// A set of resources that are lost and come back together.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The address that its target names; empty for the environment.
    pub scope: String,
    pub domain: Domain,
    pub demand: Demand,
    /// Indices of the assessments it is made of.
    pub parts: Vec<usize>,
    /// Absent where nothing in it can be lost.
    pub rpo: Option<Number>,
    /// If all that is not ordered by the graph runs at once.
    pub soonest: Number,
    /// One after the other along the graph.
    pub rto: Number,
    pub rpo_verdict: Option<Verdict>,
    pub rto_verdict: Option<Verdict>,
    /// Between the store that loses least and the one that loses most: what has to be reconciled.
    pub skew: Option<Number>,
}

impl Whole {
    pub fn verdict(&self) -> Option<Verdict> {
        self.rpo_verdict.max(self.rto_verdict)
    }
}

impl Judge<'_, '_> {
    /// The whole environment in each domain, and each other scope that a target makes one of several resources.
    pub fn wholes(&self, assessments: &[Assessment], graph: &Graph) -> Vec<Whole> {
        let order = graph.order();
        let mut scopes: Vec<&str> = vec![""];
        scopes.extend(self.goals.targets.iter().map(|target| target.scope.as_str()));
        scopes.sort_unstable();
        scopes.dedup();
        let mut wholes = Vec::new();
        let demanded = |scope: &str, domain| {
            let here = |target: &&Target| target.scope == scope && target.domain == domain;
            scope.is_empty() || self.goals.targets.iter().any(|target| here(&target))
        };
        for scope in scopes {
            for domain in Domain::ALL.into_iter().filter(|domain| demanded(scope, *domain)) {
                let whole = self.whole(scope, domain, assessments, graph, &order);
                wholes.extend(
                    whole.filter(|whole| scope.is_empty() || (whole.parts.len() > 1 && !whole.demand.is_none())),
                );
            }
        }
        wholes
    }

    fn whole(
        &self,
        scope: &str,
        domain: Domain,
        assessments: &[Assessment],
        graph: &Graph,
        order: &[&Address],
    ) -> Option<Whole> {
        let own = |index: &usize| self.goals.targets.get(*index).is_some_and(|target| target.scope == scope);
        let mut demand = Demand::of(self.goals, scope, domain);
        demand.rpo = demand.rpo.filter(|limit| own(&limit.target));
        demand.rto = demand.rto.filter(|limit| own(&limit.target));
        // A part with a target of its own answers for itself, not for what is demanded around it.
        let target = |demand: &Demand| [demand.rpo, demand.rto].map(|limit| limit.map(|limit| limit.target));
        let belongs = |part: &Assessment| demand.is_none() || target(&part.demand).iter().flatten().any(own);
        let parts: Vec<usize> = assessments
            .iter()
            .enumerate()
            .filter(|(_, part)| part.domain == domain && belongs(part))
            .map(|(index, _)| index)
            .collect();
        if parts.is_empty() {
            return None;
        }
        let members: Vec<&Assessment> = parts.iter().filter_map(|index| assessments.get(*index)).collect();
        let losses: Vec<&Number> = members.iter().filter_map(|part| part.outcome.rpo.as_ref()).collect();
        let rpo = (!losses.is_empty()).then(|| losses.iter().fold(Number::zero(), |most, loss| most.along(loss)));
        let (soonest, rto) = self.times(&members, graph, order);
        let worst = |of: fn(&Assessment) -> Option<Verdict>| members.iter().filter_map(|part| of(part)).max();
        let worst_rto = worst(|part| part.outcome.rto_verdict);
        // What is unknown in a part is not refuted in the whole.
        let open = worst_rto == Some(Verdict::Unproven) && members.iter().any(|part| part.perhaps.is_some());
        let rto_verdict = demand.rto.map(|limit| {
            let together = rto.judge(limit.seconds, limit.guaranteed);
            let together = if open { together.min(Verdict::Unproven) } else { together };
            worst_rto.map_or(together, |worst| worst.max(together))
        });
        Some(Whole {
            rpo_verdict: demand.rpo.and_then(|_| worst(|part| part.outcome.rpo_verdict)),
            rto_verdict,
            skew: skew(&losses),
            scope: scope.to_owned(),
            domain,
            demand,
            parts,
            rpo,
            soonest,
            rto,
        })
    }

    /// The soonest and the latest that all members are back.
    pub(super) fn times(&self, members: &[&Assessment], graph: &Graph, order: &[&Address]) -> (Number, Number) {
        let mut detect = Number::zero();
        let mut decide = Number::zero();
        let mut redirect = Number::zero();
        let mut beside = Number::zero();
        let mut weights: BTreeMap<&Address, (&Number, bool)> = BTreeMap::new();
        for part in members {
            let Some(subject) = self.known.subjects.get(part.subject) else { continue };
            let times = &part.outcome.times;
            detect = detect.along(&times.detect);
            decide = decide.along(&times.decide);
            redirect = redirect.along(&times.redirect);
            if subject.role == Role::Front {
                redirect = redirect.along(&times.recover);
                continue;
            }
            beside = beside.along(&times.recover);
            let mode = part.way.and_then(|way| subject.ways.get(way)).map(|way| way.mode);
            let alone = matches!(mode, Some(Mode::Automatic | Mode::AutomaticIf));
            weights.insert(&subject.resource.address, (&times.recover, alone));
        }
        let around = |recover: &Number| detect.then(&decide).then(recover).then(&redirect);
        let serial = if weights.len() > 1 { longest(&weights, graph, order) } else { beside.clone() };
        (around(&beside), around(&serial))
    }
}

/// The longest way through the graph: each resource after all it needs.
fn longest(weights: &BTreeMap<&Address, (&Number, bool)>, graph: &Graph, order: &[&Address]) -> Number {
    let mut ready: BTreeMap<&Address, Number> = BTreeMap::new();
    let mut last = Number::zero();
    for address in order {
        let needed = graph
            .dependencies(address)
            .filter_map(|(to, _)| ready.get(to))
            .fold(None, |most: Option<Number>, next| Some(most.map_or_else(|| next.clone(), |most| most.along(next))));
        let done = match (weights.get(address), needed) {
            (Some((weight, _)), None) => (*weight).clone(),
            (Some((weight, true)), Some(needed)) => needed.along(weight),
            (Some((weight, false)), Some(needed)) => needed.then(weight),
            (None, Some(needed)) => needed,
            (None, None) => continue,
        };
        last = last.along(&done);
        ready.insert(address, done);
    }
    last
}

/// How far apart the stores are after a loss, as far as there are figures.
fn skew(losses: &[&Number]) -> Option<Number> {
    let figures: Option<Vec<_>> = losses.iter().map(|loss| loss.figure()).collect();
    let figures = figures?;
    let apart = figures.iter().max()?.checked_sub(*figures.iter().min()?)?;
    (!apart.is_zero()).then(|| Number::typical(apart))
}
