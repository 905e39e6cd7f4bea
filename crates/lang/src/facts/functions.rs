//! The functions by which facts look at the graph.

use super::super::compile_context::{AlreadyReported, EvalResult};
use super::super::eval::{Expectation, Interpreter, Scope};
use super::FactEvaluator;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::{Shape, TypeDef};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::{PropertyMap, PropertyValue, ResourceHandle, ValueEntry, ValueKind};
use gpb_syntax::ast::{Arg, Ident};
use std::rc::Rc;
use std::sync::Arc;

/// Each with its least and greatest number of arguments, and how it is called.
const FUNCTIONS: &[(&str, usize, usize, &str)] = &[
    ("account_of", 1, 1, "account_of(resource)"),
    ("address_of", 1, 1, "address_of(resource)"),
    ("all", 1, 1, "all(type)"),
    ("region_of", 1, 1, "region_of(resource)"),
    ("required_by", 2, 2, "required_by(resource, what)"),
    ("resource_of", 1, 2, "resource_of(value, type)"),
    ("resources_where", 3, 3, "resources_where(type, property, value)"),
    ("same_target", 2, 2, "same_target(a, b)"),
    ("type_of", 1, 1, "type_of(resource)"),
];

/// Whether a name is a function that facts alone may call.
pub fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, ..)| *known == name)
}

