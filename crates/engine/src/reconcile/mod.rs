//! Makes a plan so: schedules its changes, calls the cloud, and writes down what it is about to do before it does it.
//!
//! The order of a run is [`recover`], which settles what an interrupted run left open, then [`refresh`], then a plan, then
//! [`apply`]. Nothing here knows a service or a store: clouds, stores, time, randomness' seed and the environment are given.

mod apply;
mod call;
mod cancel;
mod create;
mod delete;
mod error;
mod events;
mod lanes;
mod outcome;
mod prepare;
mod random;
mod recover;
mod refresh;
mod resolve;
pub mod schedule;
mod update;

pub use apply::{Apply, Options, apply};
pub use cancel::Cancel;
pub use error::EngineError;
pub use events::{Event, Events, Silent};
pub use outcome::{Cause, Done, Failure, Outcome, Skipped};
pub use recover::{Recovery, Settled, recover};
pub use refresh::{Refresh, Refreshed, refresh};
pub use resolve::Functions;
