//! Gives nested text the stack it needs.

use gpb_base::threads::run_on_stack;

/// The depth, in brackets, up to which the stack at hand suffices: even a test's.
const SHALLOW: usize = 12;
/// The size of the large stack, in bytes.
///
/// It is enough for the deepest text, even in a build without optimisation.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Reports whether the stack at hand suffices for text that nests `depth` brackets.
pub(super) fn is_shallow(depth: usize) -> bool {
    depth <= SHALLOW
}

/// Runs `work` where the stack suffices for text that nests `depth` brackets.
///
/// `None` if no thread with such a stack can be started.
pub(super) fn with_stack<T: Send>(depth: usize, work: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    if is_shallow(depth) { work() } else { run_on_stack(STACK_BYTES, work)? }
}
