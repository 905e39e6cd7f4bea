//! The functions by which facts look at the graph.

use super::super::eval::{Expect, Machine, Scope};
use super::super::world::{Failed, Outcome};
use super::Judge;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::{Shape, TypeDef};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::{Entry, Kind, Map, ResourceHandle, Value};
use gpb_syntax::ast::{Arg, Name};
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

impl<'p> Machine<'_, 'p> {
    /// A call of one of the graph's functions; `None` for any other.
    pub fn graph_call(&self, callee: &Name, args: &'p [Arg], scope: &Scope<'p>, span: Span) -> Option<Outcome<Value>> {
        let (name, least, most, usage) = FUNCTIONS.iter().find(|(known, ..)| *known == callee.text)?;
        let Some(judge) = self.judge.borrow().clone() else {
            return Some(Err(self.report(
                Diagnostic::error("GPB1916", format!("`{name}` can be used only in facts"))
                    .at(callee.span, "the graph it looks at is not made yet here")
                    .help("refer to a resource by its name"),
            )));
        };
        if !(*least..=*most).contains(&args.len()) {
            return Some(Err(self.report(
                Diagnostic::error("GPB1408", format!("`{name}` is called as `{usage}`"))
                    .at(span, format!("{} arguments are given", args.len())),
            )));
        }
        let values: Outcome<Vec<Value>> = args.iter().map(|arg| self.eval(&arg.value, scope, Expect::Any)).collect();
        Some(values.and_then(|values| self.look(&judge, name, &values, span)))
    }

    fn look(&self, judge: &Rc<Judge>, name: &str, args: &[Value], span: Span) -> Outcome<Value> {
        let first = args.first().ok_or(Failed)?;
        match name {
            "all" => Ok(resources(judge.of_type(&self.type_name(first)?), span)),
            "resources_where" => self.resources_where(judge, args, span),
            "resource_of" => self.resource_of(judge, first, args.get(1), span),
            "same_target" => {
                let second = args.get(1).ok_or(Failed)?;
                Ok(Value::bool(self.key(judge, first)? == self.key(judge, second)?, span))
            }
            "required_by" => {
                let what = args.get(1).and_then(Value::as_text).ok_or(Failed)?;
                let needed = judge.needed(&self.handle(first)?.address, what);
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

    fn resources_where(&self, judge: &Rc<Judge>, args: &[Value], span: Span) -> Outcome<Value> {
        let [ty, property, value] = args else { return Err(Failed) };
        let name = self.type_name(ty)?;
        let def = self.world.def(&name).ok_or(Failed)?;
        let written = property.as_text().ok_or(Failed)?;
        let path = self.path_of(&def, written, property.span)?;
        let keys = match &value.kind {
            Kind::Resource(handle) => judge.keys_of_resource(&handle.address),
            Kind::Absent => return Ok(Value::list(Vec::new(), span)),
            _ => judge.keys_of_value(&self.plain(value)?),
        };
        Ok(resources(judge.holders(&def, &path, &keys), span))
    }

    /// The resource that a reference or an identifier leads to.
    fn resource_of(&self, judge: &Rc<Judge>, value: &Value, ty: Option<&Value>, span: Span) -> Outcome<Value> {
        let ty = ty.map(|ty| self.type_name(ty)).transpose()?;
        let found = match &value.kind {
            Kind::Resource(handle) => Some(handle.clone()),
            Kind::Hole(hole) => match &*hole.value {
                model::Value::Ref(reference) => judge.handle(&reference.to),
                _ => None,
            },
            _ => value.as_text().and_then(|text| judge.named(text, ty.as_deref())),
        };
        let found = found.filter(|handle| ty.as_ref().is_none_or(|ty| *handle.ty == **ty));
        Ok(found.map_or_else(|| Value::absent(span), |handle| Value::new(Kind::Resource(handle), span)))
    }

    fn key(&self, judge: &Rc<Judge>, value: &Value) -> Outcome<String> {
        match &value.kind {
            Kind::Resource(handle) => Ok(format!("@{}", handle.address)),
            Kind::Absent => Ok(String::new()),
            _ => Ok(judge.key(&self.plain(value)?)),
        }
    }

    fn plain(&self, value: &Value) -> Outcome<model::Value> {
        match &value.kind {
            Kind::Word(word) => Ok(model::Value::Text(word.text.as_ref().into())),
            _ => self.ok(super::super::property::plain(value)),
        }
    }

    fn handle(&self, value: &Value) -> Outcome<Arc<ResourceHandle>> {
        match &value.kind {
            Kind::Resource(handle) => Ok(handle.clone()),
            _ => Err(self.report(
                Diagnostic::error("GPB1206", format!("a resource is needed here, not {}", value.describe()))
                    .at(value.span, value.describe())
                    .help("ask `is_set(x)` first where it may be absent"),
            )),
        }
    }

    fn type_name(&self, value: &Value) -> Outcome<String> {
        let name = value.as_text().ok_or(Failed)?;
        match self.world.def(name) {
            Some(_) => Ok(name.to_string()),
            None => Err(self.world.unknown_type(name, value.span)),
        }
    }

    /// `a.b` in AWS's spelling; lists on the way are gone through.
    fn path_of(&self, def: &TypeDef, written: &str, span: Span) -> Outcome<PropPath> {
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

fn resources(handles: Vec<Arc<ResourceHandle>>, span: Span) -> Value {
    Value::list(handles.into_iter().map(|handle| Value::new(Kind::Resource(handle), span)).collect(), span)
}

fn need(by: Arc<ResourceHandle>, amount: rust_decimal::Decimal, span: Span) -> Value {
    let mut map = Map::default();
    map.insert("by".into(), Entry { key: span, value: Value::new(Kind::Resource(by), span) });
    map.insert("amount".into(), Entry { key: span, value: Value::number(amount, span) });
    Value::map(map, span)
}
