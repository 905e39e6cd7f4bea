//! Runs the checks on a compiled program, which adds to its diagnostics.

use gpb_base::diag;
use gpb_base::stdlib::Library;
use gpb_catalog::TypeLookup;
use gpb_check::{build_graphs, run_checks};
use gpb_lang::Compilation;
use gpb_model::graph::Graph;

/// Builds the graphs of all environments and reports the cycles in them.
pub fn graphs(compilation: &mut Compilation, types: TypeLookup<'_>) -> Vec<Graph> {
    let (graphs, cycles) = build_graphs(&compilation.models, types);
    compilation.diagnostics.extend(cycles);
    diag::sort(&mut compilation.diagnostics);
    graphs
}

/// Builds the graphs of all environments and reports the findings of the checks.
///
/// Programs with errors of the language are not checked.
///
/// `day` is the day of the prices, `2026-11-23`.
pub fn analyze(compilation: &mut Compilation, library: &Library, types: TypeLookup<'_>, day: &str) -> Vec<Graph> {
    if compilation.has_errors() {
        return graphs(compilation, types);
    }
    let inputs = gpb_check::CheckInputs { library, facts: &compilation.facts, types, day };
    let (graphs, found) = run_checks(&compilation.models, &inputs);
    compilation.diagnostics.extend(found);
    diag::sort(&mut compilation.diagnostics);
    graphs
}
