//! Judges the conditions of a test over finished resources.

use super::PLAN;
use super::address_tree::AddressTree;
use super::target::target;
use crate::body_index::DeclKind;
use crate::compile_context::EvalResult;
use crate::eval::{Expectation, Scope};
use crate::facts::FactWorker;
use crate::names::TestItem;
use crate::policy_items::spoken;
use gpb_base::diag::Diagnostic;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Address, Model};
use gpb_syntax::ast::{BinaryOp, Expected, Expr, ExprKind, Stmt};

/// Judges the conditions of a test, in their order; none for those that hold.
pub fn conditions<'p>(
    worker: &FactWorker<'_, 'p>,
    test: &TestItem<'p>,
    plan: &Value,
    model: &Model,
) -> Vec<Option<Diagnostic>> {
    let mut scope = worker.interpreter().root(test.module);
    if let Ok(target) = target(&worker.cx.names, test) {
        let span = test.body.span;
        let mut tree = AddressTree::of(worker.reader.all(), &model.parts, span);
        let index = worker.cx.indexes.get_or_build(&target.stack.item.stmts);
        tree.complete(worker.cx, &index, target.stack.module, span);
        for declared in index.in_order() {
            let name: &'p str = &declared.name.text;
            if let Some(value) = model.params.get(name).cloned().or_else(|| tree.get(name, span)) {
                scope = scope.bind(name, value);
            } else if !matches!(declared.what, DeclKind::Let(_)) {
                // What the stack declares and does not make here has no value.
                scope = scope.bind(name, Value::absent(span));
            }
        }
    }
    scope = scope.bind(PLAN, plan.clone());
    let conditions = test.body.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Expect(expect) => match &expect.what {
            Expected::Condition(condition) => Some((condition, expect.why.as_ref())),
            Expected::Code { .. } => None,
        },
        _ => None,
    });
    conditions
        .map(|(condition, why)| {
            worker.state.meter.renew();
            judge(worker, condition, why, &scope)
        })
        .collect()
}

fn judge<'p>(
    worker: &FactWorker<'_, 'p>,
    condition: &'p Expr,
    why: Option<&'p Expr>,
    scope: &Scope<'p>,
) -> Option<Diagnostic> {
    let reports = &worker.cx.reports;
    worker.reader.start(true);
    let before = reports.count();
    let value = worker.interpreter().eval(condition, scope, Expectation::Any);
    let reason = || why.map(|why| format!(": {}", spoken(worker, why, scope))).unwrap_or_default();
    match value.as_ref().map(|value| &value.kind) {
        Ok(ValueKind::Bool(true)) => None,
        Ok(ValueKind::Bool(false)) => {
            let message = format!("this expectation does not hold{}", reason());
            Some(sides(worker, condition, scope, Diagnostic::error("GPB9026", message)))
        }
        Ok(ValueKind::Unknown(_)) => {
            let evidence = worker.reader.evidence();
            let is_existing = |address: &Address| worker.reader.resource(address).is_some_and(|one| one.existing);
            let existing = evidence.iter().find(|one| is_existing(&one.resource));
            let diagnostic =
                Diagnostic::error("GPB9026", format!("this expectation cannot be judged before apply{}", reason()));
            Some(match existing {
                Some(one) => diagnostic
                    .with_label(
                        condition.span,
                        format!("`{}` is `existing`, and this is not written in it", one.resource),
                    )
                    .help("of an `existing` resource a test knows only the plain values that the program writes in it"),
                None => diagnostic
                    .with_label(condition.span, "what it looks at is known only after apply")
                    .help("expect something of what is written, or of what the plan shows"),
            })
        }
        Ok(_) => {
            let described = value.as_ref().map_or_else(|_| String::new(), Value::describe);
            Some(
                Diagnostic::error("GPB9026", format!("an expectation is `true` or `false`, not {described}"))
                    .with_label(condition.span, described)
                    .help("compare it with something"),
            )
        }
        Err(_) => Some(reports.take_after(before).into_iter().next().unwrap_or_else(|| {
            Diagnostic::error("GPB9026", "this expectation cannot be evaluated")
                .with_label(condition.span, "a part of it has no value")
        })),
    }
}

/// Adds what the two sides of a comparison are.
fn sides<'p>(
    worker: &FactWorker<'_, 'p>,
    condition: &'p Expr,
    scope: &Scope<'p>,
    diagnostic: Diagnostic,
) -> Diagnostic {
    let ExprKind::Binary { op, left, right } = &*condition.kind else {
        return diagnostic.with_label(condition.span, "expected to hold");
    };
    if !is_comparison(*op) {
        return diagnostic.with_label(condition.span, "expected to hold");
    }
    let shown = |side: &'p Expr| -> EvalResult<String> {
        let value = worker.interpreter().eval(side, scope, Expectation::Any)?;
        Ok(if value.is_absent() { "is absent".to_owned() } else { format!("is {value}") })
    };
    let mut diagnostic = diagnostic;
    for side in [left, right] {
        if let Ok(text) = worker.cx.reports.muted(|| shown(side)) {
            diagnostic = diagnostic.with_label(side.span, text);
        }
    }
    diagnostic
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as Op;
    matches!(op, Op::Equal | Op::NotEqual | Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual)
}
