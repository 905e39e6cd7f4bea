//! Two things at once.

use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle, scope};

/// The results of two pieces of work: the first on a thread of its own, if there is one to be had.
pub fn join<A: Send, B>(apart: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let thread = Builder::new().spawn_scoped(scope, &apart);
        let done = here();
        match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(other)) => (other, done),
            Ok(Err(fault)) => resume_unwind(fault),
            Err(_) => (apart(), done),
        }
    })
}
