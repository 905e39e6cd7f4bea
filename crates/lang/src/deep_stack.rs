//! A thread with a stack deep enough for evaluation.

use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle, scope};

/// The size of the stack, in bytes. Evaluation recurses as deep as values wait for each other; its ceiling is made for a
/// stack of this size. Only the pages that are touched are ever taken from the machine.
pub const STACK: usize = 512 * 1024 * 1024;

/// Runs `work` on a deep stack; returns none where no such thread can be started.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|scope| {
        let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(found)) => Some(found),
            // A fault of the compiler itself is the caller's to handle, as if there were no thread.
            Ok(Err(fault)) => resume_unwind(fault),
            Err(_) => None,
        }
    })
}
