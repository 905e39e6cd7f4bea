//! The names that expressions read, found in the tree.

use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Expr, ExprKind, Stmt, TextPart};

/// Returns the name that `a.b.c` begins with.
pub fn root_name(expr: &Expr) -> Option<&str> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Member { of, .. } => root_name(of),
        _ => None,
    }
}

/// Collects the names that an expression reads, each with the members behind it.
pub fn read_names<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &*expr.kind {
        ExprKind::Name(_) => found.push(expr),
        ExprKind::Member { of, .. } if root_name(of).is_some() => found.push(expr),
        ExprKind::Member { of: inner, .. } | ExprKind::Not(inner) | ExprKind::Negate(inner) => read_names(inner, found),
        ExprKind::Tagged { value, .. } | ExprKind::Spread(value) => read_names(value, found),
        ExprKind::Index { of: left, index: right }
        | ExprKind::Binary { left, right, .. }
        | ExprKind::Range { low: left, high: right } => {
            for side in [left, right] {
                read_names(side, found);
            }
        }
        ExprKind::If { condition, then, otherwise } => {
            for part in [condition, then, otherwise] {
                read_names(part, found);
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| read_names(item, found)),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| read_names(&arg.value, found)),
        ExprKind::Comprehension(comprehension) => {
            read_names(&comprehension.over, found);
            for part in [&comprehension.condition, &comprehension.key].into_iter().flatten() {
                read_names(part, found);
            }
            read_names(&comprehension.value, found);
        }
        ExprKind::Text(parts) => {
            for part in parts {
                if let TextPart::Interpolation(inner) = part {
                    read_names(inner, found);
                }
            }
        }
        ExprKind::Object(stmts) | ExprKind::Policy(stmts) => values_of(stmts, &mut |value| read_names(value, found)),
        ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::None | ExprKind::Missing => {}
    }
}

/// Returns the names that are read at a place among statements: those in it, or else those of the whole value it stands in.
///
/// Of a place that is a whole entry, a block, those of all values in it.
pub fn names_at(stmts: &[Stmt], at: Span) -> Vec<&str> {
    let holds = |whole: Span, part: Span| whole.file == part.file && whole.to(part) == whole;
    let mut found = Vec::new();
    values_of(stmts, &mut |value| {
        if holds(value.span, at) || holds(at, value.span) {
            read_names(value, &mut found);
        }
    });
    let inside = |name: &&Expr| name.span.file == at.file && at.to(name.span) == at;
    if found.iter().any(inside) {
        found.retain(inside);
    }
    found.into_iter().filter_map(root_name).collect()
}

/// Calls `f` with each value that statements give, those of the groups and blocks among them included.
fn values_of<'e>(stmts: &'e [Stmt], f: &mut dyn FnMut(&'e Expr)) {
    for stmt in stmts {
        match stmt {
            Stmt::Param(binding) | Stmt::Let(binding) | Stmt::Output(binding) => value_of(binding, f),
            Stmt::Field(field) => f(&field.value),
            Stmt::Block(block) => {
                block.place.iter().for_each(&mut *f);
                values_of(&block.stmts, f);
            }
            Stmt::Resource(resource) => {
                resource.place.iter().for_each(&mut *f);
                values_of(&resource.stmts, f);
            }
            Stmt::Layer(layer) => values_of(&layer.stmts, f),
            Stmt::For(group) => {
                f(&group.over);
                group.key.iter().for_each(&mut *f);
                values_of(&group.stmts, f);
            }
            Stmt::If(group) => {
                f(&group.condition);
                values_of(&group.then, f);
                values_of(&group.otherwise, f);
            }
            Stmt::In { place, stmts, .. } => {
                f(place);
                values_of(stmts, f);
            }
            Stmt::When(when) => {
                f(&when.threshold);
                when.actions.iter().for_each(|action| f(&action.value));
            }
            Stmt::Require(require) => f(&require.condition),
            Stmt::Spread { value, .. } => f(value),
            Stmt::Needs { amount, .. } => f(amount),
            Stmt::Recover(recover) => values_of(&recover.stmts, f),
            Stmt::Derived { stmts, .. } | Stmt::Extension { stmts, .. } => values_of(stmts, f),
            Stmt::Policy(statement) => {
                let values = statement.actions.values.iter().chain(&statement.resources.values).chain(&statement.sid);
                values.for_each(&mut *f);
                statement.principals.values.iter().flat_map(|principal| &principal.values).for_each(&mut *f);
                statement.conditions.iter().for_each(|when| values_of(&when.stmts, f));
            }
            _ => {}
        }
    }
}

fn value_of<'e>(binding: &'e Binding, f: &mut dyn FnMut(&'e Expr)) {
    binding.value.iter().for_each(f);
}
