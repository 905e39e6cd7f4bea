//! The functions that look at the graph of resources.

use super::worker::FactWorker;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::property;
use crate::property::from_json;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::typed::value_of;
use gpb_catalog::{Shape, TypeDef};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap};
use std::sync::Arc;

impl FactWorker<'_, '_> {
    /// Returns what a function of the graph evaluates to.
    pub(super) fn graph_function(&self, name: &str, args: &[Value], span: Span) -> EvalResult<Value> {
        let first = args.first().ok_or(AlreadyReported)?;
        match name {
            "count" => {
                let count = self.counted(&self.type_name(first)?).len();
                Ok(Value::number(u64::try_from(count).unwrap_or(u64::MAX), span))
            }
            "all" => Ok(resources(self.counted(&self.type_name(first)?), span)),
            "resources_where" => self.resources_where(args, span),
            "document_of" => Ok(self.document_of(first, span)),
            "resource_of" => self.resource_of(first, args.get(1), span),
            "same_target" => {
                let second = args.get(1).ok_or(AlreadyReported)?;
                Ok(Value::bool(self.key(first)? == self.key(second)?, span))
            }
            "required_by" => {
                let what = args.get(1).and_then(Value::as_text).ok_or(AlreadyReported)?;
                let needed = self.reader.needed(&self.handle(first)?.address, what);
                Ok(Value::list(needed.into_iter().map(|(by, amount)| need(by, amount, span)).collect(), span))
            }
            _ => {
                let handle = self.handle(first)?;
                Ok(match name {
                    "address_of" => Value::text(handle.address.as_str(), span),
                    "type_of" => Value::text(handle.ty.clone(), span),
                    "region_of" => Value::text(handle.place.region.as_str(), span),
                    _ => match &handle.place.account {
                        Some(account) => Value::text(account.as_str(), span),
                        None => Value::absent(span),
                    },
                })
            }
        }
    }

    /// Returns the resources of a type; policies and tests count those that gpb makes.
    fn counted(&self, ty: &str) -> Vec<Arc<ResourceHandle>> {
        let mut all = self.reader.of_type(ty);
        if self.is_of_rules {
            all.retain(|handle| !self.reader.resource(&handle.address).is_some_and(|resource| resource.existing));
        }
        all
    }

    /// Returns an `existing` resource of a type of which nobody knows what it has in a property.
    fn open_at(&self, ty: &str, path: &PropPath) -> Option<Arc<ResourceHandle>> {
        let is_open = |handle: &Arc<ResourceHandle>| {
            let resource = self.reader.resource(&handle.address);
            resource.is_some_and(|one| one.existing && !one.properties.contains_key(path.head()))
        };
        self.reader.of_type(ty).into_iter().find(is_open)
    }

    fn resources_where(&self, args: &[Value], span: Span) -> EvalResult<Value> {
        let [ty, property, value] = args else { return Err(AlreadyReported) };
        let name = self.type_name(ty)?;
        let def = self.cx.def(&name).ok_or(AlreadyReported)?;
        let written = property.as_text().ok_or(AlreadyReported)?;
        let path = self.path_of(&def, written, property.span)?;
        let keys = match &value.kind {
            ValueKind::Resource(handle) => self.reader.keys_of_resource(&handle.address),
            ValueKind::Absent => return Ok(Value::list(Vec::new(), span)),
            _ => self.reader.keys_of_value(&self.to_model(value)?),
        };
        if let Some(open) = self.open_at(&name, &path).filter(|_| self.is_of_rules) {
            let ty = Type::list(Type::Resource(Some(name.as_str().into())));
            self.reader.read(
                self.reader.property(self.reader.resource(&open.address).ok_or(AlreadyReported)?, path.clone()).into(),
            );
            return Ok(Value::reference(open.address.clone(), path, ty, span));
        }
        Ok(resources(self.reader.holders(&def, &path, &keys), span))
    }

    /// Returns the resource that a reference or an identifier leads to.
    fn resource_of(&self, value: &Value, ty: Option<&Value>, span: Span) -> EvalResult<Value> {
        let ty = ty.map(|ty| self.type_name(ty)).transpose()?;
        let found = match &value.kind {
            ValueKind::Resource(handle) => Some(handle.clone()),
            ValueKind::Unknown(unknown) => match &*unknown.value {
                model::PropertyValue::Ref(reference) => self.reader.handle(&reference.to),
                _ => None,
            },
            _ => value.as_text().and_then(|text| self.reader.named(text, ty.as_deref())),
        };
        let found = found.filter(|handle| ty.as_ref().is_none_or(|ty| *handle.ty == **ty));
        Ok(found.map_or_else(|| Value::absent(span), |handle| Value::new(ValueKind::Resource(handle), span)))
    }

