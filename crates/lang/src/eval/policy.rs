//! Policy literals.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::policy;
use crate::policy::{PolicyStatementValue, Principal};
use gpb_base::source::Span;
use gpb_model::value::Value;
use gpb_syntax::ast::{Expr, PolicyStatement};

impl<'p> Interpreter<'_, 'p> {
    pub(super) fn policy(&self, written: &'p [PolicyStatement], scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        let mut statements = Vec::with_capacity(written.len());
        let mut failed = None;
        for statement in written {
            match self.policy_statement(statement, scope) {
                Ok(statement) => statements.push(statement),
                Err(why) => failed = Some(why),
            }
        }
        let (document, diagnostics) = self.with_context(scope, |cx| policy::document(&statements, cx, span));
        let wrong = diagnostics.iter().any(gpb_base::diag::Diagnostic::is_error);
        let why = self.cx.reports.all(diagnostics);
        match failed {
            None if wrong => Err(why),
            None => Ok(document),
            Some(why) => Err(why),
        }
    }

    fn policy_statement(&self, statement: &'p PolicyStatement, scope: &Scope<'p>) -> EvalResult<PolicyStatementValue> {
        let actions = self.each(&statement.actions, scope);
        let resources = self.each(&statement.resources, scope);
        let mut principals = Vec::with_capacity(statement.principals.len());
        for principal in &statement.principals {
            if principal.kind.text.is_empty() {
                return Err(AlreadyReported);
            }
            let value =
                principal.value.as_ref().map(|value| self.eval(value, scope, Expectation::Policy)).transpose()?;
            principals.push(Principal {
                kind: principal.kind.text.as_str().into(),
                kind_span: principal.kind.span,
                value,
            });
        }
        let conditions = statement.conditions.as_ref();
        let conditions =
            conditions.map(|when| self.object(&when.stmts, scope, Expectation::Policy, when.span)).transpose()?;
        Ok(PolicyStatementValue {
            allow: statement.allow,
            actions: actions?,
            principals,
            resources: resources?,
            conditions,
            span: statement.span,
        })
    }

    fn each(&self, written: &'p [Expr], scope: &Scope<'p>) -> EvalResult<Vec<Value>> {
        let values: Vec<EvalResult<Value>> =
            written.iter().map(|expr| self.eval(expr, scope, Expectation::Policy)).collect();
        values.into_iter().collect::<Result<_, AlreadyReported>>()
    }
}
