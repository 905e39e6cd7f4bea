//! The basis of a plan: hashes of its inputs, and the check that they have not changed.

use super::change::ResourceChange;
use super::inputs::{Observation, PlanInputs};
use super::masking::mask;
use super::plan_file::{Plan, PlanBasis};
use crate::cloud::physical_names::hex;
use crate::cloud::{ObservedResource, Properties};
use crate::state::StateSnapshot;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Input, InputSource, Model, PropertyMap, PropertyValue, Resource};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the hash of what a model means: where and how it was written does not matter.
pub fn model_hash(model: &Model) -> String {
    let environment = &model.environment;
    let (mut hash, mut bytes) = (Sha256::new(), Vec::new());
    feed(
        &mut bytes,
        &json!({
            "environment": environment.name, "stack": environment.stack, "place": environment.place,
            "mode": environment.mode, "params": environment.params,
        }),
    );
    for layer in &model.layers {
        feed(&mut bytes, &json!({ "layer": layer.name, "uses": layer.uses }));
    }
    for resource in &model.resources {
        feed_resource(&mut bytes, resource);
        // A hash is fed faster with much at once.
        hash.update(&bytes);
        bytes.clear();
    }
    for (name, output) in &model.outputs {
        feed(&mut bytes, &json!({ "output": name }));
        feed(&mut bytes, &Json::from(output.value.clone()));
    }
    for one in &model.removals {
        feed(&mut bytes, &json!({ "removed": one.address, "keep": one.keep }));
    }
    for one in &model.moves {
        feed(&mut bytes, &json!({ "from": one.from, "to": one.to }));
    }
    hash.update(&bytes);
    hex(&hash.finalize())
}

/// Returns why a plan is stale: one diagnostic that names every reason, or `None` while it holds.
///
/// `model` is the hash of the model as it is now, where there is a spec to compile; `observation` what the cloud says
/// now of the resources that the plan will change.
pub fn stale(
    plan: &Plan,
    model: Option<&str>,
    snapshot: &StateSnapshot,
    observation: Option<&Observation>,
) -> Option<Diagnostic> {
    let mut reasons = Vec::new();
    if model.is_some_and(|model| model != plan.basis.model) {
        reasons.push("the spec means something else now".to_owned());
    }
    if plan.scope != snapshot.scope {
        reasons.push("it is for another environment or another cloud".to_owned());
    } else if plan.basis.lineage != snapshot.lineage {
        reasons.push("the state is another one".to_owned());
    } else if plan.basis.serial != snapshot.serial {
        let (then, now) = (plan.basis.serial, snapshot.serial);
        reasons.push(format!("the state has changed (it was at {then} and is at {now})"));
    }
    if let Some(observation) = observation.filter(|_| reasons.is_empty()) {
        let changes: BTreeMap<&Address, &ResourceChange> = plan.changes.iter().map(|c| (&c.address, c)).collect();
        for (address, before) in &plan.basis.observed {
            let Some(change) = changes.get(address) else { continue };
            let old = change.moved_from.as_ref().unwrap_or(address);
            let Some(now) = observation.get(old).or_else(|| observation.get(address)) else { continue };
            let applied = snapshot.resources.get(old).map(|record| &*record.applied);
            if *before != fingerprint(now.as_ref(), &change.desired, applied) {
                reasons.push(format!("`{address}` was changed outside gpb"));
            }
        }
    }
    (!reasons.is_empty()).then(|| stale_plan(&reasons))
}

/// Checks that a plan was made with the inputs from outside that there are now.
///
/// `now` returns the value of an input as a plan keeps it, or none where there is none.
pub fn inputs_changed(plan: &Plan, now: &dyn Fn(&Input) -> Option<String>) -> Option<Diagnostic> {
    let reason = |input: &Input| {
        let now = now(input);
        if now == input.value {
            return None;
        }
        let told = |value: &Option<String>| value.as_ref().map_or("not set".to_owned(), |value| format!("{value:?}"));
        let name = &input.name;
        Some(match (input.source, &input.path) {
            (InputSource::Environment, _) => {
                format!("the environment variable `{name}` was {} and is {}", told(&input.value), told(&now))
            }
            (_, Some(path)) => format!("`{path}`, which `{name}` was read from, holds something else now"),
            (_, None) => format!("`{name}` was set to {}", told(&input.value)),
        })
    };
    let reasons: Vec<String> = plan.inputs.iter().filter_map(reason).collect();
    (!reasons.is_empty()).then(|| stale_plan(&reasons))
}

