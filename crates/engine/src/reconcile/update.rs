//! Changing in place, taking over, and writing down what is kept.

use super::apply::Run;
use super::call::{CallSink, Trouble};
use super::create::unfinished;
use super::outcome::Cause;
use super::prepare::Sent;
use crate::cloud::{CloudError, ErrorKind, Observed, Properties, ResourceKey, Update};
use crate::plan::Change;
use crate::state::{Conclusion, NewIntent, Operation, Record};
use gpb_model::PropPath;

impl Run<'_> {
    pub async fn update(&self, change: &Change) -> Result<(), Trouble> {
        let record = self.known(change)?;
        let sent = self.prepare(change, Some(&record)).await?;
        let intent = self.apply.writer.begin(NewIntent {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: record.place.clone(),
            operation: Operation::Update,
            id: Some(record.id.clone()),
            desired: sent.applied.clone(),
            depends_on: self.built_on(change),
            layer: change.layer.clone(),
            started_ms: self.apply.clock.epoch_ms(),
        })?;
        let sink = CallSink::new(self, &change.address, intent.sequence);
        let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
        let before = change.before.clone().unwrap_or(record.observed);
        let done =
            self.update_until_sure(change, &sent, &intent.token, &key, record.tainted.is_some(), before, &sink).await;
        sink.check()?;
        match done {
            Ok(observed) => {
                let record = self.record(change, &sent, &observed, None);
                self.conclude(&change.address, intent.sequence, Conclusion::Done(Box::new(record)), Some(observed))
            }
            Err(error) if error.kind == ErrorKind::Ambiguous => Err(Trouble::Call { cause: Cause::Unsettled, error }),
            Err(error) => {
                self.conclude(
                    &change.address,
                    intent.sequence,
                    Conclusion::Failed { error: error.clone(), left: None },
                    None,
                )?;
                Err(Trouble::cloud(error))
            }
        }
    }

    /// Tries until the resource is what it shall be or the failure is to be believed.
    #[allow(clippy::too_many_arguments)] // Each is a fact of this one call.
    async fn update_until_sure(
        &self,
        change: &Change,
        sent: &Sent,
        token: &str,
        key: &ResourceKey,
        is_unfinished: bool,
        mut before: Properties,
        sink: &CallSink<'_>,
    ) -> Result<Observed, CloudError> {
        let changed = self.changed(change, sent, &before, is_unfinished);
        let mut backoff = self.backoff(token);
        loop {
            let attempt = if changed.is_empty() {
                self.apply.cloud.wait(key, sink).await
            } else {
                let (before, desired, changed) = (&before, &sent.clear, &changed);
                self.apply.cloud.update(Update { key, before, desired, changed, token }, sink).await
            };
            let error = match attempt {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            let in_doubt = error.kind == ErrorKind::Ambiguous;
            self.pause(change, &mut backoff, error).await?;
            // An update says what shall be, so it may be made twice; it only must start from what is there.
            if in_doubt && let Ok(Some(observed)) = self.apply.cloud.read(key).await {
                before = observed.properties;
            }
        }
    }

    /// The places an update sets. What an unfinished creation was to set and no read can show is set again.
    fn changed(&self, change: &Change, sent: &Sent, before: &Properties, is_unfinished: bool) -> Vec<PropPath> {
        let mut changed: Vec<_> = change.differences.iter().map(|difference| difference.path.clone()).collect();
        if is_unfinished && let Some(def) = self.apply.types.get(&change.ty) {
            let open = unfinished(&def, before, &sent.clear);
            changed.extend(open.into_iter().filter(|path| !change.ignore.iter().any(|ignored| ignored.covers(path))));
            changed.sort();
            changed.dedup();
        }
        changed
    }

    /// Takes over a resource that exists; what differs is then changed.
    pub async fn adopt(&self, change: &Change) -> Result<(), Trouble> {
        let known = self.record_at(&change.address);
        if known.is_some_and(|record| change.id.as_ref().is_none_or(|id| *id == record.id)) {
            return self.update(change).await;
        }
        let id = change.id.clone().ok_or_else(|| {
            let message = "the plan does not say which resource to take over".to_owned();
            Trouble::refused(Cause::Refused, ErrorKind::Internal, "NoIdentifier", message)
        })?;
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let observed = self.read_existing(change, &key).await?;
        let sent = self.prepare(change, None).await?;
        let record = self.record(change, &sent, &observed, Some("it is being taken over".to_owned()));
        self.put(record, observed)?;
        self.update(change).await
    }

    /// Nothing is done to the resource; what is known of it may have changed.
    pub async fn keep(&self, change: &Change) -> Result<(), Trouble> {
        let mut record = self.known(change)?;
        if record.tainted.is_some() {
            return self.update(change).await;
        }
        let was = record.clone();
        let observed = change.before.clone().unwrap_or_else(|| record.observed.clone());
        record.depends_on = self.built_on(change);
        record.layer.clone_from(&change.layer);
        record.protect = change.protect;
        let observed = Observed { id: record.id.clone(), properties: observed };
        if record == was {
            self.show(&change.address, observed);
            return Ok(());
        }
        self.put(record, observed)
    }

    /// Reads an `existing` resource, for the others to refer to.
    pub async fn read(&self, change: &Change) -> Result<(), Trouble> {
        let Some(id) = change.id.clone() else {
            let message = format!("the plan does not say which resource {} is", change.address);
            return Err(Trouble::refused(Cause::Unresolved, ErrorKind::Internal, "NoIdentifier", message));
        };
        let key = ResourceKey { ty: change.ty.clone(), place: change.place.clone(), id };
        let observed = self.read_existing(change, &key).await?;
        self.show(&change.address, observed);
        Ok(())
    }

    async fn read_existing(&self, change: &Change, key: &ResourceKey) -> Result<Observed, Trouble> {
        let found = self.retry(change, || self.apply.cloud.read(key)).await.map_err(Trouble::cloud)?;
        let gone = || CloudError::new(ErrorKind::NotFound, "NotFound", format!("{} {} is gone", key.ty, key.id));
        found.ok_or_else(|| Trouble::cloud(gone()))
    }

    /// The record a change is about.
    pub fn known(&self, change: &Change) -> Result<Record, Trouble> {
        self.record_at(&change.address).ok_or_else(|| {
            let message = format!("{} is not in the state", change.address);
            Trouble::refused(Cause::Refused, ErrorKind::Internal, "NoRecord", message)
        })
    }
}
