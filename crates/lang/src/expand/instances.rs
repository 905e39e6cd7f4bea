//! Layers and uses of components: bodies with addresses.

use super::expander::Expander;
use super::expansion::Instance;
use crate::body_index::{DeclKind, Declaration};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{CycleLabel, Frame, InstanceId, MemoKey, ModuleContext, Scope};
use crate::node_id::NodeId;
use gpb_base::source::Span;
use gpb_model::value::{InstanceHandle, Value, ValueKind};
use gpb_syntax::ast::{BlockStmt, Ident, LayerStmt, Stmt};
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Returns a layer, a resource or a component's use, by its name in a frame.
    pub(super) fn item(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value> {
        let stmt = frame.stmts.get(declared.at).ok_or(AlreadyReported)?;
        if matches!(stmt, Stmt::For(_) | Stmt::If(_) | Stmt::In { .. } | Stmt::Extension { .. }) {
            return self.in_group(frame, declared, used);
        }
        let key = MemoKey::Slot(frame.id, declared.at);
        self.state.order.aside(|| {
            self.interpreter().demand(key, CycleLabel::Name(&declared.name.text), used, || match declared.what {
                DeclKind::Resource(resource) => self.resource(frame, resource),
                DeclKind::Layer(layer) => self.layer(frame, layer),
                DeclKind::Use(block) => self.component(frame, block),
                DeclKind::Param(_) | DeclKind::Let(_) => Err(AlreadyReported),
            })
        })
    }

    fn layer(&self, frame: &Rc<Frame<'p>>, layer: &'p LayerStmt) -> EvalResult<Value> {
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

    fn component(&self, frame: &Rc<Frame<'p>>, block: &'p BlockStmt) -> EvalResult<Value> {
        let component = self.cx.names.component(frame.module_cx.module, &block.head.text).ok_or(AlreadyReported)?;
        let label = block.label.as_ref().ok_or(AlreadyReported)?;
        if self.resolved.recursive.contains(&NodeId::new(component.item.span)) {
            return Err(AlreadyReported);
        }
        self.state.meter.item(self.cx, label.span)?;
        if self.world.is_none() {
            self.cx.expand(block.span);
        }
        let scope = Scope::new(frame.clone());
        let place = block.place.as_ref().map(|place| self.place(place, &scope)).transpose()?;
        let address = frame.module_cx.address(&label.text);
        self.state.meter.text(self.cx, label.span, address.len())?;
        let mut components = frame.module_cx.components.to_vec();
        components.push(address.clone());
        let mut module_cx = Rc::new(ModuleContext {
            module: component.module,
            prefix: address,
            keys: "".into(),
            components: components.into(),
            ..(*frame.module_cx).clone()
        });
        let mut apply = |stmt: &'p Stmt, locals| match stmt {
            Stmt::After { paths, .. } => module_cx = module_cx.with_after(paths, Rc::downgrade(frame), locals),
            Stmt::Protect { word, .. } => {
                module_cx = Rc::new(ModuleContext { protect: Some(word.text == "always"), ..(*module_cx).clone() });
            }
            Stmt::Keep { word, .. } => {
                module_cx = Rc::new(ModuleContext { keep: Some(is_kept(word.as_ref())), ..(*module_cx).clone() });
            }
            _ => {}
        };
        // The conditions of a use are decided this early only where they guard what must be known this early.
        if block.stmts.iter().any(guards_lifecycle) {
            for (stmt, scope) in self.interpreter().entries(&block.stmts, &scope)?.rest {
                apply(stmt, scope.locals);
            }
        } else {
            block.stmts.iter().for_each(|stmt| apply(stmt, None));
        }
        let body = component.item;
        let given = Some((block.stmts.as_slice(), scope));
        let what = body.name.text.as_str().into();
        let made = self.instantiate(what, given, label.span, body.name.span, |id| {
            let module_cx = Rc::new(ModuleContext { instance: Some(id), ..(*module_cx).clone() });
            let bare = Frame::bare(module_cx, None, &body.stmts, self.cx.indexes.get_or_build(&body.stmts));
            Frame { placed: true, place: place.or_else(|| frame.place.clone()), ..bare }
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
        let frame = self.state.frames.enter(frame(id));
        let address = frame.module_cx.prefix.clone();
        let made = Rc::new(Instance { id, what, address, frame: frame.into(), given, head, declared });
        self.expansion.instances.borrow_mut().push(made.clone());
        Ok(made)
    }
}

/// Checks whether `keep` keeps: without a word it does.
pub fn is_kept(word: Option<&Ident>) -> bool {
    word.is_none_or(|word| word.text != "false")
}

/// Checks for a group of statements in which `after`, `protect` or `keep` stands, at any depth.
fn guards_lifecycle(stmt: &Stmt) -> bool {
    let within = |stmts: &[Stmt]| {
        let stands = |inner: &Stmt| matches!(inner, Stmt::After { .. } | Stmt::Protect { .. } | Stmt::Keep { .. });
        stmts.iter().any(|inner| stands(inner) || guards_lifecycle(inner))
    };
    match stmt {
        Stmt::If(group) => within(&group.then) || within(&group.otherwise),
        Stmt::For(group) => within(&group.stmts),
        _ => false,
    }
}

fn handle(instance: &Instance<'_>, span: Span) -> Value {
    Value::new(ValueKind::Instance(InstanceHandle { id: instance.id, what: instance.what.clone() }), span)
}
