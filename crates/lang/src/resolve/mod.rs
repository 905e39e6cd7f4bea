//! Resolves names: every name of every body, used or not, before anything is evaluated.

mod body;
mod body_kind;
mod calls;
mod cycles;
mod definitions;
mod expr;
mod fixed;
mod foreign;
mod items;
mod members;
mod policies;
mod qualified;
mod resolver;
mod ribs;
mod rule_types;
mod scope;
mod static_type;
mod test_items;
mod word_reader;
mod words;

pub use items::{ResolveOutput, resolve};
pub use ribs::{AMBIENT, MODES};
