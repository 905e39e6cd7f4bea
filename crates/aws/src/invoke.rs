//! The one way to AWS's APIs: service, operation and JSON in; JSON or an error out.

use async_trait::async_trait;
use gpb_model::Place;
use serde_json::Value as Json;

/// Something that performs AWS API operations: the official SDKs, or a stand-in for them.
///
/// JSON is in the spelling AWS documents its APIs in (`CreateQueue {"QueueName": …}`): blobs are base64 text and times are
/// text in RFC 3339. Members that are absent stay absent; an unknown member of the input is refused.
#[async_trait]
pub trait Invoke: Send + Sync {
    /// `service` is the SDK's name for it (`elasticloadbalancingv2`), `operation` the API's (`CreateListener`).
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError>;
}

/// What sort of failure it was, as far as the protocol alone tells.
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
    pub kind: InvokeErrorKind,
    /// AWS's code (`NoSuchEntity`), else `Http503`, `Timeout` and the like.
    pub code: String,
    pub message: String,
    /// Of the HTTP answer, if there was one.
    pub status: Option<u16>,
    /// The same call may succeed later: throttling, a server's fault, a lost connection.
    pub retryable: bool,
    /// The request was sent and the answer does not exclude that it was carried out.
    pub may_have_applied: bool,
    pub request_id: Option<String>,
}

impl InvokeError {
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
