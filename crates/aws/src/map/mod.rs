//! Properties to members and back: by name, by conversions that both types call for, and by a binding's mappings.

mod completion;
mod from_output;
mod mapping;
mod to_input;

#[cfg(test)]
mod tests;

pub use from_output::matches;
pub use mapping::{MapError, Mapping};
pub use to_input::merge;
