//! Values of expressions as the evaluator holds them: cheap to clone, each with the place it was written.
//!
//! A value that is known only after apply is an [`Unknown`]: the [`crate::Value`] that will compute it, and its type.

mod display;
mod expression_value;
mod kind;

pub use expression_value::{MAX_DEPTH, MAX_NODES, MAX_TEXT, MAX_UNKNOWN_NODES, PropertyValue, too_large};
pub use kind::{BareWord, InstanceHandle, PropertyMap, ResourceHandle, Unknown, ValueEntry, ValueKind, ValueRange};
