//! Bodies with nothing given: what is known in them, and what fails in silence.

use super::body_index::{DeclKind, Declaration};
use super::compile_context::{AlreadyReported, CompileContext, EvalResult};
use super::eval::{
    CycleLabel, EvalState, Expectation, Frame, Interpreter, MemoKey, ModuleContext, ResourceView, Scope,
};
use super::modules::ModuleId;
use super::resolve::ResolveOutput;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::Address;
use gpb_model::value::{ResourceHandle, Value};
use gpb_syntax::ast::{Binding, Ident, Stmt};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Selects what fails in silence, because only an environment or the use of a component would give it a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SilentUnknowns {
    /// Places, the environment, items, and parameters without a default.
    #[default]
    Environment,
    /// All that, and parameters with a default too: something else may be given.
    Parameters,
}

/// Views bodies that nothing expands: there are no resources and no environment.
pub struct UnusedBodies<'w, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'w CompileContext<'p>,
    /// The unknowns that fail in silence.
    pub unknown: Cell<SilentUnknowns>,
    resolved: &'w ResolveOutput,
    state: EvalState<'p>,
}

impl<'w, 'p> UnusedBodies<'w, 'p> {
    /// Returns a view in which nothing has been evaluated.
    pub fn new(cx: &'w CompileContext<'p>, resolved: &'w ResolveOutput) -> Self {
        Self { cx, resolved, state: EvalState::default(), unknown: Cell::default() }
    }

    /// Returns the interpreter of what stands in such bodies.
    pub fn interpreter(&self) -> Interpreter<'_, 'p> {
        Interpreter { cx: self.cx, resolved: self.resolved, state: &self.state, view: self }
    }

    /// Returns the frame of a body of a module.
    pub fn frame(&self, module: ModuleId, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        self.enter(Rc::new(ModuleContext::of_module(module)), None, stmts)
    }

    /// Returns the frame of a body inside another.
    pub fn frame_inside(&self, frame: &Rc<Frame<'p>>, stmts: &'p [Stmt]) -> Rc<Frame<'p>> {
        self.enter(frame.module_cx.clone(), Some(frame.clone()), stmts)
    }

    fn enter(
        &self,
        module_cx: Rc<ModuleContext<'p>>,
        parent: Option<Rc<Frame<'p>>>,
        stmts: &'p [Stmt],
    ) -> Rc<Frame<'p>> {
        self.state.frames.enter(Frame::bare(module_cx, parent, stmts, self.cx.indexes.get_or_build(stmts)))
    }

    /// Returns the default of a parameter.
    fn default_only(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> EvalResult<Value> {
        self.interpreter().demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text), used, || {
            let home = Scope::new(frame.clone());
            let ty = binding.ty.as_ref().map(|ty| self.cx.ty(frame.module_cx.module, ty)).transpose()?;
            let default = binding.value.as_ref().ok_or(AlreadyReported)?;
            let value =
                self.interpreter().eval(default, &home, ty.as_ref().map_or(Expectation::Any, Expectation::Type))?;
            let value = self.interpreter().measured_size(value, used)?;
            match &ty {
                Some(ty) => self.interpreter().conform(value, ty, &home, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }
}

impl<'p> ResourceView<'p> for UnusedBodies<'_, 'p> {
    fn declared(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value> {
        match declared.what {
            DeclKind::Param(binding) if self.unknown.get() == SilentUnknowns::Environment => {
                self.default_only(frame, binding, declared.at, used)
            }
            _ => Err(AlreadyReported),
        }
    }

    fn property(&self, _: &ResourceHandle, _: &Ident, _: Span) -> EvalResult<Value> {
        Err(AlreadyReported)
    }

    fn type_at(&self, _: &Address) -> Option<Arc<TypeDef>> {
        None
    }

    fn environment(&self, _: Span) -> Option<Value> {
        None
    }

    fn lacks_environment(&self) -> bool {
        true
    }
}
