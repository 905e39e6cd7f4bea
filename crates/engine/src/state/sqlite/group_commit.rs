//! Group commit: the writes that wait at the same time share a transaction, and so one wait for the disk.

use super::connection_lock::lock;
use super::scope_transaction::ScopeTransaction;
use crate::state::StateError;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// The writes that wait for the next transaction, in the order they came.
#[derive(Default)]
pub struct WriteQueue(Mutex<Vec<Box<dyn QueuedWrite>>>);

/// A write that waits for its transaction.
pub trait QueuedWrite: Send {
    /// Makes the write within a transaction; one that does not fit the state leaves no trace there.
    ///
    /// # Errors
    /// When the file cannot be written: then the whole transaction is void.
    fn perform(&mut self, transaction: &mut ScopeTransaction<'_>) -> Result<(), StateError>;

    /// Tells who waits for it how it ended, after the transaction is durable or has failed.
    fn publish(&mut self, failure: Option<&StateError>);
}

/// The result of a queued write, once there is one.
pub struct WriteResult<T>(Arc<Mutex<Option<Result<T, StateError>>>>);

struct Write<T, F> {
    act: Option<F>,
    outcome: Option<Result<T, StateError>>,
    result: Arc<Mutex<Option<Result<T, StateError>>>>,
}

impl WriteQueue {
    /// Queues a write.
    pub fn push<T, F>(&self, act: F) -> WriteResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut ScopeTransaction<'_>) -> Result<T, StateError> + Send + 'static,
    {
        let result = Arc::default();
        lock(&self.0).push(Box::new(Write { act: Some(act), outcome: None, result: Arc::clone(&result) }));
        WriteResult(result)
    }

    /// Takes all writes that wait.
    pub fn take(&self) -> Vec<Box<dyn QueuedWrite>> {
        std::mem::take(&mut *lock(&self.0))
    }
}

impl<T> WriteResult<T> {
    /// Takes the result, once the write has been made or has failed.
    pub fn take(&self) -> Option<Result<T, StateError>> {
        lock(&self.0).take()
    }
}

impl<T, F> QueuedWrite for Write<T, F>
where
    T: Send,
    F: FnOnce(&mut ScopeTransaction<'_>) -> Result<T, StateError> + Send,
{
    fn perform(&mut self, transaction: &mut ScopeTransaction<'_>) -> Result<(), StateError> {
        if let Some(act) = self.act.take() {
            self.outcome = Some(transaction.by_itself(act)?);
        }
        Ok(())
    }

    fn publish(&mut self, failure: Option<&StateError>) {
        let outcome = self.outcome.take();
        *lock(&self.result) = failure.map_or(outcome, |error| Some(Err(error.clone())));
    }
}

/// Lets everything else that is ready go first, once.
pub async fn let_others_go() {
    let mut gone = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gone, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
