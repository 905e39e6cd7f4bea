//! The engine: the interface of clouds, the state, the plan, and its application.

pub mod cloud;
pub mod plan;
pub mod reconcile;
pub mod secrets;
pub mod state;
pub mod unknown;
