//! Resources that no environment expands: a component nobody uses, a stack without an environment, a branch not taken.
//!
//! Their values depend on parameters nobody has given, but the names of their properties, and which are missing, do not.

use super::modules::ModuleId;
use super::names::Named;
use super::property;
use super::ty::{Context, Type};
use super::value::{Entry, Map, Value};
use super::world::World;
use crate::model;
use crate::syntax::ast::{Resource, Stmt};

/// Checks the properties of every resource that was not expanded.
pub fn check(world: &World<'_>) {
    for item in &world.names.items {
        if let Named::Component(global) | Named::Stack(global) = item
            && is_of_program(world, global.module)
        {
            body(world, &global.item.stmts);
        }
    }
}

fn is_of_program(world: &World<'_>, module: ModuleId) -> bool {
    world.program.get(module).is_some_and(|loaded| !loaded.std)
}

fn body(world: &World<'_>, stmts: &[Stmt]) {
    for stmt in stmts {
        match stmt {
            Stmt::Layer(layer) => body(world, &layer.stmts),
            Stmt::For(group) => body(world, &group.stmts),
            Stmt::In { stmts, .. } => body(world, stmts),
            Stmt::If(group) => {
                body(world, &group.then);
                body(world, &group.otherwise);
            }
            Stmt::Resource(stmt) if !world.is_expanded(stmt) => resource(world, stmt),
            _ => {}
        }
    }
}

fn resource(world: &World<'_>, stmt: &Resource) {
    // An unknown type has been reported.
    let Ok((_, def)) = world.def_at(&stmt.ty) else { return };
    let mut entries = Map::default();
    let mut whole = true;
    given(&stmt.stmts, &mut entries, &mut whole);
    let read = property::to_model(
        &Value::map(entries, stmt.span),
        &def,
        stmt.existing || !whole,
        stmt.name.span,
        &Context::new(world.facts),
    );
    world.reports.all(read.diagnostics);
}

/// Every name that is given a value, its value left open. What depends on a condition may be there or not, so nothing is
/// then said to be missing.
fn given(stmts: &[Stmt], entries: &mut Map, whole: &mut bool) {
    for stmt in stmts {
        let head = match stmt {
            Stmt::Field(field) => &field.head,
            // What a resource is used for is no property of it, unless its type has one of that name.
            Stmt::Block(block) if block.head.text == "usage" => continue,
            Stmt::Block(block) => &block.head,
            Stmt::If(group) => {
                *whole = false;
                given(&group.then, entries, whole);
                given(&group.otherwise, entries, whole);
                continue;
            }
            Stmt::For(group) => {
                *whole = false;
                given(&group.stmts, entries, whole);
                continue;
            }
            _ => continue,
        };
        let open = model::Value::Call { function: String::new(), args: Vec::new() };
        let value = Value::hole(open, Type::Any, head.span);
        entries.insert(head.text.as_str().into(), Entry { key: head.span, value });
    }
}
