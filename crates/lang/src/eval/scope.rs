//! Where an expression is evaluated: the ring of bodies around it and the variables bound on the way.

use crate::body_index::BodyIndex;
use crate::expand::InstanceId;
use crate::modules::ModuleId;
use gpb_base::source::Span;
use gpb_model::value::PropertyValue;
use gpb_model::{Address, Place};
use gpb_syntax::ast::{NamePath, Stmt};
use std::cell::OnceCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

/// One expansion of a body: the stack, a layer, one use of a component, one turn of a `for`.
#[derive(Debug)]
pub struct Frame<'p> {
    pub id: u32,
    pub parent: Option<Rc<Frame<'p>>>,
    pub stmts: &'p [Stmt],
    pub index: Rc<BodyIndex<'p>>,
    /// What a `for` bound for this turn.
    pub vars: Option<Rc<LocalVar<'p>>>,
    pub module_cx: Rc<ModuleContext<'p>>,
    /// Whether the body has a place of its own: `region` then means that place, whatever is called so further out.
    pub placed: bool,
    pub place: Option<Arc<Place>>,
}

/// What a body shares with the groups inside it.
#[derive(Debug, Clone)]
pub struct ModuleContext<'p> {
    pub module: ModuleId,
    /// What the addresses of its items start with; empty for the stack.
    pub prefix: Arc<str>,
    /// The keys of the `for`s around, which items' own names are followed by.
    pub keys: Arc<str>,
    pub layer: Option<Arc<str>>,
    /// The component instances around, outermost first.
    pub components: Arc<[Arc<str>]>,
    /// The use this is the body of.
    pub instance: Option<InstanceId>,
    /// What everything inside comes after.
    pub after: Option<Rc<AfterClause<'p>>>,
    /// What a use says of the protection of everything inside.
    pub protect: Option<bool>,
}

/// One `after` of a body, and those of the bodies around it. It is followed when everything has been expanded.
#[derive(Debug)]
pub struct AfterClause<'p> {
    pub paths: &'p [NamePath],
    /// Where the paths are read. The frame may be the one that holds this, so it is not kept alive from here.
    pub frame: Weak<Frame<'p>>,
    pub locals: Option<Rc<LocalVar<'p>>>,
    pub found: OnceCell<Vec<(Address, Span)>>,
    pub outer: Option<Rc<AfterClause<'p>>>,
}

impl ModuleContext<'_> {
    pub fn of_module(module: ModuleId) -> Self {
        Self {
            module,
            prefix: "".into(),
            keys: "".into(),
            layer: None,
            components: Arc::new([]),
            instance: None,
            after: None,
            protect: None,
        }
    }

    /// The address of an item of this body.
    pub fn address(&self, name: &str) -> Arc<str> {
        let dot = if self.prefix.is_empty() { "" } else { "." };
        let mut address = String::with_capacity(self.prefix.len() + dot.len() + name.len() + self.keys.len());
        for part in [&self.prefix, dot, name, &self.keys] {
            address.push_str(part);
        }
        address.into()
    }
}

/// A variable of a `for`, a comprehension or a function, and those bound before it.
#[derive(Debug)]
pub struct LocalVar<'p> {
    pub name: &'p str,
    pub value: PropertyValue,
    pub next: Option<Rc<LocalVar<'p>>>,
}

/// Where an expression is evaluated.
#[derive(Debug, Clone)]
pub struct Scope<'p> {
    pub frame: Rc<Frame<'p>>,
    pub locals: Option<Rc<LocalVar<'p>>>,
    /// The place, where it is not the frame's own: that of a resource, or of a function's caller.
    pub place: Option<Arc<Place>>,
}

impl<'p> Scope<'p> {
    pub fn new(frame: Rc<Frame<'p>>) -> Self {
        Self { frame, locals: None, place: None }
    }

    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref().or(self.frame.place.as_deref())
    }

    pub fn shared_place(&self) -> Option<Arc<Place>> {
        self.place.clone().or_else(|| self.frame.place.clone())
    }

    /// The same scope with one more variable.
    #[must_use]
    pub fn bind(&self, name: &'p str, value: PropertyValue) -> Self {
        let local = LocalVar { name, value, next: self.locals.clone() };
        Self { locals: Some(Rc::new(local)), ..self.clone() }
    }

    /// The names of all variables, the last bound first.
    pub fn bound(&self) -> impl Iterator<Item = &'p str> {
        std::iter::successors(self.locals.as_ref(), |local| local.next.as_ref()).map(|local| local.name)
    }

    pub fn local(&self, name: &str) -> Option<&PropertyValue> {
        find(self.locals.as_ref(), name)
    }
}

impl Frame<'_> {
    pub fn var(&self, name: &str) -> Option<&PropertyValue> {
        find(self.vars.as_ref(), name)
    }
}

fn find<'a>(mut local: Option<&'a Rc<LocalVar<'_>>>, name: &str) -> Option<&'a PropertyValue> {
    while let Some(one) = local {
        if one.name == name {
            return Some(&one.value);
        }
        local = one.next.as_ref();
    }
    None
}

/// A key as it stands in an address: `["us-east-1a"]`.
pub fn key_segment(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    out.push_str("[\"");
    for c in key.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str("\"]");
    out
}
