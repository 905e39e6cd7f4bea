//! Values of expressions as the evaluator holds them: cheap to clone, each with the place it was written.
//!
//! A value that is known only after apply is an [`Unknown`]: the [`crate::PropertyValue`] that will compute it, and its type.

mod display;
mod kind;
mod typed_value;

pub use kind::{BareWord, InstanceHandle, ResourceHandle, Unknown, ValueEntry, ValueKind, ValueMap, ValueRange};
pub use typed_value::{MAX_DEPTH, MAX_NODES, MAX_TEXT, MAX_UNKNOWN_NODES, Value, too_large};
