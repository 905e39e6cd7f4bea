//! The tests of a program, listed, compiled and judged one by one.

use super::codes::CodeReads;
use super::expectations;
use super::target::target;
use super::with;
use crate::compile::{Compilation, CompileInputs, compile_program};
use crate::compile_context::CompileContext;
use crate::deep_stack;
use crate::facts::{FactProgram, FactWorker};
use crate::modules::{self, ModuleId, Program};
use crate::names::{Names, TestItem};
use crate::resolve;
use gpb_base::diag::{self, Diagnostic};
use gpb_base::source::{SourceMap, Span};
use gpb_model::Model;
use gpb_model::value::Value;
use gpb_syntax::ast::{Body, Expected, Expr, ExprKind, Ident, Item, Module, Stmt, TextPart};
use std::sync::Arc;

/// The name of the environment that a stack is tested in.
const TESTED: &str = "test";

/// The tests of a program.
#[derive(Debug)]
pub struct TestSuite {
    program: Arc<Program>,
    /// The program as the conditions see it that are about no finished environment.
    facts: FactProgram,
    /// The text of every file.
    pub sources: SourceMap,
    /// The mistakes in the program that do not depend on an environment. With an error among them no test is run.
    pub diagnostics: Vec<Diagnostic>,
    /// The tests, in the order of the files and in them.
    pub tests: Vec<ListedTest>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct ListedTest {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The place of its name.
    pub span: Span,
    /// Its expectations, in order.
    pub expectations: Vec<ListedExpectation>,
    /// True if it gives its environment other values, in `with`.
    pub gives_values: bool,
}

/// One expectation of a test.
#[derive(Debug, Clone)]
pub enum ListedExpectation {
    /// A condition.
    Condition {
        /// The codes that it asks about.
        reads: CodeReads,
        /// Its place.
        span: Span,
    },
    /// A diagnostic.
    Code {
        /// There is none.
        no: bool,
        /// `error`, `warning` or `refused`.
        kind: String,
        /// The code, `GPB4001`.
        code: String,
        /// The place of the kind and the code.
        span: Span,
        /// The reason, behind `else`.
        why: Option<String>,
    },
}

/// Reads a program and lists its tests: those of the file and of the files that it uses.
pub fn tests(entry: &str, inputs: &CompileInputs<'_>) -> TestSuite {
    let mut program = modules::load(entry, inputs.loader, inputs.library);
    let mut diagnostics = program.take_diagnostics();
    let found = deep_stack::run(|| {
        let mut early = Vec::new();
        let names = Names::collect(&program, &mut early);
        let listed = names.tests.iter().map(|test| listed(&program, test)).collect();
        let cx = CompileContext::new(&program, names.into(), inputs.catalog, inputs.facts);
        cx.reports.all(early);
        let resolved = resolve::resolve(&cx);
        (cx.reports.take_diagnostics(), listed, resolved)
    });
    let (more, tests, resolved) = found.unwrap_or_default();
    diagnostics.extend(more);
    diag::sort(&mut diagnostics);
    let whole = !diagnostics.iter().any(Diagnostic::is_error);
    let program = Arc::new(program);
    let facts = FactProgram::new(program.clone(), resolved, whole, inputs.catalog, inputs.facts);
    TestSuite { sources: program.sources.clone(), program, facts, diagnostics, tests }
}

impl TestSuite {
    /// Compiles the environment of a test; the test is named by its position in the list.
    pub fn compile(&self, at: usize, inputs: &CompileInputs<'_>) -> Option<Compilation> {
        let (program, environment) = self.program_of(at, true)?;
        Some(compile_program(program, inputs, &environment))
    }

    /// Compiles the environment of a test without what the test gives it.
    pub fn compile_without_values(&self, at: usize, inputs: &CompileInputs<'_>) -> Option<Compilation> {
        let (program, environment) = self.program_of(at, false)?;
        Some(compile_program(program, inputs, &environment))
    }

