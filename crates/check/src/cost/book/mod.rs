//! The price book, with the list prices of AWS, their sources and dates.
//!
//! There is a price for one unit of each item in each region, in tiers.
//!
//! It is data of the standard library, a table a service. Those in the binary are packed and read when they are first asked
//! for; a table in the library at hand takes the place of the packed one.

mod free_tier;
mod packed;
mod price_book;
mod product;
pub mod refresh;
mod sku;
mod table;

pub use free_tier::Allowance;
pub use price_book::{MissingPrice, PriceBook};
pub use sku::Sku;
pub use table::{PriceSeries, PriceSource, PriceTier};

#[cfg(test)]
mod tests;