    /// Returns the JSON document that a property holds, as far as it is known; absent for what holds none.
    fn document_of(&self, value: &Value, span: Span) -> Value {
        match &value.kind {
            ValueKind::Map(_) | ValueKind::List(_) => value.clone(),
            ValueKind::Text(text) => {
                let parsed = serde_json::from_str(text).ok();
                parsed.and_then(|json| from_json(&json, span).ok()).unwrap_or_else(|| Value::absent(span))
            }
            ValueKind::Unknown(unknown) => match &*unknown.value {
                model::PropertyValue::Call { function, args } if function == "json" => {
                    // A document has the same form whatever the type around it.
                    let def = self.reader.resources.first().and_then(|resource| self.cx.def(&resource.ty));
                    let document = def.zip(args.first()).map(|(def, args)| value_of(&def, &Shape::Json, args, span));
                    document.unwrap_or_else(|| value.clone())
                }
                _ => value.clone(),
            },
            _ => Value::absent(span),
        }
    }

    fn key(&self, value: &Value) -> EvalResult<String> {
        match &value.kind {
            ValueKind::Resource(handle) => Ok(format!("@{}", handle.address)),
            ValueKind::Absent => Ok(String::new()),
            _ => Ok(self.reader.key(&self.to_model(value)?)),
        }
    }

    fn to_model(&self, value: &Value) -> EvalResult<model::PropertyValue> {
        match &value.kind {
            ValueKind::Word(word) => Ok(model::PropertyValue::Text(word.text.as_ref().into())),
            _ => self.interpreter().ok(property::untyped(value)),
        }
    }

    fn handle(&self, value: &Value) -> EvalResult<Arc<ResourceHandle>> {
        match &value.kind {
            ValueKind::Resource(handle) => Ok(handle.clone()),
            _ => Err(self.cx.reports.add(
                Diagnostic::error("GPB1206", format!("a resource is needed here, not {}", value.describe()))
                    .with_label(value.span, value.describe())
                    .help("ask `is_set(x)` first where it may be absent"),
            )),
        }
    }

    fn type_name(&self, value: &Value) -> EvalResult<String> {
        let name = value.as_text().ok_or(AlreadyReported)?;
        match self.cx.def(name) {
            Some(_) => Ok(name.to_string()),
            None => Err(self.cx.unknown_type(name, value.span)),
        }
    }

    /// Returns `a.b` in AWS's spelling; lists on the way are gone through.
    fn path_of(&self, def: &TypeDef, written: &str, span: Span) -> EvalResult<PropPath> {
        let mut path = PropPath::default();
        let mut object = Some(&def.root);
        for name in written.split('.') {
            let known = object.and_then(|object| object.by_name(name).or_else(|| object.by_aws(name)));
            let Some(property) = known else {
                let names: Vec<&str> =
                    object.into_iter().flat_map(|object| &object.properties).map(|one| one.name.as_str()).collect();
                return Err(self.interpreter().no_property(&def.name, name, span, &names));
            };
            path = path.child(&property.aws);
            object = below(def, &property.shape);
        }
        Ok(path)
    }
}

fn below<'d>(def: &'d TypeDef, shape: &'d Shape) -> Option<&'d gpb_catalog::ObjectShape> {
    match def.resolve(shape) {
        Shape::Object(object) => Some(object),
        Shape::List(list) => below(def, &list.item),
        _ => None,
    }
}

fn resources(handles: Vec<Arc<ResourceHandle>>, span: Span) -> Value {
    Value::list(handles.into_iter().map(|handle| Value::new(ValueKind::Resource(handle), span)).collect(), span)
}

fn need(by: Arc<ResourceHandle>, amount: rust_decimal::Decimal, span: Span) -> Value {
    let mut map = ValueMap::default();
    map.insert("by".into(), ValueEntry { key: span, value: Value::new(ValueKind::Resource(by), span) });
    map.insert("amount".into(), ValueEntry { key: span, value: Value::number(amount, span) });
    Value::map(map, span)
}
