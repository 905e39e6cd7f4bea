//! Reports the resources that break a policy, and the waivers that let them pass for a time.
//!
//! A waived finding is advice until the waiver ends; then the policy holds again.

mod policy_check;
mod waivers;

pub use policy_check::check;
pub use waivers::unused_waivers;
