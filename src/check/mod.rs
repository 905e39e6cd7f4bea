//! What a model is held to: each check is a pure function of the model and the facts in it, and gives verdicts with diagnostics.

pub mod cost;
pub mod recovery;
pub mod scaling;

mod price;

pub use price::priced;

use crate::beside::beside;
use crate::diag::{self, Diagnostic};
use crate::graph::{Graph, TypeLookup};
use crate::lang::{self, Compilation, Made};
use cost::book::Book;

/// What the checks are given besides what a program came to.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The program's first file.
    pub entry: &'a str,
    /// What it was compiled with; the price book is in its library.
    pub language: &'a lang::Inputs<'a>,
    pub types: TypeLookup<'a>,
    /// The day prices are for, `2026-11-23`.
    pub day: &'a str,
}

/// The graphs of all environments; a cycle in one is an error like any other.
pub fn close(compilation: &mut Compilation, types: TypeLookup<'_>) -> Vec<Graph> {
    let (graphs, cycles): (Vec<_>, Vec<_>) = compilation.made.iter().map(|made| closed(made, types)).unzip();
    say(compilation, cycles.into_iter().flatten());
    graphs
}

/// The graphs of all environments; and, if the program is right as far as the language and the graphs go, what recovery,
/// cost and scaling say of each.
pub fn judge(compilation: &mut Compilation, inputs: &Inputs<'_>) -> Vec<Graph> {
    if compilation.has_errors() {
        return close(compilation, inputs.types);
    }
    let (mut graphs, mut cycles, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for made in &compilation.made {
        let verdicts = verdicts(made, inputs);
        graphs.push(verdicts.graph);
        cycles.extend(verdicts.cycles);
        found.push(verdicts.found);
    }
    let told = if cycles.is_empty() { together(&compilation.made, found) } else { cycles };
    say(compilation, told);
    graphs
}

fn say(compilation: &mut Compilation, told: impl IntoIterator<Item = Diagnostic>) {
    compilation.diagnostics.extend(told);
    diag::sort(&mut compilation.diagnostics);
}

/// The graph of an environment, and the cycles in it.
fn closed(made: &Made, types: TypeLookup<'_>) -> (Graph, Vec<Diagnostic>) {
    let graph = Graph::build(&made.model);
    let cycles = graph.diagnose(&made.model, types);
    (graph, cycles)
}

/// What is found in one environment.
struct Verdicts {
    graph: Graph,
    cycles: Vec<Diagnostic>,
    /// What recovery, cost and scaling say; where there are cycles, it does not count.
    found: Vec<Diagnostic>,
}

fn verdicts(made: &Made, inputs: &Inputs<'_>) -> Verdicts {
    let (library, day) = (inputs.language.library, inputs.day);
    let price = || cost::check(made, &cost::Inputs { book: &Book::of(library), day: Some(day) });
    let scale = || scaling::check(&made.model);
    let recover = || {
        let (graph, cycles) = closed(made, inputs.types);
        let whole = cycles.is_empty();
        let found = whole.then(|| priced(&made.model, &graph, inputs, recovery::diagnostics));
        Verdicts { graph, cycles, found: found.unwrap_or_default() }
    };
    let (prices, (scales, mut verdicts)) = beside(price, || beside(scale, recover));
    verdicts.found.extend(scales);
    verdicts.found.extend(prices);
    verdicts
}

/// What is said of all environments is said once; what is said of some names them, for they share their text.
fn together(made: &[Made], found: Vec<Vec<Diagnostic>>) -> Vec<Diagnostic> {
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
