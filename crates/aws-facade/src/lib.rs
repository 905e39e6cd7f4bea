//! AWS's API operations from JSON to JSON, over the official typed SDK crates.
//!
//! The SDKs have one Rust type for each shape, so that a caller must know every service at compile time. This crate turns
//! that around: an operation is a name, its input and output are JSON in the spelling AWS documents. What stands between is
//! generated (`tools/facade/generate.py`) for the operations listed in `operations.toml`; the rest here is written by hand.
//!
//! Input is checked before anything is sent: an unknown member, a missing required one and a value of the wrong type are
//! refused with the place where they stand. Names of enumerations are not checked, since services learn new ones.
//!
//! The SDK leaves out of the output what the answer left out, except that scalars the model calls required read as `0` and
//! `false`.

mod clients;
pub mod config;
#[allow(dead_code, unused_imports, unused_macros, reason = "a build with few services uses less of it")]
mod convert;
mod error;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, clippy::restriction, deprecated, reason = "its text is the generator's")]
mod generated;
#[allow(dead_code, reason = "a build with few services uses less of it")]
mod run;

use generated::services::{KNOWN, SERVICES};
use serde_json::Value as Json;

pub use clients::Clients;
pub use error::{Error, ErrorKind};
pub use run::Versions;

/// Performs one operation and returns its output.
///
/// `service` is the crate's name for it (`elasticloadbalancingv2`), `operation` AWS's (`CreateListener`).
///
/// # Errors
/// The kind of the failure: the service's own error, no answer, a refused input, no credentials, or an operation that this
/// build does not carry.
pub async fn invoke(clients: &Clients, service: &str, operation: &str, input: Json) -> Result<Json, Error> {
    let Some(found) = SERVICES.iter().find(|known| known.name == service) else {
        return Err(Error::no_service(service, KNOWN));
    };
    let answer = (found.start)(clients, operation, input)?.await;
    answer.map_err(|error| error.of_operation(operation))
}

/// Lists the services of this build, each with its operations.
///
/// Both are in order.
pub fn operations() -> Vec<(&'static str, Vec<&'static str>)> {
    SERVICES.iter().map(|service| (service.name, (service.operations)())).collect()
}

/// Lists the SDK crates with their versions, linked and generated for.
pub fn versions() -> Vec<(&'static str, Versions)> {
    SERVICES.iter().map(|service| (service.name, service.versions)).collect()
}
