//! The scope of an expression: the bodies around it and the variables bound on the way.

use crate::body_index::{BodyIndex, DeclKind};
use crate::modules::ModuleId;
use crate::resolve::AMBIENT;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Address, Place};
use gpb_syntax::ast::{Binding, NamePath, Stmt};
use std::cell::OnceCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

/// The number of a layer or a component instance.
pub type InstanceId = u32;

/// One expansion of a body: the stack, a layer, one use of a component, one iteration of a `for`.
#[derive(Debug)]
pub struct Frame<'p> {
    /// The number of the frame in its evaluation.
    pub id: u32,
    /// The frame around it.
    pub parent: Option<Rc<Frame<'p>>>,
    /// The statements of the body.
    pub stmts: &'p [Stmt],
    /// The names the body declares.
    pub index: Rc<BodyIndex<'p>>,
    /// The variables that a `for` bound for this iteration.
    pub vars: Option<Rc<LocalVar<'p>>>,
    /// The surroundings it shares with the groups inside it.
    pub module_cx: Rc<ModuleContext<'p>>,
    /// True if the body has a place of its own: `region` then means that place, whatever is called so further out.
    pub placed: bool,
    /// The place of what the body declares.
    pub place: Option<Arc<Place>>,
}

/// The surroundings that a body shares with the groups inside it.
#[derive(Debug, Clone)]
pub struct ModuleContext<'p> {
    /// The module the body is written in.
    pub module: ModuleId,
    /// The start of the addresses of its items; empty for the stack.
    pub prefix: Arc<str>,
    /// The keys of the `for`s around, which items' own names are followed by.
    pub keys: Arc<str>,
    /// The layer around.
    pub layer: Option<Arc<str>>,
    /// The component instances around, outermost first.
    pub components: Arc<[Arc<str>]>,
    /// The use this is the body of.
    pub instance: Option<InstanceId>,
    /// The `after`s that hold for everything inside.
    pub after: Option<Rc<AfterClause<'p>>>,
    /// The protection that a use gives everything inside.
    pub protect: Option<bool>,
    /// The `keep` that a use gives everything inside.
    pub keep: Option<bool>,
}

/// One `after` of a body, and those of the bodies around it. It is followed when everything has been expanded.
#[derive(Debug)]
pub struct AfterClause<'p> {
    /// The paths that are written.
    pub paths: &'p [NamePath],
    /// The frame the paths are read in. It may be the one that holds this, so it is not kept alive from here.
    pub frame: Weak<Frame<'p>>,
    /// The variables the paths are read with.
    pub locals: Option<Rc<LocalVar<'p>>>,
    /// The addresses the paths lead to, once asked for.
    pub found: OnceCell<Vec<(Address, Span)>>,
    /// The `after` of the bodies around.
    pub outer: Option<Rc<AfterClause<'p>>>,
}

impl<'p> ModuleContext<'p> {
    /// Returns what is around a module's own items.
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
            keep: None,
        }
    }

    /// Returns what is around a body, with one more `after`.
    pub fn with_after(
        &self,
        paths: &'p [NamePath],
        frame: Weak<Frame<'p>>,
        locals: Option<Rc<LocalVar<'p>>>,
    ) -> Rc<ModuleContext<'p>> {
        let after = AfterClause { paths, frame, locals, found: OnceCell::new(), outer: self.after.clone() };
        Rc::new(ModuleContext { after: Some(Rc::new(after)), ..self.clone() })
    }

    /// Returns the address of an item of this body.
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
    /// Its name.
    pub name: &'p str,
    /// Its value.
    pub value: Value,
    /// The variable that was bound before it.
    pub next: Option<Rc<LocalVar<'p>>>,
}

/// The frame and the variables an expression is evaluated with.
#[derive(Debug, Clone)]
pub struct Scope<'p> {
    /// The frame.
    pub frame: Rc<Frame<'p>>,
    /// The variable that was bound last.
    pub locals: Option<Rc<LocalVar<'p>>>,
    /// The place, where it is not the frame's own: that of a resource, or of a function's caller.
    pub place: Option<Arc<Place>>,
}

impl<'p> Scope<'p> {
    /// Returns the scope of a frame's own statements.
    pub fn new(frame: Rc<Frame<'p>>) -> Self {
        Self { frame, locals: None, place: None }
    }

    /// Returns the place here, where there is one.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref().or(self.frame.place.as_deref())
    }

    /// Returns the place here, to be kept.
    pub fn shared_place(&self) -> Option<Arc<Place>> {
        self.place.clone().or_else(|| self.frame.place.clone())
    }

    /// Returns the same scope with one more variable.
    #[must_use]
    pub fn bind(&self, name: &'p str, value: Value) -> Self {
        let local = LocalVar { name, value, next: self.locals.clone() };
        Self { locals: Some(Rc::new(local)), ..self.clone() }
    }

    /// Returns the names of all variables, the last bound first.
    pub fn bound(&self) -> impl Iterator<Item = &'p str> {
        std::iter::successors(self.locals.as_ref(), |local| local.next.as_ref()).map(|local| local.name)
    }

    /// Returns the variable of a name.
    pub fn local(&self, name: &str) -> Option<&Value> {
        find(self.locals.as_ref(), name)
    }

    /// Returns every name in scope, for suggestions.
    pub fn names(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = AMBIENT.iter().map(|name| Arc::from(*name)).collect();
        names.extend(self.bound().map(Arc::from));
        let mut frame = Some(&self.frame);
        while let Some(one) = frame {
            names.extend(one.index.in_order().iter().map(|declared| Arc::from(declared.name.text.as_str())));
            frame = one.parent.as_ref();
        }
        names
    }
}

impl<'p> Frame<'p> {
    /// Returns a frame that has no variables and no place, and no number yet.
    pub fn bare(
        module_cx: Rc<ModuleContext<'p>>,
        parent: Option<Rc<Frame<'p>>>,
        stmts: &'p [Stmt],
        index: Rc<BodyIndex<'p>>,
    ) -> Self {
        Self { id: 0, parent, stmts, index, vars: None, module_cx, placed: false, place: None }
    }

    /// Returns what a `for` bound to a name for this iteration.
    pub fn var(&self, name: &str) -> Option<&Value> {
        find(self.vars.as_ref(), name)
    }

    /// Returns the declaration of a name in this body, or else in the nearest around it.
    pub fn nearest_declaration(&self, name: &str) -> Option<&DeclKind<'p>> {
        let mut frame = Some(self);
        while let Some(one) = frame {
            if let Some(declared) = one.index.names.get(name) {
                return Some(&declared.what);
            }
            frame = one.parent.as_deref();
        }
        None
    }

    /// Returns the parameters the body declares, in order.
    pub fn params(&self) -> Vec<&'p Binding> {
        let declared = self.index.in_order();
        let params = declared.iter().filter_map(|declared| match declared.what {
            DeclKind::Param(binding) => Some(binding),
            _ => None,
        });
        params.collect()
    }
}

fn find<'a>(mut local: Option<&'a Rc<LocalVar<'_>>>, name: &str) -> Option<&'a Value> {
    while let Some(one) = local {
        if one.name == name {
            return Some(&one.value);
        }
        local = one.next.as_ref();
    }
    None
}

/// Returns a value as a key: a string, a word, a number, a quantity.
pub fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Text(text) => Some(text.to_string()),
        ValueKind::Word(word) => Some(word.text.to_string()),
        ValueKind::Number(number) => Some(number.normalize().to_string()),
        ValueKind::Quantity(quantity) => Some(quantity.to_string()),
        ValueKind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Returns a key as it stands in an address: `["us-east-1a"]`.
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
