//! What no environment expands: a component nobody uses, a stack without an environment, a branch not taken.
//!
//! Much of it depends on parameters nobody has given; the names of properties, which of them are missing, the defaults,
//! and every value that depends on nothing unknown do not.

use super::assemble::says_usage;
use super::eval::{Entries, Expect, Frame, Given, Machine, Scope, Unknowns};
use super::modules::ModuleId;
use super::names::Named;
use super::property;
use super::resolve::Resolved;
use super::ty::Context;
use super::world::World;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::{Entry, Map, Value};
use gpb_syntax::ast::{Body, Name, Resource, Stmt};
use std::rc::Rc;

/// Checks the defaults of all parameters, every value that is known without them, and the properties of every resource
/// that was not expanded.
pub fn check(world: &World<'_>, resolved: &Resolved) {
    let machine = Machine::new(world, resolved);
    let unused = Unused { machine: &machine };
    for item in &world.names.items {
        if let Named::Component(global) | Named::Stack(global) = item
            && is_of_program(world, global.module)
        {
            unused.item(global.module, global.item);
        }
    }
}

fn is_of_program(world: &World<'_>, module: ModuleId) -> bool {
    world.program.get(module).is_some_and(|loaded| !loaded.std)
}

/// A walk through bodies with nothing given.
struct Unused<'m, 'w, 'p> {
    machine: &'m Machine<'w, 'p>,
}

impl<'p> Unused<'_, '_, 'p> {
    fn item(&self, module: ModuleId, body: &'p Body) {
        let machine = self.machine;
        if !machine.world.spent.get() {
            machine.unknown.set(Unknowns::Environment);
            let frame = machine.unused(module, &body.stmts);
            for stmt in &body.stmts {
                if let Stmt::Param(binding) = stmt {
                    self.name(&frame, &binding.name);
                }
            }
        }
        machine.unknown.set(Unknowns::Parameters);
        self.body(&machine.unused(module, &body.stmts), true);
    }

    /// Computes what a name stands for; whatever is wrong with it is reported.
    fn name(&self, frame: &Rc<Frame<'p>>, name: &Name) {
        if let Some(declared) = frame.index.names.get(name.text.as_str()).filter(|one| one.name.span == name.span) {
            let _ = self.machine.declared(frame, declared, name.span);
        }
    }

    /// The statements of a body. Inside a `for`, whose names stand for nothing here, no value is `readable`.
    fn body(&self, frame: &Rc<Frame<'p>>, readable: bool) {
        let readable = readable && !self.machine.world.spent.get();
        for stmt in frame.stmts {
            match stmt {
                Stmt::Let(binding) if readable => self.name(frame, &binding.name),
                Stmt::Output(binding) if readable => {
                    let _ = self.machine.bound(binding, &Scope::of(frame.clone()));
                }
                Stmt::Layer(layer) => self.inside(frame, &layer.stmts, readable),
                Stmt::For(group) => self.inside(frame, &group.stmts, false),
                Stmt::In { stmts, .. } => self.inside(frame, stmts, readable),
                Stmt::If(group) => {
                    self.inside(frame, &group.then, readable);
                    self.inside(frame, &group.otherwise, readable);
                }
                Stmt::Resource(stmt) if !self.machine.world.is_expanded(stmt) => self.resource(frame, stmt, readable),
                _ => {}
            }
        }
    }

    fn inside(&self, frame: &Rc<Frame<'p>>, stmts: &'p [Stmt], readable: bool) {
        self.body(&self.machine.unused_inside(frame, stmts), readable);
    }

    fn resource(&self, frame: &Rc<Frame<'p>>, stmt: &'p Resource, readable: bool) {
        // An unknown type has been reported.
        let Ok((_, def)) = self.machine.world.def_at(&stmt.ty) else { return };
        let mut body = OpenBody { entries: Map::default(), whole: true };
        let read = if readable { self.machine.entries(&stmt.stmts, &Scope::of(frame.clone())).ok() } else { None };
        match read {
            Some(read) => self.values(&read, &def, &mut body),
            None => body.names(&stmt.stmts),
        }
        let read = property::to_model(
            &Value::map(body.entries, stmt.span),
            &def,
            stmt.existing || !body.whole,
            stmt.name.span,
            &Context::new(self.machine.world.facts),
        );
        self.machine.world.reports.all(read.diagnostics);
    }

    fn values(&self, read: &Entries<'p>, def: &TypeDef, body: &mut OpenBody) {
        for (name, given) in &read.given {
            let Some(head) = given.first().map(Given::head) else { continue };
            if *name == "usage" && says_usage(def, read) {
                continue;
            }
            if given.iter().any(Given::is_missing) {
                body.whole = false;
                continue;
            }
            match self.machine.given(name, given, Expect::Properties(def).field(name)) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => body.put(name, head, value),
                Err(_) => body.leave_open(name, head),
            }
        }
    }
}

/// The properties of a resource, as far as they can be known.
struct OpenBody {
    entries: Map,
    /// Whether all that is given is here: then what is not here is missing.
    whole: bool,
}

impl OpenBody {
    fn put(&mut self, name: &str, key: Span, value: Value) {
        self.entries.insert(name.into(), Entry { key, value });
    }

    fn leave_open(&mut self, name: &str, key: Span) {
        let open = model::Value::Call { function: String::new(), args: Vec::new() };
        self.put(name, key, Value::hole(open, Type::Any, key));
    }

    /// Every name that is given a value, its value left open. What depends on a condition may be there or not, so nothing
    /// is then said to be missing.
    fn names(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::Field(field) if field.value.is_missing() => self.whole = false,
                Stmt::Field(field) => self.leave_open(&field.head.text, field.head.span),
                // What a resource is used for is no property of it.
                Stmt::Block(block) if block.head.text == "usage" => {}
                Stmt::Block(block) => self.leave_open(&block.head.text, block.head.span),
                Stmt::If(group) => {
                    self.whole = false;
                    self.names(&group.then);
                    self.names(&group.otherwise);
                }
                Stmt::For(group) => {
                    self.whole = false;
                    self.names(&group.stmts);
                }
                _ => {}
            }
        }
    }
}
