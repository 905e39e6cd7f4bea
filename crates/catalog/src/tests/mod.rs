mod actions;
mod data;
mod drift_rules;
mod fresh;
mod names;
mod policy_names;
mod regions;

use super::{Catalog, Shape, TypeDef};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every type, decoded.
pub(super) fn all() -> Vec<Arc<TypeDef>> {
    let catalog = Catalog::embedded();
    catalog.names().map(|name| catalog.get(name).unwrap_or_else(|| panic!("{name} does not decode"))).collect()
}

/// Every pattern of texts and of keys, sorted, each once.
pub(super) fn patterns() -> BTreeSet<String> {
    fn walk(shape: &Shape, found: &mut BTreeSet<String>) {
        match shape {
            Shape::Text(text) => found.extend(text.pattern.clone()),
            Shape::List(list) => walk(&list.item, found),
            Shape::Map { key_pattern, value } => {
                found.extend(key_pattern.clone());
                walk(value, found);
            }
            Shape::Object(object) => object.properties.iter().for_each(|property| walk(&property.shape, found)),
            Shape::Any(shapes) => shapes.iter().for_each(|shape| walk(shape, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for def in all() {
        walk(&Shape::Object(def.root.clone()), &mut found);
        def.nested.iter().for_each(|nested| walk(&nested.shape, &mut found));
    }
    found
}
