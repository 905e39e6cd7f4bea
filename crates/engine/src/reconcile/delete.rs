//! Deleting, and forgetting what is gone.

use super::call_log::LoggedCall;
use super::intent::{CallEnd, OpenIntent};
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{CloudError, CloudErrorKind, ResourceKey};
use crate::plan::ResourceChange;
use crate::state::{ManualChange, NewIntent, OperationKind};
use gpb_model::Address;

impl ApplyRun<'_> {
    /// Deletes the resource at an address: the change's own, or the one its predecessor was deposed to.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn delete(&self, change: &ResourceChange, address: &Address) -> Result<(), StepError> {
        let Some(record) = self.record_at(address) else { return Ok(()) };
        let open = self
            .begin(
                address,
                NewIntent {
                    address: address.clone(),
                    ty: record.ty.clone(),
                    place: record.place.clone(),
                    operation: OperationKind::Delete,
                    id: Some(record.id.clone()),
                    desired: serde_json::Map::new(),
                    depends_on: record.depends_on.clone(),
                    layer: record.layer.clone(),
                    keep: record.keep,
                    started_ms: self.apply.clock.epoch_ms(),
                },
            )
            .await?;
        let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
        let end = match self.delete_with_retry(change, &open, &key).await {
            Ok(()) => CallEnd::Deleted,
            Err(error) if error.kind == CloudErrorKind::Ambiguous => CallEnd::Unsettled(error),
            Err(error) => CallEnd::Failed { error, left: None },
        };
        open.close(end).await
    }

    /// Tries until the resource is gone or the failure is to be believed.
    ///
    /// Some services refuse to delete what is being deleted, so before each further try it is read.
    async fn delete_with_retry(
        &self,
        change: &ResourceChange,
        open: &OpenIntent<'_>,
        key: &ResourceKey,
    ) -> Result<(), CloudError> {
        let (cloud, clock) = (self.apply.cloud, self.apply.clock);
        let mut pauses = self.pauses(change, open);
        let mut attempt = 1;
        loop {
            let logged = |operation| LoggedCall { operation, ty: &key.ty, place: &key.place, attempt };
            let error = match logged("delete").run(clock, cloud.delete(key, &open.intent.token, &open.sink)).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind == CloudErrorKind::NotFound => {
                    if !self.is_there(change, key).await? {
                        return Ok(());
                    }
                    CloudError { kind: CloudErrorKind::NotReady, ..error }
                }
                Err(error) => error,
            };
            if self.read_after_failure(&mut pauses, key, attempt, error).await?.is_none() {
                return Ok(());
            }
            attempt += 1;
        }
    }

    /// Reads whether a resource is there of which a call said that it is not: that may be about something on it.
    ///
    /// # Errors
    /// When no read answers.
    pub async fn is_there(&self, change: &ResourceChange, key: &ResourceKey) -> Result<bool, CloudError> {
        let read = |attempt| {
            let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
            logged.run(self.apply.clock, self.apply.cloud.read(key))
        };
        Ok(self.retry(change, read).await?.is_some())
    }

    /// Removes the record of a resource that stays on AWS, with an entry in the journal that says where it is.
    ///
    /// # Errors
    /// A state that cannot be written.
    pub fn let_go(&self, address: &Address) -> Result<(), StepError> {
        if self.record_at(address).is_none() {
            return Ok(());
        }
        self.apply.writer.change_by_hand(ManualChange::Forget(address.clone()), self.apply.clock.epoch_ms())?;
        self.drop_record(address);
        Ok(())
    }

    /// Removes the record at an address, if there is one.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn forget(&self, address: &Address) -> Result<(), StepError> {
        if self.record_at(address).is_none() {
            return Ok(());
        }
        self.apply.writer.forget(address).await?;
        self.drop_record(address);
        Ok(())
    }
}
