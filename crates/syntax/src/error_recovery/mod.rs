//! Reports mistakes of structure, from the nodes that the grammar makes for them.
//!
//! The grammar matches every text; it has rules of their own for what is missing, foreign or unexpected.

mod braces;
mod finder;
mod foreign_forms;
mod foreign_syntax;
mod missing;
mod one_form;
mod pasted;
mod public;
mod requirement;
mod unexpected;
mod words;

pub(super) use finder::diagnostics;
pub(super) use foreign_forms::{is_dashed_range, is_walrus, is_yaml, null_term, signed_block, yaml_end};
pub(super) use foreign_syntax::{is_hcl, is_null, is_policy_block};
pub(super) use missing::swallowed_body;
pub(super) use pasted::pasted;
pub(super) use unexpected::is_else;
