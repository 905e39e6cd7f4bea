//! Resolves tests: what they test, what they give it, and what they expect.

use super::body_kind::BodyKind;
use super::resolver::{Resolver, suggest};
use super::ribs::{RibVar, ScopeRib, VarSource};
use super::word_reader::WordReader;
use crate::body_index::{BodyIndex, DeclKind};
use crate::names::{ItemKind, TestItem};
use crate::test_items::{KINDS, PLAN, TargetError, WITH, target};
use gpb_base::diag::{self, Diagnostic, nearest};
use gpb_syntax::ast::{ExpectStmt, Expected, Ident, Stmt};
use std::rc::Rc;

impl<'p> Resolver<'_, 'p> {
    /// Resolves a test.
    pub(super) fn test_item(&mut self, test: TestItem<'p>) {
        self.placeless = true;
        let stack = match target(&self.world.names, &test) {
            Ok(target) => Some(target.stack),
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
                }
                Stmt::Expect(expect) => {
                    expects += 1;
                    self.expect(expect, index.as_ref());
                }
                Stmt::Field(field) if field.value.is_missing() => {}
                other => self.misplaced(other, BodyKind::Test),
            }
        }
        if expects == 0 {
            self.report(
                Diagnostic::error("GPB1922", format!("the test \"{}\" expects nothing", test.body.name.text))
                    .with_label(test.body.name.span, "it cannot fail")
                    .help("write what has to hold: `expect count(aws.sqs.queue) == 3`"),
            );
        }
    }

    fn no_target(&self, test: &TestItem<'p>, why: TargetError) {
        let environments: Vec<&str> = self.world.names.tested.iter().map(|one| one.body.name.text.as_str()).collect();
        let mut known = environments.clone();
        known.extend(self.world.names.of_kind(self.module, ItemKind::Stack));
        let diagnostic = match (why, test.of) {
            (TargetError::Unknown, Some(of)) if !of.text.is_empty() => {
                let diagnostic =
                    Diagnostic::error("GPB1917", format!("there is no environment and no stack `{}`", of.text))
                        .with_label(of.span, "neither of the two");
                match nearest(&of.text, known.iter().copied()) {
                    Some(near) => suggest(diagnostic, near, of.span),
                    None => diagnostic.help(format!("there are `{}`", known.join("`, `"))),
                }
            }
            (TargetError::Several, _) => {
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

    fn expect(&mut self, expect: &'p ExpectStmt, stack: Option<&Rc<BodyIndex<'p>>>) {
        expect.why.iter().for_each(|why| self.expr(why, &WordReader::Nobody));
        match &expect.what {
            Expected::Code { no, kind, code } => {
                self.expected_code(no.as_ref(), kind, code);
            }
            Expected::Condition(condition) => {
                self.ribs.push(ScopeRib::Vars(names_of_tests(stack)));
                self.head(condition);
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
        if diag::page(&code.text).is_none() {
            let diagnostic = Diagnostic::error("GPB1919", format!("there is no code `{}`", code.text))
                .with_label(code.span, "unknown code");
            self.report(match nearest(&code.text, diag::pages().iter().map(|page| page.code)) {
                Some(near) => suggest(diagnostic, near, code.span),
                None => diagnostic.help("`gpb explain CODE` shows what a code means"),
            });
        }
    }
}

/// Returns the names that the conditions of a test see: the items and parameters of the stack, and the plan.
fn names_of_tests<'p>(stack: Option<&Rc<BodyIndex<'p>>>) -> Vec<RibVar<'p>> {
    let mut vars = vec![RibVar::of_facts(PLAN, VarSource::Evaluation)];
    for declared in stack.into_iter().flat_map(|index| index.in_order().into_iter().copied().collect::<Vec<_>>()) {
        let source = match declared.what {
            DeclKind::Resource(resource) if declared.keyed == 0 => VarSource::Resource(&resource.ty),
            DeclKind::Param(binding) => VarSource::Binding(binding),
            DeclKind::Resource(_) | DeclKind::Layer(_) | DeclKind::Use(_) => VarSource::Evaluation,
            DeclKind::Let(_) => continue,
        };
        vars.push(RibVar { name: &declared.name.text, written: Some(declared.name.span), source });
    }
    vars
}
