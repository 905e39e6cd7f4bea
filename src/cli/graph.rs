//! `gpb graph`: the dependency graph.

use crate::cli::args::GraphFormat;
use crate::cli::{Session, exit::Exit, terminal};
use gpb_model::graph::output;
use std::path::Path;

/// Runs `gpb graph`.
pub fn run(session: &Session, spec: &Path, format: GraphFormat) -> Exit {
    let compiled = match session.compile(spec) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let (model, graph) = (&compiled.model, &compiled.graph);
    // `--json` wants a document, whatever the format.
    let format = if session.common.json { GraphFormat::Json } else { format };
    match format {
        GraphFormat::Dot => terminal::print(&output::dot(model, graph)),
        GraphFormat::Mermaid => terminal::print(&output::mermaid(model, graph)),
        GraphFormat::Json => session.document(&output::json(model, graph)),
    }
    Exit::Done
}
