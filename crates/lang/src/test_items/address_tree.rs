//! The resources of an environment by the names of their addresses: `data.main.cluster`, `network.subnet["us-east-1a"]`.

use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::{ResourceHandle, Value, ValueEntry, ValueKind, ValueMap};
use indexmap::IndexMap;
use std::sync::Arc;

/// A name of addresses, and the names below it.
#[derive(Debug, Default)]
pub struct AddressTree {
    resource: Option<Arc<ResourceHandle>>,
    below: IndexMap<String, AddressTree>,
}

impl AddressTree {
    /// Returns the tree of resources.
    pub fn of(resources: &[Arc<ResourceHandle>]) -> Self {
        let mut tree = AddressTree::default();
        for handle in resources {
            let mut at = &mut tree;
            for segment in segments(&handle.address) {
                at = at.below.entry(segment).or_default();
            }
            at.resource = Some(handle.clone());
        }
        tree
    }

    /// Returns the value of a name at its top.
    pub fn get(&self, name: &str, span: Span) -> Option<Value> {
        self.below.get(name).map(|tree| tree.value(span))
    }

    fn value(&self, span: Span) -> Value {
        if let Some(handle) = &self.resource {
            return Value::new(ValueKind::Resource(handle.clone()), span);
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
