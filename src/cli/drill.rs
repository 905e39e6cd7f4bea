//! `gpb drill`.

use crate::cli::args::DomainName;
use crate::cli::{Session, exit::Exit, term};
use std::path::Path;

pub fn run(session: &Session, spec: &Path, domain: DomainName) -> Exit {
    let compiled = match session.compile_unjudged(spec) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    // A runbook is wanted most where the targets are not met.
    let runbook = session.recover(&compiled.model, &compiled.graph).drill(domain.into());
    if session.common.json {
        session.document(&serde_json::json!(runbook));
    } else {
        term::print(&runbook.markdown());
    }
    Exit::Done
}
