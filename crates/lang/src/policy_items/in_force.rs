//! The policies that hold in an environment.

use super::packs::{FOLDER, PACKS, STANDARD, packs_of};
use crate::compile_context::CompileContext;
use crate::modules::{ModuleId, Program};
use crate::names::{EnvironmentItem, GlobalItem};
use gpb_base::source::Span;
use gpb_syntax::ast::{Body, Stmt};

/// Returns the policies of the program, and those of the library that an environment asks for.
pub fn in_force<'p>(
    cx: &CompileContext<'p>,
    environment: &EnvironmentItem<'p>,
    stack: GlobalItem<'p, Body>,
) -> Vec<GlobalItem<'p, Body>> {
    if cx.names.policies.is_empty() {
        return Vec::new();
    }
    // A parameter of that name is the stack's own.
    let is_param = |stmt: &Stmt| matches!(stmt, Stmt::Param(param) if param.name.text == PACKS);
    let packs = if stack.item.stmts.iter().any(is_param) { Vec::new() } else { packs_of(&environment.body.stmts) };
    let holds = |policy: &&GlobalItem<'p, Body>| match pack_of(cx.program, policy.module) {
        None => true,
        Some(pack) => packs.iter().any(|asked| asked.text == STANDARD || asked.text == pack),
    };
    cx.names.policies.iter().filter(holds).copied().collect()
}

/// Returns the pack of the library that a module is; none for a module of the program.
pub fn pack_of(program: &Program, module: ModuleId) -> Option<&str> {
    let path = program.path(module).strip_prefix("std:")?;
    path.strip_prefix(FOLDER).unwrap_or(path).strip_suffix(".gpb")
}

/// Returns the places of the names of policies, sorted.
pub fn places(policies: &[GlobalItem<'_, Body>]) -> Vec<Span> {
    let mut places: Vec<Span> = policies.iter().map(|policy| policy.item.name.span).collect();
    places.sort_unstable();
    places
}
