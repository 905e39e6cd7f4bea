//! Policy literals.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::policy;
use crate::policy::{ClauseValue, PolicyStatementValue, Principal};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::TypeName;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, PolicyClause, PolicyStatement, PrincipalExpr, Stmt, TextPart};
use std::collections::BTreeMap;

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
            self.refuse_other_property(named, scope);
        }
        let principals: Vec<EvalResult<Principal>> =
            statement.principals.values.iter().map(|principal| self.principal(principal, scope)).collect();
        let conditions = statement.conditions.as_ref();
        conditions.map_or(Ok(()), |when| self.refuse_dropped_tests(&when.stmts, scope))?;
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

    /// Reports a property of a resource behind `on`, alone or before the rest of a string, that is known only after apply and
    /// is not its ARN.
    fn refuse_other_property(&self, named: &'p Expr, scope: &Scope<'p>) {
        let Some(member) = first_member(named) else { return };
        let ExprKind::Member { of, name, optional: false } = &*member.kind else { return };
        let Some(ty) = self.resource_type(of, scope) else { return };
        let facts = self.cx.facts;
        let arn = facts.arn(&ty);
        let is_identifier = name.text == "id";
        if is_identifier && facts.id_is_arn(&ty) || is_arn_name(&name.text) || arn.as_deref() == Some(&name.text) {
            return;
        }
        if !is_identifier {
            // A value that is written is looked at as it is, and a type without an ARN of its own may have one by any name.
            let is_known = self.eval(member, scope, Expectation::Any).map_or(true, |value| value.is_known());
            if is_known || arn.is_none() {
                return;
            }
        }
        let diagnostic = Diagnostic::error("GPB9016", format!("`.{}` of `{ty}` is not its ARN", name.text))
            .with_label(name.span, "AWS takes the ARN of a resource, or `*`");
        self.cx.reports.add(match arn {
            Some(arn) => {
                diagnostic.help(format!("its ARN is `.{arn}`")).fix(format!("change to `.{arn}`"), name.span, arn)
            }
            None => diagnostic.help("name the property that is its ARN, or write the ARN"),
        });
    }

    /// Returns the type of the resource that an expression names.
    fn resource_type(&self, of: &'p Expr, scope: &Scope<'p>) -> Option<TypeName> {
        match self.eval(of, scope, Expectation::Any).ok()?.kind {
            ValueKind::Resource(handle) => Some(handle.ty.clone()),
            _ => None,
        }
    }

    /// Reports tests that are spread and that others of the same operator would take the place of: the statement would hold
    /// for more than was meant.
    fn refuse_dropped_tests(&self, when: &'p [Stmt], scope: &Scope<'p>) -> EvalResult<()> {
        if !holds_spread(when) {
            return Ok(());
        }
        let entries = self.entries(when, scope)?;
        let mut spread: BTreeMap<String, Span> = BTreeMap::new();
        for (stmt, scope) in &entries.rest {
            let Stmt::Spread { value, span } = stmt else { continue };
            let value = self.eval(value, scope, Expectation::Policy)?;
            for name in value.as_map().into_iter().flat_map(|map| map.keys()) {
                let Some(operator) = policy::operator(name) else { continue };
                match spread.get(&operator) {
                    Some(first) => return Err(self.report(dropped_tests(name, *span, *first))),
                    None => _ = spread.insert(operator, *span),
                }
            }
        }
        for (name, given) in &entries.assignments {
            let first = policy::operator(name).and_then(|operator| spread.get(&operator));
            if let (Some(first), Some(again)) = (first, given.first()) {
                return Err(self.report(dropped_tests(name, again.head(), *first)));
            }
        }
        Ok(())
    }

    /// Reports the ARN of a resource that is no principal, behind `to aws`.
    fn refuse_no_principal(&self, named: &'p Expr, scope: &Scope<'p>) {
        let ExprKind::Member { of, name, optional: false } = &*named.kind else { return };
        let Some(ty) = self.resource_type(of, scope) else { return };
        let facts = self.cx.facts;
        let is_arn = facts.arn(&ty).as_deref() == Some(&name.text) || name.text == "id" && facts.id_is_arn(&ty);
        if is_arn && !facts.is_principal_type(&ty) {
            self.cx.reports.add(policy::no_principal(&ty, named.span));
        }
    }

    fn principal(&self, principal: &'p PrincipalExpr, scope: &Scope<'p>) -> EvalResult<Principal> {
        if principal.kind.text.is_empty() {
            return Err(AlreadyReported);
        }
        if principal.kind.text == "aws" {
            principal.values.iter().for_each(|named| self.refuse_no_principal(named, scope));
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

/// Checks whether the entries of another object stand among some.
fn holds_spread(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| match stmt {
        Stmt::Spread { .. } => true,
        Stmt::If(group) => holds_spread(&group.then) || holds_spread(&group.otherwise),
        Stmt::For(group) => holds_spread(&group.stmts),
        _ => false,
    })
}

/// Returns the diagnostic of tests that others of the same operator would take the place of.
fn dropped_tests(operator: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1409", format!("the tests of `{operator}` that are spread would be dropped"))
        .with_label(again, "these take their place")
        .with_label(first, "these are dropped")
        .help(format!("spread inside of the operator: `{operator} {{ ...base.{operator}, \"aws:…\" = … }}`"))
}

/// Returns the property that a value is, or that the string of a value begins with.
fn first_member(value: &Expr) -> Option<&Expr> {
    match &*value.kind {
        ExprKind::Member { .. } => Some(value),
        ExprKind::Text(parts) => match parts.first()? {
            TextPart::Interpolation(first) if matches!(*first.kind, ExprKind::Member { .. }) => Some(first),
            _ => None,
        },
        _ => None,
    }
}

/// Checks whether a property says by its name that it is an ARN.
fn is_arn_name(name: &str) -> bool {
    ["arn", "arns"].iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('_')))
}

/// Checks that nothing stands between the braces; what is no statement has been reported.
fn is_written_empty(policy: &str) -> bool {
    let body = policy.split_once('{').and_then(|(_, body)| body.trim_end().strip_suffix('}'));
    body.is_some_and(|body| body.trim().is_empty())
}
