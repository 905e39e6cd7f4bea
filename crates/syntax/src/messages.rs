//! The diagnostics about text, one function a mistake.
//!
//! Those about structure are in [`super::error_recovery`].

use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, MAX_FILE_BYTES, Span};

pub(super) fn binary(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0001", "this file is not text")
        .with_label(at, "the first byte that cannot be text")
        .help("a `.gpb` file is UTF-8 text; is this the right file?")
}

pub(super) fn too_large(at: Span, bytes: usize) -> Diagnostic {
    let (limit, bytes) = (MAX_FILE_BYTES / 1024 / 1024, bytes / 1024 / 1024);
    Diagnostic::error("GPB0005", format!("this file has {bytes} MiB, more than {limit} MiB"))
        .with_label(at, "not read")
        .help("split the file, and join the parts with `use`")
}

/// Reports a character that turns the direction of the text, so that what is read is not what is compiled.
pub(super) fn bidirectional(at: Span, found: char) -> Diagnostic {
    Diagnostic::error("GPB0094", format!("found U+{:04X}, which turns the direction of the text", u32::from(found)))
        .with_label(at, "from here on, the text that is shown is not in the order in which it is read")
        .help("such characters are allowed nowhere in a file; in a string, write it as an escape: `\\u{…}`")
        .fix("remove it", at, "")
}

/// Reports `${` without its `}`.
pub(super) fn unclosed_interpolation(file: FileId, at: usize) -> Diagnostic {
    Diagnostic::error("GPB0012", "this `${` is not closed")
        .with_label(Span::new(file, at, at + "${".len()), "opened here")
        .help("for the two signs themselves, write `\\${`")
}

pub(super) fn invisible(at: Span, found: char) -> Diagnostic {
    let what = match found {
        '\0' => "a NUL byte".to_owned(),
        '\u{A0}' => "a non-breaking space".to_owned(),
        _ => format!("the invisible character U+{:04X}", u32::from(found)),
    };
    let replacement = if found == '\u{A0}' { " " } else { "" };
    Diagnostic::error("GPB0002", format!("found {what}"))
        .with_label(at, "this cannot be seen, and is not allowed here")
        .help("in a string, write it as an escape: `\\u{…}`")
        .fix(if replacement.is_empty() { "remove it" } else { "write a plain space" }, at, replacement)
}

/// Letters that look like others, each followed by the plain one.
const LOOK_ALIKE: &str = "аaеeоoрpсcхxуyіiѕsАAВBЕEКKМMНHОOРPСCТTХXοoΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXΖZ";

pub(super) fn other_letter(at: Span, found: char) -> Diagnostic {
    let pairs: Vec<char> = LOOK_ALIKE.chars().collect();
    let like = pairs.chunks_exact(2).find_map(|pair| match pair {
        [other, plain] if *other == found => Some(*plain),
        _ => None,
    });
    let code = u32::from(found);
    let diagnostic = Diagnostic::error("GPB0002", format!("found the letter `{found}` (U+{code:04X}) in a word"))
        .with_label(at, "words are made of a to z, digits, `_` and `-`");
    match like {
        Some(like) => diagnostic.help(format!("it looks like `{like}` and is another letter")).fix(
            format!("write `{like}`"),
            at,
            like.to_string(),
        ),
        None => diagnostic.help("other letters may stand in strings, in quotes"),
    }
}

pub(super) fn carriage_return(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0002", "found a carriage return without a newline")
        .with_label(at, "expected a newline")
        .help("save the file with newlines at the ends of its lines")
        .fix("write a newline", at, "\n")
}

pub(super) fn too_deep(at: Span) -> Diagnostic {
    let limit = super::lower::MAX_DEPTH;
    Diagnostic::error("GPB0004", format!("nested deeper than {limit} levels"))
        .with_label(at, "this lies too deep")
        .help("give a part of it a name with `let` or `const`, and use the name here")
}

pub(super) fn block_comment(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0013", "comments begin with `//` and end with the line")
        .with_label(at, "`/* … */` is not a comment here")
        .help("begin each line of the comment with `//`")
}

pub(super) fn unclosed_comment(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0014", "this `/*` is not closed")
        .with_label(at, "opened here")
        .help("comments begin with `//` and end with the line; `/* … */` is not a comment here")
}

pub(super) fn heredoc(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0081", "a string over several lines stands between `\"\"\"`")
        .with_label(at, "`<<` begins no string here")
        .help("write `\"\"\"`, the lines, and `\"\"\"` on a line of its own; the blanks before it are the margin")
}

pub(super) fn unknown_escape(at: Span, body: &str) -> Diagnostic {
    let message = if body.is_empty() { "a lone `\\`".to_owned() } else { format!("`\\{body}` is not a valid escape") };
    Diagnostic::error("GPB0015", message)
        .with_label(at, "expected `\\n`, `\\t`, `\\\"`, `\\\\`, `\\$` or `\\u{…}`")
        .help(format!("for a backslash, write `\\\\{body}`"))
}

pub(super) fn bad_unicode_escape(at: Span, code: &str) -> Diagnostic {
    Diagnostic::error("GPB0016", format!("`\\u{{{code}}}` is not a valid Unicode character"))
        .with_label(at, "expected one to six hexadecimal digits of a character, as in `\\u{1F600}`")
}

pub(super) fn closing_quotes(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0017", "the quotes that close a text block stand on a line of their own")
        .with_label(at, "text stands before them on this line")
        .help("begin a new line before the quotes; the blanks before them are the margin of the text")
}

pub(super) fn left_of_margin(at: Span, quotes: Span) -> Diagnostic {
    Diagnostic::error("GPB0018", "this line begins left of the margin of its text block")
        .with_label(at, "expected at least the blanks that stand before the closing quotes")
        .with_label(quotes, "the margin is set here")
        .help("indent the line, or move the closing `\"\"\"` to the left")
}

pub(super) fn interpolation_in_fixed_text(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0019", "this string must be fixed, without `${…}`")
        .with_label(at, "this part would be computed")
        .help("where keys are computed, write a map: `{for k, v in m: \"${k}:x\" = v}`")
}

pub(super) fn too_many_digits(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0020", "this number has too many digits")
        .with_label(at, "expected at most 28 significant digits")
}

pub(super) fn not_a_union_word(at: Span) -> Diagnostic {
    Diagnostic::error("GPB0023", "only words can be alternatives of a type")
        .with_label(at, "expected a word, as in `low | medium | high`")
        .help("give the property the type `any`, or two properties of one type each")
}
