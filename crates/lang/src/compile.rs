//! Entry points: from a program's first file to the models of its environments.

use super::compile_context::CompileContext;
use super::deep_stack;
use super::embedded::EmbeddedCloudFacts;
use super::expand::Expander;
use super::facts::FactProgram;
use super::inputs::{PlacedInputs, ProgramInputs};
use super::modules::{self, Program};
use super::names::{EnvironmentItem, GlobalItem, NamedItem, Names};
use super::resolve::{self, ResolveOutput};
use super::static_check;
use super::ty::CloudFacts;
use gpb_base::diag;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::{Loader, SourceMap, Span};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_model::{CompiledEnvironment, Model, UsageLevel};
use gpb_syntax::ast::{Body, Module};
use rust_decimal::Decimal;
use std::rc::Rc;
use std::sync::Arc;

/// Everything a compilation starts from.
#[derive(Clone, Copy)]
pub struct CompileInputs<'a> {
    /// Reads the files of the program.
    pub loader: &'a (dyn Loader + Sync),
    /// The standard library: components, functions, facts.
    pub library: &'a Library,
    /// The resource types.
    pub catalog: &'static Catalog,
    /// Regions, zones and the actions of IAM.
    pub facts: &'static (dyn CloudFacts + Sync),
    /// The values of parameters and the environment variables that the program is given.
    pub given: &'a ProgramInputs,
}

/// The inputs of a program that is given none.
static NOTHING: ProgramInputs = ProgramInputs::NONE;

impl<'a> CompileInputs<'a> {
    /// Returns the inputs with the catalog and the cloud's facts that are in the binary.
    pub fn embedded(loader: &'a (dyn Loader + Sync), library: &'a Library) -> Self {
        Self { loader, library, catalog: Catalog::embedded(), facts: &EmbeddedCloudFacts, given: &NOTHING }
    }
}

/// The result of compiling a program.
#[derive(Debug)]
pub struct Compilation {
    /// The text of every file that was read.
    pub sources: SourceMap,
    /// The trees: the entry first, then the files it uses, then the library's.
    pub modules: Vec<Arc<Module>>,
    /// The names of the program's environments, in order.
    pub environments: Vec<String>,
    /// The environments that were looked at, as far as they could be evaluated. Without errors only may they be trusted.
    pub models: Vec<CompiledEnvironment>,
    /// Everything that is wrong, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The facts of the program, to be evaluated about resources other than its own.
    pub facts: FactProgram,
}

impl Compilation {
    /// Returns whether a diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Checks whether the environment that was looked at is finished: the program itself has no errors.
    pub fn is_finished(&self) -> bool {
        self.model().is_some() && self.facts.is_whole()
    }

    /// Returns the model of the environment that was looked at, where it is one.
    pub fn model(&self) -> Option<&Model> {
        match self.models.as_slice() {
            [made] => Some(&made.model),
            _ => None,
        }
    }
}

/// Checks a program: all its environments, or the one named. A file without environments is checked as far as that goes.
pub fn check(entry: &str, inputs: &CompileInputs<'_>, environment: Option<&str>) -> Compilation {
    run(entry, inputs, (environment, CompileGoal::Check), None)
}

/// Compiles one environment: the one named, or the only one there is.
pub fn compile(entry: &str, inputs: &CompileInputs<'_>, environment: Option<&str>) -> Compilation {
    run(entry, inputs, (environment, CompileGoal::Compile), None)
}

/// Compiles one environment under another usage: `at` gives one of its drivers another value.
pub fn compile_at(
    entry: &str,
    inputs: &CompileInputs<'_>,
    environment: Option<&str>,
    at: &(String, Decimal),
) -> Compilation {
    run(entry, inputs, (environment, CompileGoal::Compile), Some(at))
}

