//! Reads conditions and tests from TOML.

use super::condition::PropertyCondition;
use super::forms::TextForm;
use super::path::{RulePath, RuleStep};
use super::place::PlacePart;
use super::siblings::Siblings;
use super::term::{Quantifier, Term};
use super::value_test::{Limit, Literal, ValueTest, ValueTests};
use gpb_model::TypeName;
use toml::{Table, Value};

/// Reads a condition: all entries of a table.
///
/// # Errors
/// The mistake in words.
pub(super) fn condition(table: &Table) -> Result<PropertyCondition, String> {
    let mut parts = table.iter().map(|(key, value)| part(key, value)).collect::<Result<Vec<_>, _>>()?;
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Err("a condition is empty".into()),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            parts.push(last);
            // What is cheapest to look up is asked first.
            parts.sort_by_key(|part| match part {
                PropertyCondition::Given(_) | PropertyCondition::Absent(_) => 0,
                PropertyCondition::Nowhere(_) => 2,
                _ => 1,
            });
            Ok(PropertyCondition::All(parts))
        }
    }
}

fn part(key: &str, value: &Value) -> Result<PropertyCondition, String> {
    Ok(match key {
        "given" => PropertyCondition::Given(paths(value)?),
        "absent" => PropertyCondition::Absent(paths(value)?),
        "distinct" => PropertyCondition::Distinct(Term::parse(text(value)?)?),
        "nowhere" => PropertyCondition::Nowhere(texts(value)?),
        "all" => PropertyCondition::All(conditions(value)?),
        "any" => PropertyCondition::Any(conditions(value)?),
        "not" => PropertyCondition::Not(Box::new(condition(value.as_table().ok_or("`not` is no table")?)?)),
        term => {
            let parsed = Term::parse(term)?;
            if parsed.is_plural() && parsed.quantifier == Quantifier::One {
                return Err(format!("`{term}` may be several values: write some({term}) or every({term})"));
            }
            let tests = tests(value).map_err(|mistake| format!("`{term}`: {mistake}"))?;
            PropertyCondition::Test(Box::new((parsed, tests)))
        }
    })
}

fn conditions(value: &Value) -> Result<Vec<PropertyCondition>, String> {
    let tables = value.as_array().ok_or("`any` and `all` are lists of tables")?;
    tables.iter().map(|table| condition(table.as_table().ok_or("a condition is a table")?)).collect()
}

/// Reads paths, each of one value.
///
/// # Errors
/// The mistake in words.
pub(super) fn paths(value: &Value) -> Result<Vec<RulePath>, String> {
    let path = |text: &str| match RulePath::parse(text)? {
        plural if plural.is_plural() => Err(format!("`{text}` may be several values")),
        path => Ok(path),
    };
    texts(value)?.iter().map(|text| path(text)).collect()
}

/// Reads paths that lead to no other resource.
///
/// # Errors
/// The mistake in words.
pub(super) fn own_paths(value: &Value) -> Result<Vec<RulePath>, String> {
    let own = paths(value)?;
    if own.iter().any(|path| path.target.is_some()) {
        return Err("`unique` takes properties of the resource itself".into());
    }
    Ok(own)
}

fn tests(value: &Value) -> Result<ValueTests, String> {
    let Value::Table(table) = value else {
        return Ok(ValueTests { default: None, tests: vec![ValueTest::In(literals(value)?)] });
    };
    let mut read = ValueTests { default: None, tests: Vec::new() };
    for (word, operand) in table {
        match word.as_str() {
            "default" => read.default = Some(literal(operand)?),
            word => read.tests.push(test(word, operand)?),
        }
    }
    if read.tests.is_empty() { Err("there is no test".into()) } else { Ok(read) }
}

