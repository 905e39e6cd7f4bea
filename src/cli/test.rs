//! `gpb test`: the tests of a spec, each over a plan on the embedded cloud.
#![expect(clippy::disallowed_methods, reason = "this file writes the results")]

use crate::analysis;
use crate::calendar::today;
use crate::cli::logs::stage;
use crate::cli::plan::creation_refusals;
use crate::cli::test_report::{TestOutcome, junit, not_run, summary};
use crate::cli::test_values::TestedPlan;
use crate::cli::{Session, exit::Exit, file_loader, terminal};
use gpb_base::diag::{self, Diagnostic, render};
use gpb_base::source::Span;
use gpb_catalog::{Catalog, TypeLookup};
use gpb_check::cost::book::PriceBook;
use gpb_check::cost::{self, CostRange, EstimateInputs};
use gpb_check::recovery::{self, VerdictRow};
use gpb_check::{CheckInputs, with_prices};
use gpb_engine::plan::{self, PlanInputs, PlanOptions};
use gpb_engine::state::{StateScope, StateSnapshot};
use gpb_lang::{self as lang, Compilation, ListedExpectation, ListedTest, TestSuite};
use gpb_model::Model;
use gpb_model::graph::Graph;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Looks up types in the embedded catalog.
const TYPES: TypeLookup<'static> = &|name| Catalog::embedded().get(name);

/// The arguments of `gpb test`.
pub struct TestRequest<'a> {
    /// A part of the names of the tests to run.
    pub filter: Option<&'a str>,
    /// The file to write the results into, as JUnit XML.
    pub junit: Option<&'a Path>,
    /// The day of prices and waivers, `2027-03-01`; today unless given.
    pub on: Option<&'a str>,
}

/// Runs `gpb test`.
pub fn run(session: &Session, spec: Option<&Path>, request: &TestRequest<'_>) -> Exit {
    // Whatever happens below, an old file never tells of this run.
    if let Some(path) = request.junit
        && let Err(exit) = write(session, path, &not_run("gpb test", "the tests were not run to their end"))
    {
        return exit;
    }
    if let Some(name) = &session.common.env {
        return session.fail(&format!(
            "`gpb test` takes no `--env {name}`: each test says what it tests, `test \"…\" of {name} {{ … }}`; \
             `--filter` chooses by the names of tests"
        ));
    }
    tests(session, spec, request).unwrap_or_else(|exit| exit)
}

fn write(session: &Session, path: &Path, text: &str) -> Result<(), Exit> {
    std::fs::write(path, text).map_err(|error| {
        session.fail(&format!("`{}` cannot be written: {}", path.display(), file_loader::io_message(&error)))
    })
}

fn tests(session: &Session, spec: Option<&Path>, request: &TestRequest<'_>) -> Result<Exit, Exit> {
    let spec = match spec {
        Some(spec) => spec.to_owned(),
        None => session.load_plan(None)?.0.spec,
    };
    let day = match request.on {
        None => today(),
        Some(day) => day
            .parse::<jiff::civil::Date>()
            .map(|day| day.to_string())
            .map_err(|_| session.fail(&format!("`{day}` is not a valid day; write for example 2027-03-01")))?,
    };
    let suite = stage("compile", || lang::list_tests(&spec.display().to_string(), &session.inputs()));
    if suite.diagnostics.iter().any(Diagnostic::is_error) {
        session.diagnostics(&suite.diagnostics, &suite.sources);
        if let Some(path) = request.junit {
            let text = render::human(&suite.diagnostics, &suite.sources, render::Style::PLAIN);
            write(session, path, &not_run(&spec.display().to_string(), &text))?;
        }
        return Err(Exit::Refused);
    }
    let is_wanted = |test: &ListedTest| request.filter.is_none_or(|filter| test.name.contains(filter));
    let wanted: Vec<usize> =
        suite.tests.iter().enumerate().filter(|(_, test)| is_wanted(test)).map(|(at, _)| at).collect();
    if wanted.is_empty() {
        let message = match request.filter {
            Some(filter) => format!("no test of `{}` has `{filter}` in its name", spec.display()),
            None => format!("`{}` and the files it uses have no test", spec.display()),
        };
        if let Some(path) = request.junit {
            write(session, path, &not_run(&spec.display().to_string(), &message))?;
        }
        return Err(session.fail(&message));
    }
    let mut outcomes = Vec::new();
    for at in wanted {
        let Some(outcome) = stage("test", || outcome(session, &suite, at, &day)) else { continue };
        if !session.common.json {
            terminal::print(&outcome.line());
            session.show(&outcome.failures, &outcome.sources);
        }
        outcomes.push(outcome);
    }
    if session.common.json {
        let failed = outcomes.iter().filter(|one| !one.failures.is_empty()).count();
        let all: Vec<_> = outcomes.iter().map(TestOutcome::json).collect();
        session.document(&serde_json::json!({ "ok": failed == 0, "failed": failed, "tests": all }));
    } else {
        terminal::print(&summary(&outcomes));
    }
    if let Some(path) = request.junit {
        write(session, path, &junit(&outcomes))?;
    }
    let is_failed = outcomes.iter().any(|one| !one.failures.is_empty());
    Ok(if is_failed { Exit::Error } else { Exit::Done })
}

