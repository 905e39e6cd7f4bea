//! Evaluation: from expressions to values, on demand, each thing once.
//!
//! Nothing here is evaluated in the order it was written: a `let`, a parameter, a property is computed when it is first
//! needed and remembered, so forward references need no care and only true circles are refused.

mod assignment;
mod call;
mod comprehension;
mod entries;
mod expect;
mod expr;
mod member;
mod memo;
mod meter;
mod policy;
mod scope;
mod size;

pub use assignment::Assignment;
pub use call::is_optional;
pub use comprehension::scalar;
pub use entries::{BlockEntries, bind_iteration};
pub use expect::Expectation;
pub use memo::{CycleLabel, Memo, MemoKey};
pub use meter::EvalMeter;
pub use scope::{AfterClause, Frame, LocalVar, ModuleContext, Scope, key_segment};

use super::compile_context::{AlreadyReported, CompileContext, EvalResult};
use super::expand::{Expansion, Overrides};
use super::facts::FactEvaluator;
use super::modules::ModuleId;
use super::names::NamedItem;
use super::resolve::ResolveOutput;
use super::ty::TypeContext;
use super::ty::conform;
use foldhash::HashSet;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::{DefaultId, Type};
use gpb_model::value::{BareWord, PropertyValue};
use gpb_syntax::ast::{Binding, Stmt};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What fails in silence, because only an environment or the use of a component would give it a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SilentUnknowns {
    #[default]
    Nothing,
    /// Places, the environment, items, and parameters without a default.
    Environment,
    /// All that, and parameters with a default too: something else may be given.
    Parameters,
}

/// Evaluates one program, for one environment or for none.
pub struct Interpreter<'w, 'p> {
    pub cx: &'w CompileContext<'p>,
    pub resolved: &'w ResolveOutput,
    pub budget: EvalMeter,
    pub memo: Memo<'p>,
    /// What the stack has been expanded to so far.
    pub expansion: Expansion<'p>,
    /// What the environment overrides, by address.
    pub overrides: Overrides<'p>,
    /// The environment, once its own fields are known.
    pub ambient: RefCell<Option<Rc<model::Environment>>>,
    /// What the environment is held to, as far as it has been met.
    pub goals: RefCell<model::Goals>,
    /// The finished model while facts are evaluated over it.
    pub fact_evaluator: RefCell<Option<Rc<FactEvaluator>>>,
    /// What cannot be known because nothing is expanded.
    pub unknown: Cell<SilentUnknowns>,
    roots: RefCell<Vec<Option<Rc<Frame<'p>>>>>,
    /// The names of properties and fields, each once: there are few, and every resource repeats them.
    names: RefCell<HashSet<Arc<str>>>,
}

impl<'w, 'p> Interpreter<'w, 'p> {
    pub fn new(cx: &'w CompileContext<'p>, resolved: &'w ResolveOutput) -> Self {
        Self {
            cx,
            resolved,
            budget: EvalMeter::default(),
            memo: Memo::default(),
            expansion: Expansion::default(),
            overrides: Overrides::default(),
            ambient: RefCell::default(),
            goals: RefCell::default(),
            fact_evaluator: RefCell::default(),
            unknown: Cell::default(),
            roots: RefCell::default(),
            names: RefCell::default(),
        }
    }

    /// A name that many values hold.
    pub fn shared(&self, name: &str) -> Arc<str> {
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        names.insert(name.clone());
        name
    }

    pub fn report(&self, diagnostic: Diagnostic) -> AlreadyReported {
        self.cx.reports.add(diagnostic)
    }

    pub fn ok<T>(&self, result: Result<T, Diagnostic>) -> EvalResult<T> {
        result.map_err(|diagnostic| self.report(diagnostic))
    }