    /// Judges the conditions of a test over its finished environment, in their order; none for each that holds.
    ///
    /// `plan` is what came out of the checks and the plan. Without a finished environment only those may be trusted that are
    /// about codes.
    pub fn judge(&self, at: usize, made: &Compilation, plan: &Value) -> Vec<Option<Diagnostic>> {
        let judge = |worker: &FactWorker<'_, '_>, model: &Model| {
            let tests = &worker.cx.names.tests;
            tests.get(at).map(|test| expectations::conditions(worker, test, plan, model)).unwrap_or_default()
        };
        let judged = if let Some(model) = made.model().filter(|_| made.is_finished()) {
            made.facts.over(model, |worker| judge(worker, model))
        } else {
            let nothing = Model::default();
            self.facts.over(&nothing, |worker| judge(worker, &nothing))
        };
        judged.unwrap_or_default()
    }

    /// Returns the program in which the environment of a test has what the test gives, and the environment's name.
    fn program_of(&self, at: usize, with_values: bool) -> Option<(Program, String)> {
        let names = Names::collect(&self.program, &mut Vec::new());
        let test = names.tests.get(at)?;
        let target = target(&names, test).ok()?;
        let given = if with_values { with::given(test.body) } else { Vec::new() };
        let Some(environment) = target.environment else {
            let body = Body {
                doc: None,
                public: false,
                name: Ident { text: TESTED.into(), ..test.body.name.clone() },
                stmts: with::merged(&own_fields(test.body.name.span), &given),
                span: test.body.span,
            };
            let of = test.of.unwrap_or(&target.stack.item.name).clone();
            let program = self.with_environment(test.module, Item::Environment { of, body })?;
            return Some((program, TESTED.to_owned()));
        };
        let stmts = with::merged(&environment.body.stmts, &given);
        let body = Body { stmts, ..environment.body.clone() };
        let name = body.name.text.to_string();
        let program =
            self.with_environment(environment.module, Item::Environment { of: environment.of.clone(), body })?;
        Some((program, name))
    }

    /// Returns the program with an environment in the place of the one of its name.
    fn with_environment(&self, id: ModuleId, environment: Item) -> Option<Program> {
        let module: &Module = &self.program.get(id)?.module;
        let mut items = module.items.clone();
        let name = |item: &Item| match item {
            Item::Environment { body, .. } => Some(body.name.text.clone()),
            _ => None,
        };
        let wanted = name(&environment);
        match items.iter().position(|item| wanted.is_some() && name(item) == wanted) {
            Some(known) => *items.get_mut(known)? = environment,
            None => items.push(environment),
        }
        let deprecations = module.deprecations.clone();
        let module = Module { file: module.file, doc: module.doc.clone(), items, deprecations };
        Some(self.program.with_module(id, Arc::new(module)))
    }
}

/// Returns the fields of the environment that a stack is tested in, unless the test gives others.
fn own_fields(span: Span) -> Vec<Stmt> {
    let name = |text: &str| Ident { text: text.into(), span, quoted: false };
    let field = |head: &str, kind: ExprKind| {
        let value = Expr::new(kind, span);
        Stmt::Field(gpb_syntax::ast::FieldStmt { doc: None, head: name(head), label: None, value, span })
    };
    let account = ExprKind::Text(vec![TextPart::Text("000000000000".to_owned())]);
    vec![
        field("account", account),
        field("region", ExprKind::Name(name("us-east-1"))),
        field("mode", ExprKind::Name(name("sandbox"))),
    ]
}

fn listed(program: &Program, test: &TestItem<'_>) -> ListedTest {
    let expectation = |stmt: &Stmt| match stmt {
        Stmt::Expect(expect) => Some(match &expect.what {
            Expected::Condition(condition) => {
                ListedExpectation::Condition { reads: CodeReads::of(condition), span: condition.span }
            }
            Expected::Code { no, kind, code } => ListedExpectation::Code {
                no: no.is_some(),
                kind: kind.text.to_string(),
                code: code.text.to_string(),
                span: kind.span.to(code.span),
                why: expect.why.as_ref().and_then(crate::policy_items::plain_text).map(str::to_owned),
            },
        }),
        _ => None,
    };
    ListedTest {
        name: test.body.name.text.to_string(),
        file: program.path(test.module).to_owned(),
        span: test.body.name.span,
        expectations: test.body.stmts.iter().filter_map(expectation).collect(),
        gives_values: !with::given(test.body).is_empty(),
    }
}
