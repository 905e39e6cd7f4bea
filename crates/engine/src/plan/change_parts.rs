//! Builds the parts of a change: its skeleton, what it was before.

use super::change::{Action, PLACE, PropertyDifference, ResourceChange, TYPE};
use super::inventory::ManagedResource;
use super::masking::mask;
use super::planned_state::CallFailure;
use super::{compare, values};
use crate::cloud::{Properties, SharedProperties};
use crate::state::holds_redacted;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::{AccountId, Address, Place, PropertyMap, PropertyValue, Resource};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Returns a change of a declared resource, without values.
pub(super) fn skeleton(resource: &Resource, action: Action) -> ResourceChange {
    let mut change =
        without_values(resource.address.clone(), &resource.ty, &resource.place, resource.layer.as_deref(), action);
    change.ignore.clone_from(&resource.lifecycle.ignore);
    change.protect = resource.lifecycle.protect;
    change.keep = resource.lifecycle.keep == Some(true);
    change
}

/// Returns a change with an identity and an action, and nothing else.
pub(super) fn without_values(
    address: Address,
    ty: &str,
    place: &Place,
    layer: Option<&str>,
    action: Action,
) -> ResourceChange {
    ResourceChange {
        address,
        ty: ty.to_owned(),
        place: place.clone(),
        layer: layer.map(str::to_owned),
        action,
        id: None,
        before: None,
        desired: PropertyMap::default(),
        differences: Vec::new(),
        drift: Vec::new(),
        drift_warnings: Vec::new(),
        forced_by: Vec::new(),
        depends_on: Vec::new(),
        protected: None,
        deletion_locks: Vec::new(),
        unprotected: false,
        moved_from: None,
        ignore: Vec::new(),
        keep: false,
        kept_users: Vec::new(),
        watched: BTreeMap::new(),
        protect: None,
        create_first: false,
        clear: None,
    }
}

/// Returns the sides that desired values are compared with.
pub(super) fn sides<'s>(managed: &ManagedResource<'s>, applied: Option<&'s Properties>) -> compare::CurrentState<'s> {
    compare::CurrentState {
        observed: managed.properties(),
        applied,
        recorded: managed.recorded.map(|recorded| &**recorded),
    }
}

/// Returns the properties of a resource as a plan may hold them: secrets masked, tags of others left out.
pub(super) fn prepared(
    managed: &ManagedResource<'_>,
    desired: &PropertyMap,
    def: Option<&TypeDef>,
) -> SharedProperties {
    let tags = def.and_then(|def| def.tagging.as_ref()).map(|tagging| tagging.property.as_str());
    let is_plain = !tags.is_some_and(|tags| managed.properties().contains_key(tags))
        && !desired.values().any(PropertyValue::holds_secret)
        && !managed.applied.values().any(holds_redacted);
    if is_plain {
        return managed.shared_properties();
    }
    let masked = managed.properties().iter().map(|(name, json)| {
        let (wanted, applied) = (desired.get(name.as_str()), managed.applied.get(name));
        let mut json = mask(json, wanted, applied);
        if let (true, Json::Array(items)) = (tags == Some(name), &mut json) {
            let ours = |tag: &Json| {
                let key = compare::identity_of(tag);
                let in_wanted = match wanted {
                    Some(PropertyValue::List(items)) => items.iter().any(|item| compare::identity(item) == key),
                    _ => false,
                };
                let mut was = applied.and_then(Json::as_array).into_iter().flatten();
                key.is_none() || in_wanted || was.any(|tag| compare::identity_of(tag) == key)
            };
            items.retain(ours);
        }
        (name.clone(), json)
    });
    masked.collect::<Properties>().into()
}

/// Ignored places of a resource that exists stay as they are: sending the declared value would undo what is ignored.
pub(super) fn leave_ignored(desired: &mut PropertyMap, before: &Properties, ignore: &[PropPath]) {
    for path in ignore {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        let Some((first, rest)) = segments.split_first() else { continue };
        let there = before.get(first).filter(|json| !json.is_null());
        let (Some(wanted), true) = (desired.get_mut(first.as_str()), !rest.is_empty()) else {
            match there.and_then(values::lift).filter(|_| rest.is_empty()) {
                Some(value) => drop(desired.insert(first.as_str().into(), value)),
                None if rest.is_empty() => drop(desired.remove(first.as_str())),
                None => {}
            }
            continue;
        };
        leave_inside(wanted, there, rest);
    }
}

