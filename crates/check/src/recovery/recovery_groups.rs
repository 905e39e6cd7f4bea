//! Assesses resources together.
//!
//! The most that any store loses, and the critical path of the resources that must come back.
//!
//! A resource that recovers by itself begins at the loss, so it runs beside everything else. The work of people is done one
//! after the other, along the graph: a database first, then its dependents. Deciding is done once, and traffic moves last.

use super::assess::{Assessment, Assessor};
use super::duration_estimate::DurationEstimate;
use super::objectives::Objectives;
use super::recovery_facts::{RecoveryMode, RecoveryRole};
use super::verdict::Verdict;
use gpb_model::graph::Graph;
use gpb_model::{Address, Domain, RecoveryTarget};
use std::collections::BTreeMap;

/// A set of resources that are lost and come back together.
#[derive(Debug, Clone)]
pub struct RecoveryGroup {
    /// The address that its target names; empty for the environment.
    pub scope: String,
    /// The failure domain that is lost.
    pub domain: Domain,
    /// The objectives of its own target.
    pub demand: Objectives,
    /// The indices of the assessments it is made of.
    pub parts: Vec<usize>,
    /// The most that is lost of any of them; absent where nothing can be lost.
    pub rpo: Option<DurationEstimate>,
    /// The time until all are back, if nothing waits for anything.
    pub soonest: DurationEstimate,
    /// The time until all are back, one after the other along the graph.
    pub rto: DurationEstimate,
    /// The verdict on the data that is lost; absent where nothing is demanded.
    pub rpo_verdict: Option<Verdict>,
    /// The verdict on the time; absent where nothing is demanded.
    pub rto_verdict: Option<Verdict>,
    /// The time between the store that loses least and the one that loses most.
    ///
    /// It has to be reconciled.
    pub skew: Option<DurationEstimate>,
}

impl RecoveryGroup {
    /// Returns the worse of the two verdicts.
    pub fn verdict(&self) -> Option<Verdict> {
        self.rpo_verdict.max(self.rto_verdict)
    }
}

impl Assessor<'_, '_> {
    /// Assesses the environment and each scope of several resources with a target.
    pub fn groups(&self, assessments: &[Assessment], graph: &Graph) -> Vec<RecoveryGroup> {
        let order = graph.order();
        let mut scopes: Vec<&str> = vec![""];
        scopes.extend(self.goals.targets.iter().map(|target| target.scope.as_str()));
        scopes.sort_unstable();
        scopes.dedup();
        let mut groups = Vec::new();
        let demanded = |scope: &str, domain| {
            let here = |target: &&RecoveryTarget| target.scope == scope && target.domain == domain;
            scope.is_empty() || self.goals.targets.iter().any(|target| here(&target))
        };
        for scope in scopes {
            for domain in Domain::ALL.into_iter().filter(|domain| demanded(scope, *domain)) {
                let group = self.group(scope, domain, assessments, graph, &order);
                groups.extend(
                    group.filter(|group| scope.is_empty() || (group.parts.len() > 1 && !group.demand.is_none())),
                );
            }
        }
        groups
    }

