//! Policy documents: from evaluated statements to the document AWS reads.

mod condition;

use crate::property::resource_as_text;
use crate::ty;
use crate::ty::{ActionFact, TypeContext};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry, ValueKind};
use indexmap::IndexMap;
use std::sync::Arc;

/// `allow … to … on … when …`, evaluated.
#[derive(Debug, Clone)]
pub struct PolicyStatementValue {
    pub allow: bool,
    pub actions: Vec<PropertyValue>,
    pub principals: Vec<Principal>,
    pub resources: Vec<PropertyValue>,
    /// The object after `when`.
    pub conditions: Option<PropertyValue>,
    pub span: Span,
}

/// `to service "ecs-tasks.amazonaws.com"`
#[derive(Debug, Clone)]
pub struct Principal {
    /// `service`, `aws`, `federated`, `canonical`, `anyone`.
    pub kind: Arc<str>,
    pub kind_span: Span,
    pub value: Option<PropertyValue>,
}

/// Kinds of principals as they are written, and their names in documents.
const PRINCIPALS: &[(&str, &str)] =
    &[("service", "Service"), ("aws", "AWS"), ("federated", "Federated"), ("canonical", "CanonicalUser")];

/// The document `{ Version, Statement }`, and what is wrong with it. The document is whole even when something is.
pub fn document(statements: &[PolicyStatementValue], cx: &TypeContext, span: Span) -> (PropertyValue, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let statements = statements.iter().map(|one| statement(one, cx, &mut diagnostics)).collect();
    let mut document = PropertyMap::default();
    put(&mut document, "Version", PropertyValue::text("2012-10-17", span));
    put(&mut document, "Statement", PropertyValue::list(statements, span));
    match PropertyValue::map(document, span).bounded() {
        Ok(document) => (document, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            (PropertyValue::map(PropertyMap::default(), span), diagnostics)
        }
    }
}

fn put(map: &mut PropertyMap, key: &str, value: PropertyValue) {
    map.insert(key.into(), ValueEntry { key: value.span, value });
}

fn statement(statement: &PolicyStatementValue, cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> PropertyValue {
    let mut out = PropertyMap::default();
    put(&mut out, "Effect", PropertyValue::text(if statement.allow { "Allow" } else { "Deny" }, statement.span));
    if let Some(principal) = principals(&statement.principals, cx, diagnostics) {
        put(&mut out, "Principal", principal);
    }
    let actions = texts(&statement.actions, cx, diagnostics);
    for action in &actions {
        if let ValueKind::Text(text) = &action.kind {
            diagnostics.extend(check_action(text, action.span, cx));
        }
    }
    put(&mut out, "Action", one_or_many(actions, statement.span));
    if !statement.resources.is_empty() {
        put(&mut out, "Resource", one_or_many(texts(&statement.resources, cx, diagnostics), statement.span));
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
    PropertyValue::map(out, statement.span)
}

/// One value stands for itself, several stand in a list, as AWS writes them.
fn one_or_many(mut values: Vec<PropertyValue>, span: Span) -> PropertyValue {
    match values.len() {
        1 => values.remove(0),
        _ => PropertyValue::list(values, span),
    }
}

/// The texts among the values and the lists in them; anything else is refused and left out.
fn texts(values: &[PropertyValue], cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Vec<PropertyValue> {
    let mut found = Vec::new();
    for value in values {
        match &value.kind {
            ValueKind::Text(_) => found.push(value.clone()),
            ValueKind::Word(word) if word.among.is_some() => {
                found.push(PropertyValue::text(word.text.clone(), value.span))
            }
            ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::String) => found.push(value.clone()),
            ValueKind::List(items) => found.extend(texts(items, cx, diagnostics)),
            ValueKind::Absent => {}
            ValueKind::Resource(handle) => {
                let arn = cx.facts.arn(&handle.ty);
                diagnostics.push(resource_as_text(&handle.ty, value.span, arn.as_deref()));
            }
            ValueKind::Secret(_) => diagnostics.push(ty::secret_as_text(value)),
            ValueKind::Word(word) => diagnostics.push(word.unknown(value.span)),
            _ => diagnostics.push(
                Diagnostic::error("GPB1101", format!("expected a `string`, found {}", value.describe()))
                    .with_label(value.span, "text is expected here"),
            ),
        }
    }
    found
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

fn principals(principals: &[Principal], cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Option<PropertyValue> {
    let first = principals.first()?;
    let mut by_kind: IndexMap<&str, Vec<PropertyValue>> = IndexMap::new();
    let mut anyone = None;
    for principal in principals {
        let known = PRINCIPALS.iter().find(|(name, _)| *name == &*principal.kind);
        match (known, &principal.value) {
            _ if &*principal.kind == "anyone" => {
                if let Some(value) = &principal.value {
                    diagnostics.push(shape("`anyone` stands alone", value.span, "remove this"));
                }
                anyone = Some(principal.kind_span);
            }
            (Some((_, aws)), Some(value)) => {
                let found = texts(std::slice::from_ref(value), cx, diagnostics);
                if *aws == "Service" {
                    diagnostics.extend(found.iter().filter_map(check_service));
                }
                by_kind.entry(*aws).or_default().extend(found);
            }
            (Some((name, _)), None) => {
                let message = format!("`{name}` needs a value");
                diagnostics.push(shape(&message, principal.kind_span, "which one?"));
            }
            (None, _) => diagnostics.push(unknown_principal(principal)),
        }
    }
    if let Some(span) = anyone {
        if !by_kind.is_empty() {
            diagnostics.push(shape("`anyone` already includes every other principal", span, "this includes them all"));
        }
        return Some(PropertyValue::text("*", span));
    }
    let mut out = PropertyMap::default();
    for (kind, values) in by_kind {
        put(&mut out, kind, one_or_many(values, first.kind_span));
    }
    Some(PropertyValue::map(out, first.kind_span))
}

fn shape(message: &str, span: Span, label: &str) -> Diagnostic {
    Diagnostic::error("GPB9004", message).with_label(span, label)
}

fn unknown_principal(principal: &Principal) -> Diagnostic {
    let names = || PRINCIPALS.iter().map(|(name, _)| *name).chain(["anyone"]);
    let kind = &*principal.kind;
    let diagnostic = Diagnostic::error("GPB9002", format!("`{kind}` is no kind of principal")).with_label(
        principal.kind_span,
        "one of `service`, `aws`, `federated`, `canonical` or `anyone` is expected here",
    );
    let lower = kind.to_lowercase();
    match names().find(|name| *name == lower).or_else(|| nearest(kind, names())) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).fix(
            format!("change to `{meant}`"),
            principal.kind_span,
            meant,
        ),
        None => diagnostic,
    }
}

/// A service is named by its domain; its bare name is the usual slip.
fn check_service(value: &PropertyValue) -> Option<Diagnostic> {
    let text = value.as_text().filter(|text| !text.contains('.') && ***text != *"*")?;
    Some(
        Diagnostic::error("GPB9005", format!("`{text}` is not a service principal"))
            .with_label(value.span, "a service is named by its domain")
            .help(format!("most are written like `\"{text}.amazonaws.com\"`")),
    )
}

#[cfg(test)]
mod tests;