fn leave_inside(wanted: &mut PropertyValue, there: Option<&Json>, rest: &[String]) {
    if let (PropertyValue::List(items), Some(("*", rest))) =
        (&mut *wanted, rest.split_first().map(|(first, rest)| (first.as_str(), rest)))
    {
        for item in items {
            let mut others = there.and_then(Json::as_array).into_iter().flatten();
            if let Some(there) = others.find(|other| is_element(item, other)) {
                leave_inside(item, Some(there), rest);
            }
        }
        return;
    }
    let (PropertyValue::Map(entries), Some((first, rest))) = (wanted, rest.split_first()) else { return };
    let there = there.and_then(|json| json.get(first)).filter(|json| !json.is_null());
    if !rest.is_empty() {
        if let Some(inner) = entries.get_mut(first.as_str()) {
            leave_inside(inner, there, rest);
        }
        return;
    }
    match there.and_then(values::lift) {
        Some(value) => drop(entries.insert(first.as_str().into(), value)),
        None => drop(entries.remove(first.as_str())),
    }
}

/// Checks that an element of a list is the one that is there: the same strings in the same places.
///
/// Without any string nobody can say.
fn is_element(wanted: &PropertyValue, there: &Json) -> bool {
    let PropertyValue::Map(entries) = wanted else { return false };
    let mut texts = entries.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_text()?))).peekable();
    texts.peek().is_some() && texts.all(|(key, text)| there.get(key).and_then(Json::as_str) == Some(text))
}

/// Returns the differences of a resource that is declared somewhere else, or as something else, than it is.
pub(super) fn relocation(
    resource: &Resource,
    managed: &ManagedResource<'_>,
    account: Option<&str>,
) -> Vec<PropertyDifference> {
    let mut found = Vec::new();
    let mut push = |path: &str, before: String, after: String| {
        found.push(PropertyDifference {
            path: PropPath(path.into()),
            before: Some(before.into()),
            after: Some(PropertyValue::Text(after.into())),
            forces_replacement: true,
        });
    };
    if *resource.ty != *managed.ty {
        push(TYPE, managed.ty.to_owned(), resource.ty.to_string());
    }
    let account_of = |place: &Place| place.account.clone().or_else(|| account.map(AccountId::from));
    let (old, new) = (account_of(managed.place), account_of(&resource.place));
    let is_elsewhere = old.is_some() && new.is_some() && old != new;
    if is_elsewhere || managed.place.region != resource.place.region {
        let text = |account: Option<AccountId>, region: &str| match account.filter(|_| is_elsewhere) {
            Some(account) => format!("{account} {region}"),
            None => region.to_owned(),
        };
        push(PLACE, text(old, &managed.place.region), text(new, &resource.place.region));
    }
    found
}

/// Returns the difference of a resource that is gone.
pub(super) fn deletion(managed: &ManagedResource<'_>) -> PropertyDifference {
    PropertyDifference {
        path: PropPath::default(),
        before: Some(managed.id.as_str().into()),
        after: None,
        forces_replacement: false,
    }
}

/// Returns the diagnostic for a call that failed on a resource's property.
pub(super) fn call_failed(resource: &Resource, failed: CallFailure) -> Diagnostic {
    let CallFailure { path, function, message } = failed;
    let mut at = path.clone();
    let span = loop {
        if let Some(span) = resource.spans.get(&at) {
            break *span;
        }
        match at.0.rfind('/') {
            Some(end) => at.0.truncate(end),
            None => break resource.span,
        }
    };
    let message = format!("`{function}` cannot be computed for `{}`: {message}", resource.address);
    Diagnostic::error("GPB7004", message).with_label(span, "with what is known of the cloud now")
}
