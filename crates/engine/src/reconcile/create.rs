//! Creating: at most one resource comes of it, and none is forgotten, whatever answers get lost.

use super::apply::Run;
use super::call::{CallSink, Trouble};
use super::outcome::Cause;
use super::prepare::Sent;
use crate::cloud::{
    CloudError, Create, ErrorKind, Find, Observed, Progress, Properties, ResourceKey, Sink as _, Update, document,
};
use crate::plan::Change;
use crate::state::{Conclusion, Intent, NewIntent, Operation, is_redacted};
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use serde_json::Value as Json;

impl Run<'_> {
    pub async fn create(&self, change: &Change) -> Result<(), Trouble> {
        let sent = self.prepare(change, None).await?;
        let intent = self.apply.writer.begin(NewIntent {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: change.place.clone(),
            operation: Operation::Create,
            id: None,
            desired: sent.applied.clone(),
            depends_on: self.built_on(change),
            layer: change.layer.clone(),
            started_ms: self.apply.clock.epoch_ms(),
        })?;
        let sink = CallSink::new(self, &change.address, intent.sequence);
        let mut doubtful = false;
        let made = self.create_until_sure(change, &sent, &intent, &sink, &mut doubtful).await;
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
    async fn create_until_sure(
        &self,
        change: &Change,
        sent: &Sent,
        intent: &Intent,
        sink: &CallSink<'_>,
        doubtful: &mut bool,
    ) -> Result<Observed, CloudError> {
        let mut backoff = self.backoff(&intent.token);
        let mut tried_in_doubt = false;
        loop {
            let attempt = match sink.id() {
                Some(id) => self.finish(change, sent, &intent.token, id, sink).await,
                None if *doubtful => match self.look_for(change, sent, &intent.token).await {
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
            if error.kind == ErrorKind::Ambiguous && sink.id().is_none() {
                *doubtful = true;
                tried_in_doubt = true;
            }
            // The name is taken, perhaps by ourselves: a try whose answer was lost came through late.
            let error = if error.kind == ErrorKind::AlreadyExists && tried_in_doubt && sink.id().is_none() {
                *doubtful = true;
                CloudError { kind: ErrorKind::Ambiguous, ..error }
            } else {
                error
            };
            self.pause(change, &mut backoff, error).await?;
        }
    }

    async fn call_create(
        &self,
        change: &Change,
        sent: &Sent,
        token: &str,
        sink: &CallSink<'_>,
    ) -> Result<Observed, CloudError> {
        let label = self.label(&change.address);
        let (ty, place, desired) = (&change.ty, &change.place, &sent.clear);
        self.apply.cloud.create(Create { ty, place, desired, label: &label, token }, sink).await
    }

    /// The resource a try with no answer has made, if it has.
    async fn look_for(&self, change: &Change, sent: &Sent, token: &str) -> Result<Option<Observed>, CloudError> {
        let matching = without_secrets(&sent.applied);
        let find = Find { ty: &change.ty, place: &change.place, matching: &matching, token: Some(token) };
        let mut found = self.apply.cloud.find(find).await?;
        match (found.pop(), found.len()) {
            (found, 0) => Ok(found),
            (_, others) => Err(several(&change.ty, others + 1)),
        }
    }

    /// Brings a resource that exists, but whose creation was cut short, to what was asked for.
    async fn finish(
        &self,
        change: &Change,
        sent: &Sent,
        token: &str,
        id: String,
        sink: &CallSink<'_>,
    ) -> Result<Observed, CloudError> {
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let invisible = || CloudError::new(ErrorKind::NotReady, "NotVisible", format!("{} is not visible yet", key.id));
        let before = match self.apply.cloud.wait(&key, sink).await {
            Err(error) if error.kind == ErrorKind::NotFound => Err(invisible()),
            answer => answer,
        }?;
        let Some(def) = self.apply.types.get(&change.ty) else { return Ok(before) };
        let changed = unfinished(&def, &before.properties, &sent.clear);
        if changed.is_empty() {
            return Ok(before);
        }
        let update = Update { key: &key, before: &before.properties, desired: &sent.clear, changed: &changed, token };
        self.apply.cloud.update(update, sink).await
    }

    /// Writes down a creation that failed for good: what it left stays known.
    async fn fail(
        &self,
        change: &Change,
        sent: &Sent,
        intent: &Intent,
        sink: &CallSink<'_>,
        doubtful: bool,
        error: CloudError,
    ) -> Result<(), Trouble> {
        if let Some(id) = sink.id() {
            let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
            let read = self.apply.cloud.read(&key).await.ok().flatten();
            let observed = read.unwrap_or(Observed { id: key.id, properties: Properties::new() });
            let record = self.record(change, sent, &observed, Some(format!("its creation failed: {error}")));
            let left = Some(Box::new(record));
            self.conclude(&change.address, intent.sequence, Conclusion::Failed { error: error.clone(), left }, None)?;
            return Err(Trouble::cloud(error));
        }
        if doubtful {
            // The intent stays open: the next run finds out what came of it.
            return Err(Trouble::Call { cause: Cause::Unsettled, error });
        }
        self.conclude(&change.address, intent.sequence, Conclusion::Failed { error: error.clone(), left: None }, None)?;
        Err(Trouble::cloud(error))
    }
}

/// A find that should have found one resource at most.
pub fn several(ty: &str, count: usize) -> CloudError {
    let message = format!("{count} resources of type {ty} may be the one that was being created");
    CloudError::new(ErrorKind::Ambiguous, "SeveralFound", message)
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
pub fn unfinished(def: &TypeDef, observed: &Properties, desired: &Properties) -> Vec<PropPath> {
    let root = PropPath::default();
    let open = desired.iter().filter(|(name, value)| {
        let path = root.child(name);
        !def.is_create_only(&path) && !observed.get(*name).is_some_and(|there| document::contains(there, value))
    });
    if def.updatable { open.map(|(name, _)| root.child(name)).collect() } else { Vec::new() }
}
