//! Resolves tests: what they test, what they give it, and what they expect.

use super::body_kind::BodyKind;
use super::resolver::{Resolver, suggest};
use super::ribs::{RibVar, ScopeRib, VarSource};
use super::word_reader::WordReader;
use crate::body_index::{BodyIndex, DeclKind};
use crate::names::{ItemKind, TestItem};
use crate::test_items::{KINDS, PLAN, TargetError, WITH, target};
use gpb_base::diag::{self, Diagnostic, nearest};
use gpb_syntax::ast::{Body, ExpectStmt, Expected, ExprKind, Ident, Stmt};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The block of an environment that says what drives its figures.
const USAGE: &str = "usage";

impl<'p> Resolver<'_, 'p> {
    /// Resolves a test.
    pub(super) fn test_item(&mut self, test: TestItem<'p>) {
        self.placeless = true;
        let mut environment = None;
        let stack = match target(&self.world.names, &test) {
            Ok(target) => {
                environment = target.environment;
                Some(target.stack)
            }
            Err(why) => {
                self.no_target(&test, why);
                None
            }
        };
        let index = stack.map(|stack| self.world.indexes.get_or_build(&stack.item.stmts));
        let reader = match (stack, &index) {
            (Some(stack), Some(index)) => WordReader::Environment(stack.module, index.clone()),
            _ => WordReader::Evaluation,
        };
        let mut expects = 0;
        for stmt in &test.body.stmts {
            match stmt {
                Stmt::Block(with) if with.head.text == WITH && with.label.is_none() && with.place.is_none() => {
                    self.object(&with.stmts, BodyKind::Environment, &reader);
                    self.given_usage(&with.stmts, environment.map_or(&[], |one| &one.body.stmts));
                }
                Stmt::Expect(expect) => {
                    expects += 1;
                    self.expect(expect, stack.map(|stack| stack.item));
                }
                Stmt::Field(field) if field.value.is_missing() => {}
                other => self.misplaced(other, BodyKind::Test),
            }
        }
        if test.body.name.quoted && test.body.name.text.trim().is_empty() {
            self.report(
                Diagnostic::error("GPB1925", "the name of a test is empty")
                    .with_label(test.body.name.span, "it says nothing")
                    .help("say what is expected: `test \"live has three zones\" of live { … }`"),
            );
        }
        if expects == 0 && !self.world.program.is_broken(test.body.span) {
            self.report(
                Diagnostic::error("GPB1922", format!("the test \"{}\" expects nothing", test.body.name.text))
                    .with_label(test.body.name.span, "it cannot fail")
                    .help("write what has to hold: `expect count(aws.service.type) == 3`"),
            );
        }
    }

    fn no_target(&self, test: &TestItem<'p>, why: TargetError) {
        let environments: Vec<&str> = self.world.names.tested.iter().map(|one| one.body.name.text.as_str()).collect();
        let mut known = environments.clone();
        known.extend(self.world.names.of_kind(self.module, ItemKind::Stack));
        let diagnostic = match (why, test.of) {
            (TargetError::Unknown, Some(of)) if of.text.contains('.') => {
                self.world.unknown_qualified(self.module, ItemKind::Stack, of);
                return;
            }
            (TargetError::Unknown, Some(of)) if !of.text.is_empty() => {
                let diagnostic =
                    Diagnostic::error("GPB1917", format!("there is no environment and no stack `{}`", of.text))
                        .with_label(of.span, "neither of the two");
                match nearest(&of.text, known.iter().copied()) {
                    Some(near) => suggest(diagnostic, near, of.span),
                    None => diagnostic.help(format!("there are `{}`", known.join("`, `"))),
                }
            }
            (TargetError::Several, Some(of)) => {
                Diagnostic::error("GPB1917", format!("there are several environments `{}`", of.text))
                    .with_label(of.span, "files that this one uses have one each")
                    .help("use a file under a name, and write it before: `test \"…\" of net.live { … }`")
            }
            (TargetError::Several, None) => {
                let name = test.body.name.span;
                Diagnostic::error("GPB1917", "this test does not say what it tests")
                    .with_label(name, format!("the program has `{}`", known.join("`, `")))
                    .help("name an environment or a stack: `test \"…\" of live { … }`")
            }
            (TargetError::None, _) => Diagnostic::error("GPB1917", "there is nothing to test")
                .with_label(test.body.name.span, "no environment and no stack is in sight")
                .help("import the file that has one with `use`"),
            _ => return,
        };
        self.report(diagnostic);
    }

    /// Reports a usage that a test gives and nothing reads: the test would be about the environment as it is.
    fn given_usage(&self, with: &[Stmt], environment: &[Stmt]) {
        let blocks = |stmts: &'_ [Stmt]| -> Vec<Ident> {
            let usage = stmts.iter().filter_map(|stmt| match stmt {
                Stmt::Block(block) if block.head.text == USAGE && block.label.is_none() => Some(&block.stmts),
                Stmt::Field(field) if field.head.text == USAGE => match &*field.value.kind {
                    ExprKind::Object(stmts) => Some(stmts),
                    _ => None,
                },
                _ => None,
            });
            let fields = usage.flatten().filter_map(|stmt| match stmt {
                Stmt::Field(field) => Some(field.head.clone()),
                _ => None,
            });
            fields.collect()
        };
        let given = blocks(with);
        if given.is_empty() {
            return;
        }
        let drivers = environment.iter().chain(with).filter_map(|stmt| match stmt {
            Stmt::Budget(budget) => budget.at.as_ref().map(|(_, driver)| driver.text.to_string()),
            _ => None,
        });
        let mut known: BTreeSet<String> =
            blocks(environment).iter().map(|name| name.text.to_string()).chain(drivers).collect();
        // Whoever reads one writes `environment.usage.users`, in a stack or in facts.
        for loaded in &self.world.program.modules {
            let text = self.world.program.sources.get(loaded.module.file).map_or("", |source| &source.text);
            let reads = text.match_indices("environment.usage").filter_map(|(at, head)| text.get(at + head.len()..));
            let names = reads.filter_map(|rest| rest.strip_prefix('.').or_else(|| rest.strip_prefix("?.")));
            known.extend(
                names.map(|rest| rest.chars().take_while(|one| one.is_ascii_alphanumeric() || *one == '_').collect()),
            );
        }
        for name in given.iter().filter(|name| !known.contains(name.text.as_str())) {
            let diagnostic = Diagnostic::error("GPB1926", format!("nothing depends on the usage `{}`", name.text))
                .with_label(name.span, "neither the environment, a budget nor what is read names it");
            self.report(match nearest(&name.text, known.iter().map(String::as_str)) {
                Some(near) => suggest(diagnostic, near, name.span),
                None => diagnostic
                    .help("give a usage that the environment has, or that a stack reads as `environment.usage.name`"),
            });
        }
    }

    fn expect(&mut self, expect: &'p ExpectStmt, stack: Option<&'p Body>) {
        if let Some(why) = &expect.why {
            self.says_something(why, "the reason of an expectation");
        }
        let why = expect.why.as_ref();
        match &expect.what {
            Expected::Code { no, kind, code } => {
                self.expected_code(no.as_ref(), kind, code);
                // An environment with errors has nothing that a reason could look at.
                if let Some(why) = why {
                    self.expr(why, &WordReader::Nobody);
                }
            }
            // What it is about nobody knows, which has been reported.
            Expected::Condition(_) if stack.is_none() => {}
            Expected::Condition(condition) => {
                let index = stack.map(|stack| self.world.indexes.get_or_build(&stack.stmts));
                self.ribs.push(ScopeRib::Vars(names_of_tests(stack, index.as_ref())));
                self.head(condition);
                self.can_fail(condition, "this expectation");
                if let Some(why) = why {
                    self.expr(why, &WordReader::Nobody);
                }
                self.ribs.pop();
            }
        }
    }

    fn expected_code(&self, no: Option<&Ident>, kind: &Ident, code: &Ident) {
        if let Some(no) = no.filter(|no| no.text != "no") {
            self.report(
                Diagnostic::error("GPB1919", format!("`{}` cannot stand before what is expected", no.text))
                    .with_label(no.span, "expected `no`, or nothing")
                    .help("write `expect error GPB4001` or `expect no error GPB4001`"),
            );
        }
        if !KINDS.contains(&kind.text.as_str()) {
            let diagnostic = Diagnostic::error("GPB1919", format!("a test expects no `{}`", kind.text))
                .with_label(kind.span, "expected `error`, `warning` or `refused`");
            self.report(match nearest(&kind.text, KINDS) {
                Some(near) => suggest(diagnostic, near, kind.span),
                None => diagnostic.help("`refused` is what a plan refuses; errors and warnings are those of `check`"),
            });
        }
        let Some(page) = diag::page(&code.text) else {
            let diagnostic = Diagnostic::error("GPB1919", format!("there is no code `{}`", code.text))
                .with_label(code.span, "unknown code");
            return self.report(match nearest(&code.text, diag::pages().iter().map(|page| page.code)) {
                Some(near) => suggest(diagnostic, near, code.span),
                None => diagnostic.help("`gpb explain CODE` shows what a code means"),
            });
        };
        let wrong = |message: String, label: &str| {
            Diagnostic::error("GPB1919", message).with_label(kind.span.to(code.span), label.to_owned())
        };
        let (code, kind_name) = (code.text.as_str(), kind.text.as_str());
        if page.is_never_an_error() && matches!(kind_name, "error" | "refused") {
            let fixed = wrong(format!("{code} is never an error"), "nothing is ever found for it");
            self.report(fixed.help(format!("it is a warning: write `warning {code}`")).fix(
                "expect a warning",
                kind.span,
                "warning",
            ));
        } else if APART.iter().any(|group| code.starts_with(group)) {
            let diagnostic = wrong(format!("no test ever finds {code}"), "nothing is ever found for it");
            self.report(
                diagnostic.help(
                    "a test checks and plans an environment: it reads no text with mistakes, and applies nothing",
                ),
            );
        }
    }
}

/// The beginnings of the codes that no test finds: of texts that cannot be read, of applying, of tests themselves.
const APART: [&str; 8] = ["GPB00", "GPB75", "GPB76", "GPB80", "GPB81", "GPB9026", "GPB9027", "GPB9028"];

/// Returns the names that the conditions of a test see: the items and parameters of the stack, and the plan.
fn names_of_tests<'p>(stack: Option<&'p Body>, index: Option<&Rc<BodyIndex<'p>>>) -> Vec<RibVar<'p>> {
    let mut vars = vec![RibVar::of_facts(PLAN, VarSource::Plan(stack))];
    for declared in index.into_iter().flat_map(|index| index.in_order().into_iter().copied().collect::<Vec<_>>()) {
        let source = match declared.what {
            DeclKind::Param(binding) => VarSource::Binding(binding),
            DeclKind::Resource(_) | DeclKind::Layer(_) | DeclKind::Use(_) => VarSource::Declared(declared),
            DeclKind::Let(_) => continue,
        };
        vars.push(RibVar { name: &declared.name.text, written: Some(declared.name.span), source });
    }
    vars
}
