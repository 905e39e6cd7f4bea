//! Members of structures that the API asks for and no property writes.

use super::mapping::Mapping;
use crate::binding::PropertyMapping;
use crate::shapes::MemberShape;
use serde_json::Value as Json;

impl Mapping<'_> {
    /// Adds to a structure, or to each one of a list, the members that a binding names.
    pub(super) fn complete(&self, value: &mut Json, shape: MemberShape<'_>, place: &PropertyMapping) {
        if place.otherwise.is_empty() && place.several.is_empty() {
            return;
        }
        match value {
            Json::Array(items) => {
                let element = shape.element().unwrap_or(MemberShape::Document);
                for item in items {
                    self.complete(item, element, place);
                }
            }
            Json::Object(object) => {
                for (name, value) in &place.otherwise {
                    let Some((spelled, _)) = shape.member(name).filter(|(spelled, _)| !object.contains_key(spelled))
                    else {
                        continue;
                    };
                    let filled = match value {
                        Json::String(text) if text.contains("${") => (self.fill)(text).map(Json::from),
                        other => Some(other.clone()),
                    };
                    object.extend(filled.map(|value| (spelled, value)));
                }
                for (name, joint) in &place.several {
                    let Some((spelled, inner)) = shape.member(name) else { continue };
                    if let (Some(Json::Object(entries)), Some((joint, _))) =
                        (object.get_mut(&spelled), inner.member(joint))
                        && entries.len() > 1
                    {
                        let all = std::mem::take(entries);
                        entries.insert(joint, Json::Object(all));
                    }
                }
            }
            _ => {}
        }
    }
}
