//! Applies plans: runs their steps, calls the cloud, and writes down what it is about to do before it does it.
//!
//! The order of a run is [`recover`], which reconciles what an interrupted run left open, then [`refresh`], then a plan,
//! then [`apply`]. Nothing here knows a service or a store: clouds, stores, time, randomness' seed and the environment are given.

mod apply;
mod call_log;
mod call_sink;
mod cancel;
mod crash_recovery;
mod create;
mod delete;
mod deletion_locks;
mod error;
mod events;
mod execution;
mod freshness;
mod intent;
mod outcome;
mod password;
mod payload;
mod postcondition;
mod rate_limiter;
mod refresh;
mod removals;
mod resolve;
mod run;
mod run_pause;
mod schedule;
mod step;
mod step_error;
mod unfinished;
mod update;
mod watched;

pub use crate::unknown::CallFunctions;
pub use apply::apply;
pub use cancel::CancelToken;
pub use crash_recovery::{CrashRecovery, IntentOutcome, recover};
pub use deletion_locks::{LockReader, read_deletion_locks};
pub use error::EngineError;
pub use events::{EngineEvent, EventSink, NullSink};
pub use outcome::{ApplyOutcome, CompletedChange, FailedChange, FailureCause, SkippedChange};
pub use refresh::{Refresh, RefreshResult, refresh};
pub use run::{Apply, ApplyOptions};
