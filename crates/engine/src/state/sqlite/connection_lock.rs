//! Access to a connection that threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a connection. It is whole again after a panic elsewhere: its open transaction was rolled back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
