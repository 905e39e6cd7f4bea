//! Resolves names: every name of every body, used or not, before anything is evaluated.

mod body;
mod body_kind;
mod cycles;
mod expr;
mod foreign;
mod items;
mod members;
mod resolver;
mod ribs;
mod scope;

pub use items::{ResolveOutput, resolve};
pub use ribs::AMBIENT;
