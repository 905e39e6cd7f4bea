//! The frame of every call that changes something: the intent before it, the outcome after it.

use super::call_sink::CallSink;
use super::outcome::FailureCause;
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{CloudError, ObservedResource};
use crate::state::{Conclusion, Intent, NewIntent, ResourceRecord};
use gpb_model::Address;

/// An intent that is in the journal and not concluded yet.
pub struct OpenIntent<'a> {
    run: &'a ApplyRun<'a>,
    address: &'a Address,
    /// The journal's entry.
    pub intent: Intent,
    /// The progress of its call.
    pub sink: CallSink<'a>,
}

/// The end of a call that changes something.
pub enum CallEnd {
    /// The resource is this now.
    Done(Box<ResourceRecord>, ObservedResource),
    /// The resource is gone.
    Deleted,
    /// It failed for good.
    Failed {
        /// The failure.
        error: CloudError,
        /// The resource that exists nevertheless.
        left: Option<Box<ResourceRecord>>,
    },
    /// Nobody knows whether it was carried out. The intent stays open: the next run finds out.
    Unsettled(CloudError),
}

impl<'a> ApplyRun<'a> {
    /// Writes an intent into the journal.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn begin(&'a self, address: &'a Address, intent: NewIntent) -> Result<OpenIntent<'a>, StepError> {
        let intent = self.apply.writer.begin(intent).await?;
        let sink = CallSink::new(self, address, intent.sequence);
        Ok(OpenIntent { run: self, address, intent, sink })
    }
}

impl OpenIntent<'_> {
    /// Concludes the intent with the end of its call.
    ///
    /// # Errors
    /// The failure of the call, or of the journal.
    pub async fn close(self, end: CallEnd) -> Result<(), StepError> {
        self.sink.check()?;
        let (conclusion, observed, failed) = match end {
            CallEnd::Done(record, observed) => (Conclusion::Done(record), Some(observed), None),
            CallEnd::Deleted => (Conclusion::Deleted, None, None),
            CallEnd::Failed { error, left } => (Conclusion::Failed { error: error.clone(), left }, None, Some(error)),
            CallEnd::Unsettled(error) => return Err(StepError::Call { cause: FailureCause::Unsettled, error }),
        };
        self.run.conclude(self.address, self.intent.sequence, conclusion, observed).await?;
        failed.map_or(Ok(()), |error| Err(StepError::cloud(error)))
    }
}
