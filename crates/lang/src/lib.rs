//! The language: names, types, values, and what a program comes to.
//!
//! [`check`] looks at every environment of a program; [`compile`] makes the model of one. Both return all there is to say
//! and never stop at the first mistake.

pub mod builtins;
pub mod ops;
pub mod policy;
pub mod property;
pub mod ty;

mod assemble;
mod attribution;
mod body_index;
mod compile_context;
mod dead_code;
mod embedded;
mod environment;
mod eval;
mod expand;
mod facts;
mod goals;
mod library_index;
mod modules;
mod names;
mod property_reader;
mod resolve;
mod tags;
mod type_table;

#[cfg(test)]
mod tests;

pub use embedded::EmbeddedCloudFacts;
pub use library_index::{LibraryIndex, defined};

use compile_context::CompileContext;
use eval::Interpreter;
use gpb_base::diag;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::{Loader, SourceMap};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_model::value::PropertyValue;
use gpb_model::{CompiledEnvironment, Fact, FactEvaluator, Model, Resource, UsageTier};
use gpb_syntax::ast::Module;
use modules::Program;
use names::{EnvironmentItem, Names};
use std::sync::Arc;

/// What a compilation starts from.
#[derive(Clone, Copy)]
pub struct CompileInputs<'a> {
    pub loader: &'a dyn Loader,
    pub library: &'a Library,
    pub catalog: &'a Catalog,
    /// Regions, zones and the actions of IAM.
    pub facts: &'a (dyn ty::CloudFacts + Sync),
}

impl<'a> CompileInputs<'a> {
    /// With the catalog and the facts in the binary.
    pub fn embedded(loader: &'a dyn Loader, library: &'a Library) -> Self {
        Self { loader, library, catalog: Catalog::embedded(), facts: &EmbeddedCloudFacts }
    }
}

/// What became of a program.
#[derive(Debug)]
pub struct Compilation {
    pub sources: SourceMap,
    /// The trees: the entry first, then what it uses, then the library's.
    pub modules: Vec<Arc<Module>>,
    /// The environments of the program, in order.
    pub environments: Vec<String>,
    /// Those that were looked at, as far as they could be made out. They may be trusted only without errors.
    pub models: Vec<CompiledEnvironment>,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compilation {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The model of the environment that was looked at, where it is one.
    pub fn model(&self) -> Option<&Model> {
        match self.models.as_slice() {
            [made] => Some(&made.model),
            _ => None,
        }
    }
}

/// Checks a program: all its environments, or the one named. A file without environments is checked as far as that goes.
pub fn check(entry: &str, inputs: &CompileInputs<'_>, environment: Option<&str>) -> Compilation {
    run(entry, inputs, environment, CompileGoal::Check, CompileOptions::default()).0
}

/// Compiles one environment: the one named, or the only one there is.
pub fn compile(entry: &str, inputs: &CompileInputs<'_>, environment: Option<&str>) -> Compilation {
    run(entry, inputs, environment, CompileGoal::Compile, CompileOptions::default()).0
}

/// Compiles one environment under another usage: the value that one driver has then.
pub fn compile_at(
    entry: &str,
    inputs: &CompileInputs<'_>,
    environment: Option<&str>,
    at: &(String, rust_decimal::Decimal),
) -> Compilation {
    run(entry, inputs, environment, CompileGoal::Compile, CompileOptions { at: Some(at), others: None }).0
}

/// What the facts say about other resources than those a program declares, such as those applied last: about each set of
/// them by itself. They are seen with the program's usage, and nothing that is wrong with them is the program's mistake.
/// Nothing is said where the program has no such environment.
pub fn facts_about(
    entry: &str,
    inputs: &CompileInputs<'_>,
    environment: Option<&str>,
    others: &[Vec<Resource>],
) -> Vec<Vec<Fact>> {
    run(entry, inputs, environment, CompileGoal::Compile, CompileOptions { at: None, others: Some(others) }).1
}

/// The facts of a program, to be evaluated about other resources.
#[derive(Clone, Copy)]
pub struct FactProgram<'a> {
    /// The program's first file.
    pub entry: &'a str,
    pub inputs: &'a CompileInputs<'a>,
}

impl FactEvaluator for FactProgram<'_> {
    fn facts(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>> {
        facts_about(self.entry, self.inputs, Some(&model.environment.name), others)
    }

    fn changed(&self, resource: &Resource, set: &PropertyValue) -> Option<gpb_model::ValueMap> {
        let def = self.inputs.catalog.get(&resource.ty)?;
        property::changed(resource, &def, set, self.inputs.facts).ok()
    }
}

/// What else an environment is asked.
#[derive(Clone, Copy, Default)]
struct CompileOptions<'a> {
    /// Another value of one driver of its usage.
    at: Option<&'a (String, rust_decimal::Decimal)>,
    /// Other sets of resources to judge, in the place of its budgets.
    others: Option<&'a [Vec<Resource>]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CompileGoal {
    Check,
    Compile,
}

/// Evaluation recurses as deep as values wait for each other; its ceiling is made for a stack of this size. Only what is
/// touched of it is ever taken from the machine.
const STACK: usize = 512 * 1024 * 1024;

