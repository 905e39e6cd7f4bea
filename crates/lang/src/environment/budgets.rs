//! The usage and the budgets of an environment.

use super::goals::amount;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{BlockEntries, Expectation, Scope};
use crate::expand::Expander;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::unit::Dimension;
use gpb_model::Budget;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast;
use gpb_syntax::ast::{Expr, Ident, Stmt};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Returns the `usage { … }` of an environment or a resource: names and values, all known.
    pub(super) fn usage(&self, entries: &BlockEntries<'p>) -> BTreeMap<String, Value> {
        let read = || -> EvalResult<BTreeMap<String, Value>> {
            let Some(given) = entries.assignments.get("usage") else { return Ok(BTreeMap::new()) };
            if let [first, second, ..] = &**given {
                return Err(self.interpreter().twice("usage", second.head(), Some(first.head())));
            }
            let value =
                self.interpreter().known(self.interpreter().given("usage", given, Expectation::Any)?, "usage")?;
            let Some(map) = value.as_map() else {
                return Err(self.report(
                    Diagnostic::error("GPB1914", "`usage` is an object of names and amounts")
                        .with_label(value.span, value.describe())
                        .help("write `usage { users = 10_000 }`"),
                ));
            };
            let given = map.iter().filter(|(_, entry)| !entry.value.is_absent());
            Ok(given.map(|(name, entry)| (name.to_string(), entry.value.clone())).collect())
        };
        read().unwrap_or_default()
    }

    /// Reads the budgets of an environment.
    pub(super) fn budgets(&self, stmts: &'p [Stmt], scope: &Scope<'p>) {
        for stmt in stmts {
            if let Stmt::Budget(budget) = stmt
                && let Ok(budget) = self.budget_of(budget, scope)
            {
                self.add_budget(budget);
            }
        }
    }

    /// Adds a budget to the goals; a second one of the same size of usage is reported.
    fn add_budget(&self, budget: Budget) {
        let budgets = &mut self.goals.borrow_mut().budgets;
        if let Some(first) = budgets.iter().find(|first| first.at == budget.at) {
            let name = match &budget.at {
                Some((driver, size)) => format!("budget at {} {driver}", size.normalize()),
                None => "budget".to_owned(),
            };
            self.interpreter().twice(&name, budget.span, Some(first.span));
            return;
        }
        budgets.push(budget);
    }

    fn budget_of(&self, budget: &'p ast::BudgetStmt, scope: &Scope<'p>) -> EvalResult<Budget> {
        if !budget.per.text.is_empty() && budget.per.text != "month" {
            return Err(self.report(
                Diagnostic::error("GPB1912", format!("a budget is for a month, not for a `{}`", budget.per.text))
                    .with_label(budget.per.span, "expected `month`")
                    .fix("change it to `month`", budget.per.span, "month"),
            ));
        }
        let at = budget.at.as_ref().map(|(value, driver)| self.driver(value, driver, scope)).transpose()?;
        let money = Type::Dimension(Dimension::Money);
        let written = self.interpreter().eval(&budget.amount, scope, Expectation::Any)?;
        let is_range = matches!(written.kind, ValueKind::Range(_));
        let ty = if is_range { Type::Range(Arc::new(money)) } else { money };
        let value = self.interpreter().known(self.interpreter().conform(written, &ty, scope, None)?, "a budget")?;
        let (low, high) = match &value.kind {
            ValueKind::Range(range) => (amount(&range.low), amount(&range.high)),
            _ => (Some((Decimal::ZERO, value.span)), amount(&value)),
        };
        let (low, high) = (low.ok_or(AlreadyReported)?.0, high.ok_or(AlreadyReported)?.0);
        Ok(Budget { at, low, high, span: budget.amount.span })
    }

    /// Returns `100k users`, a driver that the environment's `usage` gives a value too, so that a misspelt one is found.
    fn driver(&self, value: &'p Expr, driver: &Ident, scope: &Scope<'p>) -> EvalResult<(String, Decimal)> {
        let value = self.interpreter().eval(value, scope, Expectation::Any)?;
        let value = self
            .interpreter()
            .known(self.interpreter().conform(value, &Type::Number, scope, None)?, "the usage of a budget")?;
        let ValueKind::Number(number) = value.kind else { return Err(AlreadyReported) };
        let goals = self.goals.borrow();
        if goals.usage.contains_key(driver.text.as_str()) {
            return Ok((driver.text.to_string(), number));
        }
        let diagnostic = Diagnostic::error("GPB1912", format!("the environment has no usage `{}`", driver.text))
            .with_label(driver.span, "not in its `usage` block");
        Err(self.report(match nearest(&driver.text, goals.usage.keys().map(String::as_str)) {
            Some(near) => {
                let fix = format!("change it to `{near}`");
                diagnostic.help(format!("did you mean `{near}`?")).fix(fix, driver.span, near)
            }
            None => diagnostic.help(format!("add `usage {{ {} = … }}` to the environment", driver.text)),
        }))
    }
}
