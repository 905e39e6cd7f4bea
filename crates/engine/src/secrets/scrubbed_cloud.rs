//! A cloud whose every text is scrubbed: no error, no news and no reason leaves it with a secret in it.

use super::SecretScrubber;
use crate::cloud::capability::{CapabilityGap, CapabilityRequest};
use crate::cloud::deletion_locks::{DeletionLock, DeletionLockRequest};
use crate::cloud::{
    Cloud, CloudError, CreateRequest, FindRequest, Identity, ObservedResource, Progress, ProgressSink, ResourceKey,
    UpdateRequest,
};
use async_trait::async_trait;
use gpb_model::Place;
use std::sync::Arc;
use std::time::Duration;

/// A cloud, and the scrubber of all that it says.
///
/// Values that it reads are given on as they are: they may be needed in clear. Whoever keeps or shows one scrubs it by
/// [`SecretScrubber::properties`].
#[derive(Clone)]
pub struct ScrubbedCloud<C> {
    cloud: C,
    scrubber: Arc<SecretScrubber>,
}

impl<C> ScrubbedCloud<C> {
    /// Returns a cloud that says nothing the scrubber knows to be secret.
    pub fn new(cloud: C, scrubber: Arc<SecretScrubber>) -> Self {
        Self { cloud, scrubber }
    }

    /// Returns the scrubber.
    pub fn scrubber(&self) -> &Arc<SecretScrubber> {
        &self.scrubber
    }

    fn scrubbed<T>(&self, answer: Result<T, CloudError>) -> Result<T, CloudError> {
        answer.map_err(|error| self.scrubber.error(error))
    }
}

/// A sink whose news are scrubbed first.
struct ScrubbedSink<'a> {
    sink: &'a dyn ProgressSink,
    scrubber: &'a SecretScrubber,
}

#[async_trait]
impl ProgressSink for ScrubbedSink<'_> {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        let progress = match progress {
            Progress::Waiting { for_what, elapsed } => {
                Progress::Waiting { for_what: self.scrubber.text(&for_what), elapsed }
            }
            other => other,
        };
        self.sink.progress(progress).await
    }

    fn deadline(&self) -> Option<Duration> {
        self.sink.deadline()
    }

    fn has_created(&self, ty: &str, is_it: &dyn Fn(&str) -> bool) -> bool {
        self.sink.has_created(ty, is_it)
    }
}

#[async_trait]
impl<C> Cloud for ScrubbedCloud<C>
where
    C: std::ops::Deref<Target: Cloud> + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.cloud.name()
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        self.scrubbed(self.cloud.identity(place).await)
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.scrubbed(self.cloud.supports(ty))
    }

    fn gaps(&self, request: CapabilityRequest<'_>) -> Vec<CapabilityGap> {
        self.cloud.gaps(request)
    }

    fn shows(&self, ty: &str, property: &str) -> bool {
        self.cloud.shows(ty, property)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.scrubbed(self.cloud.read(key).await)
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        self.cloud.read_many(keys).await.into_iter().map(|answer| self.scrubbed(answer)).collect()
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        self.scrubbed(self.cloud.find(find).await)
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let sink = ScrubbedSink { sink, scrubber: &self.scrubber };
        self.scrubbed(self.cloud.create(create, &sink).await)
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let sink = ScrubbedSink { sink, scrubber: &self.scrubber };
        self.scrubbed(self.cloud.update(update, &sink).await)
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let sink = ScrubbedSink { sink, scrubber: &self.scrubber };
        self.scrubbed(self.cloud.delete(key, token, &sink).await)
    }

    async fn deletion_locks(&self, request: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        let locks = self.scrubbed(self.cloud.deletion_locks(request).await)?;
        let scrubbed = |lock: DeletionLock| DeletionLock { reason: self.scrubber.text(&lock.reason), ..lock };
        Ok(locks.into_iter().map(scrubbed).collect())
    }

    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let sink = ScrubbedSink { sink, scrubber: &self.scrubber };
        self.scrubbed(self.cloud.turn_off_deletion_locks(key, token, &sink).await)
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let sink = ScrubbedSink { sink, scrubber: &self.scrubber };
        self.scrubbed(self.cloud.wait(key, &sink).await)
    }

    async fn mark(&self, key: &ResourceKey) -> Result<Option<String>, CloudError> {
        self.scrubbed(self.cloud.mark(key).await)
    }

    fn mark_of(&self, token: &str) -> String {
        self.cloud.mark_of(token)
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        let secret = self.scrubbed(self.cloud.secret(place, name).await)?;
        self.scrubber.hold(&secret, name);
        Ok(secret)
    }
}
