//! Reports mistakes of structure, from the nodes that the grammar makes for them.
//!
//! The grammar matches every text; it has rules of their own for what is missing, foreign or unexpected.

mod braces;
mod finder;
mod foreign_syntax;
mod missing;
mod one_form;
mod unexpected;
mod words;

pub(super) use finder::diagnostics;
pub(super) use foreign_syntax::{is_hcl, is_null, is_policy_block};
pub(super) use missing::swallowed_body;
pub(super) use unexpected::is_else;