/// Compiles one environment of a program that is read already; what no environment expands is not looked at.
pub(crate) fn compile_program(program: Program, inputs: &CompileInputs<'_>, environment: &str) -> Compilation {
    finish(program, inputs, (Some(environment), CompileGoal::Test), None)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CompileGoal {
    Check,
    Compile,
    Test,
}

fn run(
    entry: &str,
    inputs: &CompileInputs<'_>,
    wanted: (Option<&str>, CompileGoal),
    at: Option<&(String, Decimal)>,
) -> Compilation {
    finish(modules::load(entry, inputs.loader, inputs.library), inputs, wanted, at)
}

fn finish(
    mut program: Program,
    inputs: &CompileInputs<'_>,
    wanted: (Option<&str>, CompileGoal),
    at: Option<&(String, Decimal)>,
) -> Compilation {
    let mut diagnostics = program.take_diagnostics();
    let given = PlacedInputs::new(inputs.given, &mut program.sources);
    let broken = &program.broken;
    let found = deep_stack::run(|| evaluate(&program, inputs, given, wanted, (at, broken)));
    let found = found.unwrap_or_else(|| EvalOutput {
        diagnostics: vec![Diagnostic::error("GPB1411", "there is no memory for the compiler's stack")],
        ..EvalOutput::default()
    });
    let whole = !found.diagnostics.iter().any(Diagnostic::is_error);
    diagnostics.extend(found.diagnostics);
    diag::sort(&mut diagnostics);
    program.add_templates();
    let program = Arc::new(program);
    Compilation {
        sources: program.sources.clone(),
        modules: program.modules.iter().map(|loaded| loaded.module.clone()).collect(),
        environments: found.environments,
        models: found.models,
        diagnostics,
        facts: FactProgram::new(program, found.resolved, whole, inputs.catalog, inputs.facts),
    }
}

#[derive(Debug, Default)]
struct EvalOutput {
    environments: Vec<String>,
    models: Vec<CompiledEnvironment>,
    resolved: ResolveOutput,
    diagnostics: Vec<Diagnostic>,
}

fn evaluate(
    program: &Program,
    inputs: &CompileInputs<'_>,
    given: PlacedInputs,
    (wanted, goal): (Option<&str>, CompileGoal),
    (at, broken): (Option<&(String, Decimal)>, &[Span]),
) -> EvalOutput {
    if program.modules.is_empty() {
        // The file could not be read, which has been reported; that it has no environment is no news.
        return EvalOutput::default();
    }
    let mut early = Vec::new();
    let names = Names::collect(program, &mut early);
    let mut cx = CompileContext::new(program, names.into(), inputs.catalog, inputs.facts).with_files(inputs.loader);
    cx.inputs = Rc::new(given);
    cx.keeps_parts = goal == CompileGoal::Test;
    let cx = cx;
    cx.reports.all(early);
    let resolved = resolve::resolve(&cx);
    let environments: Vec<String> =
        cx.names.environments.iter().map(|environment| environment.body.name.text.to_string()).collect();
    let chosen = choose(&cx, wanted, goal);
    cx.check_inputs(&stacks_of(&cx, &chosen, goal));
    let mut models = Vec::new();
    for environment in &chosen {
        if cx.spent.get() {
            break;
        }
        let expander = Expander::new(&cx, &resolved);
        expander.interpreter().constants();
        // A failure has been reported where it happened.
        let Ok(model) = expander.model(environment, at) else { continue };
        if expander.unanswered.get() {
            // What depends on a variable that is not set here was not looked at.
            cx.forget_expanded();
            continue;
        }
        let usage_levels = usage_levels(&cx, &resolved, environment, &model);
        models.push(CompiledEnvironment { model, usage_levels });
    }
    if chosen.is_empty() {
        Expander::new(&cx, &resolved).interpreter().constants();
    }
    if goal != CompileGoal::Test {
        static_check::check(&cx, &resolved, broken);
    }
    let diagnostics = cx.reports.take_diagnostics();
    EvalOutput { environments, models, resolved, diagnostics }
}

/// Evaluates the environment again under the usage of each budget that names one.
fn usage_levels<'p>(
    cx: &CompileContext<'p>,
    resolved: &ResolveOutput,
    environment: &EnvironmentItem<'p>,
    model: &Model,
) -> Vec<UsageLevel> {
    let wanted = model.goals.budgets.iter().filter_map(|budget| budget.at.as_ref());
    let made = wanted.filter_map(|at| {
        let model = Expander::new(cx, resolved).model(environment, Some(at)).ok()?;
        Some(UsageLevel { driver: at.0.clone(), value: at.1, model })
    });
    made.collect()
}

/// Returns the stacks whose parameters may be set: those of the environments that are looked at, or where a check has
/// none, all of them.
fn stacks_of<'p>(
    cx: &CompileContext<'p>,
    chosen: &[EnvironmentItem<'p>],
    goal: CompileGoal,
) -> Vec<GlobalItem<'p, Body>> {
    let mut stacks: Vec<GlobalItem<'p, Body>> = Vec::new();
    for stack in chosen.iter().filter_map(|one| cx.names.stack(one.module, &one.of.text)) {
        if !stacks.iter().any(|other| other.item.span == stack.item.span) {
            stacks.push(stack);
        }
    }
    if chosen.is_empty() && goal == CompileGoal::Check {
        stacks.extend(cx.names.items.iter().filter_map(|item| match item {
            NamedItem::Stack(stack) => Some(*stack),
            _ => None,
        }));
    }
    stacks
}

/// Returns the environments to look at.
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
