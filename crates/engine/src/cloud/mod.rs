//! Clouds: what the engine asks of one, whichever it is.
//!
//! A cloud speaks resource types, identifiers and properties in the spelling of AWS's schemas; how that becomes calls is
//! its own affair. `sim` is embedded; `aws` drives the official SDKs by bindings.

pub mod clock;
pub mod physical_names;
pub mod property_paths;
pub mod retry;
pub mod validate;

use async_trait::async_trait;
use gpb_catalog::{Catalog, TypeDef};
use gpb_model::Place;
use gpb_model::PropPath;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;

/// A resource's properties as JSON, by AWS's names.
pub type Properties = Map<String, Json>;

/// Which resource: the type (gpb's name), where, and the primary identifier (parts joined by `|`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceKey {
    pub ty: String,
    pub place: Place,
    pub id: String,
}

/// Where a cloud and the engine look up resource types: the catalog, or a test's own few.
pub trait TypeSource: Send + Sync {
    /// By gpb's name.
    fn get(&self, name: &str) -> Option<Arc<TypeDef>>;
}

impl<T: TypeSource + ?Sized> TypeSource for &T {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        (**self).get(name)
    }
}

impl TypeSource for Catalog {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        Catalog::get(self, name)
    }
}

/// What the cloud says a resource is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedResource {
    pub id: String,
    /// All properties a read gives, read-only ones included; write-only ones are absent.
    pub properties: Properties,
}

/// Who the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub account: String,
    pub arn: String,
}

/// A resource to be made.
#[derive(Debug, Clone)]
pub struct CreateRequest<'a> {
    pub ty: &'a str,
    pub place: &'a Place,
    /// Fully known; secrets in clear, so it must not be logged.
    pub desired: &'a Properties,
    /// A readable name for it, `gpubroker-sandbox-data-main`: what generated physical names start with.
    pub label: &'a str,
    /// The same for every try at the same intent, and for no other: idempotency tokens and the marker tag are made of it.
    pub token: &'a str,
}

/// A change in place.
#[derive(Debug, Clone)]
pub struct UpdateRequest<'a> {
    pub key: &'a ResourceKey,
    /// As last observed.
    pub before: &'a Properties,
    pub desired: &'a Properties,
    /// The places that differ.
    pub changed: &'a [PropPath],
    pub token: &'a str,
}

/// How a reading of an `existing` resource or of an interrupted creation finds it.
#[derive(Debug, Clone)]
pub struct FindRequest<'a> {
    pub ty: &'a str,
    pub place: &'a Place,
    /// The properties it must have (a subset).
    pub matching: &'a Properties,
    /// The token of the creation that was interrupted, when that is what is looked for.
    pub token: Option<&'a str>,
}

/// Told to the engine while a call is under way, so that it can make it durable or show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The resource exists from now on under this identifier, whatever happens next.
    Identified { id: String },
    /// What is being waited for: "available (now `creating`)".
    Waiting { for_what: String, elapsed: Duration },
}

/// Where [`Progress`] goes. It returns only when the news is durable.
pub trait ProgressSink: Send + Sync {
    /// # Errors
    /// When the news could not be made durable; the cloud then stops and returns that error.
    fn progress(&self, progress: Progress) -> Result<(), CloudError>;
}

/// A cloud.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// `sim` or `aws`.
    fn name(&self) -> &'static str;

    /// Who gpb is, seen from a place. Checked against the declared account before anything else.
    async fn identity(&self, place: &Place) -> Result<Identity, CloudError>;

    /// Whether the type can be created here at all; the answer's text says why not.
    fn supports(&self, ty: &str) -> Result<(), CloudError>;

    /// The resource, or `None` when it does not exist.
    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError>;

    /// Many at once, in the order asked; batched where the service can.
    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>>;

    /// All resources that match; never those of other places.
    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError>;

    /// Makes it, waits until it is ready, and reads it back.
    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// Changes it, waits until it is ready, and reads it back.
    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// Deletes it and waits until it is gone. One that is gone already is a success.
    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError>;

    /// Waits until a resource that exists answers as ready, and reads it.
    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// The value of a secret in the cloud's own store.
    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError>;
}

/// What a failed call means for what is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloudErrorKind {
    /// The resource does not exist.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// Slow down and try again.
    Throttled,
    /// In use by another resource, or in a state that allows no change now; may pass by itself.
    Conflict,
    /// Something it depends on is not visible yet (eventual consistency); passes by itself.
    NotReady,
    /// The credentials may not do this.
    Denied,
    /// The request is wrong and will stay so.
    Invalid,
    /// A quota is used up.
    Quota,
    /// The service failed or did not answer; nothing was changed.
    Unavailable,
    /// The service did not answer a change: it may have been made. Must be read before it is tried again.
    Ambiguous,
    /// The cloud here cannot do it (no binding, no SDK in this build).
    Unsupported,
    /// gpb's own state could not be written, or another fault of gpb's.
    Internal,
}

impl CloudErrorKind {
    /// Returns the word for it, as in JSON: `not_found`.
    pub fn as_str(self) -> &'static str {
        match self {
            CloudErrorKind::NotFound => "not_found",
            CloudErrorKind::AlreadyExists => "already_exists",
            CloudErrorKind::Throttled => "throttled",
            CloudErrorKind::Conflict => "conflict",
            CloudErrorKind::NotReady => "not_ready",
            CloudErrorKind::Denied => "denied",
            CloudErrorKind::Invalid => "invalid",
            CloudErrorKind::Quota => "quota",
            CloudErrorKind::Unavailable => "unavailable",
            CloudErrorKind::Ambiguous => "ambiguous",
            CloudErrorKind::Unsupported => "unsupported",
            CloudErrorKind::Internal => "internal",
        }
    }

    /// Returns true when trying the same call again may succeed without a person.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            CloudErrorKind::Throttled
                | CloudErrorKind::Conflict
                | CloudErrorKind::NotReady
                | CloudErrorKind::Unavailable
        )
    }
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}{code}: {message}", operation.as_ref().map(|o| format!("{o}: ")).unwrap_or_default())]
pub struct CloudError {
    pub kind: CloudErrorKind,
    /// AWS's code, `DBClusterNotFoundFault`, or gpb's word for it.
    pub code: String,
    pub message: String,
    /// `rds:CreateDBCluster`
    pub operation: Option<String>,
    pub request_id: Option<String>,
}

impl CloudError {
    pub fn new(kind: CloudErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), message: message.into(), operation: None, request_id: None }
    }
}
