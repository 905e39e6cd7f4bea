//! What gives a name its value.

use super::Scope;
use gpb_base::source::Span;
use gpb_syntax::ast::{Block, Field, Name, When};
use std::ops::Deref;

/// One statement that gives a name a value, and where it is evaluated.
#[derive(Debug, Clone)]
pub enum Given<'p> {
    Field(&'p Field, Scope<'p>),
    Block(&'p Block, Scope<'p>),
    When(&'p When, Scope<'p>),
}

/// All the statements that give one name a value. Nearly every name has one, which then needs no room of its own.
#[derive(Debug)]
pub enum Givens<'p> {
    One(Given<'p>),
    Many(Vec<Given<'p>>),
}

impl<'p> Givens<'p> {
    pub fn push(&mut self, given: Given<'p>) {
        match std::mem::replace(self, Givens::Many(Vec::new())) {
            Givens::One(first) => *self = Givens::Many(vec![first, given]),
            Givens::Many(mut all) => {
                all.push(given);
                *self = Givens::Many(all);
            }
        }
    }
}

impl<'p> Deref for Givens<'p> {
    type Target = [Given<'p>];

    fn deref(&self) -> &[Given<'p>] {
        match self {
            Givens::One(only) => std::slice::from_ref(only),
            Givens::Many(all) => all,
        }
    }
}

impl<'p> Given<'p> {
    /// The name that is given a value.
    pub fn head(&self) -> Span {
        match self {
            Given::Field(field, _) => field.head.span,
            Given::Block(block, _) => block.head.span,
            Given::When(when, _) => when.span,
        }
    }

    /// Whether it is only the beginning of an entry, which has been reported.
    pub fn is_missing(&self) -> bool {
        matches!(self, Given::Field(field, _) if field.value.is_missing())
    }

    pub fn label(&self) -> Option<&'p Name> {
        match self {
            Given::Field(field, _) => field.label.as_deref(),
            Given::Block(block, _) => block.label.as_deref(),
            Given::When(..) => None,
        }
    }
}
