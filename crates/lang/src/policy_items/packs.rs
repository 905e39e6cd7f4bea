//! Packs: the policies of the library, by file, which an environment asks for.

use crate::test_items::given;
use gpb_syntax::ast::{Expr, ExprKind, Ident, Item, Module, Stmt};

/// The folder of the library that holds them, a pack a file.
pub const FOLDER: &str = "policies/";

/// The field of an environment that asks for packs.
pub const PACKS: &str = "policies";

/// The name of all packs together.
pub const STANDARD: &str = "standard";

/// Returns the packs that the environments and the tests of a file ask for.
pub fn asked(module: &Module) -> Vec<&str> {
    let entries = module.items.iter().flat_map(|item| match item {
        Item::Environment { body, .. } => body.stmts.iter().collect(),
        Item::Test { body, .. } => given(body),
        _ => Vec::new(),
    });
    entries.filter_map(packs_of_entry).flat_map(packs_in).map(|name| name.text.as_str()).collect()
}

/// Returns the packs that an environment asks for: `policies = standard`, `policies = [encryption, tags]`.
pub fn packs_of(stmts: &[Stmt]) -> Vec<&Ident> {
    stmts.iter().filter_map(packs_of_entry).flat_map(packs_in).collect()
}

fn packs_of_entry(stmt: &Stmt) -> Option<&Expr> {
    match stmt {
        Stmt::Field(field) if field.head.text == PACKS => Some(&field.value),
        _ => None,
    }
}

/// Returns the packs that a value names.
pub fn packs_in(value: &Expr) -> Vec<&Ident> {
    match &*value.kind {
        ExprKind::Name(name) => vec![name],
        ExprKind::List(items) => items.iter().flat_map(packs_in).collect(),
        _ => Vec::new(),
    }
}
