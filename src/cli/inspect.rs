//! `gpb show`, `gpb state` and `gpb output`.

use crate::cli::args::StateCommand;
use crate::cli::{Session, exit::Exit, terminal};
use crate::report;
use gpb_base::source::SourceMap;
use gpb_catalog::Catalog;
use gpb_engine::state::{StateError, StateScope, StateSnapshot, StateStore};
use gpb_model::Address;
use std::collections::BTreeMap;
use std::fmt::Write as _;
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

/// Runs `gpb state list` and `gpb state show ADDRESS`.
pub fn state(session: &Session, command: &StateCommand) -> Exit {
    let snapshot = match chosen_snapshot(session) {
        Ok(snapshot) => snapshot,
        Err(exit) => return exit,
    };
    match command {
        StateCommand::List if session.common.json => session.document(&report::json::state(&snapshot)),
        StateCommand::List => terminal::print(&report::state::list(&snapshot, session.term.styles())),
        StateCommand::Show { address } => return record(session, &snapshot, address),
    }
    Exit::Done
}

/// Prints one resource of the state.
fn record(session: &Session, snapshot: &StateSnapshot, address: &str) -> Exit {
    let Some(record) = snapshot.resources.get(&Address::new(address)) else {
        let known = snapshot.resources.keys().map(Address::as_str);
        let near = gpb_base::diag::nearest(address, known).map(|near| format!("; did you mean `{near}`?"));
        return session.fail(&format!("`{address}` is not in the state{}", near.unwrap_or_default()));
    };
    if session.common.json {
        session.document(&report::json::resource(record));
    } else {
        let text = report::state::show(
            snapshot,
            &record.address,
            &|name| Catalog::embedded().get(name),
            session.term.styles(),
        );
        terminal::print(&text.unwrap_or_default());
    }
    Exit::Done
}

/// Returns the state of the environment of `--env`, or of the only one there is.
fn chosen_snapshot(session: &Session) -> Result<StateSnapshot, Exit> {
    let fail = |error: StateError| {
        session.diagnostics(&[error.diagnostic()], &SourceMap::default());
        Exit::Error
    };
    let store = session.store();
    let cloud = session.cloud_name();
    let mut scopes = store.scopes().map_err(fail)?;
    scopes.retain(|scope| scope.cloud == cloud);
    if let Some(name) = &session.common.env {
        scopes.retain(|scope| scope.environment == *name);
    }
    match scopes.as_slice() {
        [scope] => store.snapshot(scope).map_err(fail),
        [] => {
            let of = session.common.env.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default();
            let folder = session.common.state.display();
            Err(session.fail(&format!("there is no state{of} in `{folder}` for `--cloud {cloud}`")))
        }
        several => {
            let names: Vec<_> = several.iter().map(|scope: &StateScope| scope.environment.as_str()).collect();
            Err(session.fail(&format!("there are several environments, choose with `--env`: {}", names.join(", "))))
        }
    }
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
        Some(serde_json::Value::String(text)) => terminal::print(&format!("{text}\n")),
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
