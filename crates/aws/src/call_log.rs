//! The log of API calls: one event a call, without its input and output.

use super::invoke::{Invoke, InvokeError};
use gpb_engine::cloud::clock::Clock;
use gpb_model::Place;
use serde_json::Value as Json;

/// One try of an operation.
#[derive(Debug, Clone, Copy)]
pub struct CallAttempt<'a> {
    /// The account and the region that the call goes to.
    pub place: &'a Place,
    /// The SDK's name of the service, such as `rds`.
    pub service: &'a str,
    /// The API's name of the operation, such as `CreateDBCluster`.
    pub operation: &'a str,
    /// The number of the try, counted from 1.
    pub attempt: u32,
}

impl CallAttempt<'_> {
    /// Performs the operation, and logs it as one event at debug level.
    ///
    /// The event has the service, the operation, the place, the try, the duration in milliseconds and the outcome: `ok`, or
    /// the error's code with AWS's id of the request. It never has the input, the output or the error's message, since each
    /// of them may hold a secret.
    pub async fn invoke(self, invoke: &dyn Invoke, clock: &dyn Clock, input: Json) -> Result<Json, InvokeError> {
        let start = clock.now();
        let answer = invoke.invoke(self.place, self.service, self.operation, input).await;
        let elapsed = clock.now().saturating_sub(start);
        let error = answer.as_ref().err();
        tracing::debug!(
            service = self.service,
            operation = self.operation,
            account = self.place.account.as_deref(),
            region = self.place.region.as_str(),
            attempt = self.attempt,
            duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            request_id = error.and_then(|error| error.request_id.as_deref()),
            outcome = error.map_or("ok", |error| error.code.as_str()),
            "API call"
        );
        answer
    }
}
