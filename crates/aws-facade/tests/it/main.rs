//! The façade against an emulator, against a server that misbehaves, and against its own list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod credentials;
mod emulator;
mod errors;
mod fresh;
mod input;
mod support;
