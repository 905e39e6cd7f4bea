//! Creating: at most one resource comes of it, and none is forgotten, whatever answers get lost.

use super::apply::ApplyRun;
use super::cloud_call::{CallSink, StepError};
use super::outcome::FailureCause;
use super::payload::Payload;
use crate::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, ObservedResource, Progress, ProgressSink as _, Properties,
    ResourceKey, UpdateRequest, property_paths,
};
use crate::plan::ResourceChange;
use crate::state::{Conclusion, Intent, NewIntent, OperationKind, is_redacted};
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use serde_json::Value as Json;

impl ApplyRun<'_> {
    pub async fn create(&self, change: &ResourceChange) -> Result<(), StepError> {
        let sent = self.prepare(change, None).await?;
        let intent = self.apply.writer.begin(NewIntent {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: change.place.clone(),
            operation: OperationKind::Create,
            id: None,
            desired: sent.applied.clone(),
            depends_on: self.remaining_dependencies(change),
            layer: change.layer.clone(),
            started_ms: self.apply.clock.epoch_ms(),
        })?;
        let sink = CallSink::new(self, &change.address, intent.sequence);
        let mut doubtful = false;
        let made = self.create_with_retry(change, &sent, &intent, &sink, &mut doubtful).await;
        sink.check()?;
        match made {
            Ok(observed) => {
                let record = self.record(change, &sent, &observed, None);
                self.conclude(&change.address, intent.sequence, Conclusion::Done(Box::new(record)), Some(observed))
            }
            Err(error) => self.fail(change, &sent, &intent, &sink, doubtful, error).await,
        }
    }

    /// Tries until the resource is there or the failure is to be believed. Before each further try it is found out what
    /// the last one did.
    async fn create_with_retry(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        intent: &Intent,
        sink: &CallSink<'_>,
        doubtful: &mut bool,
    ) -> Result<ObservedResource, CloudError> {
        let mut backoff = self.backoff(&intent.token);
        let mut tried_in_doubt = false;
        loop {
            let attempt = match sink.id() {
                Some(id) => self.finish(change, sent, &intent.token, id, sink).await,
                None if *doubtful => match self.find_created(change, sent, &intent.token).await {
                    Ok(Some(found)) => {
                        sink.progress(Progress::Identified { id: found.id })?;
                        continue;
                    }
                    Ok(None) => {
                        *doubtful = false;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                None => self.call_create(change, sent, &intent.token, sink).await,
            };
            let error = match attempt {
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
            self.pause(change, &mut backoff, error).await?;
        }
    }

    async fn call_create(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        token: &str,
        sink: &CallSink<'_>,
    ) -> Result<ObservedResource, CloudError> {
        let label = self.label(&change.address);
        let (ty, place, desired) = (&change.ty, &change.place, &sent.clear);
        self.apply.cloud.create(CreateRequest { ty, place, desired, label: &label, token }, sink).await
    }

    /// The resource a try with no answer has made, if it has.
    async fn find_created(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        token: &str,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let matching = without_secrets(&sent.applied);
        let find = FindRequest { ty: &change.ty, place: &change.place, matching: &matching, token: Some(token) };
        let mut found = self.apply.cloud.find(find).await?;
        match (found.pop(), found.len()) {
            (found, 0) => Ok(found),
            (_, others) => Err(several_found(&change.ty, others + 1)),
        }
    }

    /// Brings a resource that exists, but whose creation was cut short, to what was asked for.
    async fn finish(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        token: &str,
        id: String,
        sink: &CallSink<'_>,
    ) -> Result<ObservedResource, CloudError> {
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let invisible =
            || CloudError::new(CloudErrorKind::NotReady, "NotVisible", format!("{} is not visible yet", key.id));
        let before = match self.apply.cloud.wait(&key, sink).await {
            Err(error) if error.kind == CloudErrorKind::NotFound => Err(invisible()),
            answer => answer,
        }?;
        let Some(def) = self.apply.types.get(&change.ty) else { return Ok(before) };
        let changed = unfinished_properties(&def, &before.properties, &sent.clear);
        if changed.is_empty() {
            return Ok(before);
        }
        let update =
            UpdateRequest { key: &key, before: &before.properties, desired: &sent.clear, changed: &changed, token };
        self.apply.cloud.update(update, sink).await
    }

    /// Writes down a creation that failed for good: what it left stays known.
    async fn fail(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        intent: &Intent,
        sink: &CallSink<'_>,
        doubtful: bool,
        error: CloudError,
    ) -> Result<(), StepError> {
        if let Some(id) = sink.id() {
            let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
            let read = self.apply.cloud.read(&key).await.ok().flatten();
            let observed = read.unwrap_or(ObservedResource { id: key.id, properties: Properties::new() });
            let record = self.record(change, sent, &observed, Some(format!("its creation failed: {error}")));
            let left = Some(Box::new(record));
            self.conclude(&change.address, intent.sequence, Conclusion::Failed { error: error.clone(), left }, None)?;
            return Err(StepError::cloud(error));
        }
        if doubtful {
            // The intent stays open: the next run finds out what came of it.
            return Err(StepError::Call { cause: FailureCause::Unsettled, error });
        }
        self.conclude(&change.address, intent.sequence, Conclusion::Failed { error: error.clone(), left: None }, None)?;
        Err(StepError::cloud(error))
    }
}

/// A find that should have found one resource at most.
pub fn several_found(ty: &str, count: usize) -> CloudError {
    let message = format!("{count} resources of type {ty} may be the one that was being created");
    CloudError::new(CloudErrorKind::Ambiguous, "SeveralFound", message)
}

/// The top-level properties without those that hold a secret's hash: what a search can go by.
pub fn without_secrets(applied: &Properties) -> Properties {
    fn holds_secret(value: &Json) -> bool {
        match value {
            _ if is_redacted(value) => true,
            Json::Array(items) => items.iter().any(holds_secret),
            Json::Object(entries) => entries.values().any(holds_secret),
            _ => false,
        }
    }
    applied.iter().filter(|(_, value)| !holds_secret(value)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What a creation that was cut short has still to set. What no read gives back is set again, unless only a creation can.
pub fn unfinished_properties(def: &TypeDef, observed: &Properties, desired: &Properties) -> Vec<PropPath> {
    let root = PropPath::default();
    let open = desired.iter().filter(|(name, value)| {
        let path = root.child(name);
        !def.is_create_only(&path) && !observed.get(*name).is_some_and(|there| property_paths::contains(there, value))
    });
    if def.updatable { open.map(|(name, _)| root.child(name)).collect() } else { Vec::new() }
}