/// Runs one test.
fn outcome(session: &Session, suite: &TestSuite, at: usize, day: &str) -> Option<TestOutcome> {
    let test = suite.tests.get(at)?;
    let mut made = suite.compile(at, &session.inputs())?;
    let analysis = analysis::analyze(&mut made, &session.library, TYPES, day);
    let tested = Tested::of(session, &made, &analysis.graphs, day);
    let mut failures = failures(suite, (at, test), &made, &tested);
    if test.gives_values && failures.is_empty() && test.expectations.iter().any(asks_for_an_error) {
        let mut before = suite.compile_without_values(at, &session.inputs())?;
        let analysis = analysis::analyze(&mut before, &session.library, TYPES, day);
        let known = Tested::of(session, &before, &analysis.graphs, day);
        failures.extend(there_without(test, (&made, &tested), (&before, &known)));
    }
    let line = suite.sources.line_column(test.span).0;
    Some(TestOutcome { name: test.name.clone(), file: test.file.clone(), line, failures, sources: made.sources })
}

/// The outcome of a test's environment.
#[derive(Default)]
struct Tested {
    cost: CostRange,
    recovery: Vec<VerdictRow>,
    /// The refusals of its plan.
    refusals: Vec<Diagnostic>,
}

impl Tested {
    /// Estimates, judges and plans; nothing of it for an environment with errors.
    fn of(session: &Session, made: &Compilation, graphs: &[Graph], day: &str) -> Tested {
        let (Some(model), Some(graph)) = (made.model(), graphs.last()) else { return Tested::default() };
        let book = PriceBook::new(&session.library);
        let inputs = CheckInputs { library: &session.library, facts: &made.facts, types: TYPES, day };
        Tested {
            cost: cost::estimate(model, &EstimateInputs { book: &book, day: Some(day) }).total,
            recovery: with_prices(model, graph, &inputs, |given| recovery::check(given).rows(None)),
            refusals: refusals(session, model, graph),
        }
    }
}

/// Returns what a plan of the environment is refused for, on an embedded cloud that nothing is in.
fn refusals(session: &Session, model: &Model, graph: &Graph) -> Vec<Diagnostic> {
    let scope = StateScope {
        cloud: "sim".to_owned(),
        stack: model.environment.stack.clone(),
        environment: model.environment.name.clone(),
    };
    let snapshot = StateSnapshot {
        scope,
        lineage: String::new(),
        serial: 0,
        resources: BTreeMap::new(),
        pending: Vec::new(),
        outputs: BTreeMap::new(),
    };
    let options = PlanOptions::default();
    let inputs = PlanInputs {
        model,
        graph,
        types: TYPES,
        snapshot: &snapshot,
        observation: None,
        call: &lang::builtins::resolve,
        secret: &|_| None,
        options: &options,
    };
    let plan = match plan::plan(&inputs) {
        Ok(plan) => plan,
        Err(refused) => return refused,
    };
    let mut found = plan::refusals(&plan, Some(model));
    found.extend(creation_refusals(session, &plan, model));
    if let Ok(cloud) = session.empty_sim() {
        found.extend(plan::capability_refusals_of_model(model, &snapshot, &cloud));
        found.extend(plan::capability_refusals(&plan, Some(model), &cloud));
    }
    diag::sort(&mut found);
    found
}

/// Checks for an expectation of an error or a refusal.
fn asks_for_an_error(expectation: &ListedExpectation) -> bool {
    match expectation {
        ListedExpectation::Code { no, kind, .. } => !no && kind != "warning",
        ListedExpectation::Condition { reads, .. } => reads.looks_at_lists && !reads.codes.is_empty(),
    }
}

/// Returns the errors that a test expects of the values it gives, and that are there without them.
fn there_without(
    test: &ListedTest,
    (made, tested): (&Compilation, &Tested),
    (before, known): (&Compilation, &Tested),
) -> Vec<Diagnostic> {
    let known: BTreeSet<(&str, Option<Span>)> =
        errors(before, known).into_iter().map(|one| (one.code, one.span())).collect();
    let found = errors(made, tested);
    let mut failures = Vec::new();
    for expectation in test.expectations.iter().filter(|one| asks_for_an_error(one)) {
        let (codes, span) = match expectation {
            ListedExpectation::Code { code, span, .. } => (vec![code.as_str()], *span),
            ListedExpectation::Condition { reads, span } => (reads.codes.iter().map(String::as_str).collect(), *span),
        };
        for code in codes {
            let of_code: Vec<&&Diagnostic> = found.iter().filter(|one| one.code == code).collect();
            let is_known = |one: &&&Diagnostic| known.contains(&(one.code, one.span()));
            let Some(first) = of_code.first().filter(|_| of_code.iter().all(is_known)) else { continue };
            let message = format!("the error {code} is there without what this test gives in `with`");
            let diagnostic = Diagnostic::error("GPB9028", message).with_label(span, "so this shows nothing");
            let diagnostic = match first.span() {
                Some(at) => diagnostic.with_label(at, first.message.clone()),
                None => diagnostic,
            };
            failures.push(
                diagnostic
                    .help("mend the spec; a test without `with` is about the environment as it is, mistakes included"),
            );
        }
    }
    failures
}

