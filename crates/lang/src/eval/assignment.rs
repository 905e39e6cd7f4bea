//! The statements that give a name its value.

use super::scope::Scope;
use gpb_base::source::Span;
use gpb_syntax::ast::{BlockStmt, FieldStmt, Ident, WhenStmt};
use std::ops::Deref;

/// One statement that gives a name a value, and where it is evaluated.
#[derive(Debug, Clone)]
pub enum Assignment<'p> {
    /// `name = value`.
    Field(&'p FieldStmt, Scope<'p>),
    /// `name { … }`.
    Block(&'p BlockStmt, Scope<'p>),
    /// `when metric > threshold …`.
    When(&'p WhenStmt, Scope<'p>),
}

/// Holds all statements that give one name a value. Nearly every name has one, which then needs no room of its own.
#[derive(Debug)]
pub enum Assignments<'p> {
    /// One statement.
    One(Assignment<'p>),
    /// Several, in order.
    Many(Vec<Assignment<'p>>),
}

impl<'p> Assignments<'p> {
    /// Adds a statement.
    pub fn push(&mut self, given: Assignment<'p>) {
        match std::mem::replace(self, Assignments::Many(Vec::new())) {
            Assignments::One(first) => *self = Assignments::Many(vec![first, given]),
            Assignments::Many(mut all) => {
                all.push(given);
                *self = Assignments::Many(all);
            }
        }
    }
}

impl<'p> Deref for Assignments<'p> {
    type Target = [Assignment<'p>];

    fn deref(&self) -> &[Assignment<'p>] {
        match self {
            Assignments::One(only) => std::slice::from_ref(only),
            Assignments::Many(all) => all,
        }
    }
}

impl<'p> Assignment<'p> {
    /// Returns the place of the name that is given a value.
    pub fn head(&self) -> Span {
        match self {
            Assignment::Field(field, _) => field.head.span,
            Assignment::Block(block, _) => block.head.span,
            Assignment::When(when, _) => when.span,
        }
    }

    /// Checks whether it is only the beginning of an entry, which has been reported.
    pub fn is_missing(&self) -> bool {
        matches!(self, Assignment::Field(field, _) if field.value.is_missing())
    }

    /// Returns the label, as in `name label = value`.
    pub fn label(&self) -> Option<&'p Ident> {
        match self {
            Assignment::Field(field, _) => field.label.as_deref(),
            Assignment::Block(block, _) => block.label.as_deref(),
            Assignment::When(..) => None,
        }
    }
}
