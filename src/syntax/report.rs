//! The messages of this room, one function a mistake.

use crate::diag::Diagnostic;
use crate::source::Span;

pub(super) fn too_deep(at: Span) -> Diagnostic {
    let limit = super::lower::MAX_DEPTH;
    Diagnostic::error("GPB0004", format!("nested deeper than {limit} levels"))
        .at(at, "this lies too deep")
        .help("give a part of it a name with `let` or `const`, and use the name here")
}

pub(super) fn unknown_escape(at: Span, body: &str) -> Diagnostic {
    let message = if body.is_empty() { "a lone `\\`".to_owned() } else { format!("`\\{body}` is no escape") };
    Diagnostic::error("GPB0015", message)
        .at(at, "expected `\\n`, `\\t`, `\\\"`, `\\\\`, `\\$` or `\\u{…}`")
        .fix("write a plain backslash", at, format!("\\\\{body}"))
}

pub(super) fn bad_unicode_escape(at: Span, code: &str) -> Diagnostic {
    Diagnostic::error("GPB0016", format!("`{code}` is no Unicode character"))
        .at(at, "expected one to six hexadecimal digits of a character, as in `\\u{1F600}`")
}

pub(super) fn left_of_margin(at: Span, quotes: Span) -> Diagnostic {
    Diagnostic::error("GPB0018", "this line begins left of the margin of its text block")
        .at(at, "expected at least the blanks that stand before the closing quotes")
        .at(quotes, "the margin is set here")
        .help("indent the line, or move the closing `\"\"\"` to the left")
}

pub(super) fn hole_in_fixed_text(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0019", "this text must be fixed, without `${…}`")
        .at(at, "this part would be computed")
        .help("where keys are computed, write a map: `{for k, v in m: \"${k}:x\" = v}`")
}

pub(super) fn too_many_digits(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0020", "this number has too many digits")
        .at(at, "expected at most 28 significant digits")
}

pub(super) fn not_a_union_word(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0023", "only words can be alternatives of a type")
        .at(at, "expected a word, as in `low | medium | high`")
        .help("give the larger type a name of its own, or use `any`")
}
