//! Creating: at most one resource comes of it, and none is forgotten, whatever answers get lost.

use super::call_log::LoggedCall;
use super::intent::{CallEnd, OpenIntent};
use super::payload::Payload;
use super::postcondition::Unmet;
use super::run::ApplyRun;
use super::step_error::StepError;
use super::unfinished::unfinished_places;
use crate::cloud::retry::RetryPause as _;
use crate::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, ObservedResource, Progress, ProgressSink as _, Properties,
    ResourceKey, UpdateRequest,
};
use crate::plan::ResourceChange;
use crate::state::{OperationKind, ResourceRecord, holds_redacted};
use std::time::Duration;

impl ApplyRun<'_> {
    /// Creates the resource of a change.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn create(&self, change: &ResourceChange) -> Result<(), StepError> {
        let sent = self.prepare(change, None).await?;
        let open = self.begin(&change.address, self.intent_of(change, OperationKind::Create, None, &sent)).await?;
        let mut doubt = Doubt::default();
        let end = match self.create_with_retry(change, &sent, &open, &mut doubt).await {
            Ok(observed) => self.created(change, &sent, &open, observed).await,
            Err(error) => self.failed_creation(change, &sent, &open, doubt.since.is_some(), error).await,
        };
        open.close(end).await
    }

    /// Returns the end of a creation that was answered as done.
    async fn created(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        observed: ObservedResource,
    ) -> CallEnd {
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id: observed.id.clone() };
        match self.confirm(change, sent, open, &key, None, observed).await {
            Ok(observed) => CallEnd::Done(Box::new(self.record(change, sent, &observed, None)), observed),
            Err(unmet) => self.failed_confirmation(change, sent, *unmet),
        }
    }

    /// Returns the end of a creation that was answered as done and is not to be seen.
    pub fn failed_confirmation(&self, change: &ResourceChange, sent: &Payload, unmet: Unmet) -> CallEnd {
        let Unmet { error, observed } = unmet;
        let reason = no_effect(&error);
        // What ended so before it was ever finished can only be replaced.
        let failed = error.kind == CloudErrorKind::FailedState;
        let left = ResourceRecord { failed, ..self.record(change, sent, &observed, Some(reason)) };
        CallEnd::Failed { error, left: Some(Box::new(left)) }
    }

    /// Tries until the resource exists or the failure is to be believed.
    ///
    /// Before each further try it is found out what the last one did.
    async fn create_with_retry(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        doubt: &mut Doubt,
    ) -> Result<ObservedResource, CloudError> {
        let (sink, clock) = (&open.sink, self.apply.clock);
        let mut pauses = self.pauses(change, open);
        let mut attempt = 1;
        loop {
            let answer = match (sink.id(), doubt.since) {
                (Some(id), _) => self.finish(change, sent, open, id, attempt).await,
                (None, Some(since)) => match self.find_in_doubt(change, sent, open, attempt, doubt).await {
                    Ok(Some(found)) => {
                        sink.progress(Progress::Identified { id: found.id }).await?;
                        continue;
                    }
                    Ok(None) if clock.now().saturating_sub(since) < LATE_ANSWER => Err(unanswered()),
                    Ok(None) => {
                        doubt.since = None;
                        // Nothing that bears the name is this creation's.
                        if let Some(taken) = doubt.taken.take() {
                            return Err(taken);
                        }
                        continue;
                    }
                    Err(error) => Err(error),
                },
                (None, None) => match self.call_create(change, sent, open, attempt).await {
                    Err(error) => self.heed_refusal(change, sent, open, attempt, doubt, error).await,
                    made => made,
                },
            };
            let error = match answer {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            pauses.pause(error).await?;
            attempt += 1;
        }
    }

    async fn find_in_doubt(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        attempt: u32,
        doubt: &Doubt,
    ) -> Result<Option<ObservedResource>, CloudError> {
        self.find_created(change, sent, open, attempt, doubt.is_possible && open.sink.is_sent()).await
    }

    /// Returns what a failed call of a creation comes to.
    ///
    /// A name that is taken may be taken by ourselves: by an earlier run, whose search could not see it.
    async fn heed_refusal(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        attempt: u32,
        doubt: &mut Doubt,
        error: CloudError,
    ) -> Result<ObservedResource, CloudError> {
        let (sink, now) = (&open.sink, self.apply.clock.now());
        let error = doubt.heed(error, sink.id().is_some(), now);
        if sink.id().is_some() || error.kind != CloudErrorKind::AlreadyExists {
            return Err(error);
        }
        // No call of this run is in doubt, so that only a mark tells.
        match self.find_created(change, sent, open, attempt, false).await {
            Ok(Some(found)) => {
                sink.progress(Progress::Identified { id: found.id.clone() }).await?;
                self.finish(change, sent, open, found.id, attempt).await
            }
            Err(look) if look.kind.is_retryable() => {
                (doubt.since, doubt.taken) = (Some(now), Some(error));
                Err(look)
            }
            Ok(None) | Err(_) => Err(error),
        }
    }

    async fn call_create(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        attempt: u32,
    ) -> Result<ObservedResource, CloudError> {
        let label = self.label(&change.address);
        let (ty, place, desired, token) = (&change.ty, &change.place, &sent.clear, &open.intent.token);
        let call = self.apply.cloud.create(CreateRequest { ty, place, desired, label: &label, token }, &open.sink);
        LoggedCall { operation: "create", ty, place, attempt }.run(self.apply.clock, call).await
    }

    /// Finds the resource that a try with no answer has created, if it has.
    async fn find_created(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        attempt: u32,
        is_sent: bool,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let matching = without_secrets(&sent.applied);
        let (ty, place, token) = (&change.ty, &change.place, open.intent.token.as_str());
        let label = self.label(&change.address);
        let (token, label) = (Some(token), Some(label.as_str()));
        let find = self.apply.cloud.find(FindRequest { ty, place, matching: &matching, token, label, sent: is_sent });
        only_one(ty, LoggedCall { operation: "find", ty, place, attempt }.run(self.apply.clock, find).await?)
    }

    /// Brings a resource that exists, but whose creation was cut short, to what was asked for.
    async fn finish(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        id: String,
        attempt: u32,
    ) -> Result<ObservedResource, CloudError> {
        let (cloud, clock) = (self.apply.cloud, self.apply.clock);
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let logged = |operation| LoggedCall { operation, ty: &key.ty, place: &key.place, attempt };
        let invisible =
            || CloudError::new(CloudErrorKind::NotReady, "NotVisible", format!("{} is not visible yet", key.id));
        let before = match logged("wait").run(clock, cloud.wait(&key, &open.sink)).await {
            Err(error) if error.kind == CloudErrorKind::NotFound => Err(invisible()),
            answer => answer,
        }?;
        let Some(def) = self.apply.types.get(&change.ty) else { return Ok(before) };
        let left = unfinished_places(&def, &change.ignore, sent, &self.redacted(sent, &before));
        if left.changed.is_empty() {
            return Ok(before);
        }
        let (before, desired, token) = (&before.properties, &sent.clear, open.intent.token.as_str());
        let (changed, reasserted) = (&left.changed, &left.reasserted);
        let update = UpdateRequest { key: &key, before, desired, changed, reasserted, token };
        logged("update").run(clock, cloud.update(update, &open.sink)).await
    }

    /// Returns the end of a creation that failed for good: what it left stays known.
    async fn failed_creation(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        doubtful: bool,
        error: CloudError,
    ) -> CallEnd {
        let Some(id) = open.sink.id() else {
            return if doubtful { CallEnd::Unsettled(error) } else { CallEnd::Failed { error, left: None } };
        };
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let reason = format!("its creation failed: {error}");
        let left = self.left(change, sent, key, error.kind, reason).await;
        CallEnd::Failed { error, left: Some(Box::new(left)) }
    }

    /// Returns the record of what a creation that failed has left.
    pub async fn left(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        key: ResourceKey,
        kind: CloudErrorKind,
        reason: String,
    ) -> ResourceRecord {
        let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt: 1 };
        let read = logged.run(self.apply.clock, self.apply.cloud.read(&key)).await.ok().flatten();
        let observed = read.unwrap_or(ObservedResource { id: key.id, properties: Properties::new().into() });
        let failed = kind == CloudErrorKind::FailedState;
        ResourceRecord { failed, ..self.record(change, sent, &observed, Some(reason)) }
    }
}

