//! Retries within a run: they heed the rate limiter and the request to stop, and are shown.
//! The retry policy itself is in `cloud::retry`.

use super::events::{EngineEvent, ms};
use super::rate_limiter::BucketKey;
use super::run::ApplyRun;
use crate::cloud::retry::{Backoff, RetryPause, seed, with_retry};
use crate::cloud::{CloudError, CloudErrorKind};
use crate::plan::ResourceChange;
use async_trait::async_trait;
use futures::future::{Either, select};
use std::future::Future;
use std::pin::pin;

/// The pauses between the tries of one call.
pub struct RunPause<'a> {
    run: &'a ApplyRun<'a>,
    change: &'a ResourceChange,
    backoff: Backoff,
}

impl<'a> ApplyRun<'a> {
    /// Returns the pauses of one call; the subject makes them differ from those of other calls.
    pub fn pauses(&'a self, change: &'a ResourceChange, subject: &str) -> RunPause<'a> {
        RunPause { run: self, change, backoff: Backoff::new(seed(self.apply.options.seed, subject)) }
    }

    /// Calls what changes nothing until it answers or its failure is to be believed.
    ///
    /// # Errors
    /// The last failure.
    pub async fn retry<T, F>(&self, change: &ResourceChange, call: impl FnMut(u32) -> F) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        with_retry(self.pauses(change, change.address.as_str()), call).await
    }
}

#[async_trait]
impl RetryPause for RunPause<'_> {
    async fn pause(&mut self, error: CloudError) -> Result<(), CloudError> {
        let Self { run, change, backoff } = self;
        let (now, bucket) = (run.apply.clock.now(), BucketKey::new(&change.ty, &change.place));
        if error.kind == CloudErrorKind::Throttled {
            run.rate_limiter().throttled(&bucket, now);
        }
        let Some(wait) = backoff.after(error.kind).filter(|_| !run.apply.cancel.is_cancelled()) else {
            return Err(error);
        };
        let turn = run.rate_limiter().reserve(&bucket, now.saturating_add(wait));
        let wait = turn.saturating_sub(now);
        let address = change.address.clone();
        tracing::debug!(%address, kind = error.kind.as_str(), code = error.code, after_ms = ms(wait), "retry");
        run.apply.events.event(&EngineEvent::Retrying { address, error: error.clone(), after_ms: ms(wait) });
        match select(pin!(run.apply.clock.sleep(wait)), run.apply.cancel.cancelled()).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(error),
        }
    }
}
