//! The resources of an environment by the names of their addresses: `data.main.cluster`, `network.subnet["us-east-1a"]`.

use crate::body_index::{BodyIndex, DeclKind, Declaration};
use crate::compile_context::CompileContext;
use crate::modules::ModuleId;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A name of addresses, and the names below it.
#[derive(Debug, Default)]
pub struct AddressTree {
    /// The resource, the output or the parameter of that name.
    value: Option<Value>,
    below: IndexMap<String, AddressTree>,
}

impl AddressTree {
    /// Returns the tree of resources, and of the outputs and parameters of layers and components.
    pub fn of(resources: &[Arc<ResourceHandle>], parts: &BTreeMap<String, Value>, span: Span) -> Self {
        let mut tree = AddressTree::default();
        for handle in resources {
            let value = Value::new(ValueKind::Resource(handle.clone()), span);
            tree.at(&handle.address).value = Some(value);
        }
        for (address, value) in parts {
            tree.at(&Address::new(address.as_str())).value = Some(value.clone());
        }
        tree
    }

    fn at(&mut self, address: &Address) -> &mut AddressTree {
        segments(address).into_iter().fold(self, |tree, segment| tree.below.entry(segment).or_default())
    }

    /// Adds what a body declares and does not make here: it is absent, and an item of a `for` without iterations is empty.
    pub fn complete<'p>(&mut self, cx: &CompileContext<'p>, body: &BodyIndex<'p>, module: ModuleId, span: Span) {
        for declared in body.in_order() {
            let name = declared.name.text.as_str();
            match declared.what {
                DeclKind::Let(_) => {}
                _ if declared.keyed > 0 => {
                    let iterations = self.below.entry(name.to_owned()).or_default();
                    iterations.complete_keyed(cx, declared, module, span);
                }
                DeclKind::Param(_) | DeclKind::Resource(_) | DeclKind::Use(_) if !self.below.contains_key(name) => {
                    self.below.entry(name.to_owned()).or_default().value = Some(Value::absent(span));
                }
                _ => self.below.entry(name.to_owned()).or_default().complete_inside(cx, declared, module, span),
            }
        }
        for name in body.outputs.keys().filter(|name| !self.below.contains_key(**name)).collect::<Vec<_>>() {
            self.below.entry((*name).to_owned()).or_default().value = Some(Value::absent(span));
        }
    }

    fn complete_keyed<'p>(
        &mut self,
        cx: &CompileContext<'p>,
        declared: &Declaration<'p>,
        module: ModuleId,
        span: Span,
    ) {
        let inner = Declaration { keyed: declared.keyed - 1, ..*declared };
        for iteration in self.below.values_mut() {
            if inner.keyed > 0 {
                iteration.complete_keyed(cx, &inner, module, span);
            } else {
                iteration.complete_inside(cx, &inner, module, span);
            }
        }
    }

    fn complete_inside<'p>(
        &mut self,
        cx: &CompileContext<'p>,
        declared: &Declaration<'p>,
        module: ModuleId,
        span: Span,
    ) {
        match declared.what {
            DeclKind::Layer(layer) => {
                let home = cx.home_of(layer.span, module);
                self.complete(cx, &cx.indexes.get_or_build(&layer.stmts), home, span);
            }
            DeclKind::Use(block) => {
                if let Some(component) = cx.names.component(cx.home_of(block.span, module), &block.head.text) {
                    self.complete(cx, &cx.indexes.get_or_build(&component.item.stmts), component.module, span);
                }
            }
            DeclKind::Param(_) | DeclKind::Let(_) | DeclKind::Resource(_) => {}
        }
    }

    /// Returns the value of a name at its top.
    pub fn get(&self, name: &str, span: Span) -> Option<Value> {
        self.below.get(name).map(|tree| tree.value(span))
    }

    fn value(&self, span: Span) -> Value {
        if let Some(value) = &self.value {
            return value.clone();
        }
        let entry = |(name, tree): (&String, &AddressTree)| {
            (Arc::from(name.as_str()), ValueEntry { key: span, value: tree.value(span) })
        };
        Value::map(self.below.iter().map(entry).collect::<ValueMap>(), span)
    }
}

/// Returns the names and keys of an address, in order.
fn segments(address: &Address) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = address.as_str();
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("[\"") {
            let (key, after) = inside.split_once("\"]").unwrap_or((inside, ""));
            found.push(key.to_owned());
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            found.push(name.to_owned());
            // A bracket that opens no key is part of a name; nothing is read twice.
            rest = if end == 0 { "" } else { after };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::segments;
    use gpb_model::Address;

    #[test]
    fn an_address_is_names_and_keys() {
        let of = |address: &str| segments(&Address::new(address));
        assert_eq!(of("data.main.cluster"), ["data", "main", "cluster"]);
        assert_eq!(of("network.subnet[\"us-east-1a\"]"), ["network", "subnet", "us-east-1a"]);
        assert_eq!(of("a[\"x.y\"].b[\"z\"].c"), ["a", "x.y", "b", "z", "c"]);
        assert_eq!(of("["), [""]);
    }
}
