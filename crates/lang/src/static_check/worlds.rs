//! The worlds in which a body is evaluated.

use super::walk::Walk;
use crate::compile_context::CompileContext;
use crate::eval::{BranchCoverage, Frame, ModuleContext, OptionalChoice, World, any_place, is_optional};
use crate::expand::Expander;
use crate::names::GlobalItem;
use crate::node_id::span_of;
use crate::resolve::ResolveOutput;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, Stmt};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// The most worlds for one body.
const MAX_WORLDS: usize = 24;

/// The number of expressions for one body after which no other world is looked at.
const MAX_STEPS: u64 = 500_000;

/// The check of a program from its declared types.
pub(super) struct StaticCheck<'w, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'w CompileContext<'p>,
    /// The findings of resolution.
    pub resolved: &'w ResolveOutput,
    /// The branches that have been met, of the whole program.
    pub coverage: Rc<BranchCoverage>,
}

impl<'p> StaticCheck<'_, 'p> {
    /// Checks the body of a stack or of a component.
    pub fn body(&self, item: GlobalItem<'p, Body>) {
        let body = item.item;
        let params = body.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Param(binding) => Some(&**binding),
            _ => None,
        });
        let params: Vec<&'p Binding> = params.collect();
        params.iter().filter_map(|param| param.ty.as_ref()).for_each(|ty| self.inside_type(item.module, ty));
        // What extends a stack stands in other files.
        let parts = body.stmts.iter().filter(|stmt| matches!(stmt, Stmt::Extension { .. })).map(span_of);
        let spans: Vec<Span> = std::iter::once(body.span).chain(parts).collect();
        self.in_worlds(&spans, params.into_iter(), |expander, only| {
            let frame = |id| {
                let module_cx = ModuleContext { instance: Some(id), ..ModuleContext::of_module(item.module) };
                let index = self.cx.indexes.get_or_build(&body.stmts);
                let bare = Frame::bare(Rc::new(module_cx), None, &body.stmts, index);
                Frame { placed: true, place: Some(any_place()), ..bare }
            };
            let what = format!("stack {}", body.name.text).into();
            let Ok(instance) = expander.instantiate(what, None, body.name.span, body.name.span, frame) else { return };
            if let Some(frame) = instance.frame.get() {
                let mut walk = Walk::new(expander, only);
                walk.body(frame);
                walk.follow_afters();
            }
        });
    }

    /// Evaluates in one world after another, until every branch inside `spans` has been met or no world meets more of them.
    ///
    /// After the first world, and that in which nothing optional is given, only the statements count that hold conditions.
    pub fn in_worlds(
        &self,
        spans: &[Span],
        params: impl Iterator<Item = &'p Binding>,
        evaluate: impl Fn(&Expander<'_, 'p>, Option<&[Span]>),
    ) {
        let steps = Cell::new(0);
        let is_spent = || self.cx.spent.get() || steps.get() > MAX_STEPS;
        let run = |choice: OptionalChoice, only: Option<&[Span]>| {
            let expander = Expander::in_world(self.cx, self.resolved, World::new(choice, self.coverage.clone()));
            evaluate(&expander, only);
            steps.set(steps.get() + expander.state.meter.steps());
            expander.world.is_some_and(|world| world.has_optional())
        };
        let plain = |given| OptionalChoice { given, except: None };
        if run(plain(true), None) && !is_spent() {
            run(plain(false), None);
        }
        let name_of = |param: &'p Binding| Arc::from(param.name.text.as_str());
        let optional: Vec<Arc<str>> = params.filter(|param| is_optional(param)).map(name_of).collect();
        let but = |given: bool, name: &Arc<str>| OptionalChoice { given, except: Some(name.clone()) };
        // Under a condition on one, another may be absent all the same.
        let conditions = self.coverage.conditions(spans);
        if optional.len() > 1 && !conditions.is_empty() {
            for name in optional.iter().take(MAX_WORLDS).take_while(|_| !is_spent()) {
                run(but(true, name), Some(&conditions));
            }
        }
        let each = optional.iter().map(|name| but(false, name));
        let mut others = [plain(false)].into_iter().chain(each);
        let mut choice = plain(true);
        let mut open = self.coverage.open_conditions(spans);
        for _ in 0..MAX_WORLDS {
            if open.is_empty() || is_spent() {
                break;
            }
            run(choice.clone(), Some(&open));
            let left = self.coverage.open_conditions(spans);
            if left == open {
                let Some(next) = others.next() else { break };
                choice = next;
            }
            open = left;
        }
    }
}