fn test(word: &str, operand: &Value) -> Result<ValueTest, String> {
    if let Some(word) = word.strip_prefix("not_") {
        return Ok(ValueTest::Not(Box::new(test(word, operand)?)));
    }
    let term = || Term::parse(text(operand)?);
    Ok(match word {
        "given" => ValueTest::Given(operand.as_bool().ok_or("`given` is true or false")?),
        "is" | "in" => ValueTest::In(literals(operand)?),
        "prefix" => ValueTest::Prefix(texts(operand)?),
        "suffix" => ValueTest::Suffix(texts(operand)?),
        "matches" => ValueTest::Matches(text(operand)?.to_owned()),
        "min" => ValueTest::Min(limit(operand)?),
        "max" => ValueTest::Max(limit(operand)?),
        "above" => ValueTest::Not(Box::new(ValueTest::Max(limit(operand)?))),
        "below" => ValueTest::Not(Box::new(ValueTest::Min(limit(operand)?))),
        "multiple_of" => ValueTest::MultipleOf(number(operand)?),
        "form" => ValueTest::Form(TextForm::named(text(operand)?)?),
        "arn" => match operand.as_bool() {
            Some(true) => ValueTest::Arn,
            _ => return Err("`arn` is true; `not_arn = true` is its opposite".into()),
        },
        "among" => ValueTest::Among(texts(operand)?.iter().map(|text| Term::parse(text)).collect::<Result<_, _>>()?),
        "same_as" => ValueTest::SameAs(term()?),
        "apart_from" => ValueTest::ApartFrom(term()?),
        "within" => ValueTest::Within(term()?),
        "clear_of_others" => ValueTest::ClearOfOthers(siblings(word, operand)?),
        "within_others" => {
            let ty = operand.get("type").ok_or("`within_others` has no `type`")?;
            ValueTest::WithinOthers { ty: TypeName::from(text(ty)?), siblings: siblings(word, operand)? }
        }
        "of_place" => ValueTest::OfPlace(PlacePart::named(text(operand)?)?),
        _ => return Err(format!("there is no test `{word}`")),
    })
}

/// Reads the places at which resources are compared with their like: `{ of = "CidrBlock", by = "VpcId" }`.
fn siblings(test: &str, operand: &Value) -> Result<Siblings, String> {
    let part = |word: &str| {
        let place = operand.get(word).ok_or_else(|| format!("`{test}` has no `{word}`"))?;
        let path = RulePath::parse(text(place)?)?;
        match (path.steps.as_slice(), &path.target) {
            ([RuleStep::Key(_)], None) => Ok(path),
            _ => Err(format!("`{word}` of `{test}` is no property of the resource itself")),
        }
    };
    Ok(Siblings { of: part("of")?, by: part("by")? })
}

fn limit(value: &Value) -> Result<Limit, String> {
    let Value::Table(table) = value else {
        return match value {
            Value::String(term) => Ok(Limit::Of { term: Term::parse(term)?, times: 1.0, plus: 0.0 }),
            number_value => Ok(Limit::Number(number(number_value)?)),
        };
    };
    if let Some(word) = table.keys().find(|word| !["of", "times", "plus"].contains(&word.as_str())) {
        return Err(format!("a limit has `of`, `times` and `plus`, not `{word}`"));
    }
    let part = |word: &str, default: f64| table.get(word).map_or(Ok(default), number);
    let term = Term::parse(text(table.get("of").ok_or("a limit has no `of`")?)?)?;
    Ok(Limit::Of { term, times: part("times", 1.0)?, plus: part("plus", 0.0)? })
}

fn number(value: &Value) -> Result<f64, String> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "bounds are far below where it would matter")]
        Value::Integer(int) => Ok(*int as f64),
        Value::Float(float) => Ok(*float),
        other => Err(format!("`{other}` is not a number")),
    }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("`{value}` is not a string"))
}

/// Reads a string, or a list of them.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(items) => items.iter().map(|item| text(item).map(str::to_owned)).collect(),
        one => Ok(vec![text(one)?.to_owned()]),
    }
}

fn literals(value: &Value) -> Result<Vec<Literal>, String> {
    match value {
        Value::Array(items) => items.iter().map(literal).collect(),
        one => Ok(vec![literal(one)?]),
    }
}

fn literal(value: &Value) -> Result<Literal, String> {
    match value {
        Value::Boolean(bool) => Ok(Literal::Bool(*bool)),
        Value::String(text) => Ok(Literal::Text(text.clone())),
        Value::Integer(_) | Value::Float(_) => number(value).map(Literal::Number),
        other => Err(format!("`{other}` is not a value to compare with")),
    }
}
