//! What an environment costs a month, from the `price` facts of its resources and the price book; and whether that is within
//! its budgets.
//!
//! An hour-priced thing that is always there is there [`HOURS`] hours a month. Every figure is exact; only what people read is
//! rounded, to the cent.

pub mod book;
pub mod money;

mod bill;
mod budget;
mod change;
mod estimate;
mod read;
mod saving;
mod spread;
mod tiers;

pub use budget::{Verdict, check};
pub use change::{Moved, between, price_change};
pub use estimate::{Estimate, Free, Line, LineSku, ResourceCost, Unpriced, estimate};
pub use saving::{Saving, problems as saving_problems, savings};
pub use spread::{Column, Spread};

use book::Book;

/// The hours of a month, as AWS reckons them on its pricing pages.
pub const HOURS: u32 = 730;

/// What a reckoning starts from besides the model.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub book: &'a Book,
    /// The day it is for, `2026-11-23`: some prices begin or end on a day. Without it none of those is charged.
    pub day: Option<&'a str>,
}

#[cfg(test)]
mod tests;
