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
#[allow(dead_code, unused_imports)] // A build with few services uses less of it.
mod convert;
mod error;
// Each file is as long as its service is wide, and its text is the generator's affair.
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, clippy::restriction, deprecated)]
mod generated;
#[allow(dead_code)] // As above.
mod run;

use serde_json::Value as Json;

pub use clients::Clients;
pub use error::{Error, ErrorKind};
pub use run::Versions;

/// Performs one operation: `service` is the crate's name for it (`elasticloadbalancingv2`), `operation` AWS's
/// (`CreateListener`).
pub async fn invoke(clients: &Clients, service: &str, operation: &str, input: Json) -> Result<Json, Error> {
    let Some(found) = generated::SERVICES.iter().find(|known| known.name == service) else {
        return Err(Error::no_service(service, generated::KNOWN));
    };
    let answer = (found.start)(clients, operation, input)?.await;
    answer.map_err(|error| error.of_operation(operation))
}

/// What this build can do: each service with its operations, both in order.
pub fn operations() -> Vec<(&'static str, Vec<&'static str>)> {
    generated::SERVICES.iter().map(|service| (service.name, (service.operations)())).collect()
}

/// The version of each SDK crate that is linked, and the one its part was generated for.
pub fn versions() -> Vec<(&'static str, Versions)> {
    generated::SERVICES.iter().map(|service| (service.name, service.versions)).collect()
}
