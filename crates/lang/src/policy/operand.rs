//! The values that conditions test against, by the family of the operator.

use super::values::absent;
use crate::ty::{self, ConditionType};
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::Decimal;
use std::net::IpAddr;

impl ConditionType {
    /// Returns the type that AWS's name of an operator begins with.
    pub(super) fn of_operator(aws: &str) -> Self {
        let bare = aws.rsplit(':').next().unwrap_or(aws);
        let families = [
            ("Numeric", Self::Numeric),
            ("Date", Self::Date),
            ("Bool", Self::Bool),
            ("Null", Self::Bool),
            ("IpAddress", Self::IpAddress),
            ("NotIpAddress", Self::IpAddress),
            ("Arn", Self::Arn),
            ("Binary", Self::Binary),
        ];
        families.iter().find(|(name, _)| bare.starts_with(name)).map_or(Self::String, |(_, family)| *family)
    }

    /// Returns the noun, with its article, for messages.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Numeric => "a number",
            Self::Date => "a date",
            Self::Bool => "a bool",
            Self::IpAddress => "an IP address or a network",
            Self::Arn => "an ARN",
            Self::Binary => "base64",
        }
    }

    /// Returns what shows how such a value is written.
    fn example(self) -> &'static str {
        match self {
            Self::String => "a string stands in quotes",
            Self::Numeric => "a number is written `3600`",
            Self::Date => "a date is written `\"2026-04-01T00:00:00Z\"`, or in seconds since 1970",
            Self::Bool => "a bool is `true` or `false`",
            Self::IpAddress => "an address is written `\"203.0.113.7\"`, a network `\"203.0.113.0/24\"`",
            Self::Arn => "an ARN is written `\"arn:aws:sns:us-east-1:123456789012:alerts\"`",
            Self::Binary => "base64 is made by `base64(text)`",
        }
    }

    fn takes(self, value: &ValueKind) -> bool {
        match (self, value) {
            (Self::Bool, ValueKind::Bool(_)) | (Self::Numeric | Self::Date, ValueKind::Number(_)) => true,
            (_, ValueKind::Text(text)) => self.reads(text),
            _ => false,
        }
    }

    /// Checks that a text is read as such a value. A policy variable (`${aws:username}`) is known to AWS alone.
    fn reads(self, text: &str) -> bool {
        text.contains("${")
            || match self {
                Self::String => true,
                Self::Numeric => text.parse::<Decimal>().is_ok(),
                Self::Date => is_date(text) || text.parse::<u64>().is_ok(),
                Self::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
                Self::IpAddress => is_network(text),
                Self::Arn => text == "*" || is_arn(text),
                Self::Binary => is_base64(text),
            }
    }

    /// Checks that a value unknown until apply may turn out to be such a value.
    fn may_be(self, ty: &Type) -> bool {
        match (self, ty.required()) {
            // A condition takes several values.
            (_, Type::List(of)) => self.may_be(of),
            (Self::Numeric | Self::Date, ty) => ty.may_be(&Type::Number) || ty.may_be(&Type::String),
            (Self::Bool, ty) => ty.may_be(&Type::Bool) || ty.may_be(&Type::String),
            (_, ty) => ty.may_be(&Type::String),
        }
    }
}

/// Collects the values a key is tested against, each as a string, as AWS does.
pub(super) fn scalars(
    value: &Value,
    (operator, wanted): (&str, ConditionType),
    found: &mut Vec<Value>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match &value.kind {
        ValueKind::List(items) => {
            items.iter().for_each(|item| scalars(item, (operator, wanted), found, diagnostics));
        }
        ValueKind::Secret(_) => diagnostics.push(ty::secret_as_text(value)),
        ValueKind::Absent => diagnostics.push(absent(value)),
        ValueKind::Word(word) if word.among.is_some() => {
            let text = Value::text(word.text.clone(), value.span);
            scalars(&text, (operator, wanted), found, diagnostics);
        }
        ValueKind::Word(word) => diagnostics.push(word.unknown(value.span)),
        ValueKind::Unknown(unknown) if !matches!(unknown.ty, Type::Secret) && wanted.may_be(&unknown.ty) => {
            found.push(value.clone());
        }
        kind if wanted.takes(kind) => found.push(match kind {
            ValueKind::Bool(bool) => Value::text(bool.to_string(), value.span),
            ValueKind::Number(number) => Value::text(number.normalize().to_string(), value.span),
            _ => value.clone(),
        }),
        _ => diagnostics.push(mismatch(value, operator, wanted)),
    }
}

fn mismatch(value: &Value, operator: &str, wanted: ConditionType) -> Diagnostic {
    let expected = wanted.describe();
    let found = match value.as_text() {
        Some(text) => format!("`{text}`"),
        None => value.describe(),
    };
    let diagnostic = Diagnostic::error("GPB9008", format!("`{operator}` compares with {expected}, not with {found}"))
        .with_label(value.span, format!("{expected} is expected here"));
    match (wanted, &value.kind) {
        (ConditionType::Numeric, ValueKind::Quantity(_)) => {
            diagnostic.help("AWS compares bare numbers: write `seconds(1h)`, `amount(x)`, or the number")
        }
        (ConditionType::String, ValueKind::Number(number)) if number.is_integer() => {
            let text = format!("\"{}\"", number.normalize());
            diagnostic.help("a number is compared by `numeric_equals`; an account is a string of twelve digits").fix(
                format!("write `{text}`"),
                value.span,
                text,
            )
        }
        (ConditionType::String, ValueKind::Bool(bool)) => diagnostic
            .help("a bool is compared by the operator `bool`")
            .fix(format!("write `\"{bool}\"`"), value.span, format!("\"{bool}\"")),
        _ => diagnostic.help(wanted.example()),
    }
}

/// Checks for `arn:partition:service:region:account:resource`, of which the resource may hold colons.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(6, ':').filter(|part| !part.is_empty()).count() >= 4
        || text.starts_with('*')
}

fn is_network(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let longest: u8 = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}

fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).is_ok()
}

/// Checks for a date of ISO 8601 as AWS reads it: a year, a month, a day, or a point in time with its zone.
fn is_date(text: &str) -> bool {
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let numbers: Vec<Option<u32>> = day.split('-').map(number).collect();
    let is_day = match numbers.as_slice() {
        [Some(_)] => day.len() == 4 && time.is_none(),
        [Some(_), Some(month)] => day.len() == 7 && (1..=12).contains(month) && time.is_none(),
        [Some(year), Some(month), Some(of_month)] => {
            day.len() == 10 && (1..=12).contains(month) && (1..=days(*year, *month)).contains(of_month)
        }
        _ => false,
    };
    is_day && time.is_none_or(is_time)
}

fn is_time(text: &str) -> bool {
    let clock = if let Some(clock) = text.strip_suffix('Z') {
        clock
    } else {
        let Some((clock, zone)) = text.rsplit_once(['+', '-']) else { return false };
        if !is_clock(zone, 2) {
            return false;
        }
        clock
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, part)| (clock, Some(part)));
    let parts = clock.split(':').count();
    is_clock(clock, parts) && matches!(parts, 2 | 3) && fraction.is_none_or(|part| parts == 3 && number(part).is_some())
}

/// Checks for hours, minutes and, of three parts, seconds.
fn is_clock(text: &str, parts: usize) -> bool {
    let mut limits = [24, 60, 60].iter();
    text.split(':').count() == parts
        && text.split(':').all(|part| {
            let below = limits.next().copied().unwrap_or_default();
            part.len() == 2 && number(part).is_some_and(|value| value < below)
        })
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
