//! What is known to exist, or to have been about to: the records of the state and the traces of interrupted runs, each
//! with what the cloud says of it now.

use super::inputs::PlanInputs;
use super::moves;
use crate::cloud::{ObservedResource, Properties};
use crate::state::{Intent, OperationKind, ResourceRecord};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Place};
use std::collections::BTreeMap;

/// A resource that gpb made, or may have.
#[derive(Debug, Clone)]
pub(super) struct ManagedResource<'a> {
    pub ty: &'a str,
    pub place: &'a Place,
    pub id: String,
    /// As last applied.
    pub applied: &'a Properties,
    /// As the cloud answered then; `None` for an interrupted creation, which has no answer on record.
    pub recorded: Option<&'a Properties>,
    /// What it was built on, by the addresses of today.
    pub depends_on: Vec<Address>,
    pub layer: Option<&'a str>,
    pub protect: Option<bool>,
    /// Whether it has to be taken over: its creation was interrupted, or left something undone.
    pub adopt: bool,
    pub moved_from: Option<Address>,
    pub seen: Presence<'a>,
}

/// What the cloud says of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Presence<'a> {
    There(&'a ObservedResource),
    Gone,
    /// Nobody looked.
    Unseen,
}

impl<'a> ManagedResource<'a> {
    /// Its properties as far as they are known.
    pub fn properties(&self) -> &'a Properties {
        match self.seen {
            Presence::There(observed) => &observed.properties,
            Presence::Gone | Presence::Unseen => self.recorded.unwrap_or(self.applied),
        }
    }

    pub fn is_gone(&self) -> bool {
        matches!(self.seen, Presence::Gone)
    }
}

/// All that is known, by today's addresses.
#[derive(Debug, Default)]
pub(super) struct Inventory<'a> {
    pub managed: BTreeMap<Address, ManagedResource<'a>>,
    /// Interrupted creations that left nothing behind.
    pub void: Vec<&'a Intent>,
}

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
        let is_over = everything.managed.get(address).is_some_and(|managed| !managed.adopt);
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
        adopt: record.tainted.is_some(),
        moved_from: moved.map(|_| old.clone()),
        seen,
    };
    (address.clone(), managed)
}

/// What an interrupted creation left behind, if it was found, or if it was not looked for but had been given a name.
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
        adopt: true,
        moved_from: None,
        seen,
    })
}

fn renamed(addresses: &[Address], renames: &BTreeMap<Address, Address>) -> Vec<Address> {
    addresses.iter().map(|address| renames.get(address).unwrap_or(address).clone()).collect()
}
