//! The values that a test gives its environment: the environment's own entries, with those of `with { … }` in their place.

use gpb_syntax::ast::{BlockStmt, Body, ExprKind, NamePath, PathSegment, Stmt, TextPart};

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
/// A field replaces what has its name. A block is merged into the one block of its name, field by field, and an `override` into
/// that of its resource; where one of the two is a list of blocks or a field, it replaces them. A budget replaces all budgets.
/// All else that is given is added.
pub fn merged(entries: &[Stmt], with: &[&Stmt]) -> Vec<Stmt> {
    let mut merged = Vec::with_capacity(entries.len() + with.len());
    let mut taken = Vec::new();
    let has_budget = with.iter().any(|stmt| matches!(stmt, Stmt::Budget(_)));
    for stmt in entries {
        if let Stmt::Override { path, stmts, span } = stmt {
            let is_of_it = |(_, other): &(usize, &&Stmt)| matches!(other, Stmt::Override { path: other, .. } if is_same(path, other));
            let mut inner = stmts.clone();
            for (at, other) in with.iter().enumerate().filter(is_of_it) {
                if let Stmt::Override { stmts, .. } = other {
                    taken.push(at);
                    inner = self::merged(&inner, &stmts.iter().collect::<Vec<_>>());
                }
            }
            merged.push(Stmt::Override { path: path.clone(), stmts: inner, span: *span });
            continue;
        }
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

/// Checks whether two paths are written alike, wherever they stand.
fn is_same(one: &NamePath, other: &NamePath) -> bool {
    let parts = |path: &NamePath| {
        let part = |segment: &PathSegment| match segment {
            PathSegment::Name(name) => Some((true, name.text.to_string())),
            PathSegment::Index(key) => match &*key.kind {
                ExprKind::Text(parts) => match parts.as_slice() {
                    [TextPart::Text(text)] => Some((false, text.clone())),
                    _ => None,
                },
                _ => None,
            },
        };
        path.segments.iter().map(part).collect::<Option<Vec<_>>>()
    };
    parts(one).is_some_and(|one| Some(one) == parts(other))
}

/// Returns the name, and the label, that an entry gives a value.
fn head(stmt: &Stmt) -> Option<(&str, Option<&str>)> {
    match stmt {
        Stmt::Field(field) => Some((&field.head.text, field.label.as_deref().map(|label| label.text.as_str()))),
        Stmt::Block(block) => Some((&block.head.text, block.label.as_deref().map(|label| label.text.as_str()))),
        _ => None,
    }
}
