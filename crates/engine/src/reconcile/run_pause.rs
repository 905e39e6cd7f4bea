//! Retries within a run: they heed the rate limiter and the request to stop, and are shown.
//! The retry policy itself is in `cloud::retry`.

use super::call_log::LoggedCall;
use super::events::{EngineEvent, ms};
use super::intent::OpenIntent;
use super::rate_limiter::BucketKey;
use super::run::ApplyRun;
use crate::cloud::retry::{Backoff, RetryPause, seed, with_retry};
use crate::cloud::{CloudError, CloudErrorKind, ObservedResource, ResourceKey};
use crate::plan::ResourceChange;
use crate::state::OperationKind;
use async_trait::async_trait;
use futures::future::{Either, select};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// The pauses between the tries of one call.
pub struct RunPause<'a> {
    run: &'a ApplyRun<'a>,
    change: &'a ResourceChange,
    backoff: Backoff,
    /// The end of the step, by the run's clock; `None` for a call outside of one.
    deadline: Option<Duration>,
    /// True for a call that may fail because what it is built on is not known everywhere yet.
    heeds_freshness: bool,
}

impl<'a> ApplyRun<'a> {
    /// Returns the pauses of the call that an intent is about.
    pub fn pauses(&'a self, change: &'a ResourceChange, open: &OpenIntent<'_>) -> RunPause<'a> {
        RunPause {
            deadline: Some(open.sink.step_deadline()),
            heeds_freshness: open.intent.operation != OperationKind::Delete,
            ..self.read_pauses(change, &open.intent.token)
        }
    }

    /// Returns the pauses of a read; the subject makes them differ from those of other calls.
    fn read_pauses(&'a self, change: &'a ResourceChange, subject: &str) -> RunPause<'a> {
        let backoff = Backoff::new(seed(self.apply.options.seed, subject));
        RunPause { run: self, change, backoff, deadline: None, heeds_freshness: false }
    }

    /// Calls what changes nothing until it answers or its failure is to be believed.
    ///
    /// # Errors
    /// The last failure.
    pub async fn retry<T, F>(&self, change: &ResourceChange, call: impl FnMut(u32) -> F) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        with_retry(self.read_pauses(change, change.address.as_str()), call).await
    }

    /// Calls what a change needs and this run may have made a moment ago, until its failure is to be believed.
    ///
    /// # Errors
    /// The last failure.
    pub async fn retry_fresh<T, F>(&self, change: &ResourceChange, call: impl FnMut(u32) -> F) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let pauses = self.read_pauses(change, change.address.as_str());
        with_retry(RunPause { heeds_freshness: true, ..pauses }, call).await
    }

    /// Pauses after a failed try of a change, and reads the resource: the next try starts from what is there.
    ///
    /// # Errors
    /// The failure of the change, when it is to be believed or when no read answers in its time.
    pub async fn read_after_failure(
        &self,
        pauses: &mut RunPause<'_>,
        key: &ResourceKey,
        attempt: u32,
        error: CloudError,
    ) -> Result<Option<ObservedResource>, CloudError> {
        pauses.pause(error.clone()).await?;
        loop {
            let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
            match logged.run(self.apply.clock, self.apply.cloud.read(key)).await {
                Ok(found) => return Ok(found),
                Err(unread) => pauses.pause(unread).await.map_err(|_| error.clone())?,
            }
        }
    }
}

impl RunPause<'_> {
    /// Returns the wait before the next try, `None` when the failure is to be believed.
    fn wait_after(&mut self, error: &CloudError, now: Duration) -> Option<Duration> {
        let is_early = self.heeds_freshness && self.run.may_be_early(self.change, error, now);
        let kind = if is_early { CloudErrorKind::NotReady } else { error.kind };
        let wait = self.backoff.after(kind, now)?;
        self.deadline.is_none_or(|deadline| now.saturating_add(wait) <= deadline).then_some(wait)
    }
}

#[async_trait]
impl RetryPause for RunPause<'_> {
    async fn pause(&mut self, error: CloudError) -> Result<(), CloudError> {
        let (run, change) = (self.run, self.change);
        let (now, bucket) = (run.apply.clock.now(), BucketKey::new(&change.ty, &change.place));
        if error.kind == CloudErrorKind::Throttled {
            run.rate_limiter().throttled(&bucket, now);
        }
        let Some(wait) = self.wait_after(&error, now) else { return Err(error) };
        if run.apply.cancel.is_cancelled() {
            return Err(stopped(error));
        }
        let turn = run.rate_limiter().reserve(&bucket, now.saturating_add(wait));
        let wait = turn.saturating_sub(now);
        let address = change.address.clone();
        tracing::debug!(%address, kind = error.kind.as_str(), code = error.code, after_ms = ms(wait), "retry");
        run.apply.events.event(&EngineEvent::Retrying { address, error: error.clone(), after_ms: ms(wait) });
        match select(pin!(run.apply.clock.sleep(wait)), run.apply.cancel.cancelled()).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(stopped(error)),
        }
    }
}

/// Says of a failure that it was not believed: the run was stopped before the next try.
fn stopped(error: CloudError) -> CloudError {
    CloudError { message: format!("{}; the run was stopped before the next try", error.message), ..error }
}
