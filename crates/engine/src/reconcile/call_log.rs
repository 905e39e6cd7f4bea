//! The log of calls: one event each, without bodies, property values or messages, which might hold a secret.

use super::events::ms;
use crate::cloud::CloudError;
use crate::cloud::clock::Clock;
use gpb_model::Place;
use std::future::Future;

/// A call, as it is logged.
#[derive(Clone, Copy)]
pub struct LoggedCall<'a> {
    /// The operation of the [`Cloud`](crate::cloud::Cloud) trait: `create`.
    pub operation: &'static str,
    /// The type of the resource, in gpb's name.
    pub ty: &'a str,
    /// The account and the region.
    pub place: &'a Place,
    /// The number of the try, from 1.
    pub attempt: u32,
}

impl LoggedCall<'_> {
    /// Makes the call and logs how long it took and what came of it.
    pub async fn run<T>(
        self,
        clock: &dyn Clock,
        call: impl Future<Output = Result<T, CloudError>>,
    ) -> Result<T, CloudError> {
        let start = clock.now();
        let answer = call.await;
        let duration_ms = ms(clock.now().saturating_sub(start));
        let Self { operation, ty, place, attempt } = self;
        let (account, region) = (place.account.as_deref().unwrap_or_default(), place.region.as_str());
        match &answer {
            Ok(_) => tracing::debug!(operation, ty, account, region, attempt, duration_ms, outcome = "ok", "call"),
            Err(error) => {
                let kind = error.kind.as_str();
                let (code, api) = (error.code.as_str(), error.operation.as_deref().unwrap_or_default());
                let request_id = error.request_id.as_deref().unwrap_or_default();
                tracing::debug!(
                    operation,
                    ty,
                    account,
                    region,
                    attempt,
                    duration_ms,
                    outcome = "error",
                    kind,
                    code,
                    api,
                    request_id,
                    "call"
                );
            }
        }
        answer
    }
}