fn run(
    entry: &str,
    inputs: &CompileInputs<'_>,
    environment: Option<&str>,
    goal: CompileGoal,
    beside: CompileOptions<'_>,
) -> (Compilation, Vec<Vec<Fact>>) {
    let mut program = modules::load(entry, inputs.loader, inputs.library);
    let early = std::mem::take(&mut program.diagnostics);
    let (catalog, facts) = (inputs.catalog, inputs.facts);
    let evaluate = || evaluate(&program, catalog, facts, (environment, goal), beside);
    let found = std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, evaluate);
        match spawned.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(found)) => found,
            // A fault of the compiler's own is the caller's to hear of, as if there were no thread.
            Ok(Err(fault)) => std::panic::resume_unwind(fault),
            Err(_) => EvalOutput {
                diagnostics: vec![Diagnostic::error("GPB1404", "there is no memory for the compiler's stack")],
                ..EvalOutput::default()
            },
        }
    });
    let mut diagnostics = early;
    diagnostics.extend(found.diagnostics);
    diag::sort(&mut diagnostics);
    let compilation = Compilation {
        sources: program.sources,
        modules: program.modules.into_iter().map(|loaded| loaded.module).collect(),
        environments: found.environments,
        models: found.models,
        diagnostics,
    };
    (compilation, found.others)
}

#[derive(Debug, Default)]
struct EvalOutput {
    environments: Vec<String>,
    models: Vec<CompiledEnvironment>,
    /// The facts about resources beside the program's own.
    others: Vec<Vec<Fact>>,
    diagnostics: Vec<Diagnostic>,
}

fn evaluate(
    program: &Program,
    catalog: &Catalog,
    facts: &(dyn ty::CloudFacts + Sync),
    (wanted, goal): (Option<&str>, CompileGoal),
    beside: CompileOptions<'_>,
) -> EvalOutput {
    if program.modules.is_empty() {
        // The file could not be read, which has been said; that it has no environment is no news.
        return EvalOutput::default();
    }
    let mut early = Vec::new();
    let names = Names::collect(program, &mut early);
    let cx = CompileContext::new(program, names.into(), catalog, facts);
    cx.reports.all(early);
    let resolved = resolve::resolve(&cx);
    let environments: Vec<String> =
        cx.names.environments.iter().map(|environment| environment.body.name.text.to_string()).collect();
    let chosen = choose(&cx, wanted, goal);
    let mut found = EvalOutput { environments, ..EvalOutput::default() };
    for environment in &chosen {
        if cx.spent.get() {
            break;
        }
        let interpreter = Interpreter::new(&cx, &resolved);
        interpreter.constants();
        // A failure has been reported where it happened.
        let Ok(model) = interpreter.environment(environment, beside.at) else { continue };
        let mut made = CompiledEnvironment { model, tiers: Vec::new() };
        match beside.others {
            None => made.tiers = tiers(&cx, &resolved, environment, &made.model),
            Some(others) => {
                *interpreter.goals.borrow_mut() = made.model.goals.clone();
                let judge = |others: &Vec<Resource>| interpreter.evaluate_facts(others.clone()).1;
                found.others = cx.reports.muted(|| others.iter().map(judge).collect());
            }
        }
        found.models.push(made);
    }
    if chosen.is_empty() {
        Interpreter::new(&cx, &resolved).constants();
    }
    dead_code::check(&cx, &resolved);
    found.diagnostics = cx.reports.take_diagnostics();
    found
}

/// The environment again under the usage of each budget that names one.
fn tiers<'p>(
    cx: &CompileContext<'p>,
    resolved: &resolve::ResolveOutput,
    environment: &EnvironmentItem<'p>,
    model: &Model,
) -> Vec<UsageTier> {
    let wanted = model.goals.budgets.iter().filter_map(|budget| budget.at.as_ref());
    let made = wanted.filter_map(|at| {
        let model = Interpreter::new(cx, resolved).environment(environment, Some(at)).ok()?;
        Some(UsageTier { driver: at.0.clone(), value: at.1, model })
    });
    made.collect()
}

/// The environments to look at.
fn choose<'p>(cx: &CompileContext<'p>, wanted: Option<&str>, goal: CompileGoal) -> Vec<EnvironmentItem<'p>> {
    let all = &cx.names.environments;
    let list = || all.iter().map(|environment| environment.body.name.text.as_str()).collect::<Vec<_>>();
    let Some(wanted) = wanted else {
        if goal == CompileGoal::Check || all.len() == 1 {
            return all.clone();
        }
        let diagnostic = if all.is_empty() {
            Diagnostic::error("GPB1908", "the program has no environment")
                .help("add `environment NAME of STACK { … }`, which gives the stack its account, region and parameters")
        } else {
            let diagnostic = Diagnostic::error("GPB1901", format!("there are {} environments: choose one", all.len()));
            diagnostic.help(format!("choose with `--env`: {}", list().join(", ")))
        };
        cx.reports.add(diagnostic);
        return Vec::new();
    };
    let found: Vec<_> = all.iter().filter(|environment| environment.body.name.text == wanted).copied().collect();
    if found.is_empty() {
        let diagnostic = Diagnostic::error("GPB1902", format!("there is no environment `{wanted}`"));
        let near = nearest(wanted, list()).map(|near| format!("did you mean `{near}`?"));
        let listed = || format!("the environments are {}", list().join(", "));
        cx.reports.add(diagnostic.help(near.unwrap_or_else(listed)));
    }
    found
}