/// Returns the errors of an environment, those of its plan included.
fn errors<'d>(made: &'d Compilation, tested: &'d Tested) -> Vec<&'d Diagnostic> {
    made.diagnostics.iter().filter(|one| one.is_error()).chain(&tested.refusals).collect()
}

/// Returns what a test expects and does not find, and the errors that it does not expect.
#[expect(clippy::too_many_lines, reason = "one arm for each expectation")]
fn failures(
    suite: &TestSuite,
    (at, test): (usize, &ListedTest),
    made: &Compilation,
    tested: &Tested,
) -> Vec<Diagnostic> {
    let errors: Vec<&Diagnostic> = made.diagnostics.iter().filter(|one| one.is_error()).collect();
    let plan = {
        let warnings = made.diagnostics.iter().filter(|one| is_of_kind(one, "warning"));
        let nothing = Model::default();
        let plan = TestedPlan {
            model: made.model().unwrap_or(&nothing),
            cost: tested.cost,
            recovery: &tested.recovery,
            codes: [codes(errors.iter().copied()), codes(warnings), codes(tested.refusals.iter())],
        };
        plan.value(test.span)
    };
    let is_finished = made.is_finished();
    let mut judged = suite.judge(at, made, &plan).into_iter();
    let mut failures = Vec::new();
    let mut expected: Vec<&str> = Vec::new();
    let mut unjudged = false;
    for expectation in &test.expectations {
        match expectation {
            ListedExpectation::Condition { reads, .. } => {
                if reads.looks_at_lists {
                    expected.extend(reads.codes.iter().map(String::as_str));
                }
                match judged.next() {
                    Some(failure) if is_finished || reads.is_about_codes() => failures.extend(failure),
                    _ => unjudged = true,
                }
            }
            ListedExpectation::Code { no, kind, code, span, why } => {
                let more = tested.refusals.iter().filter(|_| kind == "refused");
                let mut known = made.diagnostics.iter().chain(more);
                let found = known.find(|one| one.code == code && is_of_kind(one, kind));
                if !no {
                    expected.push(code);
                }
                if found.is_some() == *no {
                    failures.push(not_as_expected(found, (*no, kind, code), why.as_deref(), *span));
                }
            }
        }
    }
    let all = errors.into_iter().chain(&tested.refusals);
    let unexpected: Vec<Diagnostic> = all.filter(|one| !expected.contains(&one.code)).cloned().collect();
    if unjudged && unexpected.is_empty() {
        failures.push(
            Diagnostic::error(
                "GPB9028",
                "a condition cannot be judged: the environment has the errors that are expected",
            )
            .with_label(test.span, "this test expects an error, and something of the finished environment")
            .help("make two tests of it: one of the error, and one of the environment without it"),
        );
    }
    if let Some(first) = unexpected.first() {
        let message = format!("the environment of this test has an error that it does not expect, {}", first.code);
        failures.push(
            Diagnostic::error("GPB9028", message)
                .with_label(test.span, "the test")
                .help(format!("mend it, or write `expect error {}`", first.code)),
        );
        failures.extend(unexpected);
    }
    failures
}

fn codes<'d>(of: impl Iterator<Item = &'d Diagnostic>) -> Vec<String> {
    of.map(|one| one.code.to_owned()).collect()
}

/// Checks whether a diagnostic is what a word of a test means; what is refused is any error.
fn is_of_kind(diagnostic: &Diagnostic, kind: &str) -> bool {
    match kind {
        "warning" => diagnostic.severity == diag::Severity::Warning,
        _ => diagnostic.is_error(),
    }
}

fn not_as_expected(
    found: Option<&Diagnostic>,
    (no, kind, code): (bool, &str, &str),
    why: Option<&str>,
    span: Span,
) -> Diagnostic {
    let reason = why.map(|why| format!(": {why}")).unwrap_or_default();
    let what = if kind == "refused" { "refusal" } else { kind };
    let message = if no {
        format!("there is the {what} {code}, and none is expected{reason}")
    } else {
        format!("there is no {what} {code}, and one is expected{reason}")
    };
    let diagnostic = Diagnostic::error("GPB9027", message).with_label(span, "expected here");
    match found.and_then(|found| Some((found.span()?, found))) {
        Some((at, found)) => diagnostic.with_label(at, found.message.clone()),
        None => diagnostic.help(format!("`gpb explain {code}` shows what it means")),
    }
}
