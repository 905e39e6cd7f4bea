//! `gpb drill`: the recovery runbook of a failure domain.

use crate::calendar::today;
use crate::cli::args::DomainName;
use crate::cli::compile::recover;
use crate::cli::{Session, exit::Exit, terminal};
use gpb_engine::state::{StateSnapshot, StateStore};
use gpb_model::Address;
use std::path::Path;

/// Runs `gpb drill`.
pub fn run(session: &Session, spec: &Path, domain: DomainName) -> Exit {
    let compiled = match session.compile_without_checks(spec) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    // A runbook is needed most where the targets are not met: the checks may fail.
    let day = today();
    let mut runbook = recover(&compiled, &session.library, &day).runbook(domain.into());
    // Once the environment is applied, the commands name real identifiers; before, the declared names.
    if let Ok(snapshot) = session.store().snapshot(&session.scope(&compiled.model)) {
        runbook = runbook.with_known(&|name| known(&snapshot, name));
    }
    if session.common.json {
        session.document(&serde_json::json!(runbook));
    } else {
        terminal::print(&runbook.markdown());
    }
    Exit::Done
}

/// Returns an identifier or a property, `data.main.DBClusterArn`, as last read.
fn known(snapshot: &StateSnapshot, name: &str) -> Option<String> {
    if let Some(record) = snapshot.resources.get(&Address::new(name)) {
        return Some(record.id.clone());
    }
    let (address, path) = name.rsplit_once('.')?;
    let record = snapshot.resources.get(&Address::new(address))?;
    let pointer = format!("/{path}");
    let observed = serde_json::Value::from(record.observed.clone());
    observed.pointer(&pointer)?.as_str().map(str::to_owned)
}