impl<'p> Interpreter<'_, 'p> {
    /// A call of one of the graph's functions; `None` for any other.
    pub fn graph_call(
        &self,
        callee: &Ident,
        args: &'p [Arg],
        scope: &Scope<'p>,
        span: Span,
    ) -> Option<EvalResult<PropertyValue>> {
        let (name, least, most, usage) = FUNCTIONS.iter().find(|(known, ..)| *known == callee.text)?;
        let Some(evaluator) = self.fact_evaluator.borrow().clone() else {
            return Some(Err(self.report(
                Diagnostic::error("GPB1916", format!("`{name}` can be used only in facts"))
                    .with_label(callee.span, "the graph it looks at is not made yet here")
                    .help("refer to a resource by its name"),
            )));
        };
        if !(*least..=*most).contains(&args.len()) {
            return Some(Err(self.report(
                Diagnostic::error("GPB1408", format!("`{name}` is called as `{usage}`"))
                    .with_label(span, format!("{} arguments are given", args.len())),
            )));
        }
        let values: EvalResult<Vec<PropertyValue>> =
            args.iter().map(|arg| self.eval(&arg.value, scope, Expectation::Any)).collect();
        Some(values.and_then(|values| self.graph_function(&evaluator, name, &values, span)))
    }

    fn graph_function(
        &self,
        evaluator: &Rc<FactEvaluator>,
        name: &str,
        args: &[PropertyValue],
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let first = args.first().ok_or(AlreadyReported)?;
        match name {
            "all" => Ok(resources(evaluator.of_type(&self.type_name(first)?), span)),
            "resources_where" => self.resources_where(evaluator, args, span),
            "resource_of" => self.resource_of(evaluator, first, args.get(1), span),
            "same_target" => {
                let second = args.get(1).ok_or(AlreadyReported)?;
                Ok(PropertyValue::bool(self.key(evaluator, first)? == self.key(evaluator, second)?, span))
            }
            "required_by" => {
                let what = args.get(1).and_then(PropertyValue::as_text).ok_or(AlreadyReported)?;
                let needed = evaluator.needed(&self.handle(first)?.address, what);
                Ok(PropertyValue::list(needed.into_iter().map(|(by, amount)| need(by, amount, span)).collect(), span))
            }
            _ => {
                let handle = self.handle(first)?;
                Ok(match name {
                    "address_of" => PropertyValue::text(handle.address.as_str(), span),
                    "type_of" => PropertyValue::text(handle.ty.clone(), span),
                    "region_of" => PropertyValue::text(handle.place.region.as_str(), span),
                    _ => match &handle.place.account {
                        Some(account) => PropertyValue::text(account.as_str(), span),
                        None => PropertyValue::absent(span),
                    },
                })
            }
        }
    }

    fn resources_where(
        &self,
        evaluator: &Rc<FactEvaluator>,
        args: &[PropertyValue],
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let [ty, property, value] = args else { return Err(AlreadyReported) };
        let name = self.type_name(ty)?;
        let def = self.cx.def(&name).ok_or(AlreadyReported)?;
        let written = property.as_text().ok_or(AlreadyReported)?;
        let path = self.path_of(&def, written, property.span)?;
        let keys = match &value.kind {
            ValueKind::Resource(handle) => evaluator.keys_of_resource(&handle.address),
            ValueKind::Absent => return Ok(PropertyValue::list(Vec::new(), span)),
            _ => evaluator.keys_of_value(&self.to_model(value)?),
        };
        Ok(resources(evaluator.holders(&def, &path, &keys), span))
    }

    /// The resource that a reference or an identifier leads to.
    fn resource_of(
        &self,
        evaluator: &Rc<FactEvaluator>,
        value: &PropertyValue,
        ty: Option<&PropertyValue>,
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let ty = ty.map(|ty| self.type_name(ty)).transpose()?;
        let found = match &value.kind {
            ValueKind::Resource(handle) => Some(handle.clone()),
            ValueKind::Unknown(unknown) => match &*unknown.value {
                model::Value::Ref(reference) => evaluator.handle(&reference.to),
                _ => None,
            },
            _ => value.as_text().and_then(|text| evaluator.named(text, ty.as_deref())),
        };
        let found = found.filter(|handle| ty.as_ref().is_none_or(|ty| *handle.ty == **ty));
        Ok(found.map_or_else(
            || PropertyValue::absent(span),
            |handle| PropertyValue::new(ValueKind::Resource(handle), span),
        ))
    }

    fn key(&self, evaluator: &Rc<FactEvaluator>, value: &PropertyValue) -> EvalResult<String> {
        match &value.kind {
            ValueKind::Resource(handle) => Ok(format!("@{}", handle.address)),
            ValueKind::Absent => Ok(String::new()),
            _ => Ok(evaluator.key(&self.to_model(value)?)),
        }
    }

    fn to_model(&self, value: &PropertyValue) -> EvalResult<model::Value> {
        match &value.kind {
            ValueKind::Word(word) => Ok(model::Value::Text(word.text.as_ref().into())),
            _ => self.ok(super::super::property::untyped(value)),
        }
    }

    fn handle(&self, value: &PropertyValue) -> EvalResult<Arc<ResourceHandle>> {
        match &value.kind {
            ValueKind::Resource(handle) => Ok(handle.clone()),
            _ => Err(self.report(
                Diagnostic::error("GPB1206", format!("a resource is needed here, not {}", value.describe()))
                    .with_label(value.span, value.describe())
                    .help("ask `is_set(x)` first where it may be absent"),
            )),
        }
    }

    fn type_name(&self, value: &PropertyValue) -> EvalResult<String> {
        let name = value.as_text().ok_or(AlreadyReported)?;
        match self.cx.def(name) {
            Some(_) => Ok(name.to_string()),
            None => Err(self.cx.unknown_type(name, value.span)),
        }
    }

    /// `a.b` in AWS's spelling; lists on the way are gone through.
    fn path_of(&self, def: &TypeDef, written: &str, span: Span) -> EvalResult<PropPath> {
        let mut path = PropPath::default();
        let mut object = Some(&def.root);
        for name in written.split('.') {
            let known = object.and_then(|object| object.by_name(name).or_else(|| object.by_aws(name)));
            let Some(property) = known else {
                let names: Vec<&str> =
                    object.into_iter().flat_map(|object| &object.properties).map(|one| one.name.as_str()).collect();
                return Err(self.no_property(&def.name, name, span, &names));
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

fn resources(handles: Vec<Arc<ResourceHandle>>, span: Span) -> PropertyValue {
    PropertyValue::list(
        handles.into_iter().map(|handle| PropertyValue::new(ValueKind::Resource(handle), span)).collect(),
        span,
    )
}

fn need(by: Arc<ResourceHandle>, amount: rust_decimal::Decimal, span: Span) -> PropertyValue {
    let mut map = PropertyMap::default();
    map.insert("by".into(), ValueEntry { key: span, value: PropertyValue::new(ValueKind::Resource(by), span) });
    map.insert("amount".into(), ValueEntry { key: span, value: PropertyValue::number(amount, span) });
    PropertyValue::map(map, span)
}
