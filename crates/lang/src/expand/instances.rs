//! Layers and uses of components: bodies with addresses, parameters and members.

use crate::eval::{Around, Entries, Expect, Frame, Given, Key, Label, Machine, Scope, Unknowns, is_optional};
use crate::index::{Declared, What};
use crate::resolve;
use crate::world::{Failed, Outcome};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{InstanceHandle, Kind, Value};
use gpb_syntax::ast::{Binding, Block, Layer, Name, Stmt};
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::InstanceId;
use super::after::with_after;
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

impl<'p> Machine<'_, 'p> {
    /// A layer, a resource or a component's use, by its name in a frame.
    pub fn item(&self, frame: &Rc<Frame<'p>>, declared: &Declared<'p>, used: Span) -> Outcome<Value> {
        if self.unknown.get() != Unknowns::Nothing {
            return Err(Failed);
        }
        let stmt = frame.stmts.get(declared.at).ok_or(Failed)?;
        if matches!(stmt, Stmt::For(_) | Stmt::If(_) | Stmt::In { .. }) {
            return self.in_group(frame, declared, used);
        }
        let key = Key::Slot(frame.id, declared.at);
        self.demand(key, Label::Name(&declared.name.text), used, || match declared.what {
            What::Resource(resource) => self.resource(frame, resource),
            What::Layer(layer) => self.layer(frame, layer),
            What::Use(block) => self.component(frame, block),
            What::Param(_) | What::Let(_) => Err(Failed),
        })
    }

    fn layer(&self, frame: &Rc<Frame<'p>>, layer: &'p Layer) -> Outcome<Value> {
        let scope = Scope::of(frame.clone());
        let place = layer.place.as_ref().map(|place| self.place(place, &scope)).transpose()?;
        let name: Arc<str> = layer.name.text.as_str().into();
        let around = Rc::new(Around {
            prefix: frame.around.address(&layer.name.text),
            keys: "".into(),
            layer: Some(name.clone()),
            ..(*frame.around).clone()
        });
        let inner = self.inner_frame(frame, &layer.stmts, around);
        let placed = place.is_some();
        let frame = Frame { placed, place: place.or_else(|| inner.place.clone()), ..inner };
        let made =
            self.instantiate(format!("layer {name}").into(), None, layer.name.span, layer.name.span, |_| frame)?;
        Ok(handle(&made, layer.name.span))
    }

    fn component(&self, frame: &Rc<Frame<'p>>, block: &'p Block) -> Outcome<Value> {
        let component = self.world.names.component(frame.around.module, &block.head.text).ok_or(Failed)?;
        let label = block.label.as_ref().ok_or(Failed)?;
        if self.resolved.recursive.contains(&resolve::key(component.item)) {
            return Err(Failed);
        }
        self.budget.item(self, label.span)?;
        let scope = Scope::of(frame.clone());
        let place = block.place.as_ref().map(|place| self.place(place, &scope)).transpose()?;
        let address = frame.around.address(&label.text);
        self.budget.text(self, label.span, address.len())?;
        let mut components = frame.around.components.to_vec();
        components.push(address.clone());
        let mut around = Rc::new(Around {
            module: component.module,
            prefix: address,
            keys: "".into(),
            components: components.into(),
            ..(*frame.around).clone()
        });
        for stmt in &block.stmts {
            match stmt {
                Stmt::After { paths, .. } => around = with_after(&around, paths, Rc::downgrade(frame), None),
                Stmt::Protect { word, .. } => {
                    around = Rc::new(Around { protect: Some(word.text == "always"), ..(*around).clone() });
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
            index: self.world.indexes.of(&body.stmts),
            vars: None,
            around: Rc::new(Around { instance: Some(id), ..(*around).clone() }),
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
    ) -> Outcome<Rc<Instance<'p>>> {
        let id = u32::try_from(self.expansion.instances.borrow().len()).map_err(|_| Failed)?;
        let frame = self.expansion.frame(frame(id));
        let address = frame.around.prefix.clone();
        let made = Rc::new(Instance { id, what, address, frame: frame.into(), given, head, declared });
        self.expansion.instances.borrow_mut().push(made.clone());
        Ok(made)
    }

    /// What a use gives its component, gathered once.
    pub fn given_to(&self, instance: &Rc<Instance<'p>>, used: Span) -> Outcome<Rc<Entries<'p>>> {
        if let Some(known) = self.expansion.given.borrow().get(&instance.id) {
            return Ok(known.clone());
        }
        let Some((stmts, scope)) = &instance.given else { return Ok(Rc::default()) };
        let label = Label::Body(gpb_model::Address(instance.address.clone()));
        self.demand(Key::Given(instance.id), label, used, || {
            let entries = Rc::new(self.entries(stmts, scope)?);
            self.expansion.given.borrow_mut().insert(instance.id, entries);
            Ok(Value::absent(used))
        })?;
        self.expansion.given.borrow().get(&instance.id).cloned().ok_or(Failed)
    }

    /// A parameter of the stack or the component a frame is the body of.
    pub fn param(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> Outcome<Value> {
        if self.unknown.get() != Unknowns::Nothing {
            return self.default_alone(frame, binding, at, used);
        }
        self.demand(Key::Slot(frame.id, at), Label::Name(&binding.name.text), used, || {
            let instance = frame.around.instance.and_then(|id| self.expansion.instance(id)).ok_or(Failed)?;
            let entries = self.given_to(&instance, used)?;
            let given = entries.given.get(binding.name.text.as_str());
            let module = frame.around.module;
            let ty = binding.ty.as_ref().map(|ty| self.world.ty(module, ty)).transpose()?;
            let home = Scope::of(frame.clone());
            let expect = ty.as_ref().map_or(Expect::Any, Expect::Type);
            let (value, from) = match (given, &binding.value) {
                (Some(given), _) => (self.given(&binding.name.text, given, expect)?, scope_of(given).unwrap_or(home)),
                (None, Some(default)) => (self.eval(default, &home, expect)?, home),
                (None, None) if ty.as_ref().is_some_and(Type::is_optional) || is_optional(binding) => {
                    return Ok(Value::absent(binding.name.span));
                }
                (None, None) => return Err(self.missing(&instance, binding)),
            };
            let value = self.sized(value, used)?;
            match &ty {
                Some(ty) => self.conform(value, ty, &from, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }

    /// A parameter where nothing is given: its default, unless something else may be given.
    fn default_alone(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> Outcome<Value> {
        if self.unknown.get() == Unknowns::Parameters {
            return Err(Failed);
        }
        self.demand(Key::Slot(frame.id, at), Label::Name(&binding.name.text), used, || {
            let home = Scope::of(frame.clone());
            let ty = binding.ty.as_ref().map(|ty| self.world.ty(frame.around.module, ty)).transpose()?;
            let default = binding.value.as_ref().ok_or(Failed)?;
            let value = self.eval(default, &home, ty.as_ref().map_or(Expect::Any, Expect::Type))?;
            let value = self.sized(value, used)?;
            match &ty {
                Some(ty) => self.conform(value, ty, &home, Some(binding.name.span)),
                None => Ok(value),
            }
        })
    }

    fn missing(&self, instance: &Instance<'p>, binding: &Binding) -> Failed {
        let name = &binding.name.text;
        if self.is_misspelt(instance, name) {
            // The unknown parameter is reported with this one as its right name.
            return Failed;
        }
        self.report(
            Diagnostic::error("GPB1501", format!("{} needs `{name}`", instance.described()))
                .at(instance.head, format!("`{name}` is not given"))
                .at(binding.name.span, "declared here, with no default")
                .help(format!("add `{name} = …`")),
        )
    }

    fn is_misspelt(&self, instance: &Instance<'p>, name: &str) -> bool {
        let given = self.expansion.given.borrow().get(&instance.id).cloned();
        let params = instance.frame.get().map(|frame| params_of(frame)).unwrap_or_default();
        let params: Vec<&str> = params.iter().map(|binding| binding.name.text.as_str()).collect();
        let mut misspelt = given.iter().flat_map(|given| given.given.keys()).filter(|other| !params.contains(*other));
        misspelt.any(|other| nearest(other, params.iter().copied()) == Some(name))
    }

    /// Refuses what is given to no parameter.
    pub fn check_given(&self, instance: &Rc<Instance<'p>>) {
        let Some(frame) = instance.frame.get().filter(|_| instance.given.is_some()) else { return };
        let Ok(entries) = self.given_to(instance, instance.head) else { return };
        let params: Vec<&str> = params_of(frame).iter().map(|binding| binding.name.text.as_str()).collect();
        let more = if instance.is_stack() { RESERVED } else { &[] };
        for (name, given) in &entries.given {
            if params.contains(name) || more.contains(name) || given.iter().all(Given::is_missing) {
                continue;
            }
            let span = given.first().map_or(instance.head, Given::head);
            let message = format!("{} has no parameter `{name}`", instance.described());
            let diagnostic = Diagnostic::error("GPB1502", message)
                .at(span, "unknown parameter")
                .at(instance.declared, "its parameters are declared here");
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
    pub fn instance_member(&self, of: &InstanceHandle, name: &Name, span: Span) -> Outcome<Value> {
        let frame = self.expansion.instance(of.id).and_then(|instance| instance.frame.get().cloned()).ok_or(Failed)?;
        if let Some((binding, at)) = frame.index.outputs.get(name.text.as_str()) {
            return Ok(self.output(&frame, binding, *at, span)?.at(span));
        }
        match frame.index.names.get(name.text.as_str()) {
            Some(declared) if !matches!(declared.what, What::Let(_)) => {
                Ok(self.declared(&frame, declared, span)?.at(span))
            }
            _ => Err(self.no_member(of, &frame, name)),
        }
    }

    /// An output, which may stand in the chosen branch of an `if`.
    pub fn output(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> Outcome<Value> {
        match frame.stmts.get(at) {
            Some(Stmt::Output(_)) => {
                self.demand(Key::Slot(frame.id, at), Label::Name(&binding.name.text), used, || {
                    self.bound(binding, &Scope::of(frame.clone()))
                })
            }
            Some(_) => match self.group(frame, at, used)? {
                super::groups::Group::One(inner) => match inner.index.outputs.get(binding.name.text.as_str()) {
                    Some((found, at)) => self.output(&inner, found, *at, used),
                    None => Ok(Value::absent(used)),
                },
                super::groups::Group::Many(_) => Err(Failed),
            },
            None => Err(Failed),
        }
    }

    fn no_member(&self, of: &InstanceHandle, frame: &Frame<'p>, name: &Name) -> Failed {
        let mut names: Vec<&str> = frame.index.outputs.keys().copied().collect();
        let items = frame.index.in_order();
        names.extend(items.iter().filter(|one| !matches!(one.what, What::Let(_))).map(|one| one.name.text.as_str()));
        names.sort_unstable();
        names.dedup();
        let what = match of.what.strip_prefix("layer ") {
            Some(layer) => format!("the layer `{layer}`"),
            None => format!("the component `{}`", of.what),
        };
        // Resolution says the same where it can see the head of the path; it is then said once.
        let diagnostic = Diagnostic::error("GPB1701", format!("{what} has no `{}`", name.text))
            .at(name.span, "not one of its items or outputs");
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

fn scope_of<'p>(given: &[Given<'p>]) -> Option<Scope<'p>> {
    given.first().map(|one| match one {
        Given::Field(_, scope) | Given::Block(_, scope) | Given::When(_, scope) => scope.clone(),
    })
}

fn handle(instance: &Instance<'_>, span: Span) -> Value {
    Value::new(Kind::Instance(InstanceHandle { id: instance.id, what: instance.what.clone() }), span)
}
