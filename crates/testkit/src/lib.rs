//! AWS emulators for tests: installed on first use, started on a free port, stopped when they go out of scope.
//!
//! ```no_run
//! let moto = gpb_testkit::Emulator::moto().unwrap();
//! assert!(moto.endpoint().starts_with("http://127.0.0.1:"));
//! ```
#![expect(clippy::disallowed_methods, reason = "tests may touch the world")]

mod emulator;
mod venv;

pub use emulator::Emulator;
pub use venv::{python, venv};
