//! The values of constants and of `let`s.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::memo::{CycleLabel, MemoKey};
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::modules::ModuleId;
use crate::names::NamedItem;
use crate::node_id::NodeId;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::foreign;
use gpb_base::source::Span;
use gpb_model::value::{BareWord, Value};
use gpb_syntax::ast::Binding;

impl<'p> Interpreter<'_, 'p> {
    /// Evaluates every constant of the program's files, so that a mistake in one nobody uses is found.
    pub fn constants(&self) {
        for item in &self.cx.names.items {
            if let NamedItem::Const(global) = item {
                // A failure has been reported where it happened.
                let _ = self.constant(global.module, global.item, global.item.name.span);
            }
        }
    }

    /// Returns a constant of the program.
    pub fn constant(&self, module: ModuleId, binding: &'p Binding, used: Span) -> EvalResult<Value> {
        let key = MemoKey::Item(NodeId::new(binding.span));
        self.demand(key, CycleLabel::Name(&binding.name.text), used, || {
            let scope = self.root(module);
            self.bound(binding, &scope)
        })
    }

    /// Returns the value of a `const` or a `let`, read as its type.
    pub fn bound(&self, binding: &'p Binding, scope: &Scope<'p>) -> EvalResult<Value> {
        let Some(written) = &binding.value else { return Err(AlreadyReported) };
        let Some(ty) = &binding.ty else {
            let value = self.eval(written, scope, Expectation::Any)?;
            let value = self.measured_size(value, binding.name.span)?;
            return self.without_words(value, scope);
        };
        let ty = self.cx.ty(scope.frame.module_cx.module, ty)?;
        let value = self.eval(written, scope, Expectation::Type(&ty))?;
        let value = self.conform(value, &ty, scope, Some(binding.name.span))?;
        self.measured_size(value, binding.name.span)
    }

    /// Checks a value that no type reads: a bare word in it means nothing.
    fn without_words(&self, value: Value, scope: &Scope<'p>) -> EvalResult<Value> {
        let mut failed = None;
        for word in value.unread_words() {
            failed = Some(self.report(self.unexpected_word(word, scope)));
        }
        failed.map_or(Ok(value), Err)
    }

    fn unexpected_word(&self, word: &BareWord, scope: &Scope<'p>) -> Diagnostic {
        let names = scope.names();
        let diagnostic = word.unknown(word.written);
        let hyphens = word.text.match_indices('-').map(|(at, _)| at);
        let mut sides = hyphens.filter_map(|at| Some((word.text.get(..at)?, word.text.get(at + 1..)?)));
        let is_value = |side: &str| {
            side.bytes().all(|byte| byte.is_ascii_digit())
                || names.iter().any(|name| **name == *side)
                || self.cx.names.constant(scope.frame.module_cx.module, side).is_some()
        };
        if let Some((left, right)) = sides.find(|(left, right)| is_value(left) && is_value(right)) {
            let apart = format!("{left} - {right}");
            return diagnostic.help(format!("a hyphen inside a word is part of it; to subtract, write `{apart}`")).fix(
                format!("write `{apart}`"),
                word.written,
                apart,
            );
        }
        if foreign::is_absence(&word.text) {
            return diagnostic.help("there is no null: write `none`, or leave it out");
        }
        if let Some(truth) = foreign::truth(&word.text) {
            return diagnostic.help(format!("a bool is `true` or `false`; did you mean `{truth}`?")).fix(
                format!("change to `{truth}`"),
                word.written,
                truth.to_string(),
            );
        }
        match nearest(&word.text, names.iter().map(AsRef::as_ref)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`? A string is written in quotes")).fix(
                format!("change to `{near}`"),
                word.written,
                near,
            ),
            None => diagnostic
                .help("a string is written in quotes; a word needs a type that reads it, as in `x: region = …`"),
        }
    }
}
