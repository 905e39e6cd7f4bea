//! The rings of names around an expression.

use crate::body_index::{BodyIndex, Declaration};
use std::rc::Rc;

/// The names every expression inside a stack may use.
pub const AMBIENT: &[&str] = &["account", "region", "partition", "environment"];

/// One ring of names around an expression.
#[derive(Debug)]
pub enum ScopeRib<'p> {
    /// The names of a body.
    Body(Rc<BodyIndex<'p>>),
    /// The names that a `for`, a function or a comprehension binds.
    Vars(Vec<&'p str>),
}

/// The meaning of a name.
#[derive(Debug, Clone, Copy)]
pub enum Resolution<'p> {
    /// A name that a body declares.
    Declared(Declaration<'p>),
    /// A variable, a constant or an ambient name: its value says what it has.
    Value,
}
