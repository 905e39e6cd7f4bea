//! Room on the stack for texts that nest.

use std::panic::resume_unwind;

/// Brackets this deep are read on the stack at hand: even a test's thread has room for them.
const SHALLOW: usize = 12;
/// Enough for the deepest text there can be, in a build without optimisation.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs `work` where the stack suffices for text that nests `depth` brackets; `None` if no thread is to be had for it.
pub(super) fn with_stack<T: Send>(depth: usize, work: impl Fn() -> Option<T> + Sync) -> Option<T> {
    if depth <= SHALLOW {
        return work();
    }
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, &work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
        // The stack at hand may not suffice, and nobody would notice in time.
        Err(_) => None,
    })
}

/// The results of both: side by side if `apart`, where `other` must need little stack, and otherwise one after the other.
pub(super) fn join_if<A, B: Send>(apart: bool, work: impl FnOnce() -> A, other: impl Fn() -> B + Sync) -> (A, B) {
    if !apart {
        return (work(), other());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, &other);
        let done = work();
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(told)) => (done, told),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => (done, other()),
        }
    })
}
