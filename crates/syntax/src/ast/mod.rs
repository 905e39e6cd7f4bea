//! The abstract syntax: owned, spanned, and total.
//!
//! Whatever the text, there is a tree; where a piece is missing the tree says so ([`ExprKind::Missing`]) and a diagnostic
//! has been given, so later stages stay silent about it.

mod exprs;
mod items;
mod stmts;
mod types;

pub use exprs::*;
pub use items::*;
pub use stmts::*;
pub use types::*;
