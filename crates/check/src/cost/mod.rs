//! What an environment costs a month, from the `price` facts of its resources and the price book; and whether that is within
//! its budgets.
//!
//! An hour-priced thing that is always there is there [`HOURS`] hours a month. Every figure is exact; only what people read is
//! rounded, to the cent.

pub mod book;
pub mod money;

mod bill;
mod budget;
mod cost_diff;
mod cost_range;
mod estimate;
mod price_facts;
mod saving;
mod tiers;

pub use budget::{BudgetVerdict, check};
pub use cost_diff::{CostChange, between, price_change};
pub use cost_range::{CostFigure, CostRange};
pub use estimate::{CostLine, Estimate, FreeResource, LineSku, ResourceCost, UnpricedItem, estimate};
pub use saving::{Saving, problems as saving_problems, savings};

use book::PriceBook;

/// The hours of a month, as AWS reckons them on its pricing pages.
pub const HOURS: u32 = 730;

/// What a reckoning starts from besides the model.
#[derive(Debug, Clone, Copy)]
pub struct CheckInputs<'a> {
    pub book: &'a PriceBook,
    /// The day it is for, `2026-11-23`: some prices begin or end on a day. Without it none of those is charged.
    pub day: Option<&'a str>,
}

#[cfg(test)]
mod tests;
