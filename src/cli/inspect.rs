//! `gpb show` and `gpb output`.

use crate::cli::{Session, exit::Exit, terminal};
use crate::report;
use gpb_catalog::Catalog;
use gpb_engine::state::StateStore;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::Path;

/// Runs `gpb show [PLAN]`.
pub fn show(session: &Session, plan: Option<&Path>) -> Exit {
    let (_, plan) = match session.load_plan(plan) {
        Ok(kept) => kept,
        Err(exit) => return exit,
    };
    let lookup = |name: &str| Catalog::embedded().get(name);
    if session.common.json {
        session.document(&report::json::plan(&plan, &lookup));
    } else {
        terminal::print(&report::plan::human(&plan, &lookup, session.term.styles()));
    }
    Exit::Done
}

/// Runs `gpb output SPEC [NAME]`.
pub fn output(session: &Session, spec: &Path, name: Option<&str>) -> Exit {
    let compiled = match session.compile(spec) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let snapshot = match session.store().snapshot(&session.scope(&compiled.model)) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            session.diagnostics(&[error.diagnostic()], &compiled.sources);
            return Exit::Error;
        }
    };
    let Some(name) = name else {
        if session.common.json {
            session.document(&serde_json::json!(snapshot.outputs));
        } else {
            terminal::print(&outputs(&snapshot.outputs));
        }
        return Exit::Done;
    };
    match snapshot.outputs.get(name) {
        Some(value) if session.common.json => session.document(value),
        Some(serde_json::Value::String(text)) if io::stdout().is_terminal() => terminal::print(&format!("{text}\n")),
        Some(serde_json::Value::String(text)) => terminal::print_exact(&format!("{text}\n")),
        Some(value) => terminal::print(&format!("{value:#}\n")),
        None => {
            let near = gpb_base::diag::nearest(name, compiled.model.outputs.keys().map(String::as_str));
            let hint = match near {
                Some(near) => format!("; did you mean `{near}`?"),
                None if compiled.model.outputs.contains_key(name) => "; it is known after `gpb apply`".to_owned(),
                None => String::new(),
            };
            return session.fail(&format!("there is no output `{name}`{hint}"));
        }
    }
    Exit::Done
}

/// Prints outputs for people, one a line, sorted by name.
pub fn outputs(outputs: &BTreeMap<String, serde_json::Value>) -> String {
    let width = outputs.keys().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in outputs {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(text, "{name:width$} = {value}");
    }
    text
}
