//! The walk that meets everything, in the order it was written.

use super::expander::Expander;
use super::expansion::{GroupExpansion, Instance, ResourceNode};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{Frame, Scope};
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Binding, NamePath, Stmt};
use std::collections::BTreeMap;
use std::rc::Rc;

/// An output of the stack or of a layer.
#[derive(Debug)]
pub struct OutputValue<'p> {
    /// `endpoint`, or `data.endpoint` for that of a layer.
    pub name: String,
    /// Its declaration.
    pub binding: &'p Binding,
    /// Its value.
    pub value: Value,
}

/// Holds what the walk met.
#[derive(Debug, Default)]
pub struct ExpansionOutput<'p> {
    /// The resources, in order.
    pub nodes: Vec<Rc<ResourceNode<'p>>>,
    /// The layers, in order.
    pub layers: Vec<model::Layer>,
    /// The outputs of the stack and of its layers.
    pub outputs: Vec<OutputValue<'p>>,
    /// The moves: from, to, and where they are written.
    pub moves: Vec<(&'p NamePath, &'p NamePath, Span)>,
    /// The outputs and parameters of layers and components, by address; for tests alone.
    pub parts: BTreeMap<String, Value>,
    /// The statements about resources that are no longer declared: the address, the entries, and where it is written.
    pub removals: Vec<(&'p NamePath, &'p [Stmt], Span)>,
}

impl<'p> Expander<'_, 'p> {
    /// Expands everything in a frame. What fails has been reported, and the rest goes on.
    pub fn visit(&self, frame: &Rc<Frame<'p>>, into: &mut ExpansionOutput<'p>) {
        for (at, stmt) in frame.stmts.iter().enumerate() {
            if self.state.meter.is_spent() {
                return;
            }
            // A failure has been reported where it happened.
            let _ = self.visit_stmt(frame, at, stmt, into);
        }
    }

    fn visit_stmt(
        &self,
        frame: &Rc<Frame<'p>>,
        at: usize,
        stmt: &'p Stmt,
        into: &mut ExpansionOutput<'p>,
    ) -> EvalResult<()> {
        match stmt {
            Stmt::Param(binding) => {
                let value = self.visit_name(frame, at, &binding.name)?;
                self.visit_part(frame, binding, &value, into);
                Ok(())
            }
            Stmt::Let(binding) => self.visit_name(frame, at, &binding.name).map(drop),
            Stmt::Resource(resource) => {
                let value = self.visit_name(frame, at, &resource.name)?;
                if let ValueKind::Resource(handle) = &value.kind {
                    into.nodes.extend(self.expansion.by_address(&handle.address));
                }
                Ok(())
            }
            Stmt::Layer(layer) => {
                let value = self.visit_name(frame, at, &layer.name)?;
                into.layers.push(model::Layer {
                    name: layer.name.text.to_string(),
                    uses: layer.uses.iter().map(|name| name.text.to_string()).collect(),
                    doc: layer.doc.as_deref().map(str::to_owned),
                    span: layer.name.span,
                });
                self.visit_instance(&value, into)
            }
            Stmt::Block(block) => {
                let label = block.label.as_ref().ok_or(AlreadyReported)?;
                let value = self.visit_name(frame, at, label)?;
                self.visit_use(&value)?;
                self.visit_instance(&value, into)
            }
            Stmt::Recover(_) | Stmt::Derived { .. } | Stmt::Waive(_) => {
                self.demanded(stmt, &Scope::new(frame.clone()), &frame.module_cx.prefix);
                Ok(())
            }
            Stmt::For(_) | Stmt::If(_) | Stmt::In { .. } | Stmt::Extension { .. } => {
                match self.group(frame, at, span_of(stmt))? {
                    GroupExpansion::One(inner) => self.visit(&inner, into),
                    GroupExpansion::Many(iterations) => {
                        iterations.values().for_each(|iteration| self.visit(&iteration.frame, into));
                    }
                }
                Ok(())
            }
            Stmt::Require(stmt) => self.require(frame, stmt),
            Stmt::Output(binding) => self.visit_output(frame, binding, at, into),
            Stmt::Moved { from, to, span } => {
                into.moves.push((from, to, *span));
                Ok(())
            }
            Stmt::Removed { path, stmts, span } => {
                into.removals.push((path, stmts, *span));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Demands a name at its declaration; one declared twice is met once.
    fn visit_name(&self, frame: &Rc<Frame<'p>>, at: usize, name: &gpb_syntax::ast::Ident) -> EvalResult<Value> {
        let declared =
            frame.index.names.get(name.text.as_str()).filter(|declared| declared.at == at).ok_or(AlreadyReported)?;
        self.interpreter().declared(frame, declared, name.span)
    }

    /// Takes what the use of a component demands of everything in it.
    fn visit_use(&self, value: &Value) -> EvalResult<()> {
        let ValueKind::Instance(handle) = &value.kind else { return Ok(()) };
        let instance = self.expansion.instance(handle.id).ok_or(AlreadyReported)?;
        for (stmt, scope) in &self.arguments_of(&instance, instance.head)?.rest {
            self.demanded(stmt, scope, &instance.address);
        }
        Ok(())
    }

    fn visit_instance(&self, value: &Value, into: &mut ExpansionOutput<'p>) -> EvalResult<()> {
        let ValueKind::Instance(handle) = &value.kind else { return Ok(()) };
        let instance = self.expansion.instance(handle.id).ok_or(AlreadyReported)?;
        self.visit_body(&instance, into);
        Ok(())
    }

    fn visit_body(&self, instance: &Rc<Instance<'p>>, into: &mut ExpansionOutput<'p>) {
        self.check_arguments(instance);
        if let Some(frame) = instance.frame.get() {
            self.attributed(frame, || self.visit(frame, into));
        }
    }

    /// Keeps an output or a parameter for the conditions of a test, which see it as whoever uses the component does.
    fn visit_part(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, value: &Value, into: &mut ExpansionOutput<'p>) {
        if self.cx.keeps_parts && !frame.module_cx.prefix.is_empty() && !value.is_absent() {
            into.parts.insert(frame.module_cx.address(&binding.name.text).to_string(), value.clone());
        }
    }

    fn visit_output(
        &self,
        frame: &Rc<Frame<'p>>,
        binding: &'p Binding,
        at: usize,
        into: &mut ExpansionOutput<'p>,
    ) -> EvalResult<()> {
        let value = self.output(frame, binding, at, binding.name.span)?;
        self.visit_part(frame, binding, &value, into);
        if frame.module_cx.components.is_empty() && !value.is_absent() {
            let name = match &frame.module_cx.layer {
                Some(layer) => format!("{layer}.{}", binding.name.text),
                None => binding.name.text.to_string(),
            };
            into.outputs.push(OutputValue { name, binding, value });
        }
        Ok(())
    }
}

fn span_of(stmt: &Stmt) -> Span {
    match stmt {
        Stmt::For(group) => group.over.span,
        Stmt::If(group) => group.condition.span,
        Stmt::In { place, .. } => place.span,
        Stmt::Extension { span, .. } => *span,
        _ => Span::default(),
    }
}
