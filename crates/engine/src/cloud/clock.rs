//! Clocks: the system's, or a virtual one whose time passes as fast as a program waits for it.
#![allow(clippy::disallowed_methods)] // Here the clock that is injected elsewhere is read.

use async_trait::async_trait;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock: returns the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the time since some moment of its own; never goes back.
    fn now(&self) -> Duration;

    /// Returns the milliseconds since the epoch, for people.
    fn epoch_ms(&self) -> u64;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The system's clock. Its waiting needs a tokio runtime.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn epoch_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A clock that stands still while anything can be done, and then jumps to the next moment something waits for.
///
/// A run of an hour takes as long as its work does, and takes the same course each time.
#[derive(Debug, Clone, Default)]
pub struct VirtualClock {
    state: Arc<Mutex<VirtualState>>,
}

#[derive(Debug, Default)]
struct VirtualState {
    now: Duration,
    next: u64,
    sleeping: BTreeMap<(Duration, u64), Waker>,
}

impl VirtualClock {
    /// Runs a future to its end, letting time pass whenever nothing else can happen.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let signal = Arc::new(ThreadSignal { thread: thread::current(), woken: AtomicBool::new(false) });
        let waker = Waker::from(signal.clone());
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            while !signal.woken.swap(false, Ordering::SeqCst) {
                if !self.advance() {
                    // Nothing sleeps, so another thread must be about to wake this one.
                    thread::park();
                }
            }
        }
    }

    fn advance(&self) -> bool {
        let sleeper = {
            let mut state = self.lock();
            let first = state.sleeping.pop_first();
            if let Some(((deadline, _), _)) = &first {
                state.now = state.now.max(*deadline);
            }
            first
        };
        sleeper.map(|(_, waker)| waker.wake()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, VirtualState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct ThreadSignal {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for ThreadSignal {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.lock().now
    }

    fn epoch_ms(&self) -> u64 {
        // The first second of 2026, so that what is written looks like a date.
        1_767_225_600_000 + u64::try_from(self.now().as_millis()).unwrap_or(0)
    }

    async fn sleep(&self, duration: Duration) {
        let key = {
            let mut state = self.lock();
            state.next += 1;
            (state.now.saturating_add(duration), state.next)
        };
        VirtualSleep { clock: self.clone(), key }.await;
    }
}

struct VirtualSleep {
    clock: VirtualClock,
    key: (Duration, u64),
}

impl Future for VirtualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.lock();
        if state.now >= self.key.0 {
            state.sleeping.remove(&self.key);
            return Poll::Ready(());
        }
        state.sleeping.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for VirtualSleep {
    fn drop(&mut self) {
        self.clock.lock().sleeping.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::{join, select};

    #[test]
    fn virtual_time_passes_only_by_waiting() {
        let clock = VirtualClock::default();
        let order = Mutex::new(Vec::new());
        let nap = async |name: &'static str, seconds| {
            clock.sleep(Duration::from_secs(seconds)).await;
            order.lock().unwrap().push((name, clock.now().as_secs()));
        };
        clock.run(join(nap("long", 3600), nap("short", 60)));
        assert_eq!(*order.lock().unwrap(), [("short", 60), ("long", 3600)]);
    }

    #[test]
    fn what_is_dropped_is_waited_for_no_more() {
        let clock = VirtualClock::default();
        clock.run(async {
            select(pin!(clock.sleep(Duration::from_secs(5))), pin!(clock.sleep(Duration::from_secs(500)))).await;
            clock.sleep(Duration::from_secs(1)).await;
        });
        assert_eq!(clock.now(), Duration::from_secs(6));
    }
}
