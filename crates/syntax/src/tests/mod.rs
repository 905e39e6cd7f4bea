//! The promises of the parser and the formatter.

mod format;
mod grammar;
mod programs;
mod properties;
mod recovery;
mod scale;
mod upgrade;
mod valid;

use super::{dump::dump, parse};
use gpb_base::source::FileId;
use std::fmt::Write as _;

/// Returns the meaning of a text, and below it its diagnostics.
///
/// One a line, as `code start..end message`.
fn read(text: &str) -> String {
    let parsed = parse(FileId(0), text);
    let mut out = dump(&parsed.module);
    for diagnostic in &parsed.diagnostics {
        let at = diagnostic.span().map_or(0..0, gpb_base::source::Span::range);
        let found = text.get(at.clone()).unwrap_or("<no text>");
        let _ = writeln!(out, "{} {at:?} at {found:?}: {}", diagnostic.code, diagnostic.message);
    }
    out
}

/// Compares several small texts with one snapshot.
fn check_each(name: &str, texts: &[&str]) {
    // Snapshots are text, whatever the case holds.
    let plain = |text: &str| text.replace(|c: char| c.is_control() && c != '\n', "\u{FFFD}");
    let mut snapshot = String::new();
    for text in texts {
        let _ = write!(snapshot, "{}\n=>\n{}\n", plain(text), plain(&read(text)));
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, snapshot);
    });
}

/// Compares a text, its meaning and its diagnostics with a snapshot.
fn check(name: &str, text: &str) {
    let snapshot = format!("{}\n\n=> \n{}", text.trim(), read(text));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, snapshot);
    });
}
