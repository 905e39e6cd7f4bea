//! The names a body declares, seen without evaluating anything.
//!
//! A body is the statements of a stack, a layer, a component, or of a `for`, `if` or `in` inside one. What stands in such
//! a group is reached by its name from outside the group; a `let` stays inside.

use super::names::duplicate;
use super::node_id::NodeId;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_syntax::ast::{Binding, BlockStmt, Ident, LayerStmt, ResourceStmt, Stmt};
use indexmap::IndexMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Tells what a name of a body stands for.
#[derive(Debug, Clone, Copy)]
pub enum DeclKind<'p> {
    /// `param name: type = value`.
    Param(&'p Binding),
    /// `let name = value`.
    Let(&'p Binding),
    /// `layer name { … }`.
    Layer(&'p LayerStmt),
    /// `resource type name { … }`.
    Resource(&'p ResourceStmt),
    /// `aurora main { … }`: a component's use.
    Use(&'p BlockStmt),
}

impl DeclKind<'_> {
    /// Returns the noun for messages.
    pub fn as_str(&self) -> &'static str {
        match self {
            DeclKind::Param(_) => "parameter",
            DeclKind::Let(_) => "value",
            DeclKind::Layer(_) => "layer",
            DeclKind::Resource(_) => "resource",
            DeclKind::Use(_) => "component",
        }
    }

    /// Checks whether it has an address, and so is seen from outside its group.
    fn is_item(&self) -> bool {
        matches!(self, DeclKind::Layer(_) | DeclKind::Resource(_) | DeclKind::Use(_))
    }
}

/// One name of a body.
#[derive(Debug, Clone, Copy)]
pub struct Declaration<'p> {
    /// The name.
    pub name: &'p Ident,
    /// The declaration.
    pub what: DeclKind<'p>,
    /// The number of the statement of this body it stands in: itself, or the group around it.
    pub at: usize,
    /// The number of `for`s between this body and the declaration.
    pub keyed: usize,
}

/// The names of one body.
#[derive(Debug, Default)]
pub struct BodyIndex<'p> {
    /// The declarations, by name.
    pub names: HashMap<&'p str, Declaration<'p>>,
    /// Outputs have names of their own, each with the statement it stands in.
    pub outputs: IndexMap<&'p str, (&'p Binding, usize)>,
    /// The diagnostics for names that are declared twice.
    pub duplicates: Vec<Diagnostic>,
}

impl<'p> BodyIndex<'p> {
    fn build(stmts: &'p [Stmt]) -> Self {
        let declares = |stmt: &&Stmt| !matches!(stmt, Stmt::Field(_) | Stmt::Output(_));
        let mut index = BodyIndex::default();
        index.names.reserve(stmts.iter().filter(declares).count());
        for (at, stmt) in stmts.iter().enumerate() {
            match stmt {
                Stmt::Param(binding) => index.declare(&binding.name, DeclKind::Param(binding), at),
                Stmt::Let(binding) => index.declare(&binding.name, DeclKind::Let(binding), at),
                Stmt::Layer(layer) => index.declare(&layer.name, DeclKind::Layer(layer), at),
                Stmt::Resource(resource) => index.declare(&resource.name, DeclKind::Resource(resource), at),
                Stmt::Block(block) => {
                    if let Some(label) = &block.label {
                        index.declare(label, DeclKind::Use(block), at);
                    }
                }
                Stmt::Output(binding) => index.output(binding, at),
                Stmt::For(group) => index.absorb(vec![BodyIndex::build(&group.stmts)], at, 1),
                Stmt::In { stmts, .. } | Stmt::Extension { stmts, .. } => {
                    index.absorb(vec![BodyIndex::build(stmts)], at, 0);
                }
                Stmt::If(group) => {
                    index.absorb(vec![BodyIndex::build(&group.then), BodyIndex::build(&group.otherwise)], at, 0);
                }
                _ => {}
            }
        }
        index
    }

    fn declare(&mut self, name: &'p Ident, what: DeclKind<'p>, at: usize) {
        self.insert(Declaration { name, what, at, keyed: 0 });
    }

    fn insert(&mut self, declared: Declaration<'p>) {
        if declared.name.text.is_empty() {
            return;
        }
        match self.names.get(declared.name.text.as_str()) {
            Some(first) => self.duplicates.push(duplicate(declared.what.as_str(), declared.name, first.name.span)),
            None => {
                self.names.insert(&declared.name.text, declared);
            }
        }
    }

    fn output(&mut self, binding: &'p Binding, at: usize) {
        if binding.name.text.is_empty() {
            return;
        }
        match self.outputs.get(binding.name.text.as_str()) {
            Some((first, _)) => self.duplicates.push(duplicate("output", &binding.name, first.name.span)),
            None => {
                self.outputs.insert(&binding.name.text, (binding, at));
            }
        }
    }

    /// Takes in what a group shows outside. The branches of an `if` exclude each other, so they may share names.
    fn absorb(&mut self, branches: Vec<BodyIndex<'p>>, at: usize, keyed: usize) {
        let mut shown: Vec<Declaration<'p>> = Vec::new();
        let is_choice = branches.len() > 1;
        for branch in branches {
            let mut items: Vec<_> = branch.names.into_values().filter(|declared| declared.what.is_item()).collect();
            items.sort_by_key(|declared| declared.name.span);
            for declared in items {
                if !shown.iter().any(|other| other.name.text == declared.name.text) {
                    shown.push(Declaration { at, keyed: declared.keyed + keyed, ..declared });
                }
            }
            // An output of a `for` would have many values; the expansion says so where it stands.
            if keyed == 0 {
                for (name, (binding, _)) in branch.outputs {
                    if !is_choice {
                        self.output(binding, at);
                        continue;
                    }
                    self.outputs.entry(name).or_insert((binding, at));
                }
            }
        }
        for declared in shown {
            self.insert(declared);
        }
    }

    /// Returns the names, in the order they were written.
    pub fn in_order(&self) -> Vec<&Declaration<'p>> {
        let mut all: Vec<_> = self.names.values().collect();
        all.sort_by_key(|declared| declared.name.span);
        all
    }
}

/// The index of each body, built once however often the body is expanded.
#[derive(Debug, Default)]
pub struct BodyIndexes<'p> {
    built: RefCell<HashMap<NodeId, Rc<BodyIndex<'p>>>>,
}

impl<'p> BodyIndexes<'p> {
    /// Returns the index of a body.
    pub fn get_or_build(&self, stmts: &'p [Stmt]) -> Rc<BodyIndex<'p>> {
        let Some(key) = NodeId::of_body(stmts) else { return Rc::default() };
        self.built.borrow_mut().entry(key).or_insert_with(|| Rc::new(BodyIndex::build(stmts))).clone()
    }
}
