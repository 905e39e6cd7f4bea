//! The features, each a function from the compiler's values to plain data.

pub mod diagnostics;
pub mod fixes;
pub mod format;
pub mod hover;
