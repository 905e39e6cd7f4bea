//! The document, and its statements.

use super::principals::principals;
use super::sid;
use super::statement::PolicyStatementValue;
use super::values::{clause, one_or_many, put};
use super::{arn, condition};
use crate::ty::{ActionFact, TypeContext};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind, ValueMap};

/// Returns the document `{ Version, Statement }`, and its diagnostics.
///
/// The document is whole even when something is wrong.
pub fn document(statements: &[PolicyStatementValue], cx: &TypeContext, span: Span) -> (Value, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let statements: Vec<Value> = statements.iter().map(|one| statement(one, cx, &mut diagnostics)).collect();
    diagnostics.extend(sid::twice(&statements));
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
    if let Some(sid) = &statement.sid {
        let is_of_identity = statement.principals.values.is_empty();
        if let Some(sid) = sid::read(sid, is_of_identity, cx, diagnostics) {
            put(&mut out, "Sid", sid);
        }
    }
    put(&mut out, "Effect", Value::text(if statement.allow { "Allow" } else { "Deny" }, statement.span));
    if let Some(principal) = principals(&statement.principals, cx, diagnostics) {
        put(&mut out, &statement.principals.key("Principal"), principal);
    }
    diagnostics.extend(all_but_some(statement));
    let effect = if statement.allow { "allow" } else { "deny" };
    let actions = clause(effect, &statement.actions.values, cx, diagnostics);
    for action in &actions {
        if let ValueKind::Text(text) = &action.kind {
            diagnostics.extend(check_action(text, action.span, cx));
        }
    }
    put(&mut out, &statement.actions.key("Action"), one_or_many(actions, statement.span));
    if !statement.resources.values.is_empty() {
        let resources = clause("on", &statement.resources.values, cx, diagnostics);
        diagnostics.extend(resources.iter().filter_map(|resource| arn::check_resource(resource, cx)));
        put(&mut out, &statement.resources.key("Resource"), one_or_many(resources, statement.span));
    } else if statement.principals.values.is_empty() {
        diagnostics.push(
            Diagnostic::error("GPB9006", "this statement says neither to whom nor on what")
                .with_label(statement.span, "no `to` and no `on`")
                .help("say what it is about with `on \"…\"`; a trust policy says who with `to service \"…\"`"),
        );
    }
    if let Some(conditions) = &statement.conditions {
        put(&mut out, "Condition", condition::block(conditions, cx, diagnostics));
    }
    Value::map(out, statement.span)
}

/// Reports an `allow` to everyone but some.
fn all_but_some(statement: &PolicyStatementValue) -> Option<Diagnostic> {
    let not = statement.principals.not.filter(|_| statement.allow)?;
    Some(
        Diagnostic::warning("GPB9011", "this allows everyone but the named, also people without an AWS account")
            .with_label(not, "whoever is not named is allowed")
            .help("name who is allowed; to shut out all but some, write `deny … to not …`"),
    )
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
