//! The principals behind `to`.

use super::arn;
use super::statement::{ClauseValue, Principal};
use super::values::{clause, one_or_many, put};
use crate::ty::{NameFact, TypeContext};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueMap};
use indexmap::IndexMap;

/// The kinds of principals as written, each with its name in documents.
const PRINCIPALS: &[(&str, &str)] =
    &[("service", "Service"), ("aws", "AWS"), ("federated", "Federated"), ("canonical", "CanonicalUser")];

/// Returns the `Principal` of a statement; `None` where it has none.
pub(super) fn principals(
    written: &ClauseValue<Principal>,
    cx: &TypeContext,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let first = written.values.first()?;
    let mut by_kind: IndexMap<&str, Vec<Value>> = IndexMap::new();
    let mut anyone = None;
    for principal in &written.values {
        let known = PRINCIPALS.iter().find(|(name, _)| *name == &*principal.kind);
        match (known, principal.values.as_slice()) {
            (_, values) if &*principal.kind == "anyone" => {
                if let Some(value) = values.first() {
                    diagnostics.push(shape("`anyone` stands alone", value.span, "remove this"));
                }
                anyone = Some(principal.kind_span);
            }
            (Some((name, _)), []) => {
                let message = format!("`{name}` needs a value");
                diagnostics.push(shape(&message, principal.kind_span, "which one?"));
            }
            (Some((_, aws)), values) => {
                let found = clause("to", values, cx, diagnostics);
                if *aws == "Service" {
                    diagnostics.extend(found.iter().filter_map(|service| check_service(service, cx)));
                }
                if *aws == "AWS" {
                    diagnostics.extend(found.iter().filter_map(|named| arn::check_principal(named, cx)));
                }
                by_kind.entry(*aws).or_default().extend(found);
            }
            (None, _) => diagnostics.push(unknown_principal(principal)),
        }
    }
    if let Some(span) = anyone {
        if !by_kind.is_empty() {
            diagnostics.push(shape("`anyone` already includes every other principal", span, "this includes them all"));
        }
        if let Some(not) = written.not {
            diagnostics.push(shape("all but `anyone` is nobody", not.to(span), "this names nobody"));
        }
        return Some(Value::text("*", span));
    }
    let mut out = ValueMap::default();
    for (kind, values) in by_kind {
        put(&mut out, kind, one_or_many(values, first.kind_span));
    }
    Some(Value::map(out, first.kind_span))
}

fn shape(message: &str, span: Span, label: &str) -> Diagnostic {
    Diagnostic::error("GPB9004", message).with_label(span, label)
}

fn unknown_principal(principal: &Principal) -> Diagnostic {
    let names = || PRINCIPALS.iter().map(|(name, _)| *name).chain(["anyone"]);
    let kind = &*principal.kind;
    let diagnostic = Diagnostic::error("GPB9002", format!("`{kind}` is not a valid kind of principal")).with_label(
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

/// Reports a service by its bare name, the usual slip, and one that AWS's documentation does not name.
fn check_service(value: &Value, cx: &TypeContext) -> Option<Diagnostic> {
    let text = value.as_text().filter(|text| ***text != *"*")?;
    if !text.contains('.') {
        let whole = format!("{text}.amazonaws.com");
        let diagnostic = Diagnostic::error("GPB9005", format!("`{text}` is not a service principal"))
            .with_label(value.span, "a service is named by its domain");
        return Some(match cx.facts.service_principal(&whole) {
            NameFact::Known => diagnostic.fix(format!("change to `{whole}`"), value.span, format!("\"{whole}\"")),
            NameFact::Unknown { .. } => diagnostic.help(format!("most are written like `\"{whole}\"`")),
        });
    }
    let NameFact::Unknown { nearest } = cx.facts.service_principal(text) else { return None };
    let diagnostic = Diagnostic::warning("GPB9009", format!("AWS documents no service principal `{text}`"))
        .with_label(value.span, "no service of this name");
    Some(match nearest {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).fix(
            format!("change to `{meant}`"),
            value.span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help("a service that gpb does not know yet can stand here; AWS refuses one that is not"),
    })
}
