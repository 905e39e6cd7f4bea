//! Estimates the cost of an environment a month, and checks its budgets.
//!
//! The estimate comes from the `price` facts of the resources and the price book. A resource that is charged by the hour and
//! always there is there [`HOURS`] hours a month. Every figure is exact; only the figures that people read are rounded, to
//! the cent.

pub mod book;
pub mod money;

mod bill;
mod budget;
mod cost_diff;
mod cost_range;
mod estimate;
mod estimate_inputs;
mod estimator;
mod price_facts;
mod price_requests;
mod saving;
mod tiers;

pub use budget::{BudgetVerdict, check};
pub use cost_diff::{CostChange, between, price_change};
pub use cost_range::{CostFigure, CostRange};
pub use estimate::{CostLine, Estimate, FreeResource, LineSku, ResourceCost, UnpricedItem};
pub use estimate_inputs::{EstimateInputs, HOURS};
pub use estimator::estimate;
pub use saving::{Saving, problems as saving_problems, savings};

#[cfg(test)]
mod tests;
