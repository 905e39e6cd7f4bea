//! The real cloud: AWS, driven by bindings over its APIs.
//!
//! The calls that a resource type becomes are data (`stdlib/aws/*.toml`, described in `docs/bindings.md`); [`AwsCloud`]
//! runs them over an [`Invoke`].

pub mod binding;
pub mod binding_loader;
pub mod bound_type;
mod call_log;
mod errors;
pub mod invoke;
pub mod lint;
mod map;
mod name_matching;
mod path;
pub mod price_list;
mod runner;
#[cfg(feature = "_sdk")]
mod sdk;
mod shapes;
mod source_lines;
mod template;
mod template_scope;
#[cfg(test)]
mod tests;
mod waiters;

pub use binding_loader::{BindingError, Bindings};
pub use bound_type::{BoundType, Driver};
pub use invoke::{Invoke, InvokeError, InvokeErrorKind, NoSdk};
pub use runner::{AwsCloud, short_token};
#[cfg(feature = "_sdk")]
pub use sdk::Sdk;
