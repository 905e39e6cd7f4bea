//! Deaths of the process: at any instant before or after a write of the journal and a call of the cloud.

use super::super::kill::Instants;
use super::coverage::Counts;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

/// Ends a life after a number of instants.
pub struct Reaper {
    left: AtomicI64,
    /// The instants at which a life has ended, each with how often.
    struck: Mutex<Counts>,
}

/// The payload of the unwinding that is a death.
pub struct Death;

impl Default for Reaper {
    fn default() -> Self {
        Self { left: AtomicI64::new(i64::MAX), struck: Mutex::default() }
    }
}

impl Reaper {
    /// Lets the next life end after `instants` more; `None` lets it live.
    pub fn arm(&self, instants: Option<i64>) {
        self.left.store(instants.unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Acts without dying, as another does at the same time.
    pub fn spare<T>(&self, act: impl FnOnce() -> T) -> T {
        let left = self.left.swap(i64::MAX, Ordering::SeqCst);
        let done = act();
        self.left.store(left, Ordering::SeqCst);
        done
    }

    /// Returns the instants at which a life has ended, each with how often.
    pub fn struck(&self) -> Counts {
        self.struck.lock().unwrap().clone()
    }
}

impl Instants for Reaper {
    fn instant(&self, point: &str) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            *self.struck.lock().unwrap().entry(point.to_owned()).or_default() += 1;
            // Unwinding drops what is in memory and runs nothing else, as far as the disk and the cloud can tell.
            resume_unwind(Box::new(Death));
        }
    }
}
