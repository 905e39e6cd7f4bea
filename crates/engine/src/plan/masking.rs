//! Masks what was observed: each secret becomes its keyed hash before a plan holds it.

use super::change::ResourceChange;
use super::compare::{identity, identity_of};
use super::plan_file::Plan;
use super::values;
use crate::cloud::{Properties, SharedProperties};
use crate::secrets::SecretScrubber;
use crate::state::{holds_redacted, is_redacted, redacted, redacted_hash};
use gpb_model::{PropertyMap, PropertyValue};
use serde_json::Value as Json;

/// Returns what was observed with a hash at every place that is a secret in what is desired or was applied.
pub(super) fn mask(observed: &Json, desired: Option<&PropertyValue>, applied: Option<&Json>) -> Json {
    let desired = desired.filter(|value| value.holds_secret());
    let applied = applied.filter(|json| holds_redacted(json));
    if desired.is_none() && applied.is_none() {
        return observed.clone();
    }
    let wanted_entries = match desired {
        Some(PropertyValue::Map(entries)) => Some(entries),
        _ => None,
    };
    let applied_entries = applied.filter(|json| !is_redacted(json)).and_then(Json::as_object);
    match observed {
        Json::Object(entries) if wanted_entries.is_some() || applied_entries.is_some() => {
            let masked = entries.iter().map(|(key, json)| {
                let desired = wanted_entries.and_then(|entries| entries.get(key.as_str()));
                let applied = applied_entries.and_then(|entries| entries.get(key));
                (key.clone(), mask(json, desired, applied))
            });
            Json::Object(masked.collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| mask_element(item, desired, applied)).collect()),
        _ => redacted(applied.and_then(redacted_hash).unwrap_or("")),
    }
}

/// Returns what was observed, masked where secrets were applied.
pub fn masked(observed: &Properties, applied: &Properties) -> Properties {
    observed.iter().map(|(name, json)| (name.clone(), mask(json, None, applied.get(name)))).collect()
}

/// Returns what was observed without copies of secrets, as a plan may hold it.
pub(super) fn scrubbed(
    observed: SharedProperties,
    desired: &PropertyMap,
    scrubber: Option<&SecretScrubber>,
) -> SharedProperties {
    match scrubber.filter(|scrubber| scrubber.knows_any()) {
        Some(scrubber) => scrubber.properties(&observed, Some(desired)).into(),
        None => observed,
    }
}

/// Takes over what a plan that was just made would send and a saved one does not hold: copies of secrets in ignored places.
pub fn take_clear(promised: &mut Plan, now: &Plan) {
    for change in &mut promised.changes {
        let now = now.changes.iter().find(|now| now.address == change.address);
        change.clear = now.and_then(|now| now.clear.clone());
    }
}

/// Takes copies of secrets out of what the differences of a change show of the cloud.
pub(super) fn scrub_differences(change: &mut ResourceChange, scrubber: &SecretScrubber) {
    let ResourceChange { desired, differences, drift, .. } = change;
    for one in differences.iter_mut().chain(drift) {
        let whole = |json: Json| Properties::from_iter([(one.path.head().to_owned(), json)]);
        let clean =
            |json: Json| scrubber.properties(&whole(json), Some(desired)).into_iter().next().map(|(_, json)| json);
        one.before = one.before.take().and_then(clean);
        // What is to be sent stands there in clear only where the text says so; what drifted was observed.
        let after = one.after.as_ref().and_then(PropertyValue::to_json);
        let hidden = after.and_then(|after| clean(after.clone()).filter(|clean| *clean != after));
        if let Some(hidden) = hidden {
            one.after = values::lift(&hidden);
        }
    }
}

/// An element is masked like its namesakes; one without a namesake like any of the others that has a secret.
fn mask_element(item: &Json, desired: Option<&PropertyValue>, applied: Option<&Json>) -> Json {
    let (Some(PropertyValue::List(_)) | None, Some(Json::Array(_)) | None) = (desired, applied) else {
        return redacted("");
    };
    let wanted: Vec<&PropertyValue> = match desired {
        Some(PropertyValue::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    let applied: Vec<&Json> = applied.and_then(Json::as_array).into_iter().flatten().collect();
    let name = identity_of(item);
    let is_namesake = |other: Option<String>| name.is_some() && other == name;
    let known = wanted.iter().any(|value| is_namesake(identity(value)))
        || applied.iter().any(|json| is_namesake(identity_of(json)));
    let mut masked = item.clone();
    for value in wanted.into_iter().filter(|value| !known || is_namesake(identity(value))) {
        masked = mask(&masked, Some(value), None);
    }
    for json in applied.into_iter().filter(|json| !known || is_namesake(identity_of(json))) {
        masked = mask(&masked, None, Some(json));
    }
    masked
}
