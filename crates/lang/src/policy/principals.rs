//! The principals behind `to`.

use super::statement::Principal;
use super::values::{clause, one_or_many, put};
use crate::ty::TypeContext;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueMap};
use indexmap::IndexMap;

/// The kinds of principals as written, each with its name in documents.
const PRINCIPALS: &[(&str, &str)] =
    &[("service", "Service"), ("aws", "AWS"), ("federated", "Federated"), ("canonical", "CanonicalUser")];

/// Returns the `Principal` of a statement; `None` where it has none.
pub(super) fn principals(
    principals: &[Principal],
    cx: &TypeContext,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let first = principals.first()?;
    let mut by_kind: IndexMap<&str, Vec<Value>> = IndexMap::new();
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
                let found = clause("to", std::slice::from_ref(value), cx, diagnostics);
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

/// Reports a service by its bare name, the usual slip: its name is its domain.
fn check_service(value: &Value) -> Option<Diagnostic> {
    let text = value.as_text().filter(|text| !text.contains('.') && ***text != *"*")?;
    Some(
        Diagnostic::error("GPB9005", format!("`{text}` is not a service principal"))
            .with_label(value.span, "a service is named by its domain")
            .help(format!("most are written like `\"{text}.amazonaws.com\"`")),
    )
}
