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
    let mut cycles = Vec::new();
    let graph = |made: &Made| {
        let graph = Graph::build(&made.model);
        cycles.extend(graph.diagnose(&made.model, types));
        graph
    };
    let graphs = compilation.made.iter().map(graph).collect();
    if !cycles.is_empty() {
        compilation.diagnostics.extend(cycles);
        diag::sort(&mut compilation.diagnostics);
    }
    graphs
}

/// Adds what recovery, cost and scaling say of each environment, if the program is right as far as the language goes.
pub fn judge(compilation: &mut Compilation, graphs: &[Graph], inputs: &Inputs<'_>) {
    if compilation.has_errors() {
        return;
    }
    let each = compilation.made.iter().zip(graphs);
    let found: Vec<Vec<Diagnostic>> = each.map(|(made, graph)| verdicts(made, graph, inputs)).collect();
    compilation.diagnostics.extend(together(&compilation.made, found));
    diag::sort(&mut compilation.diagnostics);
}

/// What recovery, cost and scaling say of one environment.
fn verdicts(made: &Made, graph: &Graph, inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let (library, day) = (inputs.language.library, inputs.day);
    let price = || cost::check(made, &cost::Inputs { book: &Book::of(library), day: Some(day) });
    let scale = || scaling::check(&made.model);
    let recover = || priced(&made.model, graph, inputs, recovery::diagnostics);
    let (prices, (scales, mut found)) = beside(price, || beside(scale, recover));
    found.extend(scales);
    found.extend(prices);
    found
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
