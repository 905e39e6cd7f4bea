//! Checks what no environment expands: unused components, stacks and branches.
//!
//! Much of it depends on parameters that nothing gives; the names of properties, which of them are missing, the
//! defaults, and every value that depends on nothing unknown do not.

use super::compile_context::CompileContext;
use super::environment::says_usage;
use super::eval::{Assignment, BlockEntries, Expectation, Frame, Scope};
use super::modules::ModuleId;
use super::names::NamedItem;
use super::property;
use super::resolve::ResolveOutput;
use super::ty::TypeContext;
use super::unused_bodies::{SilentUnknowns, UnusedBodies};
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use gpb_syntax::ast::{Body, Ident, ResourceStmt, Stmt};
use std::rc::Rc;

/// Checks everything that is known without the parameters.
///
/// That is their defaults, and the properties of every resource that was not expanded.
pub fn check(cx: &CompileContext<'_>, resolved: &ResolveOutput) {
    let view = UnusedBodies::new(cx, resolved);
    let unused = DeadCodeWalk { view: &view };
    for item in &cx.names.items {
        if let NamedItem::Component(global) | NamedItem::Stack(global) = item
            && is_of_program(cx, global.module)
        {
            unused.item(global.module, global.item);
        }
    }
}

fn is_of_program(cx: &CompileContext<'_>, module: ModuleId) -> bool {
    cx.program.get(module).is_some_and(|loaded| !loaded.std)
}

/// A walk through bodies with nothing given.
struct DeadCodeWalk<'m, 'w, 'p> {
    view: &'m UnusedBodies<'w, 'p>,
}

impl<'p> DeadCodeWalk<'_, '_, 'p> {
    fn item(&self, module: ModuleId, body: &'p Body) {
        let view = self.view;
        if !view.cx.spent.get() {
            view.unknown.set(SilentUnknowns::Environment);
            let frame = view.frame(module, &body.stmts);
            for stmt in &body.stmts {
                if let Stmt::Param(binding) = stmt {
                    self.name(&frame, &binding.name);
                }
            }
        }
        view.unknown.set(SilentUnknowns::Parameters);
        self.body(&view.frame(module, &body.stmts), true);
    }

    /// Computes what a name stands for; whatever is wrong with it is reported.
    fn name(&self, frame: &Rc<Frame<'p>>, name: &Ident) {
        if let Some(declared) = frame.index.names.get(name.text.as_str()).filter(|one| one.name.span == name.span) {
            let _ = self.view.interpreter().declared(frame, declared, name.span);
        }
    }

    /// Checks the statements of a body.
    ///
    /// Inside a `for`, whose names stand for nothing here, no value is `readable`.
    fn body(&self, frame: &Rc<Frame<'p>>, readable: bool) {
        let readable = readable && !self.view.cx.spent.get();
        for stmt in frame.stmts {
            match stmt {
                Stmt::Let(binding) if readable => self.name(frame, &binding.name),
                Stmt::Output(binding) if readable => {
                    let _ = self.view.interpreter().bound(binding, &Scope::new(frame.clone()));
                }
                Stmt::Layer(layer) => self.inside(frame, &layer.stmts, readable),
                Stmt::For(group) => self.inside(frame, &group.stmts, false),
                Stmt::In { stmts, .. } => self.inside(frame, stmts, readable),
                Stmt::If(group) => {
                    self.inside(frame, &group.then, readable);
                    self.inside(frame, &group.otherwise, readable);
                }
                Stmt::Resource(stmt) if !self.view.cx.is_expanded(stmt) => self.resource(frame, stmt, readable),
                _ => {}
            }
        }
    }

    fn inside(&self, frame: &Rc<Frame<'p>>, stmts: &'p [Stmt], readable: bool) {
        self.body(&self.view.frame_inside(frame, stmts), readable);
    }

    fn resource(&self, frame: &Rc<Frame<'p>>, stmt: &'p ResourceStmt, readable: bool) {
        // An unknown type has been reported.
        let Ok((_, def)) = self.view.cx.def_at(&stmt.ty) else { return };
        let mut body = OpenBody { entries: ValueMap::default(), whole: true };
        let read =
            if readable { self.view.interpreter().entries(&stmt.stmts, &Scope::new(frame.clone())).ok() } else { None };
        match read {
            Some(read) => self.values(&read, &def, &mut body),
            None => body.names(&stmt.stmts),
        }
        let read = property::to_model(
            &Value::map(body.entries, stmt.span),
            &def,
            stmt.existing || !body.whole,
            stmt.name.span,
            &TypeContext::new(self.view.cx.facts),
        );
        self.view.cx.reports.all(read.diagnostics);
    }

    fn values(&self, read: &BlockEntries<'p>, def: &TypeDef, body: &mut OpenBody) {
        for (name, given) in &read.assignments {
            let Some(head) = given.first().map(Assignment::head) else { continue };
            if *name == "usage" && says_usage(def, read) {
                continue;
            }
            if given.iter().any(Assignment::is_missing) {
                body.whole = false;
                continue;
            }
            match self.view.interpreter().given(name, given, Expectation::Properties(def).field(name)) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => body.put(name, head, value),
                Err(_) => body.leave_open(name, head),
            }
        }
    }
}

/// The properties of a resource, as far as they can be known.
struct OpenBody {
    entries: ValueMap,
    /// All that is given is here: then what is not here is missing.
    whole: bool,
}

impl OpenBody {
    fn put(&mut self, name: &str, key: Span, value: Value) {
        self.entries.insert(name.into(), ValueEntry { key, value });
    }

    fn leave_open(&mut self, name: &str, key: Span) {
        let open = model::PropertyValue::Call { function: String::new(), args: Vec::new() };
        self.put(name, key, Value::new_unknown(open, Type::Any, key));
    }

    /// Adds every name that is given a value, its value left open.
    ///
    /// What depends on a condition may be there or not, so nothing is then reported as missing.
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
