//! Clouds: the interface between the engine and a cloud, whichever it is.
//!
//! A cloud speaks resource types, identifiers and properties in the spelling of AWS's schemas; how that becomes calls is
//! its own affair. `sim` is embedded; `aws` drives the official SDKs by bindings.

pub mod capability;
pub mod clock;
pub mod deletion_locks;
pub mod physical_names;
pub mod property_paths;
pub mod retry;
mod shared_properties;
pub mod validate;

use async_trait::async_trait;
use capability::{CapabilityGap, CapabilityRequest};
use deletion_locks::{DeletionLock, DeletionLockRequest};
use gpb_catalog::{Catalog, TypeDef};
use gpb_model::Place;
use gpb_model::PropPath;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use std::time::Duration;

pub use shared_properties::SharedProperties;

/// A resource's properties as JSON, by AWS's names.
pub type Properties = Map<String, Json>;

/// The identity of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceKey {
    /// The type, in gpb's name: `aws.sqs.queue`.
    pub ty: String,
    /// The account and the region.
    pub place: Place,
    /// The primary identifier, parts joined by `|`.
    pub id: String,
}

/// A source of resource types: the catalog, or a test's own few.
pub trait TypeSource: Send + Sync {
    /// Returns the type of gpb's name.
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

/// A resource, as the cloud returns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedResource {
    /// The primary identifier, parts joined by `|`.
    pub id: String,
    /// All properties a read gives, read-only ones included; write-only ones are absent.
    pub properties: SharedProperties,
}

/// The owner of the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, twelve digits.
    pub account: String,
    /// The user or the role.
    pub arn: String,
}

/// The request to create a resource.
#[derive(Debug, Clone)]
pub struct CreateRequest<'a> {
    /// The type, in gpb's name.
    pub ty: &'a str,
    /// The account and the region.
    pub place: &'a Place,
    /// Fully known; secrets in clear, so it must not be logged.
    pub desired: &'a Properties,
    /// A readable name for it, `gpubroker-sandbox-data-main`: what generated physical names start with.
    pub label: &'a str,
    /// The idempotency token: the same for every try at the same intent, and for no other.
    ///
    /// Client tokens of services and the marker tag are made of it.
    pub token: &'a str,
}

/// The request to update a resource in place.
#[derive(Debug, Clone)]
pub struct UpdateRequest<'a> {
    /// The resource.
    pub key: &'a ResourceKey,
    /// As last observed.
    pub before: &'a Properties,
    /// All desired properties, fully known; secrets in clear, so it must not be logged.
    pub desired: &'a Properties,
    /// The places that differ.
    pub changed: &'a [PropPath],
    /// Those of `changed` that no read shows and that a creation which was cut short may have set already.
    ///
    /// They are set again where a call takes them. Where none does, that is no error.
    pub reasserted: &'a [PropPath],
    /// The idempotency token, as in [`CreateRequest`].
    pub token: &'a str,
}

/// The request to find an `existing` resource, or what an interrupted creation has created.
#[derive(Debug, Clone)]
pub struct FindRequest<'a> {
    /// The type, in gpb's name.
    pub ty: &'a str,
    /// The account and the region.
    pub place: &'a Place,
    /// The properties it must have (a subset).
    pub matching: &'a Properties,
    /// The token of the creation that was interrupted, when that is what is looked for.
    ///
    /// Only what bears the mark of this token, or a name made of it, is that creation's.
    pub token: Option<&'a str>,
    /// The start of the generated name of that creation, as in [`CreateRequest`].
    ///
    /// With it the name is known, and one read says more than a list that lags.
    pub label: Option<&'a str>,
    /// True when the journal holds [`Progress::Sending`] of that creation.
    ///
    /// Then what can bear no mark is that creation's if it is wholly what was asked for. Otherwise nothing unmarked is.
    pub sent: bool,
}

/// News of a call that is running, for the engine to make durable or to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A look has just found the place of the resource free, and the creating call is sent next.
    ///
    /// Reported for what can bear no mark, before its first call: it is the only proof that what is found later is gpb's.
    Sending,
    /// The resource exists from now on under this identifier, whatever happens next.
    Identified {
        /// The primary identifier.
        id: String,
    },
    /// The call waits until the resource is ready.
    Waiting {
        /// The awaited state, and the one now: "available (now `creating`)".
        for_what: String,
        /// The time since the wait began.
        elapsed: Duration,
    },
}

