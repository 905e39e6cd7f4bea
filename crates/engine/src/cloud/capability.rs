//! Capability: what a cloud can do of a planned change, known before any call.

use gpb_model::{Place, PropPath, PropertyMap};
use serde_json::{Map, Value as Json};

/// An operation that a plan asks of a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedOperation {
    /// Reads it, or deletes it: nothing about its properties is asked.
    Reach,
    /// Creates it with all desired properties.
    Create,
    /// Updates it in place.
    Update,
}

/// A planned operation, as far as its values are known.
#[derive(Debug, Clone, Copy)]
pub struct CapabilityRequest<'a> {
    /// The type, in gpb's name.
    pub ty: &'a str,
    /// The account and the region.
    pub place: &'a Place,
    /// The operation.
    pub operation: PlannedOperation,
    /// The desired properties, with unknowns.
    pub desired: &'a PropertyMap,
    /// The properties as observed; empty for what is created.
    pub before: &'a Map<String, Json>,
    /// The places that an update changes.
    pub changed: &'a [PropPath],
}

/// A part of a planned change that a cloud cannot carry out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapabilityGap {
    /// The part of the change that it is about.
    pub subject: GapSubject,
    /// The gap, one sentence without a full stop: it reads the same for every resource that has it.
    pub message: String,
}

/// The part of a change that a [`CapabilityGap`] is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapSubject {
    /// The service that this build does not carry, by the SDK's name.
    Service(String),
    /// The whole type.
    Type,
    /// One property.
    Property(PropPath),
}
