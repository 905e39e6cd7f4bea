//! The real cloud: AWS, driven by bindings over its APIs.

pub mod invoke;

pub use invoke::{Invoke, InvokeError, InvokeErrorKind};
