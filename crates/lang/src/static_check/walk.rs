//! A walk through a body in one world.

use super::open_body::OpenBody;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::environment::says_usage;
use crate::eval::{Assignment, Expectation, Frame, Scope};
use crate::expand::{Expander, GroupExpansion, Instance, ResourceNode};
use crate::node_id::span_of;
use crate::property;
use gpb_base::source::Span;
use gpb_model::Lifecycle;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{ForStmt, Ident, NamePath, Stmt};
use std::rc::Rc;

/// The number of iterations of a `for` that are looked at; more are hardly ever wrong in another way.
const MAX_ITERATIONS: usize = 16;

/// A walk through a body in one world.
pub(super) struct Walk<'a, 'w, 'p> {
    expander: &'a Expander<'w, 'p>,
    /// The conditions that are left; all statements count where it is absent.
    only: Option<&'a [Span]>,
    /// The `after`s that were met, followed when all has been met that they may lead to.
    afters: Vec<(&'p [NamePath], Scope<'p>)>,
}

impl<'a, 'w, 'p> Walk<'a, 'w, 'p> {
    /// Returns a walk that has met nothing.
    pub fn new(expander: &'a Expander<'w, 'p>, only: Option<&'a [Span]>) -> Self {
        Self { expander, only, afters: Vec::new() }
    }

    /// Checks the statements of a body. What fails has been reported, and the rest goes on.
    pub fn body(&mut self, frame: &Rc<Frame<'p>>) {
        for (at, stmt) in frame.stmts.iter().enumerate() {
            if self.expander.state.meter.is_spent() {
                return;
            }
            if self.counts(span_of(stmt)) {
                // A failure has been reported where it happened.
                let _ = self.statement(frame, at, stmt);
            }
        }
    }

    /// Follows the `after`s that were met.
    pub fn follow_afters(self) {
        for (paths, scope) in self.afters {
            self.expander.after_paths(paths, &scope);
        }
    }

    fn counts(&self, stmt: Span) -> bool {
        let holds = |at: &Span| at.file == stmt.file && stmt.to(*at) == stmt;
        self.only.is_none_or(|only| only.iter().any(holds))
    }

    fn counts_alone(&self, condition: Span) -> bool {
        self.only.is_some_and(|only| only.contains(&condition))
    }

    /// Checks whether an environment has shown all there is to a statement: it was expanded, and holds no condition.
    fn is_shown(&self, stmt: Span) -> bool {
        let cx = self.expander.cx;
        cx.is_expanded(stmt) && !holds_condition(cx.program.sources.slice(stmt))
    }

    /// Checks whether an environment has shown all there is to a group: all that stands in it.
    fn is_group_shown(&self, group: &'p Stmt) -> bool {
        let (Stmt::For(ForStmt { stmts, .. }) | Stmt::In { stmts, .. } | Stmt::Extension { stmts, .. }) = group else {
            return false;
        };
        stmts.iter().all(|stmt| match stmt {
            Stmt::Resource(resource) => self.is_shown(resource.span),
            Stmt::Block(block) => self.is_shown(block.span),
            other => self.is_group_shown(other),
        })
    }