    fn group(
        &self,
        scope: &str,
        domain: Domain,
        assessments: &[Assessment],
        graph: &Graph,
        order: &[&Address],
    ) -> Option<RecoveryGroup> {
        let own = |index: &usize| self.goals.targets.get(*index).is_some_and(|target| target.scope == scope);
        let mut demand = Objectives::from_goals(self.goals, scope, domain);
        demand.rpo = demand.rpo.filter(|limit| own(&limit.target));
        demand.rto = demand.rto.filter(|limit| own(&limit.target));
        // A part with a target of its own answers for itself, not for what is demanded around it.
        let target = |demand: &Objectives| [demand.rpo, demand.rto].map(|limit| limit.map(|limit| limit.target));
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
        let losses: Vec<&DurationEstimate> = members.iter().filter_map(|part| part.outcome.rpo.as_ref()).collect();
        let rpo =
            (!losses.is_empty()).then(|| losses.iter().fold(DurationEstimate::zero(), |most, loss| most.max(loss)));
        let (soonest, rto) = self.times(&members, graph, order);
        let worst = |of: fn(&Assessment) -> Option<Verdict>| members.iter().filter_map(|part| of(part)).max();
        let worst_rto = worst(|part| part.outcome.rto_verdict);
        // What is unknown in a part is not refuted in the whole.
        let open = worst_rto == Some(Verdict::Unproven) && members.iter().any(|part| part.perhaps.is_some());
        let rto_verdict = demand.rto.map(|limit| {
            let together = rto.verdict(limit.seconds, limit.guaranteed);
            let together = if open { together.min(Verdict::Unproven) } else { together };
            worst_rto.map_or(together, |worst| worst.max(together))
        });
        Some(RecoveryGroup {
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

    /// Returns the soonest and the latest time that all members are back.
    pub(super) fn times(
        &self,
        members: &[&Assessment],
        graph: &Graph,
        order: &[&Address],
    ) -> (DurationEstimate, DurationEstimate) {
        let mut detect = DurationEstimate::zero();
        let mut decide = DurationEstimate::zero();
        let mut redirect = DurationEstimate::zero();
        let mut beside = DurationEstimate::zero();
        let mut weights: BTreeMap<&Address, (&DurationEstimate, bool)> = BTreeMap::new();
        for part in members {
            let Some(subject) = self.known.subjects.get(part.subject) else { continue };
            let times = &part.outcome.times;
            detect = detect.max(&times.detect);
            decide = decide.max(&times.decide);
            redirect = redirect.max(&times.redirect);
            if subject.role == RecoveryRole::Front {
                redirect = redirect.max(&times.recover);
                continue;
            }
            beside = beside.max(&times.recover);
            let mode = part.way.and_then(|path| subject.ways.get(path)).map(|path| path.mode);
            let alone = matches!(mode, Some(RecoveryMode::Automatic | RecoveryMode::AutomaticIf));
            weights.insert(&subject.resource.address, (&times.recover, alone));
        }
        let around = |recover: &DurationEstimate| detect.plus(&decide).plus(recover).plus(&redirect);
        let serial = if weights.len() > 1 { longest(&weights, graph, order) } else { beside.clone() };
        (around(&beside), around(&serial))
    }
}

/// Returns the length of the critical path through the graph.
///
/// Each resource after all it needs.
fn longest(
    weights: &BTreeMap<&Address, (&DurationEstimate, bool)>,
    graph: &Graph,
    order: &[&Address],
) -> DurationEstimate {
    let mut ready: BTreeMap<&Address, DurationEstimate> = BTreeMap::new();
    let mut last = DurationEstimate::zero();
    for address in order {
        let needed = graph
            .dependencies(address)
            .filter_map(|(to, _)| ready.get(to))
            .fold(None, |most: Option<DurationEstimate>, next| {
                Some(most.map_or_else(|| next.clone(), |most| most.max(next)))
            });
        let done = match (weights.get(address), needed) {
            (Some((weight, _)), None) => (*weight).clone(),
            (Some((weight, true)), Some(needed)) => needed.max(weight),
            (Some((weight, false)), Some(needed)) => needed.plus(weight),
            (None, Some(needed)) => needed,
            (None, None) => continue,
        };
        last = last.max(&done);
        ready.insert(address, done);
    }
    last
}

/// Returns the time between the states of the stores after a loss.
///
/// `None` where there is no figure for one of them, or no difference.
fn skew(losses: &[&DurationEstimate]) -> Option<DurationEstimate> {
    let figures: Option<Vec<_>> = losses.iter().map(|loss| loss.figure()).collect();
    let figures = figures?;
    let apart = figures.iter().max()?.checked_sub(*figures.iter().min()?)?;
    (!apart.is_zero()).then(|| DurationEstimate::typical(apart))
}
