//! The diagnostics about the bodies of resources.

use crate::ty::TypeContext;
use gpb_base::diag::{Diagnostic, Severity, nearest};
use gpb_base::foreign;
use gpb_base::source::Span;
use gpb_base::unit::{Dimension, Quantity};
use gpb_catalog::{ObjectShape, TextShape};
use gpb_model::value::{BareWord, Value};
use rust_decimal::Decimal;

pub(super) fn unknown(name: &str, (within, ty): (&str, &str), shape: &ObjectShape, key: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB2001", format!("`{within}` has no property `{name}`"))
        .with_label(key, "no property of this name");
    let names = || shape.properties.iter().map(|property| property.name.as_str());
    // AWS's spelling with a slip in it is looked up without its capitals.
    let lower = name.to_lowercase();
    let by_letters = || {
        let plain = lower.replace(['_', '-'], "");
        shape.properties.iter().find(|property| property.aws.to_lowercase() == plain).map(|found| found.name.as_str())
    };
    let contained = || {
        let mut longer = names().filter(|known| name.len() >= 3 && known.split('_').any(|part| part == name));
        longer.next().filter(|_| longer.next().is_none())
    };
    // A known name with a word too many, `timeout_seconds`: the longest one.
    let beginning = || {
        let known = names().filter(|known| lower.strip_prefix(known).is_some_and(|rest| rest.starts_with('_')));
        known.max_by_key(|known| known.len())
    };
    if let Some(foreign) = foreign::property(name).filter(|_| by_letters().is_none()) {
        return diagnostic.help(foreign.help());
    }
    match by_letters().or_else(|| nearest(&lower, names())).or_else(beginning) {
        Some(meant) => {
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("rename to `{meant}`"), key, meant)
        }
        None => match contained() {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None if shape.properties.len() <= 12 => {
                let names: Vec<&str> = names().collect();
                diagnostic.help(format!("its properties are {}", names.join(", ")))
            }
            None => diagnostic.help(format!("`gpb explain {ty}` lists its properties")),
        },
    }
}

/// Returns advice to write a property in gpb's spelling.
pub fn aws_spelling(aws: &str, name: &str, key: Span) -> Diagnostic {
    let mut diagnostic = Diagnostic::warning("GPB2002", format!("`{aws}` is written `{name}` here"))
        .with_label(key, "AWS's spelling")
        .fix(format!("rename to `{name}`"), key, name);
    diagnostic.severity = Severity::Advice;
    diagnostic
}

pub(super) fn read_only(name: &str, ty: &str, key: Span) -> Diagnostic {
    Diagnostic::error("GPB2003", format!("`{name}` of `{ty}` is set by AWS alone"))
        .with_label(key, "read-only")
        .help("remove it; its value can be used elsewhere once the resource exists")
}

pub(super) fn duplicate(name: &str, first: Span, again: Span) -> Diagnostic {
    Diagnostic::error("GPB2009", format!("`{name}` is given twice"))
        .with_label(again, "given again, in AWS's other spelling")
        .with_label(first, "first given here")
}

pub(super) fn quantity(name: &str, quantity: Quantity, span: Span) -> Diagnostic {
    let message = format!("`{name}` is a bare number, and `{quantity}` is {}", quantity.dimension.described());
    Diagnostic::error("GPB2004", message)
        .with_label(span, "a number without a unit is expected here")
        .help(format!("say in which unit: {}", number_functions(quantity.dimension, name)))
}

/// Returns the functions that make a number of a quantity.
///
/// The property's name may tell which one is meant.
pub(super) fn number_functions(dimension: Dimension, property: &str) -> String {
    let all: &[(&str, &[&str])] = match dimension {
        Dimension::Duration => &[
            ("seconds", &["second", "seconds", "timeout", "ttl"]),
            ("minutes", &["minute", "minutes"]),
            ("hours", &["hour", "hours"]),
            ("days", &["day", "days"]),
        ],
        Dimension::Bytes => &[("mib", &["mib", "mb", "memory"]), ("gib", &["gib", "gb", "storage"])],
        Dimension::Rate => &[("per_second", &["second"]), ("per_minute", &["minute"])],
        Dimension::Percent | Dimension::Money | Dimension::Acu | Dimension::Vcpu => &[("amount", &[])],
    };
    let words: Vec<&str> = property.split(['_', '.']).collect();
    let fitting = all.iter().find(|(_, hints)| hints.iter().any(|hint| words.contains(hint)));
    match fitting {
        Some((function, _)) => format!("`{function}(…)`"),
        None => all.iter().map(|(function, _)| format!("`{function}(…)`")).collect::<Vec<_>>().join(", "),
    }
}