/// A receiver of [`Progress`].
#[async_trait]
pub trait ProgressSink: Send + Sync {
    /// Takes news, and returns when they are durable.
    ///
    /// # Errors
    /// When the news could not be made durable; the cloud then stops and returns that error.
    async fn progress(&self, progress: Progress) -> Result<(), CloudError>;

    /// Returns the moment, by the clock, after which no wait of this step goes on; `None` where there is no limit.
    ///
    /// A wait that meets it ends with [`CloudErrorKind::TimedOut`].
    fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Checks that one of the creations in this state's journal, by its token, is the one that is asked for.
    ///
    /// Secrets it made may be brought back; those of another state may not.
    fn has_created(&self, _ty: &str, _is_it: &dyn Fn(&str) -> bool) -> bool {
        false
    }
}

/// A cloud: creates, reads, updates, deletes and finds resources.
///
/// # Errors
/// Every call fails with a [`CloudError`], whose kind says what the engine does next.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Returns `sim` or `aws`.
    fn name(&self) -> &'static str;

    /// Returns the owner of the credentials in a place. It is checked against the declared account first.
    async fn identity(&self, place: &Place) -> Result<Identity, CloudError>;

    /// Checks that the type can be created here at all; the error says why not.
    fn supports(&self, ty: &str) -> Result<(), CloudError>;

    /// Returns what the cloud cannot do of a planned change, without a call. A cloud that can do all returns nothing.
    fn gaps(&self, _: CapabilityRequest<'_>) -> Vec<CapabilityGap> {
        Vec::new()
    }

    /// Returns true when reads may leave a property of the root out for a while after it was set, and show it then.
    fn shows(&self, _ty: &str, _property: &str) -> bool {
        false
    }

    /// Reads a resource; `None` when it does not exist.
    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError>;

    /// Reads many at once, in the order asked; batched where the service can.
    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>>;

    /// Returns all resources that match; never those of other places.
    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError>;

    /// Creates a resource, waits until it is ready, and reads it back.
    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// Updates a resource, waits until it is ready, and reads it back.
    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// Deletes a resource and waits until it is gone. One that is gone already is a success.
    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError>;

    /// Returns what would make the cloud refuse to delete a resource. A cloud that knows of no locks returns none.
    async fn deletion_locks(&self, _: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        Ok(Vec::new())
    }

    /// Turns off the deletion locks that a call can turn off, and reads the resource; `None` when it is gone.
    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        _token: &str,
        _sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        self.read(key).await
    }

    /// Waits until a resource that exists answers as ready, and reads it.
    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError>;

    /// Returns the mark that its creation by gpb has left on a resource; `None` where it bears none, or can bear none.
    async fn mark(&self, _: &ResourceKey) -> Result<Option<String>, CloudError> {
        Ok(None)
    }

    /// Returns the mark that a creation with this token leaves.
    fn mark_of(&self, token: &str) -> String {
        token.to_owned()
    }

    /// Reads a secret from the cloud's own store.
    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError>;
}

/// The kind of a failed call: it decides what is done next.
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
    /// It was waited for as long as it may take, and is not what it should be. It is not tried again.
    TimedOut,
    /// The resource itself ended in a failed state, which no waiting mends.
    FailedState,
    /// The change was answered, and what is read since is not what was sent.
    Differs,
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
            CloudErrorKind::TimedOut => "timed_out",
            CloudErrorKind::FailedState => "failed_state",
            CloudErrorKind::Differs => "differs",
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
    /// The meaning for what is done next.
    pub kind: CloudErrorKind,
    /// AWS's code, `DBClusterNotFoundFault`, or gpb's own.
    pub code: String,
    /// The service's message.
    pub message: String,
    /// The call of the service, `rds:CreateDBCluster`.
    pub operation: Option<String>,
    /// The number under which the service knows the request.
    pub request_id: Option<String>,
}

impl CloudError {
    /// Returns an error without an operation and a request.
    pub fn new(kind: CloudErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), message: message.into(), operation: None, request_id: None }
    }
}
