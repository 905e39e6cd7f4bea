//! Policies of a team: rules about the resources of finished environments, over the same graph as facts.
//!
//! A policy of the program holds in all its environments; one of the library where an environment asks for its pack.

mod any_resource;
mod day;
mod evaluate;
mod in_force;
mod named;
mod packs;
mod reason;
mod settings;
mod waiver;

pub use day::is_day;
pub use evaluate::evaluate;
pub use in_force::{in_force, places};
pub use named::{name_of, named};
pub use packs::{FOLDER, PACKS, STANDARD, asked, packs_in};
pub use reason::spoken;
pub use settings::{SETTINGS, is_of_any_type, plain_text};
pub use waiver::waiver;
