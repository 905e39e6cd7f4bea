//! Checks everything where it is written, from declared types alone.
//!
//! Stacks, components, functions and object types are evaluated with symbols in place of what they would be given, once for each way in
//! which their conditions and optional parameters may turn out, until every branch has been met. What some environment has
//! expanded, and holds no condition, is not looked at again.

mod functions;
mod open_body;
mod sink;
mod types;
mod walk;
mod worlds;

use super::compile_context::CompileContext;
use super::eval::BranchCoverage;
use super::modules::ModuleId;
use super::names::NamedItem;
use super::node_id::NodeId;
use super::resolve::ResolveOutput;
use gpb_base::source::Span;
use std::rc::Rc;
use worlds::StaticCheck;

/// Checks the types, functions, components and stacks of the program, the library's aside.
///
/// `broken` are the places of the errors of syntax: what is read on such a line may not be what was meant.
pub fn check(cx: &CompileContext<'_>, resolved: &ResolveOutput, broken: &[Span]) {
    if cx.spent.get() {
        return;
    }
    let sink = sink::StaticSink::begin(cx, broken);
    let checks = StaticCheck { cx, resolved, coverage: Rc::new(BranchCoverage::default()) };
    for item in &cx.names.items {
        if !is_of_program(cx, item.module()) {
            continue;
        }
        match item {
            NamedItem::Type(global) => checks.inside_type(global.module, &global.item.ty),
            NamedItem::Fn(global) if is_sound(resolved, global.item.span) => checks.function(*global),
            NamedItem::Component(global) | NamedItem::Stack(global) if is_sound(resolved, global.item.span) => {
                checks.body(*global);
            }
            _ => {}
        }
    }
    sink.finish(cx, &checks.coverage);
}

/// Checks that an item does not lead back to itself.
fn is_sound(resolved: &ResolveOutput, item: Span) -> bool {
    !resolved.recursive.contains(&NodeId::new(item))
}

fn is_of_program(cx: &CompileContext<'_>, module: ModuleId) -> bool {
    cx.program.get(module).is_some_and(|loaded| !loaded.std)
}
