//! Layers and uses of components: bodies with addresses, parameters and members.

use crate::body_index::{DeclKind, Declaration};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{
    Assignment, BlockEntries, CycleLabel, Expectation, Frame, Interpreter, MemoKey, ModuleContext, Scope,
    SilentUnknowns, is_optional,
};
use crate::resolve;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{InstanceHandle, PropertyValue, ValueKind};
use gpb_syntax::ast::{Binding, BlockStmt, Ident, LayerStmt, Stmt};
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::InstanceId;
use super::after_clauses::with_after;
use super::visit::params_of;

/// A layer, a component's use, or the stack itself.
#[derive(Debug)]
pub struct Instance<'p> {
    pub id: InstanceId,
    /// `aurora`, `layer data`
    pub what: Arc<str>,
    /// Its address; empty for the stack.
    pub address: Arc<str>,
    pub frame: OnceCell<Rc<Frame<'p>>>,
    /// What its parameters are given: the statements of the use, and the scope they are read in.
    pub given: Option<(&'p [Stmt], Scope<'p>)>,
    /// What to blame for a missing parameter.
    pub head: Span,
    /// Where the body is declared.
    pub declared: Span,
}

/// The fields of an environment that are not parameters of its stack, or not only.
const RESERVED: &[&str] = &["account", "region", "mode", "role", "profile", "tags", "usage"];

impl Instance<'_> {
    /// For messages: `aurora`, the stack `shop`.
    fn described(&self) -> String {
        match self.what.strip_prefix("stack ") {
            Some(stack) if self.is_stack() => format!("the stack `{stack}`"),
            _ => format!("`{}`", self.what),
        }
    }

    /// The stack itself, given its parameters by an environment.
    fn is_stack(&self) -> bool {
        self.address.is_empty()
    }
}

