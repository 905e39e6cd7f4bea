//! `gpb fmt`.
#![allow(clippy::disallowed_methods)] // This is the room that writes specs.

use crate::cli::{Session, exit::Exit, files, term};
use crate::source::SourceMap;
use crate::syntax::{self, FormatError};
use std::io::Read;
use std::path::{Path, PathBuf};

pub fn run(session: &Session, paths: &[PathBuf], check: bool) -> Exit {
    if paths == [PathBuf::from("-")] {
        return standard_input(session, check);
    }
    let mut found = Vec::new();
    for path in paths {
        let listed = if path.is_dir() { files::below(path, &["gpb"]) } else { Ok(vec![path.clone()]) };
        match listed {
            Ok(listed) => found.extend(listed),
            Err(why) => return session.fail(&why),
        }
    }
    let results: Vec<_> = found.iter().map(|path| one(session, path, check)).collect();
    let changed: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok().and_then(Option::as_ref)).collect();
    if session.common.json {
        let changed: Vec<_> = changed.iter().map(|path| path.display().to_string()).collect();
        session.document(&serde_json::json!({ "files": found.len(), "changed": changed }));
    } else {
        for path in &changed {
            term::print(&format!("{}\n", path.display()));
        }
    }
    match (results.iter().any(Result::is_err), check && !changed.is_empty()) {
        (true, _) => Exit::Error,
        (false, true) => Exit::Error,
        (false, false) => Exit::Done,
    }
}

/// The path, when its text changes.
fn one(session: &Session, path: &Path, check: bool) -> Result<Option<PathBuf>, Exit> {
    let text = files::read(path).map_err(|why| session.fail(&why))?;
    let formatted = format(session, &path.display().to_string(), &text)?;
    if formatted == *text {
        return Ok(None);
    }
    if !check {
        replace(path, &formatted).map_err(|why| session.fail(&why))?;
    }
    Ok(Some(path.to_owned()))
}

/// Written beside and renamed over it: a spec is never half-written.
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

fn standard_input(session: &Session, check: bool) -> Exit {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        return session.fail(&format!("standard input cannot be read: {error}"));
    }
    match format(session, "standard input", &text) {
        Ok(formatted) if check => {
            if formatted == text {
                Exit::Done
            } else {
                Exit::Error
            }
        }
        Ok(formatted) => {
            term::print(&formatted);
            Exit::Done
        }
        Err(exit) => exit,
    }
}

fn format(session: &Session, name: &str, text: &str) -> Result<String, Exit> {
    syntax::format(text).map_err(|error| {
        let FormatError::Invalid(diagnostics) = error else {
            return session.fail(&format!("`{name}` was left as it is: {error}; please report this"));
        };
        let mut sources = SourceMap::default();
        sources.add(name, text);
        session.diagnostics(&diagnostics, &sources);
        Exit::Error
    })
}