    /// The scope of a module's own items: no names but the module's.
    pub fn root(&self, module: ModuleId) -> Scope<'p> {
        let known = self.roots.borrow().get(module.0).cloned().flatten();
        let frame = known.unwrap_or_else(|| {
            let around = Rc::new(ModuleContext::of_module(module));
            let frame = self.expansion.root(around, self.cx.indexes.get_or_build(&[]));
            let mut roots = self.roots.borrow_mut();
            if roots.len() <= module.0 {
                roots.resize(module.0 + 1, None);
            }
            if let Some(slot) = roots.get_mut(module.0) {
                *slot = Some(frame.clone());
            }
            frame
        });
        Scope::new(frame)
    }

    /// A body of a module that nobody uses.
    pub fn unused(&self, module: ModuleId, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        let around = Rc::new(ModuleContext::of_module(module));
        self.expansion.unused(around, None, stmts, self.cx.indexes.get_or_build(stmts))
    }

    /// A body inside one that nobody uses.
    pub fn unused_inside(&self, frame: &Rc<Frame<'p>>, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        self.expansion.unused(frame.module_cx.clone(), Some(frame.clone()), stmts, self.cx.indexes.get_or_build(stmts))
    }

    /// Every constant of the program's files, so that a mistake in one nobody uses is found.
    pub fn constants(&self) {
        for item in &self.cx.names.items {
            if let NamedItem::Const(global) = item {
                // A failure has been reported where it happened.
                let _ = self.constant(global.module, global.item, global.item.name.span);
            }
        }
    }

    /// A constant of the program.
    pub fn constant(&self, module: ModuleId, binding: &'p Binding, used: Span) -> EvalResult<PropertyValue> {
        let key = MemoKey::Item(super::resolve::key(binding));
        self.demand(key, CycleLabel::Name(&binding.name.text), used, || {
            let scope = self.root(module);
            self.bound(binding, &scope)
        })
    }

    /// The value of a `const` or a `let`, read as its type.
    pub fn bound(&self, binding: &'p Binding, scope: &Scope<'p>) -> EvalResult<PropertyValue> {
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

    /// A value that no type reads: a bare word in it means nothing.
    fn without_words(&self, value: PropertyValue, scope: &Scope<'p>) -> EvalResult<PropertyValue> {
        let mut failed = None;
        for word in value.unread_words() {
            failed = Some(self.report(self.unexpected_word(word, scope)));
        }
        failed.map_or(Ok(value), Err)
    }

    fn unexpected_word(&self, word: &BareWord, scope: &Scope<'p>) -> Diagnostic {
        let names = names_in(scope);
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
        match nearest(&word.text, names.iter().map(AsRef::as_ref)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`? Text is written in quotes")).fix(
                format!("change to `{near}`"),
                word.written,
                near,
            ),
            None => {
                diagnostic.help("text is written in quotes; a word needs a type that reads it, as in `x: region = …`")
            }
        }
    }

    /// The value as one of `ty`.
    pub fn conform(
        &self,
        value: PropertyValue,
        ty: &Type,
        scope: &Scope<'p>,
        declared: Option<Span>,
    ) -> EvalResult<PropertyValue> {
        let read = self.with_context(scope, |cx| conform(value, ty, &cx.expected_at(declared)));
        read.map_err(|diagnostics| self.cx.reports.all(diagnostics))
    }

    /// Calls `f` with what values need to know of a scope.
    pub fn with_context<R>(&self, scope: &Scope<'p>, f: impl FnOnce(&TypeContext<'_>) -> R) -> R {
        let names = || names_in(scope);
        let defaults = |id| self.default(id, scope);
        f(&TypeContext {
            facts: self.cx.facts,
            place: scope.place(),
            names: &names,
            defaults: &defaults,
            judging: self.fact_evaluator.borrow().is_some(),
            expected_at: None,
        })
    }

    fn default(&self, id: DefaultId, scope: &Scope<'p>) -> Result<PropertyValue, Vec<Diagnostic>> {
        let Some((module, written)) = self.cx.types.default_of(id) else { return Err(Vec::new()) };
        let inner = Scope { place: scope.place.clone(), ..self.root(module) };
        self.eval(written, &inner, Expectation::Any).map_err(|AlreadyReported| Vec::new())
    }

    /// A value that must be known now, such as a condition that decides what exists.
    pub fn known(&self, value: PropertyValue, why: &str) -> EvalResult<PropertyValue> {
        if value.is_known() {
            return Ok(value);
        }
        Err(self.report(
            Diagnostic::error("GPB1405", format!("{why} is unknown until apply"))
                .with_label(value.span, value.describe())
                .help(
                    "a plan shows every resource it will make, so what exists may depend only on what is known before",
                ),
        ))
    }
}

/// What the names in scope are, for suggestions.
fn names_in(scope: &Scope<'_>) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = super::resolve::AMBIENT.iter().map(|name| Arc::from(*name)).collect();
    let mut local = scope.locals.as_ref();
    while let Some(one) = local {
        names.push(one.name.into());
        local = one.next.as_ref();
    }
    let mut frame = Some(&scope.frame);
    while let Some(one) = frame {
        names.extend(one.index.in_order().iter().map(|declared| Arc::from(declared.name.text.as_str())));
        frame = one.parent.as_ref();
    }
    names
}
