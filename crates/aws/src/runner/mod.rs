//! The interpreter of bindings: runs the calls that a binding describes.

mod answer;
mod api_call;
mod capability;
mod create_update;
mod delete;
mod find;
mod generated_name;
mod locks;
mod name_conflicts;
mod patch;
mod read_resource;
mod requests;
mod revive;
mod subresources;
mod tags;
mod wait;

pub use generated_name::short_token;

use super::binding::{ApiCall, BindingFile, CallConditions, ErrorCodes};
use super::binding_loader::Bindings;
use super::bound_type::{BoundType, split};
use super::call_log::CallAttempt;
use super::errors::{cloud_error, kind};
use super::invoke::Invoke;
use super::map::Mapping;
use super::name_matching::text_of;
use super::template::Template;
use super::template_scope::{CloudLocation, TemplateScope};
use async_trait::async_trait;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use gpb_engine::cloud::capability::{CapabilityGap, CapabilityRequest};
use gpb_engine::cloud::clock::{Clock, SystemClock};
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest};
use gpb_engine::cloud::{
    Cloud, CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, ProgressSink,
    Properties, ResourceKey, UpdateRequest,
};
use gpb_model::Place;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// AWS, driven by bindings.
pub struct AwsCloud {
    invoke: Arc<dyn Invoke>,
    bindings: Arc<Bindings>,
    clock: Arc<dyn Clock>,
    identities: Mutex<BTreeMap<Place, Identity>>,
    /// Pairs of a creation's token and an element that it was carried out for.
    laid: std::sync::Mutex<BTreeSet<(String, String)>>,
}

impl AwsCloud {
    /// Makes the cloud on the system's clock.
    pub fn new(invoke: Arc<dyn Invoke>, bindings: Arc<Bindings>) -> AwsCloud {
        AwsCloud::with_clock(invoke, bindings, Arc::new(SystemClock::default()))
    }

    /// Makes the cloud on a clock of one's own, for tests.
    pub fn with_clock(invoke: Arc<dyn Invoke>, bindings: Arc<Bindings>, clock: Arc<dyn Clock>) -> AwsCloud {
        AwsCloud { invoke, bindings, clock, identities: Mutex::default(), laid: std::sync::Mutex::default() }
    }

    /// Keeps in mind that a creation was carried out for an element.
    fn lay(&self, token: &str, element: &Json) {
        let mut laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        laid.insert((token.to_owned(), text_of(element)));
    }

    /// Checks that a creation was carried out for an element, by this process.
    fn has_laid(&self, token: &str, element: &Json) -> bool {
        let laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        laid.contains(&(token.to_owned(), text_of(element)))
    }

    /// Returns the bindings that it runs.
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// Returns the interpreter for a type in a place.
    async fn runner<'a>(&'a self, ty: &str, place: &'a Place) -> Result<BindingRunner<'a>, CloudError> {
        let binding = self.bindings.get(ty)?;
        let account = match (&place.account, binding.needs_account) {
            (Some(account), _) => Some(account.to_string()),
            (None, true) => Some(self.identity(place).await?.account),
            (None, false) => None,
        };
        Ok(BindingRunner { cloud: self, bound: binding, place, location: CloudLocation::new(&place.region, account) })
    }

    /// Makes a call of no type's binding, such as the one that names the account.
    async fn plain_call(&self, place: &Place, file: &BindingFile, call: &str, input: Json) -> Result<Json, CloudError> {
        let (service, operation) = split(call, &file.service);
        let call = CallAttempt { place, service, operation, attempt: 1 };
        let answer = call.invoke(&*self.invoke, &*self.clock, input).await;
        answer.map_err(|error| {
            let kind = kind(&error, &[&file.errors], false);
            cloud_error(error, kind, &format!("{service}:{operation}"))
        })
    }

    fn shape_error(call: &str, what: &str) -> CloudError {
        CloudError::new(CloudErrorKind::Internal, "UnexpectedAnswer", format!("the answer of {call} has no {what}"))
    }
}

