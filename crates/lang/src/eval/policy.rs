//! Policy literals.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::policy;
use crate::policy::{ClauseValue, PolicyStatementValue, Principal};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, PolicyClause, PolicyStatement, PrincipalExpr, Stmt};

impl<'p> Interpreter<'_, 'p> {
    pub(super) fn policy(&self, written: &'p [Stmt], scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        if written.is_empty() && is_written_empty(self.cx.program.sources.slice(span)) {
            let diagnostic = Diagnostic::error("GPB9007", "this policy has no statement").with_label(span, "empty");
            return Err(self.cx.reports.add(diagnostic.help("say what is allowed or denied, or leave the policy out")));
        }
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
        for named in &statement.resources.values {
            self.refuse_identifier(named, scope);
        }
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

    /// Reports the identifier of a resource behind `on`, where that is another property than its ARN.
    fn refuse_identifier(&self, named: &'p Expr, scope: &Scope<'p>) {
        let ExprKind::Member { of, name, optional: false } = &*named.kind else { return };
        if name.text != "id" {
            return;
        }
        let Ok(value) = self.eval(of, scope, Expectation::Any) else { return };
        let ValueKind::Resource(handle) = &value.kind else { return };
        let facts = self.cx.facts;
        if facts.id_is_arn(&handle.ty) {
            return;
        }
        let diagnostic = Diagnostic::error("GPB9016", format!("`.id` of `{}` is not its ARN", handle.ty))
            .with_label(name.span, "AWS takes the ARN of a resource, or `*`");
        self.cx.reports.add(match facts.arn(&handle.ty) {
            Some(arn) => {
                diagnostic.help(format!("its ARN is `.{arn}`")).fix(format!("change to `.{arn}`"), name.span, arn)
            }
            None => diagnostic.help("name the property that is its ARN, or write the ARN"),
        });
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

/// Checks that nothing stands between the braces; what is no statement has been reported.
fn is_written_empty(policy: &str) -> bool {
    let body = policy.split_once('{').and_then(|(_, body)| body.trim_end().strip_suffix('}'));
    body.is_some_and(|body| body.trim().is_empty())
}
