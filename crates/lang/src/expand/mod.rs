//! Expansion: layers, components, `for`, `if` and `in` become resources with addresses.
//!
//! Handles come first and bodies later: a name leads to its resource without evaluating what the resource holds, so
//! everything may refer to everything, in any order.

mod after_clauses;
mod arguments;
mod expander;
mod expansion;
mod groups;
mod instances;
mod members;
mod nodes;
mod outside;
mod places;
mod requirements;
mod visit;

pub use after_clauses::below;
pub use expander::Expander;
pub use expansion::{GroupExpansion, Instance, OverrideBlock, ResourceNode};
pub use instances::is_kept;
pub use places::foreign_role;
pub use visit::ExpansionOutput;
