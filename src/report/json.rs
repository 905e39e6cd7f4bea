//! Plans and states as JSON. The keys are stable; a secret is `{"$secret": true}`.

use super::plan::PlanSummary;
use super::replacement_order::ReplacementOrder;
use super::value::display;
use gpb_base::archive;
use gpb_catalog::TypeLookup;
use gpb_engine::cloud::deletion_locks::{DeletionLock, LockRelease};
use gpb_engine::plan::{Action, DriftWarning, Plan, PropertyDifference, ResourceChange};
use gpb_engine::state::{ResourceRecord, StateSnapshot};
use gpb_model::PropertyValue;
use serde_json::{Map, Value as Json, json};

/// Returns a plan as JSON.
///
/// Its keys are `format`, `kind`, `stack`, `environment`, `account`, `region`, `cloud`, `observed`, `empty`, `summary`,
/// `overrides`, `inputs`, `changes`, `withheld`, `outputs` and `changed_outputs`, the names of those whose value changes. `changes` holds pending changes and drift, by
/// layer and address; `property` is a path in gpb's spelling, `path` in AWS's. A value known only after apply is an object
/// with one key, `$ref`, `$concat` or `$call`.
pub fn plan(plan: &Plan, types: TypeLookup<'_>) -> Json {
    let is_listed =
        |change: &&ResourceChange| change.is_pending() || change.action == Action::Read || !change.drift.is_empty();
    let order = ReplacementOrder::new(plan);
    json!({
        "format": 1,
        "kind": "plan",
        "stack": plan.scope.stack,
        "environment": plan.scope.environment,
        "account": super::heading::account(plan),
        "region": plan.place.region,
        "cloud": plan.scope.cloud,
        "observed": plan.observed,
        "empty": plan.is_empty(),
        "summary": PlanSummary::new(plan),
        "overrides": plan.overrides,
        "inputs": plan.inputs,
        "changes": plan.changes.iter().filter(is_listed).map(|one| change(one, &order, types)).collect::<Vec<_>>(),
        "withheld": plan.withheld,
        "outputs": plan.outputs.iter().map(|(name, one)| (name.to_string(), value(one))).collect::<Map<_, _>>(),
        "changed_outputs": plan.changed_outputs(),
    })
}

/// Returns a state as JSON.
///
/// Its keys are `format`, `kind`, `stack`, `environment`, `cloud`, `lineage`, `serial`, `resources`, `pending`, `outputs`.
pub fn state(snapshot: &StateSnapshot) -> Json {
    let pending = snapshot.pending.iter().map(|intent| {
        json!({
            "sequence": intent.sequence, "address": intent.address, "type": intent.ty, "operation": intent.operation,
            "id": intent.id, "started_ms": intent.started_ms,
        })
    });
    json!({
        "format": 1,
        "kind": "state",
        "stack": snapshot.scope.stack,
        "environment": snapshot.scope.environment,
        "cloud": snapshot.scope.cloud,
        "lineage": snapshot.lineage,
        "serial": snapshot.serial,
        "resources": snapshot.resources.values().map(resource).collect::<Vec<_>>(),
        "pending": pending.collect::<Vec<_>>(),
        "outputs": snapshot.outputs,
    })
}

/// Returns a resource of a state as JSON.
pub fn resource(record: &ResourceRecord) -> Json {
    let properties = |properties: &Map<String, Json>| clean(&Json::Object(properties.clone()));
    json!({
        "address": record.address,
        "type": record.ty,
        "id": record.id,
        "layer": record.layer,
        "place": record.place,
        "applied": properties(&record.applied),
        "observed": properties(&gpb_engine::plan::masked(&record.observed, &record.applied)),
        "depends_on": record.depends_on,
        "protect": record.protect,
        "keep": record.keep,
        "watched": clean(&Json::Object(record.watched.clone())),
        "tainted": record.tainted,
    })
}

/// Returns a change as JSON.
fn change(change: &ResourceChange, order: &ReplacementOrder, types: TypeLookup<'_>) -> Json {
    let def = types(&change.ty);
    let name = |path: &gpb_model::PropPath| display(def.as_deref(), path);
    let difference = |one: &PropertyDifference| {
        json!({
            "property": name(&one.path),
            "path": one.path,
            "before": one.before.as_ref().map(clean),
            "after": one.after.as_ref().map(value),
            "forces_replacement": one.forces_replacement,
        })
    };
    let warning = |one: &DriftWarning| json!({ "property": name(&one.property), "path": one.property, "why": one.why, "source": one.source });
    let mut shown = json!({
        "address": change.address,
        "type": change.ty,
        "layer": change.layer,
        "place": change.place,
        "action": change.action,
        "id": change.id,
        "desired": change.desired.iter().map(|(name, one)| (name.to_string(), value(one))).collect::<Map<_, _>>(),
        "differences": change.differences.iter().map(difference).collect::<Vec<_>>(),
        "drift": change.drift.iter().map(difference).collect::<Vec<_>>(),
        "drift_warnings": change.drift_warnings.iter().map(warning).collect::<Vec<_>>(),
        "forced_by": change.forced_by.iter().map(name).collect::<Vec<_>>(),
        "create_first": order.is_create_first(change),
        "protected": change.protected,
        "moved_from": change.moved_from,
        "depends_on": change.depends_on,
    });
    if change.retains() {
        shown["keep"] = true.into();
    }
    if !change.kept_users.is_empty() {
        shown["kept_users"] = json!(change.kept_users);
    }
    if !change.deletion_locks.is_empty() {
        let lock = |lock: &DeletionLock| {
            let is_call = matches!(lock.release, LockRelease::Call { .. });
            json!({ "reason": lock.reason, "turned_off_first": is_call && change.unprotected })
        };
        shown["deletion_locks"] = change.deletion_locks.iter().map(lock).collect();
    }
    shown
}

/// Returns a value as JSON.
fn value(value: &PropertyValue) -> Json {
    clean(&Json::from(value.clone()))
}

/// Removes the hashes and sources of secrets, so that only that there is one remains, and the bytes of archives.
fn clean(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(clean).collect()),
        Json::Object(entries) if entries.len() == 1 && entries.contains_key("$secret") => json!({ "$secret": true }),
        Json::Object(entries) => Json::Object(entries.iter().map(|(key, json)| (key.clone(), clean(json))).collect()),
        Json::String(text) => archive::without_bytes(text).map_or_else(|| json.clone(), Json::from),
        _ => json.clone(),
    }
}