/// The number of reads that run at once.
const MAX_CONCURRENT_READS: usize = 8;

/// Runs futures a few at a time; the results are in the order of the futures.
async fn run_bounded<T: Send>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    futures::stream::iter(futures).buffered(MAX_CONCURRENT_READS).collect().await
}

/// One type in one place.
struct BindingRunner<'a> {
    cloud: &'a AwsCloud,
    bound: BoundType,
    place: &'a Place,
    location: CloudLocation,
}

impl BindingRunner<'_> {
    /// Returns the meaning of error codes for this type: its own first.
    fn errors(&self) -> [&ErrorCodes; 2] {
        [&self.bound.binding.errors, &self.bound.file.errors]
    }

    fn scope(&self) -> TemplateScope {
        let keyed = self.bound.binding.properties.iter().filter_map(|(path, place)| Some((path, place.key.clone()?)));
        TemplateScope {
            location: self.location.clone(),
            out: Json::Object(Properties::new()),
            ty: self.bound.def.aws.clone(),
            text_documents: self.bound.def.text_documents.clone(),
            keys: keyed.map(|(path, key)| (path.0.to_string(), key)).collect(),
            ..TemplateScope::default()
        }
    }

    /// Returns the scope of a resource that exists.
    fn scope_of(&self, id: &str) -> TemplateScope {
        let mut scope = self.scope();
        scope.parts = self.parts(id);
        scope.id = Some(id.to_owned());
        scope
    }

    /// Splits an identifier into its parts by name; the last takes the rest.
    fn parts(&self, id: &str) -> Properties {
        let names = &self.bound.def.primary_identifier;
        let values = id.splitn(names.len().max(1), '|');
        names.iter().zip(values).map(|(path, value)| (path.head().to_owned(), value.into())).collect()
    }

    /// Returns the identifier that properties show, when they show all of it.
    fn identifier(&self, properties: &Properties) -> Option<String> {
        let here = |path: &gpb_model::PropPath| {
            let mut segments = path.segments();
            let first = properties.get(segments.next()?)?;
            segments.try_fold(first, |value, segment| value.get(segment)).filter(|value| !value.is_null()).map(text_of)
        };
        let parts: Option<Vec<String>> = self.bound.def.primary_identifier.iter().map(here).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("|"))
    }

    /// Runs something with the mapping of this type.
    ///
    /// Templates in paths are filled from `scope`.
    fn mapping<T>(&self, scope: &TemplateScope, run: impl FnOnce(Mapping<'_>) -> T) -> T {
        let fill =
            |text: &str| Template::try_from(text.to_owned()).ok()?.fill(scope).value().map(|value| text_of(&value));
        run(Mapping {
            def: &self.bound.def,
            places: &self.bound.binding.properties,
            attributes: self.bound.binding.attributes.as_ref(),
            fill: &fill,
        })
    }

    fn conditions_hold(conditions: CallConditions<'_>, scope: &TemplateScope) -> bool {
        let is = |name: &String, wanted: &Json| {
            let Some(value) = scope.tested(name) else { return false };
            match wanted {
                Json::Array(any) => any.iter().any(|one| text_of(one) == text_of(&value)),
                one => text_of(one) == text_of(&value),
            }
        };
        conditions.when.iter().all(|(name, wanted)| is(name, wanted))
            && !conditions.unless.iter().any(|(name, wanted)| is(name, wanted))
            && conditions.if_set.iter().all(|name| scope.tested(name).is_some())
            && conditions.if_unset.iter().all(|name| scope.tested(name).is_none())
    }

    /// Checks that the number, or the list, of a call's condition has grown or shrunk.
    fn size_changed(call: &ApiCall, scope: &TemplateScope) -> bool {
        let size = |value: Option<&Json>| match value {
            Some(Json::Array(items)) => u32::try_from(items.len()).ok().map(f64::from),
            Some(value) => value.as_f64().or_else(|| text_of(value).parse().ok()),
            None => None,
        };
        let change = |name: &String| Some((size(scope.before.get(name))?, size(scope.desired.get(name))?));
        let is = |name: &Option<String>, fits: fn(f64, f64) -> bool| {
            name.as_ref().is_none_or(|name| change(name).is_some_and(|(before, after)| fits(before, after)))
        };
        is(&call.if_increased, |before, after| after > before) && is(&call.if_decreased, |before, after| after < before)
    }

    fn internal(&self, code: &str, message: &str) -> CloudError {
        CloudError::new(CloudErrorKind::Internal, code, format!("{}: {message}", self.bound.ty))
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    fn name(&self) -> &'static str {
        "aws"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        let mut known = self.identities.lock().await;
        if let Some(identity) = known.get(place) {
            return Ok(identity.clone());
        }
        let file = self.bindings.file("sts")?;
        let call = file.identity.as_ref().ok_or_else(|| {
            CloudError::new(CloudErrorKind::Internal, "GPB8101", "aws/sts.toml: `identity` is missing")
        })?;
        let answer = self.plain_call(place, &file, &call.call, Json::Object(Properties::new())).await?;
        let text = |path: &super::path::MemberPath| path.get(&answer, &answer).map(|value| text_of(&value));
        let identity = Identity {
            account: text(&call.account).ok_or_else(|| Self::shape_error(&call.call, "account"))?,
            arn: text(&call.arn).ok_or_else(|| Self::shape_error(&call.call, "ARN"))?,
        };
        known.insert(place.clone(), identity.clone());
        Ok(identity)
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.bindings.get(ty).map(|_| ()).map_err(CloudError::from)
    }

    fn gaps(&self, request: CapabilityRequest<'_>) -> Vec<CapabilityGap> {
        self.planned_gaps(request)
    }

    fn shows(&self, ty: &str, property: &str) -> bool {
        self.bindings.get(ty).is_ok_and(|bound| bound.binding.shown_late.iter().any(|late| late == property))
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.runner(&key.ty, &key.place).await?.read(&key.id).await
    }

    async fn mark(&self, key: &ResourceKey) -> Result<Option<String>, CloudError> {
        self.runner(&key.ty, &key.place).await?.mark(&key.id).await
    }

    fn mark_of(&self, token: &str) -> String {
        short_token(token)
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        self.read_batches(keys).await
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        self.runner(find.ty, find.place).await?.find(&find).await
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.runner(create.ty, create.place).await?.create(&create, sink).await
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.runner(&update.key.ty, &update.key.place).await?.update(&update, sink).await
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        self.runner(&key.ty, &key.place).await?.delete(&key.id, token, sink).await
    }

    async fn deletion_locks(&self, request: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        self.runner(&request.key.ty, &request.key.place).await?.deletion_locks(request).await
    }

    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        self.runner(&key.ty, &key.place).await?.turn_off_deletion_locks(&key.id, token, sink).await
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let work = self.runner(&key.ty, &key.place).await?;
        let scope = work.scope_of(&key.id);
        let fetched = work.wait_until_ready(&scope, sink).await?;
        work.observe_fetched(&key.id, &fetched).await
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        let file = self.bindings.file("secretsmanager")?;
        let store = file.secret_store.as_ref().ok_or_else(|| {
            CloudError::new(CloudErrorKind::Internal, "GPB8101", "aws/secretsmanager.toml: `secret_store` is missing")
        })?;
        let scope = TemplateScope {
            name: Some(name.to_owned()),
            location: CloudLocation::new(&place.region, None),
            ..TemplateScope::default()
        };
        let input = store.input.fill(&scope).value().unwrap_or_default();
        let answer = self.plain_call(place, &file, &store.call, input).await?;
        let value = store.value.get(&answer, &answer).map(|value| text_of(&value));
        value.ok_or_else(|| Self::shape_error(&store.call, "string; only secrets that are strings can be used"))
    }
}
