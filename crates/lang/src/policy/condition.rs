//! Makes conditions: operators by their names, values as strings.

use super::operand::scalars;
use super::values::{absent, empty, one_or_many, put};
use crate::ty::{ConditionKeyFact, ConditionType, TypeContext};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
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
pub(super) fn block(conditions: &Value, cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Value {
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
            diagnostics.push(written_twice(name, &entry.value).unwrap_or_else(|| expects_object(&entry.value)));
            continue;
        };
        if keys.is_empty() {
            diagnostics.push(empty(&format!("`{name}` tests no key"), entry.key));
        }
        let mut tests = match out.swap_remove(aws.as_str()) {
            Some(ValueEntry { value: Value { kind: ValueKind::Map(earlier), .. }, .. }) => earlier.as_ref().clone(),
            _ => ValueMap::default(),
        };
        let compared = ConditionType::of_operator(&aws);
        for (key, tested) in keys {
            // What a variable stands for has the type of another key.
            let compared_with = Some(compared).filter(|_| !compares_variable(&tested.value));
            diagnostics.extend(check_key(key, tested.key, (name, compared_with), cx));
            let (mut values, known) = (Vec::new(), diagnostics.len());
            scalars(&tested.value, (name, compared), &mut values, diagnostics);
            if values.is_empty() && diagnostics.len() == known {
                diagnostics.push(empty(&format!("`{key}` is tested against nothing"), tested.value.span));
            }
            if let Some(first) = tests.get(key) {
                diagnostics.push(tested_twice(key, aws.as_str(), tested.key, first.key));
            }
            put(&mut tests, key, one_or_many(values, tested.value.span));
        }
        put(&mut out, &aws, Value::map(tests, entry.value.span));
    }
    Value::map(out, conditions.span)
}

/// Reports an operator in two blocks: a document has room for one.
fn written_twice(name: &str, value: &Value) -> Option<Diagnostic> {
    let [first, again, ..] = value.as_list()? else { return None };
    (first.as_map().is_some() && again.as_map().is_some()).then(|| {
        Diagnostic::error("GPB1409", format!("`{name}` is given a value twice"))
            .with_label(again.span, "given again here")
            .with_label(first.span, "first given here")
            .help("write all its tests in one block")
    })
}

/// Reports a key that one operator tests in two places: a document has room for one.
fn tested_twice(key: &str, operator: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1409", format!("`{key}` is tested twice by `{operator}`"))
        .with_label(again, "tested again here")
        .with_label(first, "first tested here")
        .help("write all values of one test in a list")
}

/// Checks for a variable of policies among the values, `${aws:VpcSourceIp}`, which the request gives.
fn compares_variable(tested: &Value) -> bool {
    match &tested.kind {
        ValueKind::Text(text) => text.contains("${"),
        ValueKind::List(items) => items.iter().any(compares_variable),
        _ => false,
    }
}

/// Reports a key that AWS's documentation does not name, and an operator for another type of values than the key's.
fn check_key(
    key: &str,
    span: Span,
    (operator, compared): (&str, Option<ConditionType>),
    cx: &TypeContext,
) -> Option<Diagnostic> {
    if !key.contains(':') {
        return Some(
            Diagnostic::error("GPB9015", format!("`{key}` is not a condition key"))
                .with_label(span, "not `service:key`")
                .help("a key is a prefix and a name: `aws:SourceAccount`, `s3:prefix`"),
        );
    }
    let nearest = match cx.facts.condition_key(key) {
        ConditionKeyFact::Known { holds } => return other_type(key, span, operator, compared?, holds?),
        ConditionKeyFact::Unknown { nearest } => nearest,
    };
    let diagnostic = Diagnostic::warning("GPB9010", format!("AWS documents no condition key `{key}`"))
        .with_label(span, "no key of this name");
    Some(match nearest {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).fix(
            format!("change to `{meant}`"),
            span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(
            "a key that no request has is never equal to anything; see the service authorization reference of AWS",
        ),
    })
}

/// Reports an operator that cannot compare what the key holds.
fn other_type(
    key: &str,
    span: Span,
    operator: &str,
    compared: ConditionType,
    holds: ConditionType,
) -> Option<Diagnostic> {
    use ConditionType::{Bool, Date, IpAddress, Numeric, String};
    let wrong = match (compared, holds) {
        // Whether a key exists can be asked of all.
        _ if operator.starts_with("null") || operator == "Null" => false,
        (Bool | IpAddress, holds) => compared != holds,
        // Seconds since 1970 are a number too.
        (Numeric, holds) => !matches!(holds, Numeric | Date),
        (Date, holds) => !matches!(holds, Date | Numeric),
        (String, IpAddress) => true,
        _ => false,
    };
    wrong.then(|| {
        Diagnostic::warning("GPB9012", format!("`{operator}` does not compare what `{key}` holds"))
            .with_label(span, format!("this holds {}", holds.describe()))
            .help(match holds {
                Bool => "compare it by `bool`",
                IpAddress => "compare it by `ip_address`",
                Numeric => "compare it by `numeric_equals`, `numeric_less_than`, …",
                Date => "compare it by `date_less_than`, `date_greater_than`, …",
                ConditionType::Arn => "compare it by `arn_like`",
                _ => "compare it by `string_equals` or `string_like`",
            })
    })
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