/// Returns the diagnostic of a plan that is stale for these reasons.
pub(super) fn stale_plan(reasons: &[String]) -> Diagnostic {
    Diagnostic::error("GPB7006", format!("this plan does not hold any more: {}", reasons.join("; ")))
        .help("make a new plan, read it, and apply that")
}

/// Returns the basis of a plan with these changes, but for the hash of the model.
pub(super) fn basis(inputs: &PlanInputs<'_>, changes: &[ResourceChange]) -> PlanBasis {
    let pending: BTreeSet<&Address> = changes.iter().filter(|c| c.is_pending()).map(|c| &c.address).collect();
    // A change holds what was read of those it refers to: they are part of the promise.
    let referred = pending.iter().flat_map(|address| inputs.graph.dependencies(address)).map(|(to, _)| to);
    let relevant: BTreeSet<&Address> = pending.iter().copied().chain(referred).collect();
    let mut observed = BTreeMap::new();
    for change in changes.iter().filter(|change| relevant.contains(&change.address)) {
        let old = change.moved_from.as_ref().unwrap_or(&change.address);
        let Some(now) = inputs.observation.and_then(|all| all.get(old).or_else(|| all.get(&change.address))) else {
            continue;
        };
        let applied = inputs.snapshot.resources.get(old).map(|record| &*record.applied);
        observed.insert(change.address.clone(), fingerprint(now.as_ref(), &change.desired, applied));
    }
    PlanBasis {
        model: String::new(),
        lineage: inputs.snapshot.lineage.clone(),
        serial: inputs.snapshot.serial,
        observed,
        account: inputs.options.account.clone(),
        gpb: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Returns the hash of what gpb manages: properties AWS alone keeps (counters, states, dates) may change under a plan.
fn fingerprint(now: Option<&ObservedResource>, desired: &PropertyMap, applied: Option<&Properties>) -> String {
    let Some(now) = now else { return "gone".to_owned() };
    let mut bytes = Vec::new();
    feed_text(&mut bytes, &now.id);
    for (name, json) in &*now.properties {
        let (desired, applied) = (desired.get(name.as_str()), applied.and_then(|applied| applied.get(name)));
        if desired.is_some() || applied.is_some() {
            feed_text(&mut bytes, name);
            feed(&mut bytes, &mask(json, desired, applied));
        }
    }
    hex(&Sha256::digest(&bytes))
}

fn feed_resource(bytes: &mut Vec<u8>, resource: &Resource) {
    let lifecycle = &resource.lifecycle;
    feed(
        bytes,
        &json!({
            "address": resource.address, "type": *resource.ty, "existing": resource.existing, "place": *resource.place,
            "layer": resource.layer.as_deref(), "after": resource.after, "protect": lifecycle.protect,
            "ignore": lifecycle.ignore, "replace": lifecycle.replace, "keep": lifecycle.keep,
        }),
    );
    for watched in &lifecycle.watched {
        feed_text(bytes, &watched.label);
        match &watched.value {
            Some(value) => feed_value(bytes, value),
            None => bytes.push(b'0'),
        }
    }
    for (name, value) in &resource.properties {
        feed_text(bytes, name);
        feed_value(bytes, value);
    }
}

/// Writes a value as [`feed`] writes its JSON, which is made only where it is not obvious.
fn feed_value(bytes: &mut Vec<u8>, value: &PropertyValue) {
    match value {
        PropertyValue::Text(text) => feed_text(bytes, text),
        PropertyValue::List(items) => {
            bytes.push(b'[');
            for item in items {
                feed_value(bytes, item);
            }
            bytes.push(b']');
        }
        value => feed(bytes, &Json::from(value.clone())),
    }
}

/// Writes a document for the hash whatever order its keys are kept in, each part closed so that no two run together.
fn feed(bytes: &mut Vec<u8>, json: &Json) {
    match json {
        Json::Object(entries) => {
            bytes.push(b'{');
            let mut sorted: Vec<(&String, &Json)> = entries.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in sorted {
                feed_text(bytes, key);
                feed(bytes, value);
            }
            bytes.push(b'}');
        }
        Json::Array(items) => {
            bytes.push(b'[');
            for item in items {
                feed(bytes, item);
            }
            bytes.push(b']');
        }
        Json::String(text) => feed_text(bytes, text),
        other => {
            bytes.extend_from_slice(other.to_string().as_bytes());
            bytes.push(b',');
        }
    }
}

fn feed_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'"');
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}
