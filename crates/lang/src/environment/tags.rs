//! Adds the environment's tags to everything that can be tagged.

use gpb_catalog::{Shape, TypeDef};
use gpb_model::{PropertyMap, PropertyValue};

/// Adds `tags` to a resource's properties; a tag written on the resource wins.
pub fn merge(def: &TypeDef, tags: &PropertyMap, properties: &mut PropertyMap) {
    let Some(tagging) = def.tagging.as_ref().filter(|_| !tags.is_empty()) else { return };
    let Some(property) = def.root.by_aws(&tagging.property) else { return };
    match def.resolve(&property.shape) {
        Shape::List(list) => {
            let Shape::Object(item) = def.resolve(&list.item) else { return };
            if item.by_aws("Key").is_none() || item.by_aws("Value").is_none() {
                return;
            }
            let written = properties.entry(property.aws.clone()).or_insert_with(|| PropertyValue::List(Vec::new()));
            let PropertyValue::List(items) = written else { return };
            let flags: Vec<&str> = item
                .required
                .iter()
                .filter(|name| item.by_aws(name).is_some_and(|flag| matches!(def.resolve(&flag.shape), Shape::Bool)))
                .map(String::as_str)
                .collect();
            add_pairs(items, tags, &flags);
        }
        Shape::Map { .. } | Shape::Json => {
            let written =
                properties.entry(property.aws.clone()).or_insert_with(|| PropertyValue::Map(PropertyMap::default()));
            let PropertyValue::Map(entries) = written else { return };
            for (key, value) in tags {
                entries.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        _ => {}
    }
}

/// Adds tags as pairs; required flags of a tag are set.
///
/// Such a flag asks whether what the resource makes is tagged too: the tags are for everything.
fn add_pairs(items: &mut Vec<PropertyValue>, tags: &PropertyMap, flags: &[&str]) {
    let is_key = |item: &PropertyValue, key: &str| match item {
        PropertyValue::Map(pair) => pair.get("Key") == Some(&PropertyValue::Text(key.into())),
        _ => false,
    };
    for (key, value) in tags {
        if items.iter().any(|item| is_key(item, key)) {
            continue;
        }
        let mut pair =
            PropertyMap::from_iter([("Key".into(), PropertyValue::Text(key.clone())), ("Value".into(), value.clone())]);
        pair.extend(flags.iter().map(|flag| ((*flag).into(), PropertyValue::Bool(true))));
        items.push(PropertyValue::Map(pair));
    }
}
