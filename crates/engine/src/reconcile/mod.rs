//! Makes a plan so: schedules its changes, calls the cloud, and writes down what it is about to do before it does it.
//!
//! The order of a run is [`crash_recovery`], which settles what an interrupted run left open, then [`refresh`], then a plan, then
//! [`apply`]. Nothing here knows a service or a store: clouds, stores, time, randomness' seed and the environment are given.

mod apply;
mod cancel;
mod cloud_call;
mod crash_recovery;
mod create;
mod delete;
mod error;
mod events;
mod outcome;
mod password;
mod payload;
mod rate_limiter;
mod refresh;
mod resolve;
pub mod schedule;
mod update;

pub use apply::{Apply, ApplyOptions, apply};
pub use cancel::CancelToken;
pub use crash_recovery::{CrashRecovery, IntentOutcome, recover};
pub use error::EngineError;
pub use events::{EngineEvent, EventSink, NullSink};
pub use outcome::{ApplyOutcome, CompletedChange, FailedChange, FailureCause, SkippedChange};
pub use refresh::{Refresh, RefreshResult, refresh};
pub use resolve::CallFunctions;