/// Returns why a change that was answered as done is not finished.
pub fn no_effect(error: &CloudError) -> String {
    format!("its last change did not take effect: {}", error.message)
}

/// The time after which a creation without an answer has surely shown, if it was carried out.
const LATE_ANSWER: Duration = Duration::from_secs(15);

/// The doubt about what the calls of a creation have done.
#[derive(Default)]
struct Doubt {
    /// The time of the last call without an answer, as long as nobody knows what it did.
    since: Option<Duration>,
    /// True once a call had no answer.
    is_possible: bool,
    /// The last refusal because of the name.
    taken: Option<CloudError>,
}

impl Doubt {
    /// Takes note of a failed call, and returns what it means.
    fn heed(&mut self, error: CloudError, is_identified: bool, now: Duration) -> CloudError {
        if is_identified {
            return error;
        }
        if error.kind == CloudErrorKind::Ambiguous {
            (self.since, self.is_possible) = (Some(now), true);
        }
        // The name is taken, perhaps by ourselves: a try whose answer was lost came through late.
        if error.kind == CloudErrorKind::AlreadyExists && self.is_possible {
            self.since = Some(now);
            self.taken = Some(error.clone());
            return CloudError { kind: CloudErrorKind::Ambiguous, ..error };
        }
        error
    }
}

fn unanswered() -> CloudError {
    let message = "no answer came; looking whether it was created nevertheless";
    CloudError::new(CloudErrorKind::Ambiguous, "NoAnswer", message)
}

/// Returns the one resource that a search for an interrupted creation found, if any.
///
/// # Errors
/// When it found several: nobody knows which was being created.
pub fn only_one(ty: &str, mut found: Vec<ObservedResource>) -> Result<Option<ObservedResource>, CloudError> {
    match (found.pop(), found.len()) {
        (found, 0) => Ok(found),
        (_, others) => {
            let message = format!("{} resources of type {ty} may be the one that was being created", others + 1);
            Err(CloudError::new(CloudErrorKind::Ambiguous, "SeveralFound", message))
        }
    }
}

/// Returns the top-level properties without those that hold a secret's hash: what a search can go by.
pub fn without_secrets(applied: &Properties) -> Properties {
    applied
        .iter()
        .filter(|(_, value)| !holds_redacted(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
