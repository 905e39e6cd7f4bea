//! `gpb recovery`: the verdicts on recovery targets.

use crate::calendar::today;
use crate::cli::args::DomainName;
use crate::cli::compile::recover;
use crate::cli::session::{Session, diagnostics_document};
use crate::cli::{exit::Exit, terminal};
use crate::report;
use gpb_base::diag;
use gpb_base::source::SourceMap;
use gpb_check::recovery::RecoveryReport;
use gpb_model::Domain;
use std::path::Path;

impl From<DomainName> for Domain {
    fn from(name: DomainName) -> Domain {
        match name {
            DomainName::Software => Domain::Software,
            DomainName::Node => Domain::Node,
            DomainName::Zone => Domain::Zone,
            DomainName::Region => Domain::Region,
        }
    }
}

/// Runs `gpb recovery`.
pub fn run(session: &Session, spec: &Path, domain: Option<DomainName>, explain: Option<&str>) -> Exit {
    let compiled = match session.compile_without_checks(spec) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let day = today();
    let mut found = recover(&compiled, &session.library, &day);
    let domain = domain.map(Domain::from);
    let styles = session.term.styles();
    diag::sort(&mut found.diagnostics);
    let shown = if let Some(address) = explain {
        let chains = found.chains(address, domain);
        if chains.is_empty() {
            return unknown(session, &found, address);
        }
        if session.common.json {
            document(session, &found, &compiled.sources, "chains", serde_json::json!(chains));
            return exit(&found);
        }
        report::recovery::chains(&chains, styles)
    } else {
        let rows = found.rows(domain);
        if session.common.json {
            document(session, &found, &compiled.sources, "rows", serde_json::json!(rows));
            return exit(&found);
        }
        report::recovery::table(&compiled.model.environment.name, &rows, styles)
    };
    terminal::print(&shown);
    session.show(&found.diagnostics, &compiled.sources);
    exit(&found)
}

/// Prints the diagnostics and a part of the report as one JSON document.
fn document(
    session: &Session,
    found: &RecoveryReport<'_>,
    sources: &SourceMap,
    name: &str,
    content: serde_json::Value,
) {
    let mut document = diagnostics_document(&found.diagnostics, sources);
    document[name] = content;
    session.document(&document);
}

/// Returns the exit code: a refuted target refuses, as it does everywhere.
fn exit(found: &RecoveryReport<'_>) -> Exit {
    if found.diagnostics.iter().any(diag::Diagnostic::is_error) { Exit::Refused } else { Exit::Done }
}

/// Reports an address without recovery facts.
fn unknown(session: &Session, found: &RecoveryReport<'_>, address: &str) -> Exit {
    let near = diag::nearest(address, found.addresses());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    session.fail(&format!("nothing at `{address}` has recovery facts{hint}"))
}
