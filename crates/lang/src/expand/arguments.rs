//! The parameters of the stack and of components, and the arguments they are given.

use super::expander::Expander;
use super::expansion::Instance;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{
    Assignment, BlockEntries, CycleLabel, Expectation, Frame, MemoKey, Scope, World, is_optional, param_symbol,
    symbol_of,
};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_syntax::ast::{Binding, Stmt};
use std::rc::Rc;

/// The fields of an environment that are not parameters of its stack, or not only.
const RESERVED: &[&str] = &["account", "region", "mode", "role", "profile", "tags", "usage", "policies"];

/// The number of letters from which a type is not written out in a message.
const LONG_TYPE: usize = 30;

impl<'p> Expander<'_, 'p> {
    /// Returns what a use gives its component, gathered once.
    pub fn arguments_of(&self, instance: &Rc<Instance<'p>>, used: Span) -> EvalResult<Rc<BlockEntries<'p>>> {
        if let Some(known) = self.expansion.given.borrow().get(&instance.id) {
            return Ok(known.clone());
        }
        let Some((stmts, scope)) = &instance.given else { return Ok(Rc::default()) };
        let label = CycleLabel::Body(gpb_model::Address(instance.address.clone()));
        self.state.order.aside(|| {
            self.interpreter().demand(MemoKey::Given(instance.id), label, used, || {
                let entries = Rc::new(self.interpreter().entries(stmts, scope)?);
                self.expansion.given.borrow_mut().insert(instance.id, entries);
                Ok(Value::absent(used))
            })
        })?;
        self.expansion.given.borrow().get(&instance.id).cloned().ok_or(AlreadyReported)
    }

    /// Returns a parameter of the stack or the component a frame is the body of.
    pub(super) fn param(
        &self,
        frame: &Rc<Frame<'p>>,
        binding: &'p Binding,
        at: usize,
        used: Span,
    ) -> EvalResult<Value> {
        self.interpreter().demand(MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text), used, || {
            let instance =
                frame.module_cx.instance.and_then(|id| self.expansion.instance(id)).ok_or(AlreadyReported)?;
            if let (Some(world), None) = (&self.world, &instance.given) {
                return self.any_argument(world, frame, binding);
            }
            let entries = self.arguments_of(&instance, used)?;
            let given = entries.assignments.get(binding.name.text.as_str());
            let module = frame.module_cx.module;
            let ty = binding.ty.as_ref().map(|ty| self.cx.ty(module, ty)).transpose()?;
            let home = Scope::new(frame.clone());
            let expect = ty.as_ref().map_or(Expectation::Any, Expectation::Type);
            let set = self.cx.inputs.of_param(&binding.name.text).filter(|_| instance.is_stack());
            let outside = set.map(|set| self.given_outside(set, binding, ty.as_ref())).transpose()?;
            let (value, from) = match (given, &binding.value) {
                _ if outside.as_ref().is_some_and(|value| !value.is_absent() || binding.value.is_none()) => {
                    (outside.unwrap_or_else(|| Value::absent(used)), home)
                }
                (Some(given), default) => {
                    let value = self.interpreter().given(&binding.name.text, given, expect)?;
                    match default {
                        // To give what is absent is to give nothing.
                        Some(default) if value.is_absent() => (self.default_of(binding, default, &home, expect)?, home),
                        _ => (value, scope_of(given).unwrap_or(home)),
                    }
                }
                (None, Some(default)) => (self.default_of(binding, default, &home, expect)?, home),
                (None, None) if ty.as_ref().is_some_and(Type::is_optional) || is_optional(binding) => {
                    return Ok(Value::absent(binding.name.span));
                }
                (None, None) => return Err(self.missing(&instance, binding)),
            };
            let value = self.interpreter().measured_size(value, used)?;
            match &ty {
                Some(ty) => self.interpreter().conform(value, ty, &from, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }

    /// Returns a parameter of a body that nothing uses: any value of its type. Its default is looked at for its mistakes.
    pub fn any_argument(&self, world: &World, frame: &Rc<Frame<'p>>, binding: &'p Binding) -> EvalResult<Value> {
        let ty = binding.ty.as_ref().map(|ty| self.cx.ty(frame.module_cx.module, ty)).transpose()?.unwrap_or(Type::Any);
        let default = binding.value.as_ref().and_then(|default| {
            let home = Scope::new(frame.clone());
            let value = self.interpreter().eval(default, &home, Expectation::Type(&ty)).ok()?;
            let value = self.interpreter().measured_size(value, binding.name.span).ok()?;
            self.interpreter().conform(value, &ty, &home, Some(binding.name.span)).ok()
        });
        // What is left out has its default.
        let ty = if default.is_some_and(|value| !value.is_absent()) { ty.required() } else { &ty };
        Ok(symbol_of(world, ty, param_symbol(&binding.name.text), binding.name.span))
    }

    /// Reports all that a use does not give, at once: the message is the same for each parameter, and so it is one.
    fn missing(&self, instance: &Instance<'p>, binding: &'p Binding) -> AlreadyReported {
        if self.is_misspelt(instance, &binding.name.text) {
            // The unknown parameter is reported with this one as its right name.
            return AlreadyReported;
        }
        let params = instance.frame.get().map(|frame| frame.params()).unwrap_or_default();
        let mut missing: Vec<&'p Binding> =
            params.into_iter().filter(|other| self.is_missing(instance, other)).collect();
        if !missing.iter().any(|other| other.name.text == binding.name.text) {
            missing.push(binding);
        }
        let described = |binding: &&Binding| {
            let ty = binding.ty.as_ref().map(|ty| self.cx.program.sources.slice(ty.span).trim());
            match ty.filter(|ty| ty.len() < LONG_TYPE) {
                Some(ty) => format!("`{}` ({ty})", binding.name.text),
                None => format!("`{}`", binding.name.text),
            }
        };
        let (all, first) = (missing.iter().map(described).collect::<Vec<_>>().join(", "), binding);
        let diagnostic = Diagnostic::error("GPB1501", format!("{} needs {all}", instance.described()));
        self.report(match missing.as_slice() {
            [_] => diagnostic
                .with_label(instance.head, format!("`{}` is not given", first.name.text))
                .with_label(first.name.span, "declared here, with no default")
                .help(format!("add `{} = …`", first.name.text)),
            several => diagnostic
                .with_label(instance.head, format!("{} arguments are not given", several.len()))
                .with_label(instance.declared, "its parameters are declared here; these have no default")
                .help(format!(
                    "add {}",
                    several.iter().map(|one| format!("`{} = …`", one.name.text)).collect::<Vec<_>>().join(", ")
                )),
        })
    }

    /// Checks for a parameter that has to be given, and is not.
    fn is_missing(&self, instance: &Instance<'p>, binding: &'p Binding) -> bool {
        let name = binding.name.text.as_str();
        let given = self.expansion.given.borrow().get(&instance.id).cloned();
        let is_given = given.is_some_and(|given| given.assignments.contains_key(name));
        let is_required = || match (&binding.ty, instance.frame.get()) {
            // An alias may be of an optional type.
            (Some(ty), Some(frame)) if !is_optional(binding) => {
                !self.cx.ty(frame.module_cx.module, ty).is_ok_and(|ty| ty.is_optional())
            }
            _ => !is_optional(binding),
        };
        !is_given && binding.value.is_none() && is_required() && !self.is_misspelt(instance, name)
    }

    fn is_misspelt(&self, instance: &Instance<'p>, name: &str) -> bool {
        let given = self.expansion.given.borrow().get(&instance.id).cloned();
        let params = instance.frame.get().map(|frame| frame.params()).unwrap_or_default();
        let params: Vec<&str> = params.iter().map(|binding| binding.name.text.as_str()).collect();
        let mut misspelt =
            given.iter().flat_map(|given| given.assignments.keys()).filter(|other| !params.contains(*other));
        misspelt.any(|other| nearest(other, params.iter().copied()) == Some(name))
    }

    /// Refuses what is given to no parameter.
    pub fn check_arguments(&self, instance: &Rc<Instance<'p>>) {
        let Some(frame) = instance.frame.get().filter(|_| instance.given.is_some()) else { return };
        let Ok(entries) = self.arguments_of(instance, instance.head) else { return };
        let params: Vec<&str> = frame.params().iter().map(|binding| binding.name.text.as_str()).collect();
        let more = if instance.is_stack() { RESERVED } else { &[] };
        for (name, given) in &entries.assignments {
            if params.contains(name) || more.contains(name) || given.iter().all(Assignment::is_missing) {
                continue;
            }
            // A parameter in an extension has been reported there.
            let is_misplaced = |stmt: &Stmt| matches!(stmt, Stmt::Param(binding) if binding.name.text == *name);
            let mut extensions = frame.stmts.iter().filter_map(|stmt| match stmt {
                Stmt::Extension { stmts, .. } => Some(stmts),
                _ => None,
            });
            if extensions.any(|stmts| stmts.iter().any(is_misplaced)) {
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
}

fn scope_of<'p>(given: &[Assignment<'p>]) -> Option<Scope<'p>> {
    given.first().map(|one| match one {
        Assignment::Field(_, scope) | Assignment::Block(_, scope) | Assignment::When(_, scope) => scope.clone(),
    })
}
