//! The rings of names around an expression.

use crate::body_index::{BodyIndex, Declaration};
use crate::names::GlobalItem;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Expr, Ident, NamePath};
use std::rc::Rc;

/// The names every expression inside a stack may use.
pub const AMBIENT: &[&str] = &["account", "region", "partition", "environment"];

/// The words that `environment.mode` is one of.
pub const MODES: [&str; 2] = ["sandbox", "live"];

/// One ring of names around an expression.
#[derive(Debug)]
pub enum ScopeRib<'p> {
    /// The names of a body.
    Body(Rc<BodyIndex<'p>>),
    /// The names that a `for`, a function or a comprehension binds.
    Vars(Vec<RibVar<'p>>),
}

/// A name that a `for`, a function, a comprehension or a `let` among entries binds.
#[derive(Debug, Clone, Copy)]
pub struct RibVar<'p> {
    /// The name.
    pub name: &'p str,
    /// The place it is written; none for the names of facts.
    pub written: Option<Span>,
    /// The origin of its value.
    pub source: VarSource<'p>,
}

/// The origin of a variable's value, from which its type follows.
#[derive(Debug, Clone, Copy)]
pub enum VarSource<'p> {
    /// A parameter of a function, or a `let` among entries.
    Binding(&'p Binding),
    /// The elements of what is iterated over.
    Element(&'p Expr),
    /// The keys of what is iterated over.
    Key(&'p Expr),
    /// The resource that facts are about.
    Resource(&'p NamePath),
    /// What the stack declares that a test is about.
    Declared(Declaration<'p>),
    /// A resource of any type, of which a policy knows what all have.
    AnyResource,
    /// The plan that a test is about.
    Plan,
    /// A collection that only evaluation knows.
    Evaluation,
}

/// The meaning of a name.
#[derive(Debug, Clone, Copy)]
pub enum Resolution<'p> {
    /// A name that a body declares.
    Declared(Declaration<'p>),
    /// A variable.
    Var(RibVar<'p>),
    /// A constant of a module.
    Const(GlobalItem<'p, Binding>),
    /// A name that is there without being declared.
    Ambient,
}

impl<'p> RibVar<'p> {
    /// Returns a variable that a binding gives its value.
    pub fn bound(binding: &'p Binding) -> Self {
        Self { name: &binding.name.text, written: Some(binding.name.span), source: VarSource::Binding(binding) }
    }

    /// Returns the variables of an iteration: the element, or the key and the element.
    pub fn of_iteration(names: &'p [Ident], over: &'p Expr) -> Vec<Self> {
        let last = names.len().saturating_sub(1);
        let var = |(at, name): (usize, &'p Ident)| {
            let source = if at == last { VarSource::Element(over) } else { VarSource::Key(over) };
            Self { name: &name.text, written: Some(name.span), source }
        };
        names.iter().enumerate().map(var).collect()
    }

    /// Returns a name of facts, which nothing declares.
    pub fn of_facts(name: &'p str, source: VarSource<'p>) -> Self {
        Self { name, written: None, source }
    }
}
