//! Applies a plan: the checks before, the steps, the outputs after.

use super::error::EngineError;
use super::events::ms;
use super::execution::Execution;
use super::outcome::ApplyOutcome;
use super::resolve::{ResolveSources, resolve_value, secrets_of};
use super::run::{Apply, ApplyRun};
use super::schedule::Schedule;
use crate::plan::Plan;
use crate::secrets::{ScrubbedCloud, SecretScrubber};
use crate::state::{StateError, StateSnapshot};
use futures::future::join_all;
use gpb_model::{Address, SecretSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Applies a plan, as far as it goes: a failure stops what depends on it and nothing else.
///
/// # Errors
/// When the plan does not fit the state, or the state can no longer be written. What was running is finished first.
pub async fn apply(apply: Apply<'_>) -> Result<ApplyOutcome, EngineError> {
    let snapshot = apply.writer.snapshot()?;
    check_fits(apply.plan, &snapshot)?;
    let moves = moves(apply.plan, &snapshot);
    apply.writer.move_addresses(&moves)?;
    let snapshot = if moves.is_empty() { snapshot } else { apply.writer.snapshot()? };
    let schedule = Schedule::new(apply.plan, &apply.options.durations);
    let scrubber = Arc::new(SecretScrubber::new(apply.writer.key()?, &snapshot));
    let cloud = ScrubbedCloud::new(apply.cloud, Arc::clone(&scrubber));
    hold_secrets(&Apply { cloud: &cloud, ..apply }, &scrubber).await;
    let run = ApplyRun::new(Apply { cloud: &cloud, ..apply }, snapshot, scrubber)?;
    let mut outcome = Execution::new(&run, &schedule).run().await?;
    outcome.outputs = run.outputs()?;
    let (done, failed, skipped) = (outcome.done.len(), outcome.failed.len(), outcome.skipped.len());
    tracing::info!(
        done,
        failed,
        skipped,
        cancelled = outcome.cancelled,
        duration_ms = ms(run.since_start()),
        "applied"
    );
    Ok(outcome)
}

/// Keeps in mind every secret that the plan names.
///
/// Somebody may have copied that of one resource into another one, and only the copy is to be written down: all are known
/// before the first is. One that cannot be read now is read again when it is sent.
async fn hold_secrets(apply: &Apply<'_>, scrubber: &SecretScrubber) {
    if apply.plan.is_empty() {
        return;
    }
    let mut stored = BTreeSet::new();
    for change in &apply.plan.changes {
        let mut wanted = BTreeSet::new();
        change.desired.values().for_each(|value| secrets_of(value, &mut wanted));
        for secret in wanted {
            match &secret {
                SecretSource::Env { name } => {
                    if let Some(value) = (apply.environment)(name) {
                        scrubber.hold(&value, name);
                    }
                }
                SecretSource::Store { name } => drop(stored.insert((change.place.clone(), name.clone()))),
                SecretSource::Generated { .. } => {}
            }
        }
    }
    // The scrubbed cloud holds what it reads.
    join_all(stored.iter().map(|(place, name)| apply.cloud.secret(place, name))).await;
}

fn check_fits(plan: &Plan, snapshot: &StateSnapshot) -> Result<(), EngineError> {
    if !plan.observed {
        return Err(EngineError::Unobserved);
    }
    // What is still open may wait, as long as the plan leaves it alone.
    if let Some(intent) = snapshot.pending.iter().find(|intent| !is_left_alone(plan, &intent.address)) {
        return Err(StateError::Unsettled { address: intent.address.clone() }.into());
    }
    let (basis, name) =
        (&plan.basis, |lineage: &str, serial| format!("{serial} of {}", lineage.get(..8).unwrap_or("none")));
    if (&basis.lineage, basis.serial) != (&snapshot.lineage, snapshot.serial) {
        let found = name(&snapshot.lineage, snapshot.serial);
        return Err(EngineError::Stale { expected: name(&basis.lineage, basis.serial), found });
    }
    check_order(plan)
}

fn is_left_alone(plan: &Plan, address: &Address) -> bool {
    let is_changed = plan.changes.iter().any(|change| change.address == *address);
    !is_changed && plan.withheld.iter().any(|one| one.address == *address)
}

/// Checks that each step waits only for earlier ones, as the plan promises.
fn check_order(plan: &Plan) -> Result<(), EngineError> {
    let address = |step: usize| Some(plan.changes.get(plan.steps.get(step)?.change)?.address.clone());
    for (index, step) in plan.steps.iter().enumerate() {
        let late = step.after.iter().find(|earlier| **earlier >= index);
        if late.is_some() || step.change >= plan.changes.len() {
            let path = [Some(index), late.copied()].into_iter().flatten().filter_map(address).collect();
            return Err(EngineError::Cycle { path });
        }
    }
    Ok(())
}

fn moves(plan: &Plan, snapshot: &StateSnapshot) -> Vec<(Address, Address)> {
    let moved = plan.changes.iter().filter_map(|change| Some((change.moved_from.clone()?, change.address.clone())));
    moved.filter(|(from, _)| snapshot.resources.contains_key(from)).collect()
}

impl ApplyRun<'_> {
    /// Fills in the plan's outputs and keeps them. One that cannot be filled in, because what it shows failed, stays as it was.
    fn outputs(&self) -> Result<BTreeMap<String, serde_json::Value>, EngineError> {
        let (secrets, kept) = (BTreeMap::new(), |_: &_| false);
        let outputs = |reference: &gpb_model::Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = ResolveSources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
        let mut filled = BTreeMap::new();
        for (name, value) in &self.apply.plan.outputs {
            let mut secret = BTreeSet::new();
            secrets_of(value, &mut secret);
            if !secret.is_empty() {
                continue;
            }
            let known =
                resolve_value(value, &sources).unwrap_or_else(|_| self.outputs_before.get(name.as_str()).cloned());
            filled.extend(known.map(|mut json| {
                self.scrubber.scrub(&mut json);
                (name.to_string(), json)
            }));
        }
        self.apply.writer.set_outputs(&filled)?;
        Ok(filled)
    }
}
