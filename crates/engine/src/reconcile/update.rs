//! Updating in place, adopting, and writing down what is kept.

use super::call_log::LoggedCall;
use super::create::no_effect;
use super::intent::{CallEnd, OpenIntent};
use super::outcome::FailureCause;
use super::payload::Payload;
use super::run::ApplyRun;
use super::step_error::StepError;
use super::unfinished::{OpenPlaces, unfinished_places};
use crate::cloud::{
    CloudError, CloudErrorKind, ObservedResource, Properties, ResourceKey, SharedProperties, UpdateRequest,
};
use crate::plan::ResourceChange;
use crate::state::{NewIntent, OperationKind, ResourceRecord, holds_redacted};

impl ApplyRun<'_> {
    /// Changes the resource of a change in place.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn update(&self, change: &ResourceChange) -> Result<(), StepError> {
        let record = self.record_of(change)?;
        let sent = self.prepare(change, Some(&record)).await?;
        let open =
            self.begin(&change.address, self.intent_of(change, OperationKind::Update, Some(&record), &sent)).await?;
        let before = change.before.clone().unwrap_or_else(|| record.observed.clone());
        let is_unfinished = record.tainted.is_some() && !record.changing;
        let left = self.places_to_set(change, &sent, &before, is_unfinished);
        let key = ResourceKey { ty: record.ty.clone(), place: record.place.clone(), id: record.id.clone() };
        let end = match self.update_with_retry(change, &sent, &open, &key, left.clone(), before).await {
            Ok(observed) => {
                let only = (!is_unfinished).then_some(left.changed.as_slice());
                match self.confirm(change, &sent, &open, &key, only, observed).await {
                    Ok(observed) => CallEnd::Done(Box::new(self.record(change, &sent, &observed, None)), observed),
                    Err(unmet) if is_unfinished => self.failed_confirmation(change, &sent, *unmet),
                    Err(unmet) => {
                        let left = record.unfinished(no_effect(&unmet.error), &self.remaining_dependencies(change));
                        CallEnd::Failed { error: unmet.error, left: Some(Box::new(left)) }
                    }
                }
            }
            Err(error) if error.kind == CloudErrorKind::Ambiguous => CallEnd::Unsettled(error),
            Err(error) if error.kind == CloudErrorKind::FailedState && is_unfinished => {
                let reason = format!("its creation failed: {error}");
                let left = self.left(change, &sent, key, error.kind, reason).await;
                CallEnd::Failed { error, left: Some(Box::new(left)) }
            }
            // The change of an earlier run has failed, and nothing is left to send: that is told once. The next plan judges by
            // what is read.
            Err(error) if error.kind == CloudErrorKind::FailedState && record.changing && left.changed.is_empty() => {
                let told = ResourceRecord { tainted: None, changing: false, ..record };
                CallEnd::Failed { error, left: Some(Box::new(told)) }
            }
            // It may be under way still, and then no property says so: the next apply has to wait for it.
            Err(error) if !is_unfinished && may_be_under_way(error.kind) => {
                let reason = format!("its last change was not finished: {error}");
                let left = record.unfinished(reason, &self.remaining_dependencies(change));
                CallEnd::Failed { error, left: Some(Box::new(left)) }
            }
            Err(error) => CallEnd::Failed { error, left: None },
        };
        open.close(end).await
    }

    /// Returns the intent to create or update the resource of a change; an update names the record that it is about.
    pub fn intent_of(
        &self,
        change: &ResourceChange,
        operation: OperationKind,
        record: Option<&ResourceRecord>,
        sent: &Payload,
    ) -> NewIntent {
        NewIntent {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: record.map_or_else(|| change.place.clone(), |record| record.place.clone()),
            operation,
            id: record.map(|record| record.id.clone()),
            desired: sent.kept.clone().into(),
            depends_on: self.remaining_dependencies(change),
            layer: change.layer.clone(),
            keep: change.keep,
            started_ms: self.apply.clock.epoch_ms(),
        }
    }

    /// Tries until the resource is what it shall be or the failure is to be believed.
    ///
    /// Each further try starts from what is there then, and sets only what is left.
    async fn update_with_retry(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        key: &ResourceKey,
        mut left: OpenPlaces,
        mut before: SharedProperties,
    ) -> Result<ObservedResource, CloudError> {
        let (cloud, clock, token) = (self.apply.cloud, self.apply.clock, open.intent.token.as_str());
        let mut pauses = self.pauses(change, open);
        let mut attempt = 1;
        loop {
            let logged = |operation| LoggedCall { operation, ty: &key.ty, place: &key.place, attempt };
            let answer = if left.changed.is_empty() {
                logged("wait").run(clock, cloud.wait(key, &open.sink)).await
            } else {
                let (desired, changed, reasserted) = (&sent.clear, &left.changed, &left.reasserted);
                let update = UpdateRequest { key, before: &before, desired, changed, reasserted, token };
                logged("update").run(clock, cloud.update(update, &open.sink)).await
            };
            let error = match answer {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            // Lists lag: what a read does not show, the next call says whether it is really gone.
            if let Some(observed) = self.read_after_failure(&mut pauses, key, attempt, error).await? {
                let shown = self.redacted(sent, &observed);
                let def = self.apply.types.get(&change.ty);
                left.narrow(def.as_deref(), &change.ignore, sent, &shown);
                before = observed.properties;
            }
            attempt += 1;
        }
    }

    /// Returns the places an update sets.
    ///
    /// What an unfinished creation was to set and no read can show is set again.
    fn places_to_set(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        before: &Properties,
        is_unfinished: bool,
    ) -> OpenPlaces {
        let changed = change.differences.iter().map(|difference| difference.path.clone()).collect();
        let mut places = OpenPlaces { changed, reasserted: Vec::new() };
        if is_unfinished && let Some(def) = self.apply.types.get(&change.ty) {
            places.merge(unfinished_places(&def, &change.ignore, sent, before));
        }
        places
    }

    /// Adopts a resource that exists; what differs is then changed.
    ///
    /// # Errors
    /// When it cannot be read or changed, or the journal cannot be written.
    pub async fn adopt(&self, change: &ResourceChange) -> Result<(), StepError> {
        let known = self.record_at(&change.address);
        if known.is_some_and(|record| change.id.as_ref().is_none_or(|id| *id == record.id)) {
            return self.update(change).await;
        }
        let id = change.id.clone().ok_or_else(|| {
            let message = "the plan does not say which resource to adopt".to_owned();
            StepError::refused(FailureCause::Refused, CloudErrorKind::Internal, "NoIdentifier", message)
        })?;
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let observed = self.read_existing(change, &key).await?;
        let sent = self.prepare(change, None).await?;
        let record = self.record(change, &sent, &observed, Some("it is being adopted".to_owned()));
        self.put(record, observed).await?;
        self.update(change).await
    }

    /// Writes down what is known of a resource to which nothing is done.
    ///
    /// # Errors
    /// When the state cannot be written.
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
        record.keep = change.keep;
        record.watched = self.watched_now(change, &was.watched);
        self.take_over(&mut record.applied, change);
        let clean = self.scrubber.properties(&record.observed, Some(&change.desired));
        if clean != *record.observed {
            record.observed = clean.into();
        }
        let observed = ObservedResource { id: record.id.clone(), properties: observed };
        if record == was {
            self.record_observation(&change.address, observed);
            return Ok(());
        }
        self.put(record, observed).await
    }

    /// Takes what is declared for applied, since the resource is so already.
    ///
    /// An update that was killed may have made it so: what gpb sent is its own to take away again. Values that only an apply
    /// knows, and secrets, stay as they are.
    fn take_over(&self, applied: &mut Properties, change: &ResourceChange) {
        let declared: Properties = change
            .desired
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_json()?)))
            .filter(|(name, _)| !applied.get(name).is_some_and(holds_redacted))
            .filter(|(name, _)| !change.ignore.iter().any(|path| path.head() == name))
            .collect();
        applied.retain(|name, value| change.desired.contains_key(name.as_str()) || holds_redacted(value));
        applied.extend(self.scrubber.properties(&declared, Some(&change.desired)));
    }

    /// Reads an `existing` resource, for the others to refer to.
    ///
    /// # Errors
    /// When it cannot be read.
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
        let read = |attempt| {
            let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
            logged.run(self.apply.clock, self.apply.cloud.read(key))
        };
        let found = self.retry(change, read).await.map_err(StepError::cloud)?;
        let gone = || CloudError::new(CloudErrorKind::NotFound, "NotFound", format!("{} {} is gone", key.ty, key.id));
        found.ok_or_else(|| StepError::cloud(gone()))
    }

    /// Returns the record a change is about.
    ///
    /// # Errors
    /// When there is none.
    pub fn record_of(&self, change: &ResourceChange) -> Result<ResourceRecord, StepError> {
        self.record_at(&change.address).ok_or_else(|| {
            let message = format!("{} is not in the state", change.address);
            StepError::refused(FailureCause::Refused, CloudErrorKind::Internal, "NoRecord", message)
        })
    }
}

/// Returns true for the failures after which a change may go on by itself: those of waiting, not those of being refused.
fn may_be_under_way(kind: CloudErrorKind) -> bool {
    kind.is_retryable() || matches!(kind, CloudErrorKind::TimedOut | CloudErrorKind::FailedState)
}
