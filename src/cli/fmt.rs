//! `gpb fmt`: formats specs in place, or checks that they are formatted.
#![expect(clippy::disallowed_methods, reason = "formatting writes specs")]

use crate::cli::session::{Session, diagnostics_document};
use crate::cli::{exit::Exit, file_loader, terminal};
use crate::files;
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_syntax as syntax;
use gpb_syntax::{FormatError, UpgradedText};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Runs `gpb fmt`.
pub fn run(session: &Session, paths: &[PathBuf], check: bool, upgrade: bool) -> Exit {
    if paths == [PathBuf::from("-")] {
        return standard_input(session, check, upgrade);
    }
    let mut found = Vec::new();
    for path in paths {
        let listed = if path.is_dir() { file_loader::below(path, &["gpb"]) } else { Ok(vec![path.clone()]) };
        match listed {
            Ok(listed) => found.extend(listed),
            Err(why) => return session.fail(&why),
        }
    }
    let used = if upgrade { used_by_others(&found) } else { BTreeSet::new() };
    let (mut changed, mut left, mut advised) = (Vec::new(), Vec::new(), Vec::new());
    for path in &found {
        let upgrade = upgrade.then(|| if used.contains(&identity(path)) { Upgrade::Used } else { Upgrade::Alone });
        match one(path, check, upgrade) {
            Ok((is_changed, advice)) => {
                changed.extend(is_changed.then(|| path.display().to_string()));
                advised.extend(advice);
            }
            Err(why) => left.push((path.display().to_string(), why)),
        }
    }
    let done = left.is_empty() && (!check || changed.is_empty());
    let exit = if done { Exit::Done } else { Exit::Error };
    if session.common.json {
        let left: Vec<_> = left.iter().map(|(path, why)| why.document(path)).collect();
        let mut document = serde_json::json!({ "files": found.len(), "changed": changed, "failed": left });
        if upgrade {
            let advice = advised.iter().map(UpgradeAdvice::document);
            document["advice"] = advice.collect();
        }
        session.document(&document);
        return exit;
    }
    for path in &changed {
        terminal::print(&format!("{path}\n"));
    }
    for (_, why) in &left {
        why.report(session);
    }
    for advice in &advised {
        advice.report(session);
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

/// Advice on what an upgrade has left, with the text that it is about.
struct UpgradeAdvice(Vec<Diagnostic>, SourceMap);

impl UpgradeAdvice {
    fn report(&self, session: &Session) {
        session.diagnostics(&self.0, &self.1);
    }

    fn document(&self) -> serde_json::Value {
        diagnostics_document(&self.0, &self.1)
    }
}

/// The ways in which forms of earlier versions are rewritten.
#[derive(Debug, Clone, Copy)]
enum Upgrade {
    /// No other file among those that are formatted uses this one.
    Alone,
    /// Another file uses it, so its items get `pub`.
    Used,
}

/// Returns the files that others among those that are formatted use.
///
/// A file does not know who uses it, so they are upgraded together.
fn used_by_others(found: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut used = BTreeSet::new();
    for path in found {
        // One that cannot be read is reported when it is formatted.
        let Ok(text) = file_loader::read(path) else { continue };
        let from = path.display().to_string();
        let of_others = syntax::uses(&text).into_iter().map(|named| identity(&files::relative_to(&from, &named)));
        used.extend(of_others.filter(|named| *named != identity(path)));
    }
    used
}

/// Returns the one path of a file.
fn identity(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| files::normalize(path))
}

/// Formats a file, unless `check` is set, and returns true when its text changes.
fn one(path: &Path, check: bool, upgrade: Option<Upgrade>) -> Result<(bool, Option<UpgradeAdvice>), FormatFailure> {
    let text = file_loader::read(path).map_err(FormatFailure::Because)?;
    let name = path.display().to_string();
    let imported = upgrade.map(|_| imported_functions(&name, &text)).unwrap_or_default();
    let (formatted, advice) = format(&name, &text, upgrade, &imported)?;
    let is_changed = formatted != *text;
    if is_changed && !check {
        replace(path, &formatted).map_err(FormatFailure::Because)?;
    }
    Ok((is_changed, advice))
}

/// Returns the functions of the files that a text uses without a name. One that cannot be read is reported by a check.
fn imported_functions(from: &str, text: &str) -> Vec<String> {
    let used = syntax::uses_without_name(text).into_iter();
    let texts = used.filter_map(|named| file_loader::read(&files::relative_to(from, &named)).ok());
    texts.flat_map(|text| syntax::functions(&text)).collect()
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
fn standard_input(session: &Session, check: bool, upgrade: bool) -> Exit {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        return session.fail(&format!("standard input cannot be read: {error}"));
    }
    let imported = if upgrade { imported_functions("", &text) } else { Vec::new() };
    match format("standard input", &text, upgrade.then_some(Upgrade::Alone), &imported) {
        Ok((formatted, _)) if check => {
            if formatted == text {
                Exit::Done
            } else {
                Exit::Error
            }
        }
        Ok((formatted, advice)) => {
            terminal::print_exact(&formatted);
            if let Some(advice) = advice {
                advice.report(session);
            }
            Exit::Done
        }
        Err(why) => why.report(session),
    }
}

/// Formats a text, its forms those of this version if `upgrade` says how; `name` is for the messages.
///
/// `imported` are the functions of the files it uses.
fn format(
    name: &str,
    text: &str,
    upgrade: Option<Upgrade>,
    imported: &[String],
) -> Result<(String, Option<UpgradeAdvice>), FormatFailure> {
    let formatted = match upgrade {
        Some(Upgrade::Alone) => syntax::upgrade(text, imported),
        Some(Upgrade::Used) => syntax::upgrade_used(text, imported),
        None => syntax::format(text).map(|text| UpgradedText { text, advice: Vec::new() }),
    };
    let advised = |found: UpgradedText| {
        let mut sources = SourceMap::default();
        sources.add(name, text);
        let advice = (!found.advice.is_empty()).then_some(UpgradeAdvice(found.advice, sources));
        (found.text, advice)
    };
    formatted.map(advised).map_err(|error| {
        let FormatError::Invalid(diagnostics) = error else {
            return FormatFailure::Because(format!("`{name}` was left as it is: {error}; please report this"));
        };
        let mut sources = SourceMap::default();
        sources.add(name, text);
        FormatFailure::Invalid(diagnostics, sources)
    })
}
