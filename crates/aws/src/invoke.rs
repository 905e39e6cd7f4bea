//! The way to AWS's APIs: service, operation and JSON in; JSON or an error out.

use async_trait::async_trait;
use gpb_model::Place;
use serde_json::Value as Json;

/// Performs AWS API operations: the official SDKs, or a stand-in for them.
///
/// JSON is in the spelling AWS documents its APIs in (`CreateQueue {"QueueName": …}`): blobs are base64 strings and times
/// are strings in RFC 3339. Members that are absent stay absent; an unknown member of the input is refused.
#[async_trait]
pub trait Invoke: Send + Sync {
    /// Performs one operation and returns its output.
    ///
    /// `service` is the SDK's name for it (`elasticloadbalancingv2`), `operation` the API's (`CreateListener`).
    ///
    /// # Errors
    /// The service's own error, no answer, or a request that was not sent.
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError>;

    /// Returns true when it can reach a service, by the SDK's name; a build may carry few.
    fn carries(&self, _service: &str) -> bool {
        true
    }
}

/// The way to AWS of a build without SDKs: it carries no service.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSdk;

#[async_trait]
impl Invoke for NoSdk {
    async fn invoke(&self, _: &Place, service: &str, _: &str, _: Json) -> Result<Json, InvokeError> {
        let message = format!("this build has no SDK of `{service}`");
        Err(InvokeError::new(InvokeErrorKind::Unsupported, "NoService", message))
    }

    fn carries(&self, _: &str) -> bool {
        false
    }
}

/// Sorts a failure by where it arose, as far as the protocol alone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvokeErrorKind {
    /// The service answered with an error of its own; `code` says which.
    Service,
    /// No answer arrived: a timeout, a broken connection, no route.
    Transport,
    /// An answer arrived that is not understood.
    Response,
    /// The request was never sent: a missing or unknown member, or a value of the wrong type.
    Input,
    /// There are no credentials, or they could not be had.
    Credentials,
    /// This build does not carry the service or the operation.
    Unsupported,
}

/// A failed operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct InvokeError {
    /// The sort of the failure.
    pub kind: InvokeErrorKind,
    /// AWS's code (`NoSuchEntity`), else `Http503`, `Timeout` and the like.
    pub code: String,
    /// The service's message, or the causes in one line.
    pub message: String,
    /// The status code of the HTTP answer, if there was one.
    pub status: Option<u16>,
    /// The same call may succeed later.
    ///
    /// That is so for throttling, a server's fault and a lost connection.
    pub retryable: bool,
    /// The request was sent, and the answer does not exclude that it was carried out.
    pub may_have_applied: bool,
    /// AWS's id of the request, for its support.
    pub request_id: Option<String>,
}

impl InvokeError {
    /// Makes an error that is final and changed nothing.
    pub fn new(kind: InvokeErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            status: None,
            retryable: false,
            may_have_applied: false,
            request_id: None,
        }
    }
}
