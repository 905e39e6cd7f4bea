//! `for`, `if` and `in`, expanded when something inside is first needed.

use super::expander::Expander;
use super::expansion::{GroupExpansion, Iteration};
use crate::body_index::Declaration;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{
    CycleLabel, Expectation, Frame, MemoKey, ModuleContext, Scope, bind_iteration, key_segment, scalar, waits_for_apply,
};
use crate::ops::ANY_KEY;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_syntax::ast::{Expr, ForStmt, Stmt};
use indexmap::IndexMap;
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Returns the expansion of the group at a statement of a frame.
    pub fn group(&self, frame: &Rc<Frame<'p>>, at: usize, used: Span) -> EvalResult<GroupExpansion<'p>> {
        let slot = (frame.id, at);
        if let Some(group) = self.expansion.groups.borrow().get(&slot) {
            return Ok(group.clone());
        }
        let stmt = frame.stmts.get(at).ok_or(AlreadyReported)?;
        let label = match stmt {
            Stmt::For(_) => "for",
            Stmt::If(_) => "if",
            Stmt::Extension { .. } => "extend stack",
            _ => "in",
        };
        self.state.order.aside(|| {
            self.interpreter().demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(label), used, || {
                let group = self.expand_group(frame, stmt)?;
                self.expansion.groups.borrow_mut().insert(slot, group);
                Ok(Value::absent(used))
            })
        })?;
        self.expansion.groups.borrow().get(&slot).cloned().ok_or(AlreadyReported)
    }

    fn expand_group(&self, frame: &Rc<Frame<'p>>, stmt: &'p Stmt) -> EvalResult<GroupExpansion<'p>> {
        let scope = Scope::new(frame.clone());
        match stmt {
            Stmt::If(group) => {
                let branch =
                    if self.interpreter().decide(&group.condition, &scope)? { &group.then } else { &group.otherwise };
                let inner = self.inner_frame(frame, branch, frame.module_cx.clone());
                Ok(GroupExpansion::One(self.state.frames.enter(inner)))
            }
            Stmt::In { place, stmts, .. } => {
                let place = self.place(place, &scope)?;
                let inner = self.inner_frame(frame, stmts, frame.module_cx.clone());
                Ok(GroupExpansion::One(self.state.frames.enter(Frame { placed: true, place: Some(place), ..inner })))
            }
            Stmt::Extension { stmts, span } => {
                // What stands in it sees the names of its own file.
                let module = self.cx.program.module_of(span.file).ok_or(AlreadyReported)?;
                let module_cx = Rc::new(ModuleContext { module, ..(*frame.module_cx).clone() });
                Ok(GroupExpansion::One(self.state.frames.enter(self.inner_frame(frame, stmts, module_cx))))
            }
            Stmt::For(group) => self.unroll(frame, group, &scope),
            _ => Err(AlreadyReported),
        }
    }

    /// Returns a frame inside another, sharing its place.
    pub(super) fn inner_frame(
        &self,
        parent: &Rc<Frame<'p>>,
        stmts: &'p [Stmt],
        module_cx: Rc<ModuleContext<'p>>,
    ) -> Frame<'p> {
        let index = self.cx.indexes.get_or_build(stmts);
        let (parent, place) = (Some(parent.clone()), parent.place.clone());
        Frame { place, ..Frame::bare(module_cx, parent, stmts, index) }
    }

    fn unroll(&self, frame: &Rc<Frame<'p>>, group: &'p ForStmt, scope: &Scope<'p>) -> EvalResult<GroupExpansion<'p>> {
        let mut iterations: IndexMap<Arc<str>, Iteration<'p>> = IndexMap::new();
        let mut failed = None;
        let since = self.state.order.mark();
        let over = self.interpreter().named(&group.over, scope)?;
        let is_map = match &over.kind {
            ValueKind::Unknown(unknown) => matches!(unknown.ty.required(), Type::Map(_) | Type::Any),
            _ => over.as_map().is_some(),
        };
        for (number, element) in self.interpreter().iterations_of(&over, group.over.span)? {
            self.state.meter.step(self.cx, group.span, 1)?;
            let bound = bind_iteration(scope, &group.names, number.clone(), element.clone());
            let key = self.iteration_key(group.key.as_ref(), &bound, number.filter(|_| is_map), &element);
            let Ok((text, key)) = key else {
                failed = Some(AlreadyReported);
                continue;
            };
            let text = if *text == *ANY_KEY && !iterations.is_empty() {
                // Each stands for some of the iterations; only the first has the key by which any is found.
                format!("{}", iterations.len()).into()
            } else {
                text
            };
            if let Some(first) = iterations.get(&text) {
                let diagnostic = Diagnostic::error("GPB1704", format!("duplicate key `{text}` in this `for`"))
                    .with_label(key.span, "each iteration needs its own key")
                    .help(
                        "keys are the identities of what the iterations make: use `key` to name a part that is unique",
                    );
                let (first, over) = (first.key.span, group.over.span);
                failed = Some(self.report(if first != key.span {
                    diagnostic.with_label(first, "first used here")
                } else if over.to(key.span) != over {
                    diagnostic.with_label(over, "iterated over here")
                } else {
                    diagnostic
                }));
                continue;
            }
            let keys: Arc<str> = format!("{}{}", frame.module_cx.keys, key_segment(&text)).into();
            let module_cx = Rc::new(ModuleContext { keys, ..(*frame.module_cx).clone() });
            let inner = self.inner_frame(frame, &group.stmts, module_cx);
            let inner = self.state.frames.enter(Frame { vars: bound.locals, ..inner });
            self.state.order.keep_for_frame(inner.id, since);
            iterations.insert(text, Iteration { key, frame: inner });
        }
        failed.map_or_else(|| Ok(GroupExpansion::Many(Rc::new(iterations))), Err)
    }

    fn iteration_key(
        &self,
        written: Option<&'p Expr>,
        scope: &Scope<'p>,
        map_key: Option<Value>,
        element: &Value,
    ) -> EvalResult<(Arc<str>, Value)> {
        let key = match (written, map_key) {
            (Some(written), _) => self.interpreter().eval(written, scope, Expectation::Any)?.with_span(written.span),
            (None, Some(key)) => key,
            (None, None) => element.clone(),
        };
        if let (Some(_), ValueKind::Unknown(unknown)) = (&self.world, &key.kind)
            && !waits_for_apply(&unknown.value)
        {
            return match unknown.ty.required() {
                Type::List(_) | Type::Map(_) | Type::Object(_) => Err(self.interpreter().no_key(&key)),
                _ => Ok((ANY_KEY.into(), key)),
            };
        }
        if self.world.is_some() && matches!(key.kind, ValueKind::List(_) | ValueKind::Map(_)) {
            return Err(self.interpreter().no_key(&key));
        }
        let key = self.interpreter().known(key, "the key of an iteration")?;
        match scalar(&key) {
            Some(text) => Ok((text.into(), key)),
            None => Err(self.interpreter().no_key(&key)),
        }
    }

    /// Returns what a name stands for that is declared inside a group: a map of the iterations of a `for`, the item of the branch
    /// that was chosen, nothing where the other was.
    pub(super) fn in_group(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value> {
        let name = declared.name.text.as_str();
        match self.group(frame, declared.at, used)? {
            GroupExpansion::One(inner) => match inner.index.names.get(name) {
                Some(found) => self.item(&inner, found, used),
                None => Ok(Value::absent(used)),
            },
            GroupExpansion::Many(iterations) => self.state.order.aside(|| {
                self.interpreter().demand(MemoKey::Keyed(frame.id, name), CycleLabel::Name(name), used, || {
                    self.keyed(&iterations, name, used)
                })
            }),
        }
    }

    fn keyed(&self, iterations: &IndexMap<Arc<str>, Iteration<'p>>, name: &str, used: Span) -> EvalResult<Value> {
        let mut map = ValueMap::with_capacity_and_hasher(iterations.len(), foldhash::fast::RandomState::default());
        for (key, iteration) in iterations {
            let Some(found) = iteration.frame.index.names.get(name) else { continue };
            let value = self.item(&iteration.frame, found, used)?;
            if !value.is_absent() {
                map.insert(key.clone(), ValueEntry { key: iteration.key.span, value });
            }
        }
        Ok(Value::map(map, used))
    }
}
