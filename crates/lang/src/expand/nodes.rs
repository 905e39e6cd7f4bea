//! Resources as they are met during expansion, and their properties as others read them.

use super::expander::Expander;
use super::expansion::ResourceNode;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{BlockEntries, CycleLabel, Expectation, Frame, MemoKey, Scope};
use crate::property::aws_spelling;
use gpb_base::source::Span;
use gpb_catalog::Shape;
use gpb_catalog::typed::type_of;
use gpb_model::ty::Type;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{Address, PropPath};
use gpb_syntax::ast::{Ident, ResourceStmt};
use std::rc::Rc;
use std::sync::Arc;

impl<'p> Expander<'_, 'p> {
    /// Enters the resource declared by a statement of a frame.
    pub(super) fn resource(&self, frame: &Rc<Frame<'p>>, stmt: &'p ResourceStmt) -> EvalResult<Value> {
        let (_, def) = self.cx.def_at(&stmt.ty)?;
        self.state.meter.item(self.cx, stmt.name.span)?;
        if self.world.is_none() {
            self.cx.expand(stmt.span);
        }
        let place = match (&stmt.place, &frame.place) {
            (Some(place), _) => self.place(place, &Scope::new(frame.clone()))?,
            (None, Some(place)) => place.clone(),
            (None, None) => return Err(AlreadyReported),
        };
        let address = Address(frame.module_cx.address(&stmt.name.text));
        self.state.meter.text(self.cx, stmt.name.span, address.as_str().len())?;
        let handle = Arc::new(ResourceHandle { address: address.clone(), ty: def.name.clone(), place: place.clone() });
        let mut nodes = self.expansion.nodes.borrow_mut();
        let id = u32::try_from(nodes.len()).map_err(|_| AlreadyReported)?;
        nodes.push(Rc::new(ResourceNode { id, stmt, frame: frame.clone(), handle: handle.clone(), def, place }));
        self.expansion.by_address.borrow_mut().insert(address, id);
        Ok(Value::new(ValueKind::Resource(handle), stmt.name.span))
    }

    /// Returns the entries of a resource; what an `override` gives takes the place of what was written.
    pub fn body_of(&self, node: &Rc<ResourceNode<'p>>, used: Span) -> EvalResult<Rc<BlockEntries<'p>>> {
        if let Some(known) = self.expansion.bodies.borrow().get(&node.id) {
            return Ok(known.clone());
        }
        let label = CycleLabel::Body(node.handle.address.clone());
        self.state.order.aside(|| {
            self.interpreter().demand(MemoKey::Body(node.id), label, used, || {
                let mut entries = self.interpreter().entries(&node.stmt.stmts, &node.scope())?;
                let overridden = self.overrides.borrow().get(&node.handle.address).cloned();
                if let Some(overridden) = overridden {
                    overridden.met.set(true);
                    let scope = Scope { place: Some(node.place.clone()), ..overridden.scope.clone() };
                    for (name, given) in self.interpreter().entries(overridden.stmts, &scope)?.assignments {
                        entries.assignments.insert(name, given);
                    }
                }
                self.state.memo.reserve(node.id, entries.assignments.len());
                self.expansion.bodies.borrow_mut().insert(node.id, Rc::new(entries));
                Ok(Value::absent(used))
            })
        })?;
        self.expansion.bodies.borrow().get(&node.id).cloned().ok_or(AlreadyReported)
    }

    /// Returns the value a resource's declaration gives one of its properties: the one at a place among its entries.
    pub fn written(
        &self,
        node: &Rc<ResourceNode<'p>>,
        entries: &BlockEntries<'p>,
        at: usize,
        used: Span,
    ) -> EvalResult<Value> {
        let (name, given) = entries.assignments.get_index(at).ok_or(AlreadyReported)?;
        let label = CycleLabel::Property(node.handle.address.clone(), name);
        self.interpreter().demand(MemoKey::Property(node.id, at), label, used, || {
            let value = self.interpreter().given(name, given, Expectation::Properties(&node.def).field(name))?;
            self.interpreter().measured_size(value, used)
        })
    }

    /// Returns `queue.arn`: what the declaration says, where that is known, and otherwise an unknown of the catalog's type.
    pub(super) fn property_of(&self, handle: &ResourceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        let node = self.expansion.by_address(&handle.address);
        let def = match (&node, &self.world) {
            (Some(node), _) => node.def.clone(),
            // A resource that is passed as a parameter is declared elsewhere.
            (None, Some(_)) => self.cx.def(&handle.ty).ok_or(AlreadyReported)?,
            (None, None) => return Err(AlreadyReported),
        };
        let Some(property) = def.root.by_name(&name.text).or_else(|| def.root.by_aws(&name.text)) else {
            if name.text == "id" {
                let path = PropPath::default();
                return Ok(Value::reference(handle.address.clone(), path, Type::String, span));
            }
            let mut names: Vec<&str> = def.root.properties.iter().map(|property| property.name.as_str()).collect();
            names.push("id");
            return Err(self.interpreter().no_property(&def.name, &name.text, name.span, &names));
        };
        if property.name != name.text {
            self.report(aws_spelling(&name.text, &property.name, name.span));
        }
        let path = PropPath::default().child(&property.aws);
        let is_tagging = def.is_tagged_by(&property.aws);
        // What only apply reads has AWS's form.
        let is_map = is_tagging && node.is_none();
        let ty = if is_map { Type::map(Type::String) } else { type_of(&def, &property.shape) };
        let reference = || Ok(Value::reference(handle.address.clone(), path, ty, span));
        let Some(node) = node else { return reference() };
        let body = self.body_of(&node, span)?;
        let written = [property.name.as_str(), property.aws.as_str()]
            .into_iter()
            .find_map(|name| body.assignments.get_index_of(name));
        if let Some(at) = written {
            let since = self.state.order.mark();
            let value = self.written(&node, &body, at, span)?;
            let value = if is_tagging { tags_as_map(value) } else { value };
            if (value.is_known() || self.interpreter().is_symbolic(&value)) && !value.is_absent() {
                self.state.order.use_resource(node.id, since);
                if is_tagging {
                    return Ok(value.with_span(span));
                }
                let path = PropPath::default().child(&property.aws);
                return Ok(Self::completed(&node, &property.shape, &path, value).with_span(span));
            }
            if !value.is_absent() {
                return reference();
            }
        }
        let path = PropPath::default().child(&property.aws);
        Ok(Self::unwritten(&node, path, &property.shape, span))
    }

    /// Returns what a place is where nothing is written: what AWS will say, or nothing.
    fn unwritten(node: &ResourceNode<'p>, path: PropPath, shape: &Shape, span: Span) -> Value {
        if node.stmt.existing || node.def.is_returned(&path) {
            Value::reference(node.handle.address.clone(), path, type_of(&node.def, shape), span)
        } else {
            Value::absent(span)
        }
    }

    /// Returns a written value with the properties that its objects could have and nobody wrote.
    fn completed(node: &ResourceNode<'p>, shape: &Shape, path: &PropPath, value: Value) -> Value {
        let (Shape::Object(object), ValueKind::Map(entries)) = (node.def.resolve(shape), &value.kind) else {
            return value;
        };
        let mut map = ValueMap::clone(entries);
        for property in &object.properties {
            let at = path.child(&property.aws);
            let key =
                [property.name.as_str(), property.aws.as_str()].into_iter().find(|key| entries.contains_key(*key));
            match key.and_then(|key| map.get_mut(key)).filter(|entry| !entry.value.is_absent()) {
                Some(entry) => {
                    let inner = std::mem::replace(&mut entry.value, Value::absent(value.span));
                    entry.value = Self::completed(node, &property.shape, &at, inner);
                }
                // What AWS adds to it is no part of what is given on when the object is.
                None if !node.def.is_returned(&at) => {
                    map.insert(key.unwrap_or(property.name.as_str()).into(), ValueEntry::unwritten(value.span));
                }
                None => {}
            }
        }
        Value::map(map, value.span)
    }

    /// Checks whether nothing is at a place of a resource that is managed: it is not written, and AWS chooses nothing.
    pub(super) fn lacks_place(&self, address: &Address, path: &PropPath) -> bool {
        let Some(node) = self.expansion.by_address(address) else { return false };
        if node.stmt.existing || node.def.is_returned(path) {
            return false;
        }
        let mut segments = path.segments();
        let Some(property) = segments.next().and_then(|head| node.def.root.by_aws(head)) else { return false };
        let Ok(body) = self.body_of(&node, node.stmt.name.span) else { return false };
        let at = [property.name.as_str(), property.aws.as_str()]
            .into_iter()
            .find_map(|name| body.assignments.get_index_of(name));
        let Some(at) = at else { return true };
        let Ok(mut value) = self.written(&node, &body, at, node.stmt.name.span) else { return false };
        let mut shape = &property.shape;
        for segment in segments {
            let next = match (&value.kind, node.def.resolve(shape)) {
                (ValueKind::Map(entries), Shape::Object(object)) => {
                    let Some(property) = object.by_aws(segment) else { return false };
                    shape = &property.shape;
                    entries.get(property.name.as_str()).or_else(|| entries.get(property.aws.as_str()))
                }
                (ValueKind::Absent, _) => return true,
                _ => return false,
            };
            match next.map(|entry| entry.value.clone()) {
                Some(found) => value = found,
                None => return true,
            }
        }
        value.is_absent()
    }
}

/// Returns tags as a map, which is how they are read, whatever the form they are written in.
fn tags_as_map(value: Value) -> Value {
    let ValueKind::List(items) = &value.kind else { return value };
    let pair = |item: &Value| {
        let pair = item.as_map()?;
        let of = |names: [&str; 2]| names.into_iter().find_map(|name| pair.get(name)).cloned();
        let key = of(["key", "Key"])?;
        Some((key.value.as_text()?.to_string().into(), of(["value", "Value"])?))
    };
    match items.iter().map(pair).collect::<Option<ValueMap>>() {
        Some(map) => Value::map(map, value.span),
        None => value,
    }
}
