//! Runs all checks over the environments of a program.

use crate::change_pricing::with_prices;
use crate::check_inputs::CheckInputs;
use crate::verdict_summary::VerdictSummary;
use crate::{cost, credentials, policies, recovery, rules, scaling};
use gpb_base::diag::Diagnostic;
use gpb_base::threads::join;
use gpb_catalog::{TypeLookup, display_path};
use gpb_model::CompiledEnvironment;
use gpb_model::graph::Graph;

/// Builds the graphs of all environments.
///
/// A cycle in one is an error like any other.
pub fn build_graphs(environments: &[CompiledEnvironment], types: TypeLookup<'_>) -> (Vec<Graph>, Vec<Diagnostic>) {
    let (graphs, cycles): (Vec<_>, Vec<_>) = environments.iter().map(|made| build_graph(made, types)).unzip();
    (graphs, cycles.into_iter().flatten().collect())
}

/// The results of all checks.
pub struct CheckResults {
    /// The graphs of the environments, in their order.
    pub graphs: Vec<Graph>,
    /// The verdicts on the environments, in their order.
    pub summaries: Vec<VerdictSummary>,
    /// The diagnostics of all environments.
    pub diagnostics: Vec<Diagnostic>,
}

/// Builds the graphs of all environments and runs all checks over each.
///
/// With a cycle in one of the graphs, the cycles are all that is reported.
pub fn run_checks(environments: &[CompiledEnvironment], inputs: &CheckInputs<'_>) -> CheckResults {
    let (mut graphs, mut cycles, mut found, mut summaries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for made in environments {
        let verdicts = findings(made, inputs);
        graphs.push(verdicts.graph);
        cycles.extend(verdicts.cycles);
        found.push(verdicts.found);
        summaries.push(verdicts.summary);
    }
    let mut diagnostics = if cycles.is_empty() { merge(environments, found) } else { cycles };
    diagnostics.extend(policies::unused_waivers(environments.iter().map(|made| &made.model)));
    CheckResults { graphs, summaries, diagnostics }
}

/// Builds the graph of an environment, and finds the cycles in it.
fn build_graph(made: &CompiledEnvironment, types: TypeLookup<'_>) -> (Graph, Vec<Diagnostic>) {
    let graph = Graph::build(&made.model);
    let cycles = graph.diagnose(&made.model, &|ty, path| display_path(types, ty, path));
    (graph, cycles)
}

/// The results of all checks of one environment.
struct EnvironmentFindings {
    graph: Graph,
    cycles: Vec<Diagnostic>,
    /// The diagnostics of recovery, cost, scaling, of AWS's rules and of credentials.
    ///
    /// Where there are cycles, they do not count.
    found: Vec<Diagnostic>,
    summary: VerdictSummary,
}

fn findings(made: &CompiledEnvironment, inputs: &CheckInputs<'_>) -> EnvironmentFindings {
    let (library, day) = (inputs.library, inputs.day);
    let price =
        || cost::check(made, &cost::EstimateInputs { book: &cost::book::PriceBook::new(library), day: Some(day) });
    let scale = || {
        let mut found = rules::check(&made.model, library, inputs.types);
        found.extend(credentials::check(&made.model, inputs.types));
        found.extend(policies::check(&made.model, inputs.types, day));
        found.extend(scaling::check(&made.model));
        found
    };
    let recover = || {
        let (graph, cycles) = build_graph(made, inputs.types);
        let whole = cycles.is_empty();
        let judged = whole.then(|| with_prices(&made.model, &graph, inputs, recovery::judge));
        let (found, recovery) = judged.unwrap_or_default();
        EnvironmentFindings { graph, cycles, found, summary: VerdictSummary { recovery, budget: None } }
    };
    let ((prices, budget), (scales, mut verdicts)) = join(price, || join(scale, recover));
    verdicts.summary.budget = budget;
    verdicts.found.extend(scales);
    verdicts.found.extend(prices);
    verdicts
}

/// Merges the diagnostics of all environments.
///
/// One found in all is reported once, one found in some names them.
///
/// Environments share the text of their stack, so their diagnostics often are the same.
fn merge(made: &[CompiledEnvironment], found: Vec<Vec<Diagnostic>>) -> Vec<Diagnostic> {
    if found.len() < 2 {
        return found.into_iter().flatten().collect();
    }
    let everywhere = |one: &Diagnostic| found.iter().all(|others| others.contains(one));
    let mut all = Vec::new();
    for (made, own) in made.iter().zip(&found) {
        let name = format!("`{}`", made.model.environment.name);
        for one in own {
            let mut one = one.clone();
            if !everywhere(&one) && !one.message.contains(&name) {
                one.message = format!("in {name}: {}", one.message);
            }
            all.push(one);
        }
    }
    all
}
