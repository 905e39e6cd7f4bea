//! The resources behind `on`, and the accounts and roles behind `to aws`: AWS takes ARNs.

use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::{policy_names, regions};
use gpb_model::PropertyValue;
use gpb_model::value::{Value, ValueKind};

/// Returns the diagnostic of a resource that AWS cannot find: neither an ARN nor `*`, or of another partition.
pub(super) fn check_resource(value: &Value, cx: &TypeContext) -> Option<Diagnostic> {
    let text = beginning(value)?;
    if text == "*" && value.as_text().is_some() {
        return None;
    }
    if policy_names::is_short_resource(text) {
        return None;
    }
    if !is_arn(text) {
        return Some(
            Diagnostic::error("GPB9016", format!("`{text}` is not an ARN"))
                .with_label(value.span, "AWS takes the ARN of a resource, or `*`")
                .help("name the resource's own, `queue.arn`, write the whole `arn:…`, or `\"*\"` for all"),
        );
    }
    is_short(text, value).or_else(|| of_another_partition(text, value, cx))
}

/// Returns the diagnostic of an ARN that lacks parts: AWS takes `*` for them.
fn is_short(text: &str, value: &Value) -> Option<Diagnostic> {
    // A policy's variable may stand for several parts, and what is unknown until apply may go on.
    if text.contains("${") || value.as_text().is_none() {
        return None;
    }
    let parts = text.splitn(PARTS, ':').count();
    let is_empty = text.splitn(PARTS, ':').nth(PARTS - 1) == Some("");
    (parts < PARTS || is_empty).then(|| {
        let message = if parts < PARTS {
            format!("`{text}` has {parts} parts, and an ARN has {PARTS}")
        } else {
            format!("`{text}` names no resource")
        };
        Diagnostic::error("GPB9018", message)
            .with_label(value.span, "AWS takes `*` for what is missing, which means more than this")
            .help("an ARN is `arn:partition:service:region:account:resource`; region and account may be empty")
    })
}

/// The number of parts of an ARN; the last may hold colons.
const PARTS: usize = 6;

/// Returns the diagnostic of what is no principal of AWS: an account, a role, a user, a session.
pub(super) fn check_principal(value: &Value, cx: &TypeContext) -> Option<Diagnostic> {
    let text = beginning(value)?;
    let whole = value.as_text().is_some();
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    // AWS shows a role or a user that was deleted by its number, `AROA…`.
    let is_number = text.len() >= 16
        && text.starts_with('A')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if whole && (text == "*" || is_account || is_number) {
        return None;
    }
    if !is_arn(text) {
        return Some(
            Diagnostic::error("GPB9004", format!("`{text}` is not a principal of AWS"))
                .with_label(value.span, "neither an account nor an ARN")
                .help("write the account's 12 digits, or the ARN of a role or a user: `role.arn`"),
        );
    }
    of_another_partition(text, value, cx).or_else(|| of_no_principal(text, value, cx))
}

/// Reports an ARN of something else than a principal, and one that is to stand for several.
fn of_no_principal(text: &str, value: &Value, cx: &TypeContext) -> Option<Diagnostic> {
    if text.contains("${") {
        return None;
    }
    let parts: Vec<&str> = text.splitn(PARTS, ':').collect();
    let whole = value.as_text().is_some();
    let service = parts.get(2).filter(|_| whole || parts.len() > 3)?;
    let wrong = |message: String, label: &str, help: &str| {
        Some(Diagnostic::error("GPB9004", message).with_label(value.span, label.to_owned()).help(help.to_owned()))
    };
    if text.contains(['*', '?']) {
        let help =
            "name each principal, or allow the account and narrow it: `when { arn_like { \"aws:PrincipalArn\" = … } }`";
        return wrong(
            format!("`{text}` is not a principal of AWS"),
            "no wildcard stands for a part of a principal",
            help,
        );
    }
    // Of one that is known in part, the service alone may be.
    let resource = parts.get(PARTS - 1).copied().filter(|_| whole);
    let resource = resource.or(whole.then_some(""));
    if cx.facts.is_principal_arn(service, resource) {
        return None;
    }
    let help = "principals are accounts, roles, users and their sessions: write the account's 12 digits, or `role.arn`";
    wrong(format!("`{text}` is not a principal of AWS"), "the ARN of something that does not act", help)
}

/// Returns the diagnostic of a resource that is no principal, behind `to aws`.
pub fn no_principal(ty: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB9004", format!("a resource of type `{ty}` is not a principal of AWS"))
        .with_label(span, "the ARN of something that does not act")
        .help("principals are accounts, roles, users and their sessions: write the account's 12 digits, or `role.arn`")
}

/// Returns the text that a value is, or begins with, as far as it is known.
///
/// None for what is known only after apply, or is too short to tell.
fn beginning(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Text(text) => Some(text),
        ValueKind::Unknown(unknown) => match &*unknown.value {
            PropertyValue::Concat(parts) => match parts.first() {
                Some(PropertyValue::Text(text)) if text.len() >= "arn:".len() => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Checks whether a text is, or may begin, an ARN; a policy's variable may stand for the whole of one.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") || text.starts_with("${")
}

fn of_another_partition(text: &str, value: &Value, cx: &TypeContext) -> Option<Diagnostic> {
    let mut parts = text.split(':');
    let (written, rest) = (parts.nth(1)?, parts.next());
    let region = &cx.place?.region;
    let here = regions::partition(region)?;
    // Without what follows, the name of the partition may not have ended.
    rest?;
    let known = regions::names().filter_map(regions::partition).any(|partition| partition == written);
    (written != here && (known || !written.contains(['*', '?', '$']))).then(|| {
        Diagnostic::error("GPB9017", format!("this is of the partition `{written}`, and `{region}` is in `{here}`"))
            .with_label(value.span, format!("`arn:{here}:…` is expected here"))
            .help("`arn:${partition}:…` is right in every region")
    })
}
