//! Tags, which policies and tests see as a map.

use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use gpb_model::{PropertyValue, Resource};

/// Returns the tags of a resource as a map, whatever form its type has for them; absent where it takes none.
pub fn of_resource(def: &TypeDef, resource: &Resource, span: Span) -> Value {
    let Some(tagging) = &def.tagging else { return Value::absent(span) };
    let mut map = ValueMap::default();
    let mut put = |key: &str, value: &PropertyValue| {
        let value = match value {
            PropertyValue::Text(text) => Value::text(text.as_str(), span),
            other => Value::new_unknown(other.clone(), gpb_model::ty::Type::String, span),
        };
        map.insert(key.into(), ValueEntry { key: span, value });
    };
    match resource.properties.get(tagging.property.as_str()) {
        Some(PropertyValue::List(items)) => {
            for item in items {
                if let PropertyValue::Map(pair) = item
                    && let (Some(PropertyValue::Text(key)), Some(value)) = (pair.get("Key"), pair.get("Value"))
                {
                    put(key, value);
                }
            }
        }
        Some(PropertyValue::Map(entries)) => entries.iter().for_each(|(key, value)| put(key, value)),
        _ => {}
    }
    Value::map(map, span)
}
