//! Runs work on second threads, and on threads with a large stack.
//!
//! A panic of a thread goes on in the thread that waits for it, as if the work had been done there.

use std::panic::resume_unwind;
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

/// Runs two pieces of work side by side and returns both results.
///
/// `apart` runs on a second thread or, if none can be started, on this one after `here`.
pub fn join<A: Send, B>(apart: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    join_with(Builder::new(), &apart, here)
}

/// Runs two pieces of work side by side if `parallel`, and otherwise one after the other.
pub fn join_if<A: Send, B>(parallel: bool, apart: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    if parallel {
        return join(apart, here);
    }
    let done = here();
    (apart(), done)
}

/// Runs two pieces of work side by side, `apart` on a stack of `stack_bytes` bytes.
///
/// If no thread can be started, `apart` runs on this one after `here`: its stack must be as large.
pub fn join_on_stack<A: Send, B>(stack_bytes: usize, apart: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    join_with(Builder::new().stack_size(stack_bytes), &apart, here)
}

fn join_with<A: Send, B>(builder: Builder, apart: &(impl Fn() -> A + Sync), here: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let thread = builder.spawn_scoped(scope, apart);
        let done = here();
        match thread {
            Ok(thread) => (wait(thread), done),
            Err(_) => (apart(), done),
        }
    })
}

/// Runs `work` on a thread with a stack of `stack_bytes` bytes and returns its result.
///
/// `None` if no thread can be started: the stack at hand may not suffice, and nobody would notice in time.
pub fn run_on_stack<T: Send>(stack_bytes: usize, work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|scope| spawn_on_stack(scope, stack_bytes, work).map(wait))
}

/// Starts `work` on a thread with a stack of `stack_bytes` bytes; `None` if there is none.
pub fn spawn_on_stack<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    stack_bytes: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    Builder::new().stack_size(stack_bytes).spawn_scoped(scope, work).ok()
}

/// Waits for a thread and returns its result.
pub fn wait<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::{join, join_if, join_on_stack, run_on_stack};
    use std::panic::catch_unwind;
    use std::thread::current;

    #[test]
    fn both_results_come_back_in_order() {
        let here = current().id();
        let (apart, same) = join(|| current().id(), || current().id());
        assert_ne!(apart, here);
        assert_eq!(same, here);
        assert_eq!(join_if(false, || current().id(), || current().id()), (here, here));
        assert_eq!(join_on_stack(1 << 20, || 1, || 2), (1, 2));
    }

    #[test]
    fn a_panic_goes_on_in_the_caller() {
        let panic = catch_unwind(|| run_on_stack(1 << 20, || -> u8 { panic!("as if it were here") }));
        assert_eq!(panic.err().and_then(|panic| panic.downcast::<&str>().ok()).as_deref(), Some(&"as if it were here"));
    }

    #[test]
    fn a_large_stack_is_there() {
        fn depth(left: usize) -> usize {
            let room = [left; 64];
            if left == 0 { 0 } else { 1 + depth(left - 1) + room[63] - left }
        }
        // More than the stack of a test's thread.
        assert_eq!(run_on_stack(256 << 20, || depth(50_000)), Some(50_000));
    }
}
