//! The values of constants and of `let`s.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::memo::{CycleLabel, MemoKey};
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::modules::ModuleId;
use crate::names::NamedItem;
use crate::node_id::NodeId;
use gpb_base::source::Span;
use gpb_model::value::Value;
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
            return self.without_words(value);
        };
        let ty = self.cx.ty(scope.frame.module_cx.module, ty)?;
        let value = self.eval(written, scope, Expectation::Type(&ty))?;
        let value = self.conform(value, &ty, scope, Some(binding.name.span))?;
        self.measured_size(value, binding.name.span)
    }

    /// Checks a value that no type reads: a bare word in it means nothing.
    ///
    /// Resolution reports the words that are written in it; one that evaluation brings in is reported here.
    fn without_words(&self, value: Value) -> EvalResult<Value> {
        let mut failed = None;
        for word in value.unread_words() {
            failed = Some(self.report(word.unknown(word.written)));
        }
        failed.map_or(Ok(value), Err)
    }
}