/// Returns the diagnostic for a resource where a string is expected.
///
/// `member` is the property that is meant, where that is certain.
pub fn resource_as_text(ty: &str, span: Span, member: Option<&str>) -> Diagnostic {
    let after = Span { start: span.end, ..span };
    let diagnostic = Diagnostic::error("GPB2005", format!("a string is expected here, and this is a whole `{ty}`"))
        .with_label(span, "a resource is not a string");
    match member {
        Some(member) => diagnostic.help(format!("name the property that is meant: `.{member}`")).fix(
            format!("add `.{member}`"),
            after,
            format!(".{member}"),
        ),
        None => diagnostic.help("name the property that is meant: `.id`, its ARN, or another"),
    }
}

pub(super) fn secret(name: &str, secret: &Value) -> Diagnostic {
    Diagnostic::error("GPB2007", format!("`{name}` keeps no secrets"))
        .with_label(secret.span, "this secret could be read back from there")
        .help("secrets go only into properties that AWS never shows again; give the service the secret's ARN instead")
}

pub(super) fn not_whole(name: &str, found: Decimal, span: Span) -> Diagnostic {
    Diagnostic::error("GPB2008", format!("`{name}` is a whole number, not {}", found.normalize()))
        .with_label(span, "a whole number is expected here")
}

pub(super) fn mismatch(name: &str, wanted: &str, value: &Value) -> Diagnostic {
    let message = match wanted {
        "another type" => format!("`{name}` cannot be {}", value.describe()),
        _ => format!("`{name}` is {wanted}, not {}", value.describe()),
    };
    let diagnostic = Diagnostic::error("GPB2008", message).with_label(
        value.span,
        match wanted {
            "another type" => "does not fit".to_owned(),
            _ => format!("{wanted} is expected here"),
        },
    );
    match wanted {
        "a list" => diagnostic.help("a list of one is written `[x]`"),
        _ => diagnostic,
    }
}

/// Checks that a string stands at its span, as itself or in quotes.
///
/// Otherwise it stands behind a name.
pub(super) fn is_literal(text: &str, span: Span) -> bool {
    let length = (span.end - span.start.min(span.end)) as usize;
    length == text.len() || length == text.len() + 2
}

/// Adds a fix that puts a value in quotes, which AWS takes as a string.
pub(super) fn quote(diagnostic: Diagnostic, literal: &str, span: Span) -> Diagnostic {
    let diagnostic = diagnostic.help("AWS takes a string: put it in quotes, or make a string of it with `text(…)`");
    if is_literal(literal, span) {
        diagnostic.fix("put it in quotes", span, format!("\"{literal}\""))
    } else {
        diagnostic
    }
}

/// Adds a fix that removes the quotes of a number or a bool.
pub(super) fn unquote(diagnostic: Diagnostic, literal: &str, span: Span) -> Diagnostic {
    let diagnostic = diagnostic.help(format!("write {literal}, without quotes"));
    if is_literal(literal, span) { diagnostic.fix("remove the quotes", span, literal) } else { diagnostic }
}

/// Returns the diagnostic for a bare word that is not a name in scope.
pub(super) fn word(name: &str, found: &BareWord, shape: &TextShape, used: Span, cx: &TypeContext) -> Diagnostic {
    let (word, span) = (&*found.text, found.written);
    let known = || shape.one_of.iter().map(String::as_str);
    if shape.one_of.is_empty() {
        let message = format!("`{word}` is not a name in scope, and `{name}` is a string");
        let diagnostic = found.labelled(Diagnostic::error("GPB1105", message), used, "not a name in scope");
        return match cx.nearest_name(word) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`? A string is written in quotes")).fix(
                format!("change to `{meant}`"),
                span,
                &*meant,
            ),
            None => {
                diagnostic.help("a string is written in quotes").fix("put it in quotes", span, format!("\"{word}\""))
            }
        };
    }
    let diagnostic = Diagnostic::error("GPB2006", format!("`{word}` is not a valid value of `{name}`"));
    let diagnostic = found.labelled(diagnostic, used, "neither a value of this property nor a name in scope");
    let folded = known().find(|one| one.eq_ignore_ascii_case(word) || one.replace('-', "_").eq_ignore_ascii_case(word));
    match folded.or_else(|| nearest(word, known())) {
        Some(meant) => {
            let written = if is_word(meant) { meant.to_owned() } else { format!("\"{meant}\"") };
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("change to `{meant}`"), span, written)
        }
        None => match cx.nearest_name(word) {
            Some(meant) => diagnostic.help(format!("the name `{meant}` is in scope; did you mean that?")),
            None => diagnostic.help(format!("its values are {}", some(&known().collect::<Vec<_>>()))),
        },
    }
}

/// Returns the first dozen of many names.
pub(super) fn some(names: &[&str]) -> String {
    let listed: Vec<&str> = names.iter().copied().take(12).collect();
    format!("{}{}", listed.join(", "), if names.len() > listed.len() { ", …" } else { "" })
}

/// Checks that text can stand without quotes.
fn is_word(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    !text.starts_with(|first: char| first.is_ascii_digit()) && text.split('-').all(part)
}
