//! What happens, as it happens: for progress on a terminal and for JSON lines.

use crate::cloud::CloudError;
use crate::plan::Action;
use gpb_model::Address;
use serde::Serialize;
use std::time::Duration;

/// One thing that happened. Times are since the run began.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EngineEvent {
    Started {
        address: Address,
        #[serde(rename = "type")]
        ty: String,
        action: Action,
        at_ms: u64,
    },
    /// The resource exists now, though it may not be ready.
    Identified {
        address: Address,
        id: String,
    },
    Waiting {
        address: Address,
        #[serde(rename = "for")]
        for_what: String,
        elapsed_ms: u64,
    },
    Retrying {
        address: Address,
        error: CloudError,
        after_ms: u64,
    },
    Done {
        address: Address,
        action: Action,
        id: Option<String>,
        elapsed_ms: u64,
    },
    Failed {
        address: Address,
        action: Action,
        error: CloudError,
        elapsed_ms: u64,
    },
    Skipped {
        address: Address,
        action: Action,
        /// The resource whose failure stopped this one; absent when the run was stopped.
        because: Option<Address>,
    },
    /// What became of an interrupted run's work.
    Settled {
        address: Address,
        what: String,
    },
}

/// Where events go.
pub trait EventSink: Send + Sync {
    fn event(&self, event: &EngineEvent);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullSink;

impl EventSink for NullSink {
    fn event(&self, _: &EngineEvent) {}
}

pub(super) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
