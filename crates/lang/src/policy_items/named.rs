//! The policy that a waiver names.

use super::in_force::pack_of;
use crate::compile_context::CompileContext;
use crate::modules::ModuleId;
use crate::names::GlobalItem;
use gpb_syntax::ast::Body;

/// Returns the policies that a name may mean in a module: one where it is right, several where it is ambiguous.
///
/// A name means the policy that the file itself sees, `pol.name` that of the file used as `pol`, `pack.name` that of a pack of
/// the library. A name that the file does not see means the only policy of that name, wherever it stands.
pub fn named<'p>(cx: &CompileContext<'p>, from: ModuleId, name: &str) -> Vec<GlobalItem<'p, Body>> {
    if let Some(seen) = cx.names.policy(from, name) {
        return vec![seen];
    }
    let all = cx.names.policies.iter();
    let is_meant = |policy: &&GlobalItem<'p, Body>| match name.split_once('.') {
        None => policy.item.name.text == name,
        Some((pack, name)) => policy.item.name.text == name && pack_of(cx.program, policy.module) == Some(pack),
    };
    all.filter(is_meant).copied().collect()
}

/// Returns the name by which a waiver in a module means just this policy; none where nothing tells it from others.
pub fn name_of(cx: &CompileContext<'_>, from: ModuleId, policy: &GlobalItem<'_, Body>) -> Option<String> {
    let name = &policy.item.name.text;
    let home = pack_of(cx.program, policy.module).or_else(|| cx.names.alias_of(from, policy.module))?;
    Some(format!("{home}.{name}"))
}
