//! `gpb fmt`: formats specs in place, or checks that they are formatted.
#![expect(clippy::disallowed_methods, reason = "formatting writes specs")]

use crate::cli::session::{Session, diagnostics_document};
use crate::cli::{exit::Exit, file_loader, terminal};
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_syntax as syntax;
use gpb_syntax::FormatError;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Runs `gpb fmt`.
pub fn run(session: &Session, paths: &[PathBuf], check: bool) -> Exit {
    if paths == [PathBuf::from("-")] {
        return standard_input(session, check);
    }
    let mut found = Vec::new();
    for path in paths {
        let listed = if path.is_dir() { file_loader::below(path, &["gpb"]) } else { Ok(vec![path.clone()]) };
        match listed {
            Ok(listed) => found.extend(listed),
            Err(why) => return session.fail(&why),
        }
    }
    let (mut changed, mut left) = (Vec::new(), Vec::new());
    for path in &found {
        match one(path, check) {
            Ok(true) => changed.push(path.display().to_string()),
            Ok(false) => {}
            Err(why) => left.push((path.display().to_string(), why)),
        }
    }
    let done = left.is_empty() && (!check || changed.is_empty());
    let exit = if done { Exit::Done } else { Exit::Error };
    if session.common.json {
        let left: Vec<_> = left.iter().map(|(path, why)| why.document(path)).collect();
        session.document(&serde_json::json!({ "files": found.len(), "changed": changed, "failed": left }));
        return exit;
    }
    for path in &changed {
        terminal::print(&format!("{path}\n"));
    }
    for (_, why) in &left {
        why.report(session);
    }
    exit
}

/// The reason why a text was left as it is.
enum FormatFailure {
    Because(String),
    Invalid(Vec<Diagnostic>, SourceMap),
}

impl FormatFailure {
    fn report(&self, session: &Session) -> Exit {
        match self {
            FormatFailure::Because(why) => session.fail(why),
            FormatFailure::Invalid(diagnostics, sources) => {
                session.diagnostics(diagnostics, sources);
                Exit::Error
            }
        }
    }

    fn document(&self, path: &str) -> serde_json::Value {
        match self {
            FormatFailure::Because(why) => serde_json::json!({ "file": path, "error": why }),
            FormatFailure::Invalid(diagnostics, sources) => {
                let mut document = diagnostics_document(diagnostics, sources);
                document["file"] = path.into();
                document
            }
        }
    }
}

/// Formats a file, unless `check` is set, and returns true when its text changes.
fn one(path: &Path, check: bool) -> Result<bool, FormatFailure> {
    let text = file_loader::read(path).map_err(FormatFailure::Because)?;
    let formatted = format(&path.display().to_string(), &text)?;
    if formatted == *text {
        return Ok(false);
    }
    if !check {
        replace(path, &formatted).map_err(FormatFailure::Because)?;
    }
    Ok(true)
}

/// Writes a new file and renames it over the spec.
///
/// So a spec is never half-written.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let beside = path.with_extension("gpb.new");
    let cannot = |error: std::io::Error| format!("`{}` cannot be written: {error}", path.display());
    std::fs::write(&beside, text).map_err(cannot)?;
    let keep = std::fs::metadata(path).and_then(|meta| std::fs::set_permissions(&beside, meta.permissions()));
    keep.and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        cannot(error)
    })
}

/// Formats standard input to standard output.
fn standard_input(session: &Session, check: bool) -> Exit {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        return session.fail(&format!("standard input cannot be read: {error}"));
    }
    match format("standard input", &text) {
        Ok(formatted) if check => {
            if formatted == text {
                Exit::Done
            } else {
                Exit::Error
            }
        }
        Ok(formatted) => {
            terminal::print(&formatted);
            Exit::Done
        }
        Err(why) => why.report(session),
    }
}

/// Formats a text; `name` is for the messages.
fn format(name: &str, text: &str) -> Result<String, FormatFailure> {
    syntax::format(text).map_err(|error| {
        let FormatError::Invalid(diagnostics) = error else {
            return FormatFailure::Because(format!("`{name}` was left as it is: {error}; please report this"));
        };
        let mut sources = SourceMap::default();
        sources.add(name, text);
        FormatFailure::Invalid(diagnostics, sources)
    })
}
