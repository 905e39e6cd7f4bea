//! Reads YAML 1.2 as plain data.
//!
//! Anchors are shared and not copied, so an alias of aliases costs nothing until its size is past the ceiling of values.

use super::builtin::BuiltinCall;
use gpb_base::diag::Diagnostic;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use rust_decimal::Decimal;
use saphyr_parser::{Event, Parser, ScalarStyle, Span as YamlSpan, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The depth to which lists and maps may lie in each other.
const MAX_DEPTH: usize = 100;

/// Computes `from_yaml(text)`.
pub(super) fn decode(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut reader = YamlReader { call, open: Vec::new(), anchors: BTreeMap::new(), read: None };
    for event in Parser::new_from_str(call.text(0)) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            unreadable(call, &format!("line {}, column {}: {}", mark.line(), mark.col() + 1, error.info()))
        })?;
        reader.event(event, span)?;
    }
    Ok(reader.read.unwrap_or_else(|| Value::absent(call.span)))
}

/// Returns the diagnostic for a text that is not YAML.
fn unreadable(call: &BuiltinCall, why: &str) -> Diagnostic {
    Diagnostic::error("GPB1213", format!("this string is not YAML: {why}")).with_label(call.arg_span(0), "read as YAML")
}

/// A list or a map that is being read.
enum OpenCollection {
    List(Vec<Value>),
    /// The entries so far, and the key whose value comes next.
    Map(ValueMap, Option<String>),
}

struct YamlReader<'a> {
    call: &'a BuiltinCall<'a>,
    /// The lists and maps around, with the number of the anchor of each, outermost first.
    open: Vec<(OpenCollection, usize)>,
    anchors: BTreeMap<usize, Value>,
    /// The document, once it is whole.
    read: Option<Value>,
}

