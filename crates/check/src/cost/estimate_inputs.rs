//! The inputs of an estimate besides the model.

use super::book::PriceBook;

/// The number of hours of a month, as AWS counts them on its pricing pages.
pub const HOURS: u32 = 730;

/// The inputs of an estimate besides the model.
#[derive(Debug, Clone, Copy)]
pub struct EstimateInputs<'a> {
    /// The prices.
    pub book: &'a PriceBook,
    /// The day it is for, `2026-11-23`: some prices begin or end on a day.
    ///
    /// Without it none of those is charged.
    pub day: Option<&'a str>,
}
