//! Regular expressions, in a syntax whose time is linear in the text.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use regex::{Regex, RegexBuilder};

/// The size of a compiled expression at most, in bytes.
const MAX_COMPILED: usize = 1 << 20;

pub(super) fn table() -> Vec<Builtin> {
    vec![
        define(
            "matches",
            &[("text", Type::String), ("pattern", Type::String)],
            Type::Bool,
            UnknownPolicy::Waits,
            |call| Ok(Value::bool(compiled(call)?.is_match(call.text(0)), call.span)),
            "Whether a regular expression is found in the text; `^` and `$` stand for its ends.",
        )
        .checked(|call| compiled(call).map(drop)),
    ]
}

/// Compiles the pattern of a call.
fn compiled(call: &BuiltinCall) -> Result<Regex, Diagnostic> {
    let pattern = call.text(1);
    RegexBuilder::new(pattern).size_limit(MAX_COMPILED).build().map_err(|error| {
        let diagnostic = Diagnostic::error("GPB1216", format!("this is not a regular expression: {}", reason(&error)))
            .with_label(call.arg_span(1), "read as a regular expression");
        if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|sign| pattern.contains(sign)) {
            return diagnostic.help("there is no looking ahead or back: match twice, and join the answers with `&&`");
        }
        diagnostic.help("a sign that stands for itself has a backslash before it; in a string that is `\\\\.`")
    })
}

/// Returns the last line of an error, which says what is wrong; those before it show the pattern again.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => format!("it takes more than {MAX_COMPILED} bytes when compiled"),
        other => {
            let shown = other.to_string();
            let last = shown.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    }
}
