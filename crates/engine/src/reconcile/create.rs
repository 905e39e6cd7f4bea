//! Creating: at most one resource comes of it, and none is forgotten, whatever answers get lost.

use super::call_log::LoggedCall;
use super::intent::{CallEnd, OpenIntent};
use super::payload::Payload;
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::retry::RetryPause as _;
use crate::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, ObservedResource, Progress, ProgressSink as _, Properties,
    ResourceKey, UpdateRequest, property_paths,
};
use crate::plan::ResourceChange;
use crate::state::{OperationKind, holds_redacted};
use gpb_catalog::TypeDef;
use gpb_model::PropPath;

impl ApplyRun<'_> {
    /// Creates the resource of a change.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn create(&self, change: &ResourceChange) -> Result<(), StepError> {
        let sent = self.prepare(change, None).await?;
        let open = self.begin(&change.address, self.intent_of(change, OperationKind::Create, None, &sent)).await?;
        let mut doubtful = false;
        let end = match self.create_with_retry(change, &sent, &open, &mut doubtful).await {
            Ok(observed) => CallEnd::Done(Box::new(self.record(change, &sent, &observed, None)), observed),
            Err(error) => self.failed_creation(change, &sent, &open, doubtful, error).await,
        };
        open.close(end).await
    }

    /// Tries until the resource exists or the failure is to be believed.
    ///
    /// Before each further try it is found out what the last one did.
    async fn create_with_retry(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        doubtful: &mut bool,
    ) -> Result<ObservedResource, CloudError> {
        let (sink, token) = (&open.sink, open.intent.token.as_str());
        let mut pauses = self.pauses(change, token);
        let mut tried_in_doubt = false;
        let mut attempt = 1;
        loop {
            let answer = match sink.id() {
                Some(id) => self.finish(change, sent, open, id, attempt).await,
                None if *doubtful => match self.find_created(change, sent, token, attempt).await {
                    Ok(Some(found)) => {
                        sink.progress(Progress::Identified { id: found.id }).await?;
                        continue;
                    }
                    Ok(None) => {
                        *doubtful = false;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                None => self.call_create(change, sent, open, attempt).await,
            };
            let error = match answer {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            if error.kind == CloudErrorKind::Ambiguous && sink.id().is_none() {
                *doubtful = true;
                tried_in_doubt = true;
            }
            // The name is taken, perhaps by ourselves: a try whose answer was lost came through late.
            let error = if error.kind == CloudErrorKind::AlreadyExists && tried_in_doubt && sink.id().is_none() {
                *doubtful = true;
                CloudError { kind: CloudErrorKind::Ambiguous, ..error }
            } else {
                error
            };
            pauses.pause(error).await?;
            attempt += 1;
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
        token: &str,
        attempt: u32,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let matching = without_secrets(&sent.applied);
        let (ty, place) = (&change.ty, &change.place);
        let find = self.apply.cloud.find(FindRequest { ty, place, matching: &matching, token: Some(token) });
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
        let changed = unfinished_properties(&def, &before.properties, &sent.clear);
        if changed.is_empty() {
            return Ok(before);
        }
        let (before, desired, token) = (&before.properties, &sent.clear, open.intent.token.as_str());
        let update = UpdateRequest { key: &key, before, desired, changed: &changed, token };
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
        let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt: 1 };
        let read = logged.run(self.apply.clock, self.apply.cloud.read(&key)).await.ok().flatten();
        let observed = read.unwrap_or(ObservedResource { id: key.id, properties: Properties::new() });
        let record = self.record(change, sent, &observed, Some(format!("its creation failed: {error}")));
        CallEnd::Failed { error, left: Some(Box::new(record)) }
    }
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

/// Returns what a creation that was cut short has still to set.
///
/// What no read gives back is set again, unless only a creation can set it.
pub fn unfinished_properties(def: &TypeDef, observed: &Properties, desired: &Properties) -> Vec<PropPath> {
    let root = PropPath::default();
    let open = desired.iter().filter(|(name, value)| {
        let path = root.child(name);
        !def.is_create_only(&path) && !observed.get(*name).is_some_and(|there| property_paths::contains(there, value))
    });
    if def.updatable { open.map(|(name, _)| root.child(name)).collect() } else { Vec::new() }
}
