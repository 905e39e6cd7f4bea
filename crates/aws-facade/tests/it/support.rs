//! Helpers that the cases share.

use std::future::Future;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use gpb_aws_facade::{Clients, Error};
use serde_json::Value as Json;

/// Clients that talk to an endpoint, and wait that long for an answer.
pub async fn clients(endpoint: &str, retry_mode: Duration) -> Clients {
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("testing", "testing", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().read_timeout(retry_mode).build());
    Clients::new(config.load().await)
}

/// Runs a future to its end.
pub fn block<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// An operation by `service.Operation`.
pub async fn call(clients: &Clients, what: &str, input: Json) -> Result<Json, Error> {
    let (service, operation) = what.split_once('.').unwrap();
    gpb_aws_facade::invoke(clients, service, operation, input).await
}

/// One call to an endpoint, from nothing.
pub fn call_once(endpoint: &str, what: &str, input: Json) -> Result<Json, Error> {
    block(async { call(&clients(endpoint, Duration::from_secs(1)).await, what, input).await })
}
