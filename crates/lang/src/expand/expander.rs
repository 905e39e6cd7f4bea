//! The expander of one environment.

use super::expansion::{Expansion, Overrides};
use crate::body_index::{DeclKind, Declaration};
use crate::compile_context::{AlreadyReported, CompileContext, EvalResult};
use crate::eval::{EvalState, Frame, Interpreter, ResourceView, World, any_environment, environment_value, symbol_at};
use crate::resolve::ResolveOutput;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::{InstanceHandle, ResourceHandle, Value};
use gpb_model::{Address, Environment, Goals, PropPath};
use gpb_syntax::ast::Ident;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Expands the stack of one environment into resources.
pub struct Expander<'w, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'w CompileContext<'p>,
    /// The findings of resolution.
    pub resolved: &'w ResolveOutput,
    /// The values computed so far.
    pub state: EvalState<'p>,
    /// The resources and instances that the stack has been expanded to so far.
    pub expansion: Expansion<'p>,
    /// The overrides of the environment, by address.
    pub overrides: Overrides<'p>,
    /// The world that is evaluated, where no environment is.
    pub world: Option<World>,
    /// The environment, once its own fields are known.
    pub environment: RefCell<Option<Rc<Environment>>>,
    /// The goals the environment is held to, as far as they have been met.
    pub goals: RefCell<Goals>,
    /// A variable that is not set here decides a parameter, so that not all could be looked at.
    pub unanswered: Cell<bool>,
}

impl<'w, 'p> Expander<'w, 'p> {
    /// Returns an expander that has expanded nothing.
    pub fn new(cx: &'w CompileContext<'p>, resolved: &'w ResolveOutput) -> Self {
        Self {
            cx,
            resolved,
            state: EvalState::default(),
            expansion: Expansion::default(),
            overrides: Overrides::default(),
            world: None,
            environment: RefCell::default(),
            goals: RefCell::default(),
            unanswered: Cell::default(),
        }
    }

    /// Returns an expander of what no environment expands, in one world.
    pub fn in_world(cx: &'w CompileContext<'p>, resolved: &'w ResolveOutput, world: World) -> Self {
        Self { world: Some(world), ..Self::new(cx, resolved) }
    }

    /// Returns the interpreter of what stands in the stack.
    pub fn interpreter(&self) -> Interpreter<'_, 'p> {
        Interpreter { cx: self.cx, resolved: self.resolved, state: &self.state, view: self }
    }

    /// Checks whether a body is evaluated without being used, so that its parameters are symbols.
    fn is_open(&self, frame: &Frame<'p>) -> bool {
        let instance = || frame.module_cx.instance.and_then(|id| self.expansion.instance(id));
        self.world.is_some() && instance().is_some_and(|instance| instance.given.is_none())
    }

    /// Reports a diagnostic.
    pub fn report(&self, diagnostic: Diagnostic) -> AlreadyReported {
        self.cx.reports.add(diagnostic)
    }
}

impl<'p> ResourceView<'p> for Expander<'_, 'p> {
    fn declared(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value> {
        match declared.what {
            DeclKind::Param(binding) => {
                let value = self.param(frame, binding, declared.at, used)?;
                Ok(if self.is_open(frame) { symbol_at(value, used) } else { value })
            }
            _ => self.item(frame, declared, used),
        }
    }

    fn property(&self, handle: &ResourceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        self.property_of(handle, name, span)
    }

    fn type_at(&self, address: &Address) -> Option<Arc<TypeDef>> {
        self.expansion.by_address(address).map(|node| node.def.clone())
    }

    fn lacks(&self, address: &Address, path: &PropPath) -> bool {
        self.lacks_place(address, path)
    }

    fn instance_member(&self, of: &InstanceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        self.member_of_instance(of, name, span)
    }

    fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    fn environment(&self, span: Span) -> Option<Value> {
        if self.world.is_some() {
            return Some(any_environment(span));
        }
        let environment = self.environment.borrow().clone()?;
        Some(environment_value(&environment, &self.goals.borrow().usage, span))
    }
}
