//! The inventory: the records of the state and the traces of interrupted runs, each with what the cloud returned.

use super::inputs::PlanInputs;
use super::moves;
use crate::cloud::{ObservedResource, Properties, SharedProperties};
use crate::state::{Intent, OperationKind, ResourceRecord};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Place};
use std::collections::BTreeMap;

/// A resource that gpb made, or may have.
#[derive(Debug, Clone)]
pub(super) struct ManagedResource<'a> {
    /// The type, in gpb's name.
    pub ty: &'a str,
    /// The account and the region.
    pub place: &'a Place,
    /// The primary identifier.
    pub id: String,
    /// As last applied.
    pub applied: &'a Properties,
    /// As the cloud answered then; `None` for an interrupted creation, which has no answer on record.
    pub recorded: Option<&'a SharedProperties>,
    /// The addresses it was built on, by their names of today.
    pub depends_on: Vec<Address>,
    /// The layer that declared it.
    pub layer: Option<&'a str>,
    /// The protection as last declared.
    pub protect: Option<bool>,
    /// True when it stays on AWS when gpb lets go of it, as last declared.
    pub keep: bool,
    /// The values that it was made for, by their expressions; `None` for an interrupted creation.
    pub watched: Option<&'a Properties>,
    /// True when it has to be adopted: its creation was interrupted, or left something undone.
    pub adopt: bool,
    /// True when its creation has come to its end.
    pub is_created: bool,
    /// The reason that it can only be replaced: it ended in a failed state.
    pub failed: Option<&'a str>,
    /// The address before a `moved`.
    pub moved_from: Option<Address>,
    /// Its presence in the cloud.
    pub seen: Presence<'a>,
}

/// The presence of a resource in the cloud.
#[derive(Debug, Clone, Copy)]
pub(super) enum Presence<'a> {
    /// It exists.
    There(&'a ObservedResource),
    /// It does not exist.
    Gone,
    /// Not looked for.
    Unseen,
}

impl<'a> ManagedResource<'a> {
    /// Returns its properties as far as they are known.
    pub fn properties(&self) -> &'a Properties {
        match self.seen {
            Presence::There(observed) => &observed.properties,
            Presence::Gone | Presence::Unseen => self.recorded.map_or(self.applied, |recorded| recorded),
        }
    }

    /// Returns the same, shared with the one who has them.
    pub fn shared_properties(&self) -> SharedProperties {
        match self.seen {
            Presence::There(observed) => observed.properties.clone(),
            Presence::Gone | Presence::Unseen => self.recorded.cloned().unwrap_or_else(|| self.applied.clone().into()),
        }
    }

    /// Returns true when it was looked for and does not exist.
    pub fn is_gone(&self) -> bool {
        matches!(self.seen, Presence::Gone)
    }
}

/// All that is known, by the addresses of today.
#[derive(Debug, Default)]
pub(super) struct Inventory<'a> {
    /// The resources by address.
    pub managed: BTreeMap<Address, ManagedResource<'a>>,
    /// Interrupted creations that left nothing behind.
    pub void: Vec<&'a Intent>,
}

/// Collects all that is known.
pub(super) fn inventory<'a>(inputs: &PlanInputs<'a>) -> Result<Inventory<'a>, Vec<Diagnostic>> {
    let renames = moves::renames(inputs)?;
    let mut everything = Inventory::default();
    for (old, record) in &inputs.snapshot.resources {
        let (address, managed) = from_record(inputs, old, record, &renames);
        everything.managed.insert(address, managed);
    }
    let mut intents: Vec<&Intent> = inputs.snapshot.pending.iter().collect();
    intents.sort_by_key(|intent| intent.sequence);
    for intent in intents {
        let address = renames.get(&intent.address).unwrap_or(&intent.address);
        let is_over = everything.managed.get(address).is_some_and(|managed| managed.is_created);
        // What an update or a deletion has done is seen by comparing; a creation over what stands is a replacement, which
        // is planned again.
        if intent.operation != OperationKind::Create || is_over {
            continue;
        }
        match from_intent(inputs, intent, &renames) {
            Some(managed) => drop(everything.managed.insert(address.clone(), managed)),
            None => everything.void.push(intent),
        }
    }
    Ok(everything)
}

fn from_record<'a>(
    inputs: &PlanInputs<'a>,
    old: &Address,
    record: &'a ResourceRecord,
    renames: &BTreeMap<Address, Address>,
) -> (Address, ManagedResource<'a>) {
    let moved = renames.get(old);
    let address = moved.unwrap_or(old);
    let seen = match inputs.observation.map(|all| all.get(old).or_else(|| all.get(address))) {
        None | Some(None) => Presence::Unseen,
        Some(Some(None)) => Presence::Gone,
        Some(Some(Some(observed))) => Presence::There(observed),
    };
    let id = match seen {
        Presence::There(observed) => &observed.id,
        Presence::Gone | Presence::Unseen => &record.id,
    };
    let managed = ManagedResource {
        ty: &record.ty,
        place: &record.place,
        id: id.clone(),
        applied: &record.applied,
        recorded: Some(&record.observed),
        depends_on: renamed(&record.depends_on, renames),
        layer: record.layer.as_deref(),
        protect: record.protect,
        keep: record.keep,
        watched: Some(&record.watched),
        adopt: record.tainted.is_some(),
        is_created: record.tainted.is_none() || record.changing,
        failed: record.tainted.as_deref().filter(|_| record.failed),
        moved_from: moved.map(|_| old.clone()),
        seen,
    };
    (address.clone(), managed)
}

/// Returns what an interrupted creation left behind: it was found, or not looked for but had been given a name.
fn from_intent<'a>(
    inputs: &PlanInputs<'a>,
    intent: &'a Intent,
    renames: &BTreeMap<Address, Address>,
) -> Option<ManagedResource<'a>> {
    let (id, seen) = match inputs.observation.and_then(|all| all.get(&intent.address)) {
        Some(Some(observed)) => (observed.id.clone(), Presence::There(observed)),
        Some(None) => return None,
        None => (intent.id.clone()?, Presence::Unseen),
    };
    Some(ManagedResource {
        ty: &intent.ty,
        place: &intent.place,
        id,
        applied: &intent.desired,
        recorded: None,
        depends_on: renamed(&intent.depends_on, renames),
        layer: intent.layer.as_deref(),
        protect: None,
        keep: intent.keep,
        watched: None,
        adopt: true,
        is_created: false,
        failed: None,
        moved_from: None,
        seen,
    })
}

fn renamed(addresses: &[Address], renames: &BTreeMap<Address, Address>) -> Vec<Address> {
    addresses.iter().map(|address| renames.get(address).unwrap_or(address).clone()).collect()
}
