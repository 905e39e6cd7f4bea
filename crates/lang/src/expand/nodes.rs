//! Resources as they are met during expansion, and their properties as others read them.

use crate::eval::{Entries, Expect, Frame, Key, Label, Machine, Scope};
use crate::property::aws_spelling;
use crate::world::{Failed, Outcome};
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_catalog::typed::type_of;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{Kind, ResourceHandle, Value};
use gpb_model::{Address, Place};
use gpb_syntax::ast::{Name, Resource, Stmt};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// A resource of the model to be.
#[derive(Debug)]
pub struct Node<'p> {
    pub id: u32,
    pub stmt: &'p Resource,
    pub frame: Rc<Frame<'p>>,
    pub handle: Arc<ResourceHandle>,
    pub def: Arc<TypeDef>,
    pub place: Arc<Place>,
}

/// `override address { … }`
#[derive(Debug)]
pub struct Overridden<'p> {
    pub stmts: &'p [Stmt],
    pub scope: Scope<'p>,
    pub span: Span,
    /// Whether a resource of that address came up.
    pub met: Cell<bool>,
}

/// What the environment overrides, by address.
pub type Overrides<'p> = RefCell<BTreeMap<Address, Rc<Overridden<'p>>>>;

impl<'p> Node<'p> {
    /// Where its properties are evaluated.
    pub fn scope(&self) -> Scope<'p> {
        Scope { place: Some(self.place.clone()), ..Scope::of(self.frame.clone()) }
    }
}

impl<'p> Machine<'_, 'p> {
    /// The resource declared by a statement of a frame.
    pub(super) fn resource(&self, frame: &Rc<Frame<'p>>, stmt: &'p Resource) -> Outcome<Value> {
        let (_, def) = self.world.def_at(&stmt.ty)?;
        self.budget.item(self, stmt.name.span)?;
        self.world.expand(stmt);
        let place = match (&stmt.place, &frame.place) {
            (Some(place), _) => self.place(place, &Scope::of(frame.clone()))?,
            (None, Some(place)) => place.clone(),
            (None, None) => return Err(Failed),
        };
        let address = Address(frame.around.address(&stmt.name.text));
        self.budget.text(self, stmt.name.span, address.as_str().len())?;
        let handle = Arc::new(ResourceHandle { address: address.clone(), ty: def.name.clone(), place: place.clone() });
        let mut nodes = self.expansion.nodes.borrow_mut();
        let id = u32::try_from(nodes.len()).map_err(|_| Failed)?;
        nodes.push(Rc::new(Node { id, stmt, frame: frame.clone(), handle: handle.clone(), def, place }));
        self.expansion.by_address.borrow_mut().insert(address, id);
        Ok(Value::new(Kind::Resource(handle), stmt.name.span))
    }

    /// The entries of a resource; what an `override` gives takes the place of what was written.
    pub fn body_of(&self, node: &Rc<Node<'p>>, used: Span) -> Outcome<Rc<Entries<'p>>> {
        if let Some(known) = self.expansion.bodies.borrow().get(&node.id) {
            return Ok(known.clone());
        }
        let label = Label::Body(node.handle.address.clone());
        self.demand(Key::Body(node.id), label, used, || {
            let mut entries = self.entries(&node.stmt.stmts, &node.scope())?;
            let overridden = self.overrides.borrow().get(&node.handle.address).cloned();
            if let Some(overridden) = overridden {
                overridden.met.set(true);
                let scope = Scope { place: Some(node.place.clone()), ..overridden.scope.clone() };
                for (name, given) in self.entries(overridden.stmts, &scope)?.given {
                    entries.given.insert(name, given);
                }
            }
            self.memo.reserve(node.id, entries.given.len());
            self.expansion.bodies.borrow_mut().insert(node.id, Rc::new(entries));
            Ok(Value::absent(used))
        })?;
        self.expansion.bodies.borrow().get(&node.id).cloned().ok_or(Failed)
    }

    /// The value a resource's declaration gives one of its properties: the one at a place among its entries.
    pub fn written(&self, node: &Rc<Node<'p>>, entries: &Entries<'p>, at: usize, used: Span) -> Outcome<Value> {
        let (name, given) = entries.given.get_index(at).ok_or(Failed)?;
        let label = Label::Property(node.handle.address.clone(), name);
        self.demand(Key::Property(node.id, at), label, used, || {
            let value = self.given(name, given, Expect::Properties(&node.def).field(name))?;
            self.sized(value, used)
        })
    }

    /// `queue.arn`: what the declaration says, where that is known, and otherwise a hole of the catalog's type.
    pub fn property(&self, handle: &ResourceHandle, name: &Name, span: Span) -> Outcome<Value> {
        if let Some(judge) = self.judge.borrow().clone() {
            return self.judged(&judge, handle, name, span);
        }
        let Some(node) = self.expansion.by_address(&handle.address) else { return Err(Failed) };
        let def = node.def.clone();
        let Some(property) = def.root.by_name(&name.text).or_else(|| def.root.by_aws(&name.text)) else {
            if name.text == "id" {
                let path = PropPath::default();
                return Ok(Value::reference(handle.address.clone(), path, Type::String, span));
            }
            let mut names: Vec<&str> = def.root.properties.iter().map(|property| property.name.as_str()).collect();
            names.push("id");
            return Err(self.no_property(&def.name, &name.text, name.span, &names));
        };
        if property.name != name.text {
            self.report(aws_spelling(&name.text, &property.name, name.span));
        }
        let body = self.body_of(&node, span)?;
        let written =
            [property.name.as_str(), property.aws.as_str()].into_iter().find_map(|name| body.given.get_index_of(name));
        if let Some(at) = written {
            let value = self.written(&node, &body, at, span)?;
            if value.is_known() && !value.is_absent() {
                return Ok(value.at(span));
            }
        }
        let path = PropPath::default().child(&property.aws);
        Ok(Value::reference(handle.address.clone(), path, type_of(&def, &property.shape), span))
    }
}
