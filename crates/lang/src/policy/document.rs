//! The document, and its statements.

use super::condition;
use super::principals::principals;
use super::statement::PolicyStatementValue;
use super::values::{clause, one_or_many, put};
use crate::ty::{ActionFact, TypeContext};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind, ValueMap};

/// Returns the document `{ Version, Statement }`, and its diagnostics.
///
/// The document is whole even when something is wrong.
pub fn document(statements: &[PolicyStatementValue], cx: &TypeContext, span: Span) -> (Value, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let statements = statements.iter().map(|one| statement(one, cx, &mut diagnostics)).collect();
    let mut document = ValueMap::default();
    put(&mut document, "Version", Value::text("2012-10-17", span));
    put(&mut document, "Statement", Value::list(statements, span));
    match Value::map(document, span).bounded() {
        Ok(document) => (document, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            (Value::map(ValueMap::default(), span), diagnostics)
        }
    }
}

fn statement(statement: &PolicyStatementValue, cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Value {
    let mut out = ValueMap::default();
    put(&mut out, "Effect", Value::text(if statement.allow { "Allow" } else { "Deny" }, statement.span));
    if let Some(principal) = principals(&statement.principals, cx, diagnostics) {
        put(&mut out, "Principal", principal);
    }
    let effect = if statement.allow { "allow" } else { "deny" };
    let actions = clause(effect, &statement.actions, cx, diagnostics);
    for action in &actions {
        if let ValueKind::Text(text) = &action.kind {
            diagnostics.extend(check_action(text, action.span, cx));
        }
    }
    put(&mut out, "Action", one_or_many(actions, statement.span));
    if !statement.resources.is_empty() {
        put(&mut out, "Resource", one_or_many(clause("on", &statement.resources, cx, diagnostics), statement.span));
    } else if statement.principals.is_empty() {
        diagnostics.push(
            Diagnostic::error("GPB9006", "this statement says neither to whom nor on what")
                .with_label(statement.span, "no `to` and no `on`")
                .help("say what it is about with `on \"…\"`; a trust policy says who with `to service \"…\"`"),
        );
    }
    if let Some(conditions) = &statement.conditions {
        put(&mut out, "Condition", condition::block(conditions, diagnostics));
    }
    Value::map(out, statement.span)
}

fn check_action(action: &str, span: Span, cx: &TypeContext) -> Option<Diagnostic> {
    if action == "*" {
        return None;
    }
    let unknown = || Diagnostic::error("GPB9001", format!("AWS has no action `{action}`"));
    if !action.contains(':') {
        return Some(
            unknown()
                .with_label(span, "not `service:Action`")
                .help("an action is a service and a name, `s3:GetObject`; `*` stands for any letters"),
        );
    }
    let (label, nearest, otherwise) = match cx.facts.action(action) {
        ActionFact::Known => return None,
        ActionFact::Unknown { nearest } => {
            ("no action of this name", nearest, "see the service authorization reference of AWS".to_owned())
        }
        ActionFact::UnknownService { nearest, service } => {
            let otherwise = match service {
                Some(meant) => format!("did you mean `{meant}:…`?"),
                None => "an action begins with the prefix of its service, as in `s3:GetObject`".to_owned(),
            };
            ("no service of this prefix", nearest, otherwise)
        }
    };
    let diagnostic = unknown().with_label(span, label);
    Some(match nearest {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).fix(
            format!("change to `{meant}`"),
            span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(otherwise),
    })
}
