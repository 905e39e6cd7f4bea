//! Makes conditions: operators by their names, values as strings.

use super::values::{absent, empty, one_or_many, put};
use crate::ty;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};

/// The operators of AWS's policy language, as gpb and as AWS writes them.
const OPERATORS: &[(&str, &str)] = &[
    ("arn_equals", "ArnEquals"),
    ("arn_like", "ArnLike"),
    ("arn_not_equals", "ArnNotEquals"),
    ("arn_not_like", "ArnNotLike"),
    ("binary_equals", "BinaryEquals"),
    ("bool", "Bool"),
    ("date_equals", "DateEquals"),
    ("date_greater_than", "DateGreaterThan"),
    ("date_greater_than_equals", "DateGreaterThanEquals"),
    ("date_less_than", "DateLessThan"),
    ("date_less_than_equals", "DateLessThanEquals"),
    ("date_not_equals", "DateNotEquals"),
    ("ip_address", "IpAddress"),
    ("not_ip_address", "NotIpAddress"),
    ("null", "Null"),
    ("numeric_equals", "NumericEquals"),
    ("numeric_greater_than", "NumericGreaterThan"),
    ("numeric_greater_than_equals", "NumericGreaterThanEquals"),
    ("numeric_less_than", "NumericLessThan"),
    ("numeric_less_than_equals", "NumericLessThanEquals"),
    ("numeric_not_equals", "NumericNotEquals"),
    ("string_equals", "StringEquals"),
    ("string_equals_ignore_case", "StringEqualsIgnoreCase"),
    ("string_like", "StringLike"),
    ("string_not_equals", "StringNotEquals"),
    ("string_not_equals_ignore_case", "StringNotEqualsIgnoreCase"),
    ("string_not_like", "StringNotLike"),
];

/// The quantifiers before an operator.
const QUANTIFIERS: &[(&str, &str)] = &[("for_any_value_", "ForAnyValue:"), ("for_all_values_", "ForAllValues:")];

/// Returns the operator in AWS's spelling, whichever it was written in.
pub fn operator(written: &str) -> Option<String> {
    let (prefix, rest) = QUANTIFIERS
        .iter()
        .find_map(|(gpb, aws)| {
            let rest = written.strip_prefix(gpb).or_else(|| written.strip_prefix(aws))?;
            Some((*aws, rest))
        })
        .unwrap_or(("", written));
    let stripped = rest.strip_suffix("_if_exists").or_else(|| rest.strip_suffix("IfExists"));
    let (base, suffix) = stripped.map_or((rest, ""), |base| (base, "IfExists"));
    let (_, aws) = OPERATORS.iter().find(|(gpb, aws)| *gpb == base || *aws == base)?;
    // Whether a key exists cannot be asked only of keys that exist.
    if *aws == "Null" && !suffix.is_empty() {
        return None;
    }
    Some(format!("{prefix}{aws}{suffix}"))
}

/// Returns the object after `when`, as the document writes it.
pub(super) fn block(conditions: &Value, diagnostics: &mut Vec<Diagnostic>) -> Value {
    let mut out = ValueMap::default();
    let Some(entries) = conditions.as_map() else {
        diagnostics.push(expects_object(conditions));
        return Value::map(out, conditions.span);
    };
    if entries.is_empty() {
        diagnostics.push(empty("this `when` has no condition", conditions.span));
    }
    for (name, entry) in entries {
        let Some(aws) = operator(name) else {
            diagnostics.push(unknown(name, entry.key));
            continue;
        };
        if entry.value.is_absent() {
            diagnostics.push(absent(&entry.value));
            continue;
        }
        let Some(keys) = entry.value.as_map() else {
            diagnostics.push(expects_object(&entry.value));
            continue;
        };
        if keys.is_empty() {
            diagnostics.push(empty(&format!("`{name}` tests no key"), entry.key));
        }
        let mut tests = match out.swap_remove(aws.as_str()) {
            Some(ValueEntry { value: Value { kind: ValueKind::Map(earlier), .. }, .. }) => earlier.as_ref().clone(),
            _ => ValueMap::default(),
        };
        for (key, tested) in keys {
            let (mut values, known) = (Vec::new(), diagnostics.len());
            scalars(&tested.value, &mut values, diagnostics);
            if values.is_empty() && diagnostics.len() == known {
                diagnostics.push(empty(&format!("`{key}` is tested against nothing"), tested.value.span));
            }
            put(&mut tests, key, one_or_many(values, tested.value.span));
        }
        put(&mut out, &aws, Value::map(tests, entry.value.span));
    }
    Value::map(out, conditions.span)
}

/// Collects the values a key is tested against, each as a string, as AWS does.
fn scalars(value: &Value, found: &mut Vec<Value>, diagnostics: &mut Vec<Diagnostic>) {
    match &value.kind {
        ValueKind::List(items) => items.iter().for_each(|item| scalars(item, found, diagnostics)),
        ValueKind::Text(_) => found.push(value.clone()),
        ValueKind::Bool(bool) => found.push(Value::text(bool.to_string(), value.span)),
        ValueKind::Number(number) => found.push(Value::text(number.normalize().to_string(), value.span)),
        ValueKind::Unknown(unknown) if !matches!(unknown.ty, Type::Secret) => found.push(value.clone()),
        ValueKind::Secret(_) => diagnostics.push(ty::secret_as_text(value)),
        ValueKind::Absent => diagnostics.push(absent(value)),
        ValueKind::Word(word) if word.among.is_some() => found.push(Value::text(word.text.clone(), value.span)),
        ValueKind::Word(word) => diagnostics.push(word.unknown(value.span)),
        _ => diagnostics.push(
            Diagnostic::error(
                "GPB1101",
                format!("a condition tests strings, numbers or bools, not {}", value.describe()),
            )
            .with_label(value.span, "cannot be tested against"),
        ),
    }
}

fn expects_object(value: &Value) -> Diagnostic {
    Diagnostic::error("GPB1101", format!("expected an object, found {}", value.describe()))
        .with_label(value.span, "an object is expected here")
        .help("a condition is written `when { string_equals { \"aws:SourceAccount\" = account } }`")
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB9003", format!("`{name}` is not a valid condition operator"))
        .with_label(span, "no operator of this name");
    let bare = QUANTIFIERS.iter().find_map(|(gpb, _)| name.strip_prefix(gpb)).unwrap_or(name);
    let bare = bare.strip_suffix("_if_exists").unwrap_or(bare);
    match nearest(bare, OPERATORS.iter().map(|(gpb, _)| *gpb)) {
        Some(meant) => {
            let whole = name.replace(bare, meant);
            diagnostic.help(format!("did you mean `{whole}`?")).fix(format!("change to `{whole}`"), span, whole)
        }
        None => diagnostic.help("operators are AWS's in snake_case: string_equals, arn_like, bool, ip_address, …"),
    }
}
