//! Quantities: an amount with a dimension, written with a unit.

mod arithmetic;
mod dimension;
mod display;
mod quantity;
#[cfg(test)]
mod tests;

pub use arithmetic::{Amount, Operands, add, compare, divide, multiply, remainder, subtract, too_large};
pub use dimension::{Dimension, UNITS, Unit, find};
pub use quantity::{Quantity, quantity, thousands};
