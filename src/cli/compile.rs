//! From a spec's path to its model; `gpb check`.

use crate::catalog::Catalog;
use crate::check::cost::{self, book::Book};
use crate::check::recovery::{self, Recovery};
use crate::check::scaling;
use crate::cli::{Session, beside::beside, exit::Exit, files::Disk};
use crate::diag::{self, Diagnostic};
use crate::graph::Graph;
use crate::lang::{self, Compilation, Tier};
use crate::model::Model;
use crate::source::SourceMap;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;

/// A program without errors.
pub struct Compiled {
    pub model: Model,
    pub graph: Graph,
    pub sources: SourceMap,
    /// What it was warned of, for machines; people have read it.
    pub warnings: Vec<Diagnostic>,
}

/// A program whose language is right, with the environment under each of its budgets.
pub struct Judged {
    pub model: Model,
    pub tiers: Vec<Tier>,
    pub sources: SourceMap,
}

impl Session {
    pub fn inputs(&self) -> lang::Inputs<'_> {
        lang::Inputs {
            loader: &Disk,
            library: &self.library,
            catalog: Catalog::embedded(),
            facts: &lang::EmbeddedFacts,
        }
    }

    /// Compiles a spec for a check to look at, under another usage where one is given. What the checks themselves find is
    /// not reported: whoever asks for a table wants to see it, and why a target or a budget is missed, too.
    ///
    /// # Errors
    /// The exit code of the command, after the diagnostics have been printed.
    pub fn judged(&self, spec: &Path, at: Option<&(String, Decimal)>) -> Result<Judged, Exit> {
        let entry = spec.display().to_string();
        let inputs = self.inputs();
        let mut compilation = match at {
            None => lang::compile(&entry, &inputs, self.common.env.as_deref()),
            Some(at) => lang::compile_at(&entry, &inputs, self.common.env.as_deref(), at),
        };
        close(&mut compilation);
        let failed = compilation.has_errors();
        match compilation.model {
            Some(model) if !failed => Ok(Judged { model, tiers: compilation.tiers, sources: compilation.sources }),
            _ => {
                self.diagnostics(&compilation.diagnostics, &compilation.sources);
                Err(Exit::Refused)
            }
        }
    }

    /// What the checks find in a program that is right as far as the language goes.
    fn verdicts(&self, compilation: &mut Compilation, graph: &Graph) {
        let Some(model) = compilation.model.as_ref().filter(|_| !compilation.has_errors()) else { return };
        let whole = &*compilation;
        let price = || {
            let book = Book::of(&self.library);
            cost::check(whole, &cost::Inputs { book: &book, day: Some(&super::cost::today()) })
        };
        let recover = || {
            let mut found = recovery::diagnostics(self.recovery_of(model, graph));
            found.extend(scaling::check(model));
            found
        };
        let (prices, mut found) = beside(price, recover);
        found.extend(prices);
        compilation.diagnostics.extend(found);
        diag::sort(&mut compilation.diagnostics);
    }

    /// Judges whether an environment can meet its recovery targets.
    pub fn recover<'a>(&'a self, model: &'a Model, graph: &'a Graph) -> Recovery<'a> {
        recovery::check(self.recovery_of(model, graph))
    }

    fn recovery_of<'a>(&'a self, model: &'a Model, graph: &'a Graph) -> recovery::Given<'a> {
        // Only a change that is proposed has to be priced.
        let estimate = OnceCell::new();
        let price = move |change: &recovery::Change| {
            let like = change.like.as_ref()?;
            let estimate = estimate.get_or_init(|| {
                let book = Book::of(&self.library);
                cost::estimate(model, &cost::Inputs { book: &book, day: Some(&super::cost::today()) })
            });
            cost::price_change(estimate, like, change.count.to_i64()?).map(|price| price.expected)
        };
        let types = &|name: &str| Catalog::embedded().get(name);
        recovery::Given { model, graph, types, price: Rc::new(price) }
    }

    /// Compiles the chosen environment of a spec.
    ///
    /// # Errors
    /// The exit code of the command, after the diagnostics have been printed. Warnings are printed in any case.
    pub fn compile(&self, spec: &Path) -> Result<Compiled, Exit> {
        let entry = spec.display().to_string();
        let mut compilation = lang::compile(&entry, &self.inputs(), self.common.env.as_deref());
        let graph = close(&mut compilation);
        self.verdicts(&mut compilation, &graph);
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

    /// Compiles the chosen environment of a spec, whatever the checks of its goals say.
    ///
    /// # Errors
    /// As [`Session::compile`].
    pub fn compile_unjudged(&self, spec: &Path) -> Result<Compiled, Exit> {
        let entry = spec.display().to_string();
        let mut compilation = lang::compile(&entry, &self.inputs(), self.common.env.as_deref());
        let graph = close(&mut compilation);
        match compilation.model.take() {
            Some(model) if !compilation.diagnostics.iter().any(Diagnostic::is_error) => {
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
    let graph = close(&mut compilation);
    session.verdicts(&mut compilation, &graph);
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
    if !cycles.is_empty() {
        compilation.diagnostics.extend(cycles);
        diag::sort(&mut compilation.diagnostics);
    }
    graph
}
