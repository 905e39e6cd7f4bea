//! Evaluation: from expressions to values, on demand, each thing once.
//!
//! Nothing here is evaluated in the order it was written: a `let`, a parameter, a property is computed when it is first
//! needed and remembered, so forward references need no care and only true circles are refused.

mod call;
mod comprehension;
mod entries;
mod expect;
mod expr;
mod given;
mod limits;
mod member;
mod memo;
mod policy;
mod scope;
mod size;

pub use call::is_optional;
pub use comprehension::scalar;
pub use entries::{Entries, bind_turn};
pub use expect::Expect;
pub use given::Given;
pub use limits::Budget;
pub use memo::{Key, Label, Memo};
pub use scope::{After, Around, Frame, Local, Scope, key_segment};

use super::expand::{Expansion, Overrides};
use super::judge::Judge;
use super::modules::ModuleId;
use super::names::Named;
use super::resolve::Resolved;
use super::ty::Context;
use super::ty::conform;
use super::world::{Failed, Outcome, World};
use foldhash::HashSet;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::{DefaultId, Type};
use gpb_model::value::{Value, Word};
use gpb_syntax::ast::{Binding, Stmt};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What fails in silence, because only an environment or the use of a component would give it a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknowns {
    #[default]
    Nothing,
    /// Places, the environment, items, and parameters without a default.
    Environment,
    /// All that, and parameters with a default too: something else may be given.
    Parameters,
}

/// Evaluates one program, for one environment or for none.
pub struct Machine<'w, 'p> {
    pub world: &'w World<'p>,
    pub resolved: &'w Resolved,
    pub budget: Budget,
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
    pub judge: RefCell<Option<Rc<Judge>>>,
    /// What cannot be known because nothing is expanded.
    pub unknown: Cell<Unknowns>,
    roots: RefCell<Vec<Option<Rc<Frame<'p>>>>>,
    /// The names of properties and fields, each once: there are few, and every resource repeats them.
    names: RefCell<HashSet<Arc<str>>>,
}

impl<'w, 'p> Machine<'w, 'p> {
    pub fn new(world: &'w World<'p>, resolved: &'w Resolved) -> Self {
        Self {
            world,
            resolved,
            budget: Budget::default(),
            memo: Memo::default(),
            expansion: Expansion::default(),
            overrides: Overrides::default(),
            ambient: RefCell::default(),
            goals: RefCell::default(),
            judge: RefCell::default(),
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

    pub fn report(&self, diagnostic: Diagnostic) -> Failed {
        self.world.reports.add(diagnostic)
    }

    pub fn ok<T>(&self, result: Result<T, Diagnostic>) -> Outcome<T> {
        result.map_err(|diagnostic| self.report(diagnostic))
    }

    /// The scope of a module's own items: no names but the module's.
    pub fn root(&self, module: ModuleId) -> Scope<'p> {
        let known = self.roots.borrow().get(module.0).cloned().flatten();
        let frame = known.unwrap_or_else(|| {
            let around = Rc::new(Around::of_module(module));
            let frame = self.expansion.root(around, self.world.indexes.of(&[]));
            let mut roots = self.roots.borrow_mut();
            if roots.len() <= module.0 {
                roots.resize(module.0 + 1, None);
            }
            if let Some(slot) = roots.get_mut(module.0) {
                *slot = Some(frame.clone());
            }
            frame
        });
        Scope::of(frame)
    }

    /// A body of a module that nobody uses.
    pub fn unused(&self, module: ModuleId, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        let around = Rc::new(Around::of_module(module));
        self.expansion.unused(around, None, stmts, self.world.indexes.of(stmts))
    }

    /// A body inside one that nobody uses.
    pub fn unused_inside(&self, frame: &Rc<Frame<'p>>, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        self.expansion.unused(frame.around.clone(), Some(frame.clone()), stmts, self.world.indexes.of(stmts))
    }

    /// Every constant of the program's files, so that a mistake in one nobody uses is found.
    pub fn constants(&self) {
        for item in &self.world.names.items {
            if let Named::Const(global) = item {
                // A failure has been reported where it happened.
                let _ = self.constant(global.module, global.item, global.item.name.span);
            }
        }
    }

    /// A constant of the program.
    pub fn constant(&self, module: ModuleId, binding: &'p Binding, used: Span) -> Outcome<Value> {
        let key = Key::Item(super::resolve::key(binding));
        self.demand(key, Label::Name(&binding.name.text), used, || {
            let scope = self.root(module);
            self.bound(binding, &scope)
        })
    }

    /// The value of a `const` or a `let`, read as its type.
    pub fn bound(&self, binding: &'p Binding, scope: &Scope<'p>) -> Outcome<Value> {
        let Some(written) = &binding.value else { return Err(Failed) };
        let Some(ty) = &binding.ty else {
            let value = self.eval(written, scope, Expect::Any)?;
            let value = self.sized(value, binding.name.span)?;
            return self.without_words(value, scope);
        };
        let ty = self.world.ty(scope.frame.around.module, ty)?;
        let value = self.eval(written, scope, Expect::Type(&ty))?;
        let value = self.conform(value, &ty, scope, Some(binding.name.span))?;
        self.sized(value, binding.name.span)
    }

    /// A value that no type reads: a bare word in it means nothing.
    fn without_words(&self, value: Value, scope: &Scope<'p>) -> Outcome<Value> {
        let mut failed = None;
        for word in value.unread_words() {
            failed = Some(self.report(self.unexpected_word(word, scope)));
        }
        failed.map_or(Ok(value), Err)
    }

    fn unexpected_word(&self, word: &Word, scope: &Scope<'p>) -> Diagnostic {
        let names = names_in(scope);
        let diagnostic = word.unknown(word.written);
        let hyphens = word.text.match_indices('-').map(|(at, _)| at);
        let mut sides = hyphens.filter_map(|at| Some((word.text.get(..at)?, word.text.get(at + 1..)?)));
        let is_value = |side: &str| {
            side.bytes().all(|byte| byte.is_ascii_digit())
                || names.iter().any(|name| **name == *side)
                || self.world.names.constant(scope.frame.around.module, side).is_some()
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
    pub fn conform(&self, value: Value, ty: &Type, scope: &Scope<'p>, declared: Option<Span>) -> Outcome<Value> {
        let read = self.with_context(scope, |cx| conform(value, ty, &cx.expected_at(declared)));
        read.map_err(|diagnostics| self.world.reports.all(diagnostics))
    }

    /// Calls `f` with what values need to know of a scope.
    pub fn with_context<R>(&self, scope: &Scope<'p>, f: impl FnOnce(&Context<'_>) -> R) -> R {
        let names = || names_in(scope);
        let defaults = |id| self.default(id, scope);
        f(&Context {
            facts: self.world.facts,
            place: scope.place(),
            names: &names,
            defaults: &defaults,
            judging: self.judge.borrow().is_some(),
            expected_at: None,
        })
    }

    fn default(&self, id: DefaultId, scope: &Scope<'p>) -> Result<Value, Vec<Diagnostic>> {
        let Some((module, written)) = self.world.types.default_of(id) else { return Err(Vec::new()) };
        let inner = Scope { place: scope.place.clone(), ..self.root(module) };
        self.eval(written, &inner, Expect::Any).map_err(|Failed| Vec::new())
    }

    /// A value that must be known now, such as a condition that decides what exists.
    pub fn known(&self, value: Value, why: &str) -> Outcome<Value> {
        if value.is_known() {
            return Ok(value);
        }
        Err(self.report(
            Diagnostic::error("GPB1405", format!("{why} is unknown until apply"))
                .at(value.span, value.describe())
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
