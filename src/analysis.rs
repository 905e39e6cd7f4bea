//! Runs the checks on a compiled program, which adds to its diagnostics.

use gpb_base::diag;
use gpb_base::stdlib::Library;
use gpb_catalog::TypeLookup;
use gpb_check::{CheckResults, VerdictSummary, build_graphs, run_checks};
use gpb_lang::Compilation;
use gpb_model::graph::Graph;

/// Builds the graphs of all environments and reports the cycles in them.
pub fn graphs(compilation: &mut Compilation, types: TypeLookup<'_>) -> Vec<Graph> {
    let (graphs, cycles) = build_graphs(&compilation.models, types);
    compilation.diagnostics.extend(cycles);
    diag::sort(&mut compilation.diagnostics);
    graphs
}

/// The results of the checks of a program, apart from its diagnostics.
pub struct Analysis {
    /// The graphs of the environments, in their order.
    pub graphs: Vec<Graph>,
    /// The verdicts on the environments, in their order; none where the checks were not run.
    pub summaries: Vec<VerdictSummary>,
}

/// Builds the graphs of all environments and reports the findings of the checks.
///
/// Programs with errors of the language are not checked.
///
/// `day` is the day of the prices, `2026-11-23`.
pub fn analyze(compilation: &mut Compilation, library: &Library, types: TypeLookup<'_>, day: &str) -> Analysis {
    if compilation.has_errors() {
        return Analysis { graphs: graphs(compilation, types), summaries: Vec::new() };
    }
    let inputs = gpb_check::CheckInputs { library, facts: &compilation.facts, types, day };
    let CheckResults { graphs, summaries, diagnostics } = run_checks(&compilation.models, &inputs);
    compilation.diagnostics.extend(diagnostics);
    diag::sort(&mut compilation.diagnostics);
    Analysis { graphs, summaries }
}
