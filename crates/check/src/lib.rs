//! What a model is held to: each check is a pure function of the model and the facts in it, and gives verdicts with diagnostics.

pub mod cost;
pub mod recovery;
pub mod scaling;
pub mod simulate;

mod change_pricing;

pub use change_pricing::with_prices;

use cost::book::PriceBook;
use gpb_base::diag::Diagnostic;
use gpb_base::stdlib::Library;
use gpb_base::threads::join;
use gpb_catalog::{TypeLookup, display_path};
use gpb_model::graph::Graph;
use gpb_model::{CompiledEnvironment, FactEvaluator};

/// What the checks are given besides the compiled environments.
#[derive(Clone, Copy)]
pub struct EstimateInputs<'a> {
    /// The standard library: the price book is in it.
    pub library: &'a Library,
    /// The facts of the program, to ask about proposed changes.
    pub facts: &'a dyn FactEvaluator,
    pub types: TypeLookup<'a>,
    /// The day prices are for, `2026-11-23`.
    pub day: &'a str,
}

/// Builds the graphs of all environments; a cycle in one is an error like any other.
pub fn build_graphs(environments: &[CompiledEnvironment], types: TypeLookup<'_>) -> (Vec<Graph>, Vec<Diagnostic>) {
    let (graphs, cycles): (Vec<_>, Vec<_>) = environments.iter().map(|made| build_graph(made, types)).unzip();
    (graphs, cycles.into_iter().flatten().collect())
}

/// Runs all checks: builds the graphs of all environments and, if those have no cycle, finds what recovery, cost and scaling
/// say of each.
pub fn run_checks(environments: &[CompiledEnvironment], inputs: &EstimateInputs<'_>) -> (Vec<Graph>, Vec<Diagnostic>) {
    let (mut graphs, mut cycles, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for made in environments {
        let verdicts = findings(made, inputs);
        graphs.push(verdicts.graph);
        cycles.extend(verdicts.cycles);
        found.push(verdicts.found);
    }
    let told = if cycles.is_empty() { merge(environments, found) } else { cycles };
    (graphs, told)
}

/// The graph of an environment, and the cycles in it.
fn build_graph(made: &CompiledEnvironment, types: TypeLookup<'_>) -> (Graph, Vec<Diagnostic>) {
    let graph = Graph::build(&made.model);
    let cycles = graph.diagnose(&made.model, &|ty, path| display_path(types, ty, path));
    (graph, cycles)
}

/// What is found in one environment.
struct EnvironmentFindings {
    graph: Graph,
    cycles: Vec<Diagnostic>,
    /// What recovery, cost and scaling say; where there are cycles, it does not count.
    found: Vec<Diagnostic>,
}

fn findings(made: &CompiledEnvironment, inputs: &EstimateInputs<'_>) -> EnvironmentFindings {
    let (library, day) = (inputs.library, inputs.day);
    let price = || cost::check(made, &cost::CheckInputs { book: &PriceBook::new(library), day: Some(day) });
    let scale = || scaling::check(&made.model);
    let recover = || {
        let (graph, cycles) = build_graph(made, inputs.types);
        let whole = cycles.is_empty();
        let found = whole.then(|| with_prices(&made.model, &graph, inputs, recovery::diagnostics));
        EnvironmentFindings { graph, cycles, found: found.unwrap_or_default() }
    };
    let (prices, (scales, mut verdicts)) = join(price, || join(scale, recover));
    verdicts.found.extend(scales);
    verdicts.found.extend(prices);
    verdicts
}

/// What is said of all environments is said once; what is said of some names them, for they share their text.
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
