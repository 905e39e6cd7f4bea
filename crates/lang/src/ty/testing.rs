//! Values in tests, written as JSON: `"~word"`, `"#30s"`, `null` (absent), `{"$hole": "number"}`, `{"$range": [1, 2]}`,
//! `{"$secret": "name"}`, `{"$resource": "aws.ec2.vpc"}`.

use super::ActionFact;
use super::CloudFacts;
use crate::property::untyped;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap, ValueRange};
use gpb_model::{Address, Place, SecretSource};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::sync::{Arc, LazyLock};

pub const NOWHERE: Span = Span { file: gpb_base::source::FileId(0), start: 0, end: 0 };

pub fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::absent(NOWHERE),
        Json::Bool(bool) => Value::bool(bool, NOWHERE),
        Json::Number(number) => Value::number(number.to_string().parse::<Decimal>().unwrap(), NOWHERE),
        Json::String(text) => match text.split_at_checked(1) {
            Some(("~", word)) => Value::word(word, NOWHERE),
            Some(("#", quantity)) => self::quantity(quantity),
            _ => Value::text(text, NOWHERE),
        },
        Json::Array(items) => Value::list(items.into_iter().map(value).collect(), NOWHERE),
        Json::Object(entries) => match entries.iter().next() {
            Some((key, inner)) if key.starts_with('$') => special(key, inner.clone()),
            _ => {
                let entries = entries.into_iter();
                let map: ValueMap =
                    entries.map(|(key, json)| (key.into(), ValueEntry { key: NOWHERE, value: value(json) })).collect();
                Value::map(map, NOWHERE)
            }
        },
    }
}

fn special(key: &str, inner: Json) -> Value {
    let text = inner.as_str().unwrap_or_default().to_owned();
    match key {
        "$hole" => {
            let ty = Type::simple(&text).unwrap_or_else(|| Type::list(Type::Any));
            Value::reference(Address::new("x"), PropPath("Out".into()), ty, NOWHERE)
        }
        "$secret" => Value::new(ValueKind::Secret(Arc::new(SecretSource::Store { name: text })), NOWHERE),
        "$resource" => {
            let handle = ResourceHandle { address: Address::new("x"), ty: text.into(), place: Place::default().into() };
            Value::new(ValueKind::Resource(Arc::new(handle)), NOWHERE)
        }
        "$range" => {
            let Json::Array(mut ends) = inner else { panic!("a range has two ends") };
            let high = value(ends.remove(1));
            let range = ValueRange { low: value(ends.remove(0)), high };
            Value::new(ValueKind::Range(Arc::new(range)), NOWHERE)
        }
        _ => panic!("{key} is no test value"),
    }
}

pub fn quantity(text: &str) -> Value {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    let (amount, unit) = if let Some(amount) = text.strip_prefix('$') { (amount, "$") } else { text.split_at(split) };
    let quantity = unit::quantity(amount.parse().unwrap(), unit.trim(), NOWHERE).unwrap();
    Value::new(ValueKind::Quantity(quantity), NOWHERE)
}

/// Returns the value as JSON, or its diagnostics as `CODE message`, one a line.
pub fn show(result: Result<Value, Vec<Diagnostic>>) -> String {
    match result {
        Ok(value) if value.is_absent() => "absent".to_owned(),
        Ok(value) => match untyped(&value) {
            Ok(model) => Json::from(model).to_string(),
            Err(_) => value.describe(),
        },
        Err(diagnostics) => show_all(&diagnostics),
    }
}

pub fn show_all(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|one| {
            let fix = one.fix.as_ref().map(|fix| format!(" [{}]", fix.title)).unwrap_or_default();
            format!("{} {}{fix}", one.code, one.message)
        })
        .collect();
    lines.join("\n")
}

/// Two regions and three actions.
pub struct TestFacts;

impl CloudFacts for TestFacts {
    fn regions(&self) -> Vec<&str> {
        vec!["us-east-1", "us-west-2"]
    }

    fn zones(&self, region: &str) -> Option<&[String]> {
        static EAST: LazyLock<Vec<String>> =
            LazyLock::new(|| ["a", "b", "c"].map(|letter| format!("us-east-1{letter}")).to_vec());
        (region == "us-east-1").then_some(EAST.as_slice())
    }

    fn action(&self, action: &str) -> ActionFact {
        match action {
            "s3:GetObject" | "s3:*" | "sts:AssumeRole" => ActionFact::Known,
            "s3:GetObjet" => ActionFact::Unknown { nearest: Some("s3:GetObject".into()) },
            _ => ActionFact::Unknown { nearest: None },
        }
    }

    fn arn(&self, ty: &str) -> Option<String> {
        (ty == "aws.s3.bucket").then(|| "arn".to_owned())
    }
}