    fn statement(&mut self, frame: &Rc<Frame<'p>>, at: usize, stmt: &'p Stmt) -> EvalResult<()> {
        match stmt {
            Stmt::Param(binding) | Stmt::Let(binding) => self.name(frame, at, &binding.name).map(drop),
            Stmt::Output(binding) => self.expander.output(frame, binding, at, binding.name.span).map(drop),
            Stmt::Layer(layer) => {
                let value = self.name(frame, at, &layer.name)?;
                let inner = self.instance(&value)?;
                self.body(inner.frame.get().ok_or(AlreadyReported)?);
                Ok(())
            }
            Stmt::Resource(resource) if !self.is_shown(resource.span) => {
                let value = self.name(frame, at, &resource.name)?;
                let ValueKind::Resource(handle) = &value.kind else { return Ok(()) };
                let node = self.expander.expansion.by_address(&handle.address).ok_or(AlreadyReported)?;
                self.resource(&node);
                Ok(())
            }
            Stmt::Block(block) if !self.is_shown(block.span) => {
                let value = self.name(frame, at, block.label.as_ref().ok_or(AlreadyReported)?)?;
                let instance = self.instance(&value)?;
                self.component_use(&instance)
            }
            Stmt::For(_) | Stmt::If(_) | Stmt::In { .. } | Stmt::Extension { .. } if !self.is_group_shown(stmt) => {
                // What stands in a branch that has not been met before counts as a whole.
                let fresh = matches!(stmt, Stmt::If(group) if self.counts_alone(group.condition.span));
                let only = self.only;
                let group = self.expander.group(frame, at, span_of(stmt))?;
                if fresh {
                    self.only = None;
                }
                match group {
                    GroupExpansion::One(inner) => self.body(&inner),
                    GroupExpansion::Many(all) => {
                        all.values().take(MAX_ITERATIONS).for_each(|iteration| self.body(&iteration.frame));
                    }
                }
                self.only = only;
                Ok(())
            }
            Stmt::Recover(_) | Stmt::Derived { .. } => {
                self.expander.demanded(stmt, &Scope::new(frame.clone()), &frame.module_cx.prefix);
                Ok(())
            }
            Stmt::Require(stmt) => self.expander.require(frame, stmt),
            Stmt::After { paths, .. } => {
                self.afters.push((paths, Scope::new(frame.clone())));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Demands a name at its declaration; one declared twice is met once.
    fn name(&self, frame: &Rc<Frame<'p>>, at: usize, name: &Ident) -> EvalResult<Value> {
        let declared = frame.index.names.get(name.text.as_str()).filter(|declared| declared.at == at);
        self.expander.interpreter().declared(frame, declared.ok_or(AlreadyReported)?, name.span)
    }

    fn instance(&self, value: &Value) -> EvalResult<Rc<Instance<'p>>> {
        let ValueKind::Instance(handle) = &value.kind else { return Err(AlreadyReported) };
        self.expander.expansion.instance(handle.id).ok_or(AlreadyReported)
    }

    /// Checks what a use gives its component. The component's own body is checked where it is declared.
    fn component_use(&mut self, instance: &Rc<Instance<'p>>) -> EvalResult<()> {
        self.expander.check_arguments(instance);
        let frame = instance.frame.get().ok_or(AlreadyReported)?;
        let entries = self.expander.arguments_of(instance, instance.head)?;
        for param in frame.params() {
            if let Some(declared) = frame.index.names.get(param.name.text.as_str()) {
                // A failure has been reported where it happened.
                let _ = self.expander.interpreter().declared(frame, declared, instance.head);
            }
        }
        for (stmt, scope) in &entries.rest {
            match stmt {
                Stmt::After { paths, .. } => self.afters.push((paths, scope.clone())),
                other => self.expander.demanded(other, scope, &instance.address),
            }
        }
        Ok(())
    }

    fn resource(&mut self, node: &Rc<ResourceNode<'p>>) {
        let (stmt, expander) = (node.stmt, self.expander);
        let mut body = OpenBody::new();
        match expander.body_of(node, stmt.name.span) {
            Ok(entries) => {
                let usage = says_usage(&node.def, &entries);
                for (at, (name, given)) in entries.assignments.iter().enumerate() {
                    let Some(key) = given.first().map(Assignment::head) else { continue };
                    if given.iter().any(Assignment::is_missing) {
                        body.whole = false;
                    } else if usage && *name == "usage" {
                        // A failure has been reported where it happened.
                        let _ = expander.interpreter().given(name, given, Expectation::Any);
                    } else {
                        match expander.written(node, &entries, at, key) {
                            // Whether it is missing then, only an environment says.
                            Ok(value) if value.is_absent() => body.whole = false,
                            Ok(value) => body.put(name, key, value),
                            Err(AlreadyReported) => body.leave_open(name, key),
                        }
                    }
                }
                let mut lifecycle = Lifecycle::default();
                for (stmt, scope) in &entries.rest {
                    match stmt {
                        Stmt::After { paths, .. } => self.afters.push((paths, scope.clone())),
                        other => {
                            expander.demanded(other, scope, node.handle.address.as_str());
                            expander.lifecycle(node, other, scope, &mut lifecycle);
                        }
                    }
                }
            }
            Err(AlreadyReported) => body.names(&stmt.stmts),
        }
        let partial = stmt.existing || !body.whole;
        let body = Value::map(body.entries, stmt.span);
        let read = expander
            .interpreter()
            .with_context(&node.scope(), |cx| property::to_model(&body, &node.def, partial, stmt.name.span, cx));
        expander.cx.reports.all(read.diagnostics);
    }
}

/// Checks whether the word `if` stands in a text.
fn holds_condition(text: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    text.match_indices("if").any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(at + word.len()))
    })
}
