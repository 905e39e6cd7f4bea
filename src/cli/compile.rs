//! From a spec's path to its model; `gpb check`.

use crate::catalog::Catalog;
use crate::check;
use crate::cli::{Session, exit::Exit, files::Disk};
use crate::diag::{self, Diagnostic};
use crate::graph::Graph;
use crate::lang::{self, Compilation};
use crate::model::Model;
use crate::source::SourceMap;
use std::path::Path;

/// A program without errors.
pub struct Compiled {
    pub model: Model,
    pub graph: Graph,
    pub sources: SourceMap,
    /// What it was warned of, for machines; people have read it.
    pub warnings: Vec<Diagnostic>,
}

impl Session {
    fn inputs(&self) -> lang::Inputs<'_> {
        lang::Inputs {
            loader: &Disk,
            library: &self.library,
            catalog: Catalog::embedded(),
            facts: &lang::EmbeddedFacts,
        }
    }

    /// Compiles the chosen environment of a spec.
    ///
    /// # Errors
    /// The exit code of the command, after the diagnostics have been printed. Warnings are printed in any case.
    pub fn compile(&self, spec: &Path) -> Result<Compiled, Exit> {
        let entry = spec.display().to_string();
        let mut compilation = lang::compile(&entry, &self.inputs(), self.common.env.as_deref());
        let graph = close(&mut compilation);
        match compilation.model {
            Some(model) if !compilation.diagnostics.iter().any(Diagnostic::is_error) => {
                if !self.common.json {
                    self.show(&compilation.diagnostics, &compilation.sources);
                }
                Ok(Compiled { model, graph, sources: compilation.sources, warnings: compilation.diagnostics })
            }
            _ => {
                self.diagnostics(&compilation.diagnostics, &compilation.sources);
                Err(Exit::Refused)
            }
        }
    }
}

/// `gpb check`: everything that is wrong with a spec, in all its environments.
pub fn check(session: &Session, spec: &Path) -> Exit {
    let entry = spec.display().to_string();
    let mut compilation = lang::check(&entry, &session.inputs(), session.common.env.as_deref());
    close(&mut compilation);
    session.diagnostics(&compilation.diagnostics, &compilation.sources);
    let exit = if compilation.has_errors() { Exit::Refused } else { Exit::Done };
    // The process ends next and takes the trees and the model with it; to free them piece by piece would only take time.
    std::mem::forget(compilation);
    exit
}

/// The graph of the model, whose cycles are errors like any other.
fn close(compilation: &mut Compilation) -> Graph {
    let Some(model) = &compilation.model else { return Graph::default() };
    let graph = Graph::build(model);
    let cycles = graph.diagnose(model, &|name| Catalog::embedded().get(name));
    let mut found = cycles;
    // A model that is not whole would be blamed for what it lacks.
    if !compilation.has_errors() {
        found.extend(check::scaling::check(model));
    }
    if !found.is_empty() {
        compilation.diagnostics.extend(found);
        diag::sort(&mut compilation.diagnostics);
    }
    graph
}
