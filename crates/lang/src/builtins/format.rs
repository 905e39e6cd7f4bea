//! Text with values put in by verbs: `format("%05d", n)`.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::{MAX_TEXT, Value, ValueKind};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::{Decimal, ToPrimitive};

/// The widest field, and the most decimals, in characters.
const MAX_WIDTH: usize = 1000;
/// The most decimals that a number has, in digits.
const MAX_DECIMALS: usize = 28;

pub(super) fn table() -> Vec<Builtin> {
    vec![
        define(
            "format",
            &[("pattern", Type::String), ("values", Type::Any.optional())],
            Type::String,
            UnknownPolicy::Waits,
            format,
            "The text with a value for each verb: `%s`, `%05d`, `%.2f`, `%x`.",
        )
        .variadic()
        .checked(|call| if call.arg(0).is_some_and(Value::is_known) { pieces(call).map(drop) } else { Ok(()) }),
    ]
}

/// A part of a pattern.
enum FormatPiece<'t> {
    /// Text as it is.
    Plain(&'t str),
    /// The place of a value.
    Verb(FormatVerb),
}

/// A verb: `%-10s`, `%05d`, `%.2f`, `%x`.
struct FormatVerb {
    /// One of `sdfxX`.
    kind: char,
    /// The value stands at the left of its field.
    left: bool,
    /// Zeros fill the field, and not blanks.
    zeros: bool,
    /// A number that is not negative has a sign.
    plus: bool,
    /// The width of the field at least, in characters.
    width: usize,
    /// The number of decimals.
    decimals: Option<usize>,
}

fn format(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut text = String::new();
    let mut at = 1;
    for piece in pieces(call)? {
        match piece {
            FormatPiece::Plain(plain) => text.push_str(plain),
            FormatPiece::Verb(verb) => {
                text.push_str(&verb.field(call, at)?);
                at += 1;
            }
        }
        if text.len() > MAX_TEXT {
            return Err(call.outside(0, "the string would become too long"));
        }
    }
    Ok(call.as_text(text))
}

/// Returns the parts of the pattern, which has as many verbs as there are values.
fn pieces<'t>(call: &'t BuiltinCall) -> Result<Vec<FormatPiece<'t>>, Diagnostic> {
    let wrong = |message: String| {
        Diagnostic::error("GPB1217", message).with_label(call.arg_span(0), "read as a pattern").help(
            "the verbs are `%s` text, `%d` and `%05d` whole numbers, `%.2f` decimals, `%x` hexadecimal; `%%` is `%`",
        )
    };
    let mut pieces = Vec::new();
    let mut rest = call.text(0);
    while let Some((plain, after)) = rest.split_once('%') {
        pieces.push(FormatPiece::Plain(plain));
        if let Some(after) = after.strip_prefix('%') {
            pieces.push(FormatPiece::Plain("%"));
            rest = after;
            continue;
        }
        let (verb, after) = FormatVerb::read(after).map_err(wrong)?;
        pieces.push(FormatPiece::Verb(verb));
        rest = after;
    }
    pieces.push(FormatPiece::Plain(rest));
    let verbs = pieces.iter().filter(|piece| matches!(piece, FormatPiece::Verb(_))).count();
    // Without values the one parameter for them is absent.
    let values = match call.args.get(1..).unwrap_or_default() {
        [only] if only.is_absent() => 0,
        values => values.len(),
    };
    if verbs == values {
        return Ok(pieces);
    }
    let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    Err(wrong(format!(
        "the pattern has {}, and there {} {}",
        count(verbs, "verb"),
        if values == 1 { "is" } else { "are" },
        count(values, "value")
    )))
}

impl FormatVerb {
    /// Reads what follows a `%`; returns the verb and the text behind it.
    fn read(text: &str) -> Result<(Self, &str), String> {
        let end =
            text.find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, '-' | '+' | '.'))).unwrap_or(text.len());
        let (signs, rest) = text.split_at(end);
        let mut rest = rest.chars();
        let shown = |kind: Option<char>| format!("%{signs}{}", kind.map(String::from).unwrap_or_default());
        let kind = rest.next();
        let Some(kind) = kind.filter(|kind| "sdfxX".contains(*kind)) else {
            return Err(format!("`{}` is not a verb", shown(kind)));
        };
        let flags = signs.find(|sign: char| !matches!(sign, '-' | '+' | '0')).unwrap_or(signs.len());
        let (flags, numbers) = signs.split_at(flags);
        let (width, decimals) = numbers.split_once('.').map_or((numbers, None), |(width, rest)| (width, Some(rest)));
        let number = |digits: &str, most: usize| match digits {
            "" => Some(0),
            digits => digits.parse().ok().filter(|number| *number <= most),
        };
        let (Some(width), Some(decimals)) =
            (number(width, MAX_WIDTH), decimals.map_or(Some(None), |digits| number(digits, MAX_DECIMALS).map(Some)))
        else {
            return Err(format!(
                "`{}` has a width over {MAX_WIDTH}, or more than {MAX_DECIMALS} decimals",
                shown(Some(kind))
            ));
        };
        if decimals.is_some() && kind != 'f' {
            return Err(format!("`{}` has decimals, which only `f` takes", shown(Some(kind))));
        }
        let has = |flag: char| flags.contains(flag);
        let verb = FormatVerb { kind, left: has('-'), zeros: has('0'), plus: has('+'), width, decimals };
        if verb.kind == 's' && (verb.zeros || verb.plus) || verb.left && verb.zeros {
            return Err(format!("`{}` has signs that exclude each other", shown(Some(kind))));
        }
        Ok((verb, rest.as_str()))
    }

    /// Returns a value in its field.
    fn field(&self, call: &BuiltinCall, at: usize) -> Result<String, Diagnostic> {
        let (sign, body) = match self.kind {
            's' => {
                let value = call.args.get(at).cloned().unwrap_or_else(|| Value::absent(call.span));
                ("", ops::part_text(&value)?)
            }
            kind => self.digits(call, at, kind)?,
        };
        let missing = self.width.saturating_sub(sign.len() + body.chars().count());
        let fill = if self.zeros { "0" } else { " " }.repeat(missing);
        Ok(match (self.left, self.zeros) {
            (true, _) => format!("{sign}{body}{fill}"),
            (false, true) => format!("{sign}{fill}{body}"),
            (false, false) => format!("{fill}{sign}{body}"),
        })
    }

    /// Returns the sign of a number and its digits.
    fn digits(&self, call: &BuiltinCall, at: usize, kind: char) -> Result<(&'static str, String), Diagnostic> {
        let Some(ValueKind::Number(number)) = call.arg(at).map(|arg| &arg.kind) else {
            return Err(call.cannot(at, &format!("a number for `%{kind}`")));
        };
        let sign = match (number.is_sign_negative() && !number.is_zero(), self.plus) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let size = number.abs();
        if kind == 'f' {
            let decimals = u32::try_from(self.decimals.unwrap_or(6)).unwrap_or_default();
            let rounded = size.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
            return Ok((sign, format!("{rounded:.0$}", decimals as usize)));
        }
        if !number.is_integer() {
            let help = "write `%.2f` for decimals, or `round(x)` for the nearest whole number";
            return Err(call.cannot(at, &format!("a whole number for `%{kind}`")).help(help));
        }
        let whole = |size: Decimal| size.trunc().to_u128().unwrap_or_default();
        Ok((
            sign,
            match kind {
                'x' => format!("{:x}", whole(size)),
                'X' => format!("{:X}", whole(size)),
                _ => size.trunc().normalize().to_string(),
            },
        ))
    }
}
