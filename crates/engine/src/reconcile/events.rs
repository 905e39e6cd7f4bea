//! The events of a run, for progress on a terminal and for JSON lines.

use crate::cloud::CloudError;
use crate::plan::Action;
use gpb_model::Address;
use serde::Serialize;
use std::time::Duration;

/// One event of a run. Times are since the run began.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EngineEvent {
    /// The work on a change begins.
    Started {
        /// The address of the resource.
        address: Address,
        /// The type, in gpb's name.
        #[serde(rename = "type")]
        ty: String,
        /// The action of the change.
        action: Action,
        /// The time since the run began, in milliseconds.
        at_ms: u64,
    },
    /// The resource exists now, though it may not be ready.
    Identified {
        /// The address of the resource.
        address: Address,
        /// The primary identifier.
        id: String,
    },
    /// The resource exists and is not ready yet.
    Waiting {
        /// The address of the resource.
        address: Address,
        /// The awaited state, and the one now: "available (now `creating`)".
        #[serde(rename = "for")]
        for_what: String,
        /// The time since the wait began, in milliseconds.
        elapsed_ms: u64,
    },
    /// A call failed and will be tried again.
    Retrying {
        /// The address of the resource.
        address: Address,
        /// The failure.
        error: CloudError,
        /// The time until the next try, in milliseconds.
        after_ms: u64,
    },
    /// A change is done.
    Done {
        /// The address of the resource.
        address: Address,
        /// The action of the change.
        action: Action,
        /// The primary identifier, when the resource exists.
        id: Option<String>,
        /// The time the change took, in milliseconds.
        elapsed_ms: u64,
    },
    /// A change failed for good.
    Failed {
        /// The address of the resource.
        address: Address,
        /// The action of the change.
        action: Action,
        /// The failure.
        error: CloudError,
        /// The time since the change began, in milliseconds.
        elapsed_ms: u64,
    },
    /// A change was not begun.
    Skipped {
        /// The address of the resource.
        address: Address,
        /// The action of the change.
        action: Action,
        /// The resource whose failure stopped this one; absent when the run was stopped.
        because: Option<Address>,
    },
    /// The outcome of an interrupted change is known.
    Settled {
        /// The address of the resource.
        address: Address,
        /// The outcome, a sentence.
        what: String,
    },
}

/// A receiver of events.
pub trait EventSink: Send + Sync {
    /// Takes an event.
    fn event(&self, event: &EngineEvent);
}

/// A sink that drops all events.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullSink;

impl EventSink for NullSink {
    fn event(&self, _: &EngineEvent) {}
}

/// Returns a duration in milliseconds.
pub(super) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
