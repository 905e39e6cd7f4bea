//! Changing in place, taking over, and writing down what is kept.

use super::apply::ApplyRun;
use super::cloud_call::{CallSink, StepError};
use super::create::unfinished_properties;
use super::outcome::FailureCause;
use super::payload::Payload;
use crate::cloud::{CloudError, CloudErrorKind, ObservedResource, Properties, ResourceKey, UpdateRequest};
use crate::plan::ResourceChange;
use crate::state::{Conclusion, NewIntent, OperationKind, ResourceRecord};
use gpb_model::PropPath;

impl ApplyRun<'_> {
    pub async fn update(&self, change: &ResourceChange) -> Result<(), StepError> {
        let record = self.record_of(change)?;
        let sent = self.prepare(change, Some(&record)).await?;
        let intent = self.apply.writer.begin(NewIntent {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: record.place.clone(),
            operation: OperationKind::Update,
            id: Some(record.id.clone()),
            desired: sent.applied.clone(),
            depends_on: self.remaining_dependencies(change),
            layer: change.layer.clone(),
            started_ms: self.apply.clock.epoch_ms(),
        })?;
        let sink = CallSink::new(self, &change.address, intent.sequence);
        let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
        let before = change.before.clone().unwrap_or(record.observed);
        let done =
            self.update_with_retry(change, &sent, &intent.token, &key, record.tainted.is_some(), before, &sink).await;
        sink.check()?;
        match done {
            Ok(observed) => {
                let record = self.record(change, &sent, &observed, None);
                self.conclude(&change.address, intent.sequence, Conclusion::Done(Box::new(record)), Some(observed))
            }
            Err(error) if error.kind == CloudErrorKind::Ambiguous => {
                Err(StepError::Call { cause: FailureCause::Unsettled, error })
            }
            Err(error) => {
                self.conclude(
                    &change.address,
                    intent.sequence,
                    Conclusion::Failed { error: error.clone(), left: None },
                    None,
                )?;
                Err(StepError::cloud(error))
            }
        }
    }

    /// Tries until the resource is what it shall be or the failure is to be believed.
    #[allow(clippy::too_many_arguments)] // Each is a fact of this one call.
    async fn update_with_retry(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        token: &str,
        key: &ResourceKey,
        is_unfinished: bool,
        mut before: Properties,
        sink: &CallSink<'_>,
    ) -> Result<ObservedResource, CloudError> {
        let changed = self.changed_properties(change, sent, &before, is_unfinished);
        let mut backoff = self.backoff(token);
        loop {
            let attempt = if changed.is_empty() {
                self.apply.cloud.wait(key, sink).await
            } else {
                let (before, desired, changed) = (&before, &sent.clear, &changed);
                self.apply.cloud.update(UpdateRequest { key, before, desired, changed, token }, sink).await
            };
            let error = match attempt {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            let in_doubt = error.kind == CloudErrorKind::Ambiguous;
            self.pause(change, &mut backoff, error).await?;
            // An update says what shall be, so it may be made twice; it only must start from what is there.
            if in_doubt && let Ok(Some(observed)) = self.apply.cloud.read(key).await {
                before = observed.properties;
            }
        }
    }

    /// The places an update sets. What an unfinished creation was to set and no read can show is set again.
    fn changed_properties(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        before: &Properties,
        is_unfinished: bool,
    ) -> Vec<PropPath> {
        let mut changed: Vec<_> = change.differences.iter().map(|difference| difference.path.clone()).collect();
        if is_unfinished && let Some(def) = self.apply.types.get(&change.ty) {
            let open = unfinished_properties(&def, before, &sent.clear);
            changed.extend(open.into_iter().filter(|path| !change.ignore.iter().any(|ignored| ignored.covers(path))));
            changed.sort();
            changed.dedup();
        }
        changed
    }

    /// Takes over a resource that exists; what differs is then changed.
    pub async fn adopt(&self, change: &ResourceChange) -> Result<(), StepError> {
        let known = self.record_at(&change.address);
        if known.is_some_and(|record| change.id.as_ref().is_none_or(|id| *id == record.id)) {
            return self.update(change).await;
        }
        let id = change.id.clone().ok_or_else(|| {
            let message = "the plan does not say which resource to take over".to_owned();
            StepError::refused(FailureCause::Refused, CloudErrorKind::Internal, "NoIdentifier", message)
        })?;
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let observed = self.read_existing(change, &key).await?;
        let sent = self.prepare(change, None).await?;
        let record = self.record(change, &sent, &observed, Some("it is being taken over".to_owned()));
        self.put(record, observed)?;
        self.update(change).await
    }

    /// Nothing is done to the resource; what is known of it may have changed.
    pub async fn record_unchanged(&self, change: &ResourceChange) -> Result<(), StepError> {
        let mut record = self.record_of(change)?;
        if record.tainted.is_some() {
            return self.update(change).await;
        }
        let was = record.clone();
        let observed = change.before.clone().unwrap_or_else(|| record.observed.clone());
        record.depends_on = self.remaining_dependencies(change);
        record.layer.clone_from(&change.layer);
        record.protect = change.protect;
        let observed = ObservedResource { id: record.id.clone(), properties: observed };
        if record == was {
            self.record_observation(&change.address, observed);
            return Ok(());
        }
        self.put(record, observed)
    }

    /// Reads an `existing` resource, for the others to refer to.
    pub async fn read(&self, change: &ResourceChange) -> Result<(), StepError> {
        let Some(id) = change.id.clone() else {
            let message = format!("the plan does not say which resource {} is", change.address);
            return Err(StepError::refused(
                FailureCause::Unresolved,
                CloudErrorKind::Internal,
                "NoIdentifier",
                message,
            ));
        };
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let observed = self.read_existing(change, &key).await?;
        self.record_observation(&change.address, observed);
        Ok(())
    }

    async fn read_existing(&self, change: &ResourceChange, key: &ResourceKey) -> Result<ObservedResource, StepError> {
        let found = self.retry(change, || self.apply.cloud.read(key)).await.map_err(StepError::cloud)?;
        let gone = || CloudError::new(CloudErrorKind::NotFound, "NotFound", format!("{} {} is gone", key.ty, key.id));
        found.ok_or_else(|| StepError::cloud(gone()))
    }

    /// The record a change is about.
    pub fn record_of(&self, change: &ResourceChange) -> Result<ResourceRecord, StepError> {
        self.record_at(&change.address).ok_or_else(|| {
            let message = format!("{} is not in the state", change.address);
            StepError::refused(FailureCause::Refused, CloudErrorKind::Internal, "NoRecord", message)
        })
    }
}
