//! Texts that are sent with the names in them replaced by values: what is read has the values.

use gpb_catalog::TypeDef;
use gpb_model::{PropertyMap, PropertyValue};
use std::borrow::Cow;

/// Returns what is wanted with those texts as they are sent; a value that is not known leaves its name where it stands.
pub(super) fn filled<'d>(def: Option<&TypeDef>, desired: &'d PropertyMap) -> Cow<'d, PropertyMap> {
    let mut out = Cow::Borrowed(desired);
    for (path, from) in def.into_iter().flat_map(|def| &def.lifecycle.filled) {
        let (Some(PropertyValue::Text(text)), Some(PropertyValue::Map(values))) =
            (desired.get(path.head()), desired.get(from.head()))
        else {
            continue;
        };
        let known = values.iter().filter_map(|(name, value)| Some((name, scalar(value)?)));
        let text = known.fold(text.to_string(), |text, (name, value)| text.replace(&format!("${{{name}}}"), &value));
        out.to_mut().insert(path.head().into(), PropertyValue::Text(text.into()));
    }
    out
}

/// Returns the text of a value that is known; none of one that is no scalar.
fn scalar(value: &PropertyValue) -> Option<String> {
    match value.to_json()? {
        serde_json::Value::String(text) => Some(text),
        json @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => Some(json.to_string()),
        _ => None,
    }
}
