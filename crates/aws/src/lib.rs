//! The real cloud: AWS, driven by bindings over its APIs.
//!
//! What a resource type becomes in calls is data (`stdlib/aws/*.toml`, described in `docs/bindings.md`); [`AwsCloud`] runs it
//! over an [`Invoke`].

pub mod binding;
pub mod check;
mod errors;
pub mod invoke;
pub mod load;
mod map;
mod path;
pub mod price_list;
mod run;
mod scope;
#[cfg(feature = "_sdk")]
mod sdk;
mod shapes;
mod spelling;
mod template;
#[cfg(test)]
mod tests;

pub use invoke::{Invoke, InvokeError, InvokeErrorKind};
pub use load::{BindingError, Bindings, Types};
pub use run::{AwsCloud, short_token};
#[cfg(feature = "_sdk")]
pub use sdk::Sdk;
