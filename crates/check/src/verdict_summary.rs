//! The verdicts on an environment in short.

use crate::recovery::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// The verdicts on an environment, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerdictSummary {
    /// The number of resources and failure domains with each verdict on their recovery, from the best to the worst.
    pub recovery: BTreeMap<Verdict, usize>,
    /// The standing of its budgets; absent without any.
    pub budget: Option<BudgetStanding>,
}

/// The standing of the budgets of an environment, the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BudgetStanding {
    /// The expected cost keeps within each.
    Within,
    /// It does as far as prices are known, and a part has no price.
    Uncertain,
    /// The expected cost is above one.
    Exceeded,
}
