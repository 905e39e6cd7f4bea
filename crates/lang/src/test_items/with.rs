//! The values that a test gives its environment: the environment's own entries, with those of `with { … }` in their place.

use gpb_syntax::ast::{BlockStmt, Body, Stmt};

/// The head of the block that gives other values.
pub const WITH: &str = "with";

/// Returns the entries that a test gives.
pub fn given(test: &Body) -> Vec<&Stmt> {
    let blocks = test.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Block(block) if block.head.text == WITH && block.label.is_none() => Some(block.stmts.as_slice()),
        _ => None,
    });
    blocks.flatten().collect()
}

/// Returns entries with others in their place.
///
/// A field replaces what has its name. A block is merged into the one block of its name, field by field; where one of the
/// two is a list of blocks or a field, it replaces them. A budget replaces all budgets. Whatever else is given is added.
pub fn merged(entries: &[Stmt], with: &[&Stmt]) -> Vec<Stmt> {
    let mut merged = Vec::with_capacity(entries.len() + with.len());
    let mut taken = Vec::new();
    let has_budget = with.iter().any(|stmt| matches!(stmt, Stmt::Budget(_)));
    for stmt in entries {
        let Some(head) = head(stmt) else {
            if !(has_budget && matches!(stmt, Stmt::Budget(_))) {
                merged.push(stmt.clone());
            }
            continue;
        };
        let others: Vec<usize> =
            with.iter().enumerate().filter(|(_, other)| self::head(other) == Some(head)).map(|(at, _)| at).collect();
        let is_one = || entries.iter().filter(|other| self::head(other) == Some(head)).count() == 1;
        match (stmt, others.as_slice()) {
            (_, []) => merged.push(stmt.clone()),
            (Stmt::Block(own), [at]) if is_one() => {
                if let Some(Stmt::Block(other)) = with.get(*at) {
                    taken.push(*at);
                    let inner: Vec<&Stmt> = other.stmts.iter().collect();
                    merged.push(Stmt::Block(BlockStmt { stmts: self::merged(&own.stmts, &inner), ..own.clone() }));
                }
            }
            _ => {}
        }
    }
    merged.extend(with.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, stmt)| (*stmt).clone()));
    merged
}

/// Returns the name, and the label, that an entry gives a value.
fn head(stmt: &Stmt) -> Option<(&str, Option<&str>)> {
    match stmt {
        Stmt::Field(field) => Some((&field.head.text, field.label.as_deref().map(|label| label.text.as_str()))),
        Stmt::Block(block) => Some((&block.head.text, block.label.as_deref().map(|label| label.text.as_str()))),
        _ => None,
    }
}