impl<'p> Interpreter<'_, 'p> {
    /// A layer, a resource or a component's use, by its name in a frame.
    pub fn item(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<PropertyValue> {
        if self.unknown.get() != SilentUnknowns::Nothing {
            return Err(AlreadyReported);
        }
        let stmt = frame.stmts.get(declared.at).ok_or(AlreadyReported)?;
        if matches!(stmt, Stmt::For(_) | Stmt::If(_) | Stmt::In { .. }) {
            return self.in_group(frame, declared, used);
        }
        let key = MemoKey::Slot(frame.id, declared.at);
        self.demand(key, CycleLabel::Name(&declared.name.text), used, || match declared.what {
            DeclKind::Resource(resource) => self.resource(frame, resource),
            DeclKind::Layer(layer) => self.layer(frame, layer),
            DeclKind::Use(block) => self.component(frame, block),
            DeclKind::Param(_) | DeclKind::Let(_) => Err(AlreadyReported),
        })
    }

    fn layer(&self, frame: &Rc<Frame<'p>>, layer: &'p LayerStmt) -> EvalResult<PropertyValue> {
        let scope = Scope::new(frame.clone());
        let place = layer.place.as_ref().map(|place| self.place(place, &scope)).transpose()?;
        let name: Arc<str> = layer.name.text.as_str().into();
        let module_cx = Rc::new(ModuleContext {
            prefix: frame.module_cx.address(&layer.name.text),
            keys: "".into(),
            layer: Some(name.clone()),
            ..(*frame.module_cx).clone()
        });
        let inner = self.inner_frame(frame, &layer.stmts, module_cx);
        let placed = place.is_some();
        let frame = Frame { placed, place: place.or_else(|| inner.place.clone()), ..inner };
        let made =
            self.instantiate(format!("layer {name}").into(), None, layer.name.span, layer.name.span, |_| frame)?;
        Ok(handle(&made, layer.name.span))
    }

    fn component(&self, frame: &Rc<Frame<'p>>, block: &'p BlockStmt) -> EvalResult<PropertyValue> {
        let component = self.cx.names.component(frame.module_cx.module, &block.head.text).ok_or(AlreadyReported)?;
        let label = block.label.as_ref().ok_or(AlreadyReported)?;
        if self.resolved.recursive.contains(&resolve::key(component.item)) {
            return Err(AlreadyReported);
        }
        self.budget.item(self, label.span)?;
        let scope = Scope::new(frame.clone());
        let place = block.place.as_ref().map(|place| self.place(place, &scope)).transpose()?;
        let address = frame.module_cx.address(&label.text);
        self.budget.text(self, label.span, address.len())?;
        let mut components = frame.module_cx.components.to_vec();
        components.push(address.clone());
        let mut module_cx = Rc::new(ModuleContext {
            module: component.module,
            prefix: address,
            keys: "".into(),
            components: components.into(),
            ..(*frame.module_cx).clone()
        });
        for stmt in &block.stmts {
            match stmt {
                Stmt::After { paths, .. } => module_cx = with_after(&module_cx, paths, Rc::downgrade(frame), None),
                Stmt::Protect { word, .. } => {
                    module_cx = Rc::new(ModuleContext { protect: Some(word.text == "always"), ..(*module_cx).clone() });
                }
                _ => {}
            }
        }
        let body = component.item;
        let given = Some((block.stmts.as_slice(), scope));
        let what = body.name.text.as_str().into();
        let made = self.instantiate(what, given, label.span, body.name.span, |id| Frame {
            id: 0,
            parent: None,
            stmts: &body.stmts,
            index: self.cx.indexes.get_or_build(&body.stmts),
            vars: None,
            module_cx: Rc::new(ModuleContext { instance: Some(id), ..(*module_cx).clone() }),
            placed: true,
            place: place.or_else(|| frame.place.clone()),
        })?;
        Ok(handle(&made, label.span))
    }

    /// Enters a body among the instances.
    pub fn instantiate(
        &self,
        what: Arc<str>,
        given: Option<(&'p [Stmt], Scope<'p>)>,
        head: Span,
        declared: Span,
        frame: impl FnOnce(InstanceId) -> Frame<'p>,
    ) -> EvalResult<Rc<Instance<'p>>> {
        let id = u32::try_from(self.expansion.instances.borrow().len()).map_err(|_| AlreadyReported)?;
        let frame = self.expansion.frame(frame(id));
        let address = frame.module_cx.prefix.clone();
        let made = Rc::new(Instance { id, what, address, frame: frame.into(), given, head, declared });
        self.expansion.instances.borrow_mut().push(made.clone());
        Ok(made)
    }

    /// What a use gives its component, gathered once.
    pub fn arguments_of(&self, instance: &Rc<Instance<'p>>, used: Span) -> EvalResult<Rc<BlockEntries<'p>>> {
        if let Some(known) = self.expansion.given.borrow().get(&instance.id) {
            return Ok(known.clone());
        }
        let Some((stmts, scope)) = &instance.given else { return Ok(Rc::default()) };
        let label = CycleLabel::Body(gpb_model::Address(instance.address.clone()));
        self.demand(MemoKey::Given(instance.id), label, used, || {
            let entries = Rc::new(self.entries(stmts, scope)?);
            self.expansion.given.borrow_mut().insert(instance.id, entries);
            Ok(PropertyValue::absent(used))
        })?;
        self.expansion.given.borrow().get(&instance.id).cloned().ok_or(AlreadyReported)
    }

    /// A parameter of the stack or the component a frame is the body of.
    pub fn param(
        &self,
        frame: &Rc<Frame<'p>>,
        binding: &'p Binding,
        at: usize,
        used: Span,
    ) -> EvalResult<PropertyValue> {
        if self.unknown.get() != SilentUnknowns::Nothing {
            return self.default_only(frame, binding, at, used);
        }
        self.demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text), used, || {
            let instance =
                frame.module_cx.instance.and_then(|id| self.expansion.instance(id)).ok_or(AlreadyReported)?;
            let entries = self.arguments_of(&instance, used)?;
            let given = entries.assignments.get(binding.name.text.as_str());
            let module = frame.module_cx.module;
            let ty = binding.ty.as_ref().map(|ty| self.cx.ty(module, ty)).transpose()?;
            let home = Scope::new(frame.clone());
            let expect = ty.as_ref().map_or(Expectation::Any, Expectation::Type);
            let (value, from) = match (given, &binding.value) {
                (Some(given), _) => (self.given(&binding.name.text, given, expect)?, scope_of(given).unwrap_or(home)),
                (None, Some(default)) => (self.eval(default, &home, expect)?, home),
                (None, None) if ty.as_ref().is_some_and(Type::is_optional) || is_optional(binding) => {
                    return Ok(PropertyValue::absent(binding.name.span));
                }
                (None, None) => return Err(self.missing(&instance, binding)),
            };
            let value = self.measured_size(value, used)?;
            match &ty {
                Some(ty) => self.conform(value, ty, &from, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }

    /// A parameter where nothing is given: its default, unless something else may be given.
    fn default_only(
        &self,
        frame: &Rc<Frame<'p>>,
        binding: &'p Binding,
        at: usize,
        used: Span,
    ) -> EvalResult<PropertyValue> {
        if self.unknown.get() == SilentUnknowns::Parameters {
            return Err(AlreadyReported);
        }
        self.demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text), used, || {
            let home = Scope::new(frame.clone());
            let ty = binding.ty.as_ref().map(|ty| self.cx.ty(frame.module_cx.module, ty)).transpose()?;
            let default = binding.value.as_ref().ok_or(AlreadyReported)?;
            let value = self.eval(default, &home, ty.as_ref().map_or(Expectation::Any, Expectation::Type))?;
            let value = self.measured_size(value, used)?;
            match &ty {
                Some(ty) => self.conform(value, ty, &home, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }

    fn missing(&self, instance: &Instance<'p>, binding: &Binding) -> AlreadyReported {
        let name = &binding.name.text;
        if self.is_misspelt(instance, name) {
            // The unknown parameter is reported with this one as its right name.
            return AlreadyReported;
        }
        self.report(
            Diagnostic::error("GPB1501", format!("{} needs `{name}`", instance.described()))
                .with_label(instance.head, format!("`{name}` is not given"))
                .with_label(binding.name.span, "declared here, with no default")
                .help(format!("add `{name} = …`")),
        )
    }

    fn is_misspelt(&self, instance: &Instance<'p>, name: &str) -> bool {
        let given = self.expansion.given.borrow().get(&instance.id).cloned();
        let params = instance.frame.get().map(|frame| params_of(frame)).unwrap_or_default();
        let params: Vec<&str> = params.iter().map(|binding| binding.name.text.as_str()).collect();
        let mut misspelt =
            given.iter().flat_map(|given| given.assignments.keys()).filter(|other| !params.contains(*other));
        misspelt.any(|other| nearest(other, params.iter().copied()) == Some(name))
    }

    /// Refuses what is given to no parameter.
    pub fn check_arguments(&self, instance: &Rc<Instance<'p>>) {
        let Some(frame) = instance.frame.get().filter(|_| instance.given.is_some()) else { return };
        let Ok(entries) = self.arguments_of(instance, instance.head) else { return };
        let params: Vec<&str> = params_of(frame).iter().map(|binding| binding.name.text.as_str()).collect();
        let more = if instance.is_stack() { RESERVED } else { &[] };
        for (name, given) in &entries.assignments {
            if params.contains(name) || more.contains(name) || given.iter().all(Assignment::is_missing) {
                continue;
            }
            let span = given.first().map_or(instance.head, Assignment::head);
            let message = format!("{} has no parameter `{name}`", instance.described());
            let diagnostic = Diagnostic::error("GPB1502", message)
                .with_label(span, "unknown parameter")
                .with_label(instance.declared, "its parameters are declared here");
            let near = nearest(name, params.iter().copied().chain(more.iter().copied()));
            self.report(match near {
                // A `when` is written without a head of its own, so there is nothing to rename.
                Some(near) if *name != "when" => {
                    diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, near)
                }
                _ if params.is_empty() => diagnostic.help("it has none"),
                _ => diagnostic.help(format!("it has {}", params.join(", "))),
            });
        }
    }

    /// `data.main`, `main.endpoint`: an output, an item or a parameter of a layer or a component.
    pub fn instance_member(&self, of: &InstanceHandle, name: &Ident, span: Span) -> EvalResult<PropertyValue> {
        let frame =
            self.expansion.instance(of.id).and_then(|instance| instance.frame.get().cloned()).ok_or(AlreadyReported)?;
        if let Some((binding, at)) = frame.index.outputs.get(name.text.as_str()) {
            return Ok(self.output(&frame, binding, *at, span)?.with_span(span));
        }
        match frame.index.names.get(name.text.as_str()) {
            Some(declared) if !matches!(declared.what, DeclKind::Let(_)) => {
                Ok(self.declared(&frame, declared, span)?.with_span(span))
            }
            _ => Err(self.no_member(of, &frame, name)),
        }
    }

    /// An output, which may stand in the chosen branch of an `if`.
    pub fn output(
        &self,
        frame: &Rc<Frame<'p>>,
        binding: &'p Binding,
        at: usize,
        used: Span,
    ) -> EvalResult<PropertyValue> {
        match frame.stmts.get(at) {
            Some(Stmt::Output(_)) => {
                self.demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text), used, || {
                    self.bound(binding, &Scope::new(frame.clone()))
                })
            }
            Some(_) => match self.group(frame, at, used)? {
                super::groups::GroupExpansion::One(inner) => {
                    match inner.index.outputs.get(binding.name.text.as_str()) {
                        Some((found, at)) => self.output(&inner, found, *at, used),
                        None => Ok(PropertyValue::absent(used)),
                    }
                }
                super::groups::GroupExpansion::Many(_) => Err(AlreadyReported),
            },
            None => Err(AlreadyReported),
        }
    }

    fn no_member(&self, of: &InstanceHandle, frame: &Frame<'p>, name: &Ident) -> AlreadyReported {
        let mut names: Vec<&str> = frame.index.outputs.keys().copied().collect();
        let items = frame.index.in_order();
        names
            .extend(items.iter().filter(|one| !matches!(one.what, DeclKind::Let(_))).map(|one| one.name.text.as_str()));
        names.sort_unstable();
        names.dedup();
        let what = match of.what.strip_prefix("layer ") {
            Some(layer) => format!("the layer `{layer}`"),
            None => format!("the component `{}`", of.what),
        };
        // Resolution says the same where it can see the head of the path; it is then said once.
        let diagnostic = Diagnostic::error("GPB1701", format!("{what} has no `{}`", name.text))
            .with_label(name.span, "not one of its items or outputs");
        self.report(match nearest(&name.text, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                name.span,
                near,
            ),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        })
    }
}

fn scope_of<'p>(given: &[Assignment<'p>]) -> Option<Scope<'p>> {
    given.first().map(|one| match one {
        Assignment::Field(_, scope) | Assignment::Block(_, scope) | Assignment::When(_, scope) => scope.clone(),
    })
}

fn handle(instance: &Instance<'_>, span: Span) -> PropertyValue {
    PropertyValue::new(ValueKind::Instance(InstanceHandle { id: instance.id, what: instance.what.clone() }), span)
}
