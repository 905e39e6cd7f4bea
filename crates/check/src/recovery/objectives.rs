//! The recovery objectives that targets demand of a resource.

use gpb_base::source::Span;
use gpb_model::{Domain, Goals, covers};
use rust_decimal::Decimal;
use std::cmp::Reverse;

/// One demanded figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// The longest duration that is accepted, in seconds.
    pub seconds: Decimal,
    /// The place where it is written.
    pub span: Span,
    /// Only a bound meets it.
    pub guaranteed: bool,
    /// The index of the target among the goals.
    pub target: usize,
}

/// The objectives of a resource in a failure domain.
///
/// For each figure the nearest target that names it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Objectives {
    /// The recovery point objective: the data that may be lost.
    pub rpo: Option<Objective>,
    /// The recovery time objective: the time until all is back.
    pub rto: Option<Objective>,
    /// The seconds that people take to decide.
    pub decide: Option<Decimal>,
}

impl Objectives {
    /// Checks that nothing is demanded.
    pub fn is_none(&self) -> bool {
        self.rpo.is_none() && self.rto.is_none()
    }

    /// Returns the objectives of an address, from the targets at or above it.
    ///
    /// The nearest target that names a figure counts.
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
