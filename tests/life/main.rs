//! The whole life of the sandbox on the cloud that behaves as AWS does: hours of it, on a clock that does not wait.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)] // Tests touch the world and may fail.

mod acts;
mod event_log;
mod keys;
mod network;
mod readers;
mod sandbox;
mod world;
