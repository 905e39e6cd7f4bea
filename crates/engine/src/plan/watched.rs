//! Watched values: `replace_when image changes` makes a resource anew when the value is another than at the last apply.

use super::change::PropertyDifference;
use super::compare::documents_equal;
use super::inputs::PlanInputs;
use super::inventory::ManagedResource;
use super::planned_state::PlannedStates;
use crate::cloud::Properties;
use crate::state::{is_redacted_object, redacted};
use gpb_model::{PropertyMap, PropertyValue, Resource};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Values by the expressions that they are written as; `None` for absent ones.
pub(super) type WatchedNow = BTreeMap<String, Option<PropertyValue>>;

/// Returns the values that a resource is made anew for, as far as they are known, and how they differ from what they were.
///
/// One that was not watched at the last apply differs from nothing.
pub(super) fn watched(
    inputs: &PlanInputs<'_>,
    planned: &PlannedStates,
    resource: &Resource,
    managed: Option<&ManagedResource<'_>>,
) -> (WatchedNow, Vec<PropertyDifference>) {
    let (mut now, mut differences) = (WatchedNow::new(), Vec::new());
    for one in &resource.lifecycle.watched {
        let known = managed.and_then(|managed| managed.watched);
        let before = known.and_then(|watched| watched.iter().find(|(label, _)| bare(label) == bare(&one.label)));
        let before = before.map(|(_, value)| value);
        let path = one.path();
        // A function that fails on what is known now leaves its call: what it would give counts as another value.
        let wanted = one.value.as_ref().map(|value| planned.resolve(value, &path, inputs.call, &mut Vec::new()));
        let value = wanted.as_ref().map(|value| hashed(value, inputs));
        let mut references = Vec::new();
        if let Some(value) = &value {
            value.references(&mut references);
        }
        let is_hidden = value.as_ref().is_some_and(PropertyValue::holds_secret)
            || references.iter().any(|reference| planned.is_unseen(reference));
        if is_hidden {
            // Nobody can say now; what was stays on record.
            now.extend(before.map(|before| (one.label.clone(), remembered(before))));
            continue;
        }
        let json = value.as_ref().map_or(Some(Json::Null), PropertyValue::to_json);
        if let Some(before) = before.filter(|before| json.as_ref().is_none_or(|json| !documents_equal(json, before))) {
            differences.push(PropertyDifference {
                path,
                before: Some(before.clone()).filter(|before| !before.is_null()),
                after: wanted,
                forces_replacement: true,
            });
        }
        now.insert(one.label.clone(), value);
    }
    (now, differences)
}

/// Returns an expression without what a formatter may change of it: another layout is no other expression.
fn bare(label: &str) -> String {
    label.chars().filter(|letter| !letter.is_whitespace() && *letter != ',').collect()
}

/// Returns a value as it is remembered: the keyed hash of a secret is compared like any other text.
fn remembered(json: &Json) -> Option<PropertyValue> {
    let hash = |entries: &Properties| {
        let hash = entries.get("$secret").filter(|_| is_redacted_object(entries))?.as_str()?;
        Some(PropertyValue::Map(PropertyMap::from_iter([("$secret".into(), PropertyValue::Text(hash.into()))])))
    };
    PropertyValue::from_json_with(json, &hash)
}

/// Returns the value with the keyed hash in the place of each secret that is known now.
fn hashed(value: &PropertyValue, inputs: &PlanInputs<'_>) -> PropertyValue {
    match value {
        PropertyValue::Secret(source) => {
            (inputs.secret)(source).and_then(|hash| remembered(&redacted(&hash))).unwrap_or_else(|| value.clone())
        }
        PropertyValue::List(items) => PropertyValue::List(items.iter().map(|item| hashed(item, inputs)).collect()),
        PropertyValue::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), hashed(value, inputs)));
            PropertyValue::Map(entries.collect::<PropertyMap>())
        }
        value => value.clone(),
    }
}
