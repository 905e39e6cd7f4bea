//! The names of statements, behind `sid`.

use super::values::{clause, empty};
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_model::value::{Value, ValueKind};
use std::collections::BTreeMap;

/// Returns a statement's name, where it is one.
///
/// Policies of users, groups and roles take letters and digits alone; those of resources take more.
pub(super) fn read(
    written: &Value,
    is_of_identity: bool,
    cx: &TypeContext,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Value> {
    if matches!(written.kind, ValueKind::List(_)) {
        diagnostics.push(
            Diagnostic::error("GPB1101", "a statement has one name, not a list of them")
                .with_label(written.span, "a string is expected here"),
        );
        return None;
    }
    let sid = clause("sid", std::slice::from_ref(written), cx, diagnostics).into_iter().next()?;
    if let Some(text) = sid.as_text() {
        if text.is_empty() {
            diagnostics.push(empty("this `sid` names nothing", sid.span));
        } else if is_of_identity && !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            diagnostics.push(outside_letters(text, &sid));
        }
    }
    Some(sid)
}

fn outside_letters(text: &str, sid: &Value) -> Diagnostic {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let diagnostic = Diagnostic::error("GPB9014", format!("`{text}` cannot name a statement"))
        .with_label(sid.span, "letters and digits alone are allowed here");
    if plain.is_empty() {
        return diagnostic;
    }
    diagnostic.fix(format!("change to `{plain}`"), sid.span, format!("\"{plain}\""))
}

/// Reports names that several statements have.
pub(crate) fn twice(statements: &[Value]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut found = Vec::new();
    for sid in statements.iter().filter_map(|one| Some(&one.as_map()?.get("Sid")?.value)) {
        let Some(text) = sid.as_text() else { continue };
        match first.get(&**text) {
            None => _ = first.insert(text, sid),
            Some(earlier) => found.push(
                Diagnostic::error("GPB9013", format!("two statements are named `{text}`"))
                    .with_label(sid.span, "named again here")
                    .with_label(earlier.span, "first named here")
                    .help("the names of a policy's statements differ"),
            ),
        }
    }
    found
}
