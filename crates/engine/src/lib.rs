//! Plans and applies: what a cloud is, what is remembered, what would change, and carrying it out.

pub mod cloud;
pub mod plan;
pub mod reconcile;
pub mod state;
pub mod unknown;
