//! Policy literals.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::policy;
use crate::policy::{ClauseValue, PolicyStatementValue, Principal};
use gpb_base::source::Span;
use gpb_model::value::Value;
use gpb_syntax::ast::{Expr, PolicyClause, PolicyStatement, PrincipalExpr, Stmt};

impl<'p> Interpreter<'_, 'p> {
    pub(super) fn policy(&self, written: &'p [Stmt], scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        let mut statements = Vec::with_capacity(written.len());
        let mut failed = None;
        for (stmt, scope) in self.entries(written, scope)?.rest {
            // Whatever else stands there has been reported.
            let Stmt::Policy(statement) = stmt else { return Err(AlreadyReported) };
            match self.policy_statement(statement, &scope) {
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
        let sid = statement.sid.as_ref().map(|sid| self.eval(sid, scope, Expectation::Policy)).transpose();
        let actions = self.clause(&statement.actions, scope);
        let resources = self.clause(&statement.resources, scope);
        let principals: Vec<EvalResult<Principal>> =
            statement.principals.values.iter().map(|principal| self.principal(principal, scope)).collect();
        let conditions = statement.conditions.as_ref();
        let conditions =
            conditions.map(|when| self.object(&when.stmts, scope, Expectation::Policy, when.span)).transpose();
        Ok(PolicyStatementValue {
            allow: statement.allow,
            sid: sid?,
            actions: actions?,
            principals: ClauseValue {
                not: statement.principals.not,
                values: principals.into_iter().collect::<Result<_, AlreadyReported>>()?,
            },
            resources: resources?,
            conditions: conditions?,
            span: statement.span,
        })
    }

    fn principal(&self, principal: &'p PrincipalExpr, scope: &Scope<'p>) -> EvalResult<Principal> {
        if principal.kind.text.is_empty() {
            return Err(AlreadyReported);
        }
        Ok(Principal {
            kind: principal.kind.text.as_str().into(),
            kind_span: principal.kind.span,
            values: self.each(&principal.values, scope)?,
        })
    }

    fn clause(&self, written: &'p PolicyClause<Expr>, scope: &Scope<'p>) -> EvalResult<ClauseValue<Value>> {
        Ok(ClauseValue { not: written.not, values: self.each(&written.values, scope)? })
    }

    fn each(&self, written: &'p [Expr], scope: &Scope<'p>) -> EvalResult<Vec<Value>> {
        let values: Vec<EvalResult<Value>> =
            written.iter().map(|expr| self.eval(expr, scope, Expectation::Policy)).collect();
        values.into_iter().collect::<Result<_, AlreadyReported>>()
    }
}