impl YamlReader<'_> {
    fn event(&mut self, event: Event<'_>, span: YamlSpan) -> Result<(), Diagnostic> {
        let line = span.start.line();
        match event {
            Event::DocumentStart(_) if self.read.is_some() => {
                Err(self.refuse(line, "a second document begins", "one text is one value; keep one document in it"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.awaits_key() {
                    return self.key(&text, style, tag.as_deref(), line);
                }
                let value = self.scalar(&text, style, tag.as_deref(), line)?;
                self.put(value, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(OpenCollection::List(Vec::new()), anchor, (tag, "seq"), line)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(OpenCollection::Map(ValueMap::default(), None), anchor, (tag, "map"), line)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((OpenCollection::List(items), anchor)) => self.put(Value::list(items, self.call.span), anchor),
                Some((OpenCollection::Map(mut entries, _), anchor)) => {
                    // The same map is the same value, whatever order the text had.
                    entries.sort_unstable_keys();
                    self.put(Value::map(entries, self.call.span), anchor)
                }
                None => Ok(()),
            },
            Event::Alias(_) if self.awaits_key() => Err(self.complex_key(line)),
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(value) => self.put(value, 0),
                None => Err(self.refuse(line, "an alias stands for what it is itself part of", "write the value out")),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some((OpenCollection::Map(_, None), _)))
    }

    fn begin(
        &mut self,
        node: OpenCollection,
        anchor: usize,
        (tag, expected): (Option<Cow<'_, Tag>>, &str),
        line: usize,
    ) -> Result<(), Diagnostic> {
        if self.awaits_key() {
            return Err(self.complex_key(line));
        }
        if let Some(tag) = tag.filter(|tag| !(tag.is_yaml_core_schema() && tag.suffix == expected)) {
            return Err(self.unknown_tag(&tag, line));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(unreadable(self.call, &format!("line {line}: it nests more than {MAX_DEPTH} deep")));
        }
        self.open.push((node, anchor));
        Ok(())
    }

    /// Puts a value where it belongs, and keeps it for aliases.
    fn put(&mut self, value: Value, anchor: usize) -> Result<(), Diagnostic> {
        let value = value.bounded()?;
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => self.read = Some(value),
            Some((OpenCollection::List(items), _)) => items.push(value),
            Some((OpenCollection::Map(entries, key), _)) => {
                if let Some(key) = key.take() {
                    entries.insert(key.into(), ValueEntry { key: self.call.span, value });
                }
            }
        }
        Ok(())
    }

    fn key(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, line: usize) -> Result<(), Diagnostic> {
        let is_plain = style == ScalarStyle::Plain && tag.is_none();
        if is_plain && text == "<<" {
            let help = "YAML 1.2 has no merge key: repeat the entries, or join the maps with `merge(a, b)`";
            return Err(self.refuse(line, "`<<` would be a key like any other", help));
        }
        if is_plain && is_null(text) {
            return Err(self.refuse(line, "a key is empty", "a key is text: put it in quotes"));
        }
        let Some((OpenCollection::Map(entries, key), _)) = self.open.last_mut() else { return Ok(()) };
        if entries.contains_key(text) {
            return Err(unreadable(self.call, &format!("line {line}: the key `{text}` stands there twice")));
        }
        *key = Some(text.to_owned());
        Ok(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, line: usize) -> Result<Value, Diagnostic> {
        let span = self.call.span;
        if let Some(tag) = tag {
            return Err(self.unknown_tag(tag, line));
        }
        if style != ScalarStyle::Plain {
            return Ok(Value::text(text, span));
        }
        match text {
            text if is_null(text) => return Ok(Value::absent(span)),
            "true" | "True" | "TRUE" => return Ok(Value::bool(true, span)),
            "false" | "False" | "FALSE" => return Ok(Value::bool(false, span)),
            _ => {}
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
            return Err(self.refuse(line, &format!("`{text}` is no number here"), "a number is finite"));
        }
        let leads =
            unsigned.strip_prefix('0').is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
        if leads && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
            let help = "readers differ on it: put it in quotes to keep its zeros, or write an octal number as `0o17`";
            return Err(self.refuse(line, &format!("`{text}` begins with a zero"), help));
        }
        match PlainScalar::read(text, unsigned) {
            PlainScalar::Text => Ok(Value::text(text, span)),
            PlainScalar::Number(number) => Ok(Value::number(number, span)),
            PlainScalar::TooLong => Err(gpb_base::unit::too_large(self.call.arg_span(0))),
        }
    }

    fn complex_key(&self, line: usize) -> Diagnostic {
        self.refuse(line, "a key is a list, a map or an alias", "a key is text")
    }

    fn unknown_tag(&self, tag: &Tag, line: usize) -> Diagnostic {
        let message = format!("the tag `{tag}` means nothing here");
        self.refuse(line, &message, "what is read is data alone: write the value that the tag stands for")
    }

    /// Returns the diagnostic for YAML that is no plain data.
    fn refuse(&self, line: usize, why: &str, help: &str) -> Diagnostic {
        Diagnostic::error("GPB1224", format!("this YAML is no plain data: line {line}: {why}"))
            .with_label(self.call.arg_span(0), "read as YAML")
            .help(help)
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// What a plain scalar is by the core schema.
enum PlainScalar {
    /// No number.
    Text,
    /// A number with more digits than there is room for.
    TooLong,
    Number(Decimal),
}

impl PlainScalar {
    fn read(text: &str, unsigned: &str) -> Self {
        let of = |read: Option<Decimal>| read.map_or(Self::TooLong, |number| Self::Number(number.normalize()));
        let radix = |digits: &str, radix: u32| {
            let is_all = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
            if is_all { of(u64::from_str_radix(digits, radix).ok().map(Decimal::from)) } else { Self::Text }
        };
        if let Some(digits) = text.strip_prefix("0o") {
            return radix(digits, 8);
        }
        if let Some(digits) = text.strip_prefix("0x") {
            return radix(digits, 16);
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
            None => (unsigned, None),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = digits(whole)
            && digits(fraction)
            && !(whole.is_empty() && fraction.is_empty())
            && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent));
        if !is_number {
            return Self::Text;
        }
        let sign = if text.starts_with('-') { "-" } else { "" };
        let spelled = format!("{sign}0{whole}.{fraction}0");
        let power = text.split_once(['e', 'E']).map(|(_, power)| power.strip_prefix('+').unwrap_or(power));
        of(match power {
            Some(power) => Decimal::from_scientific(&format!("{spelled}e{power}")).ok(),
            None => spelled.parse().ok(),
        })
    }
}
