//! Refresh: reads the resources of the state in batches, and the `existing` ones that a spec only refers to.

use super::call_log::LoggedCall;
use super::outcome::cloud as advice;
use super::resolve::{ResolveSources, resolve};
use crate::cloud::clock::Clock;
use crate::cloud::retry::{ClockPause, with_retry};
use crate::cloud::{
    Cloud, CloudError, FindRequest, ObservedResource, Properties, ResourceKey, TypeSource, property_paths,
};
use crate::plan::{Observation, masked};
use crate::state::{ResourceRecord, StateSnapshot};
use crate::unknown::CallFunctions;
use futures::stream::{self, StreamExt as _};
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_model::{Address, Model, Place, PropertyMap, PropertyValue, Reference, Resource};
use std::collections::BTreeMap;
use std::time::Duration;

/// The inputs of a refresh.
#[derive(Clone, Copy)]
pub struct Refresh<'a> {
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The resource types.
    pub types: &'a dyn TypeSource,
    /// Computes calls.
    pub functions: &'a CallFunctions,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The random seed of the waits between tries: any number of 64 bits.
    pub seed: u64,
}

/// The result of a refresh: what was read, and what could not be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RefreshResult {
    /// Each address of the state and each `existing` one that was found.
    pub observation: Observation,
    /// One for each resource that could not be read, and for each `existing` one that is not to be told.
    pub diagnostics: Vec<Diagnostic>,
    /// By address, why a resource could not be read. The plan can be made without these.
    pub unread: BTreeMap<Address, String>,
}

/// The number of batches, or of single resources, that are read at once.
const AT_ONCE: usize = 32;

/// The time between the two reads that together show a resource to be gone.
pub const BETWEEN_LOOKS: Duration = Duration::from_secs(3);

/// Reads everything a plan has to know.
pub async fn refresh(refresh: Refresh<'_>, snapshot: &StateSnapshot, model: &Model) -> RefreshResult {
    let mut refreshed = RefreshResult::default();
    let mut batches: BTreeMap<(&str, &Place), Vec<&ResourceRecord>> = BTreeMap::new();
    for record in snapshot.resources.values() {
        batches.entry((record.ty.as_str(), &record.place)).or_default().push(record);
    }
    let read = stream::iter(batches.into_values()).map(|batch| refresh.batch(batch));
    let batches: Vec<_> = read.buffered(AT_ONCE).collect().await;
    let looks = batches.into_iter().flatten().map(|answer| refresh.confirm(answer));
    let mut answers: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    refresh.confirm_absences(&mut answers).await;
    for (record, answer) in answers {
        match answer {
            Ok(observed) => {
                refreshed.observation.insert(record.address.clone(), observed);
            }
            Err(error) => refreshed.miss(&record.address, &record.ty, &error),
        }
    }
    refresh.existing(model, &mut refreshed).await;
    refreshed
}

/// The answer of a batch about a recorded resource; `None` where it has none.
type BatchAnswer<'a> = (&'a ResourceRecord, Option<Result<Option<ObservedResource>, CloudError>>);
/// The answer about a recorded resource.
type RecordObservation<'a> = (&'a ResourceRecord, Result<Option<ObservedResource>, CloudError>);

impl RefreshResult {
    /// Returns true when nothing but reads has failed: a plan can leave those resources alone.
    pub fn is_plannable(&self) -> bool {
        self.diagnostics.len() == self.unread.len()
    }

    fn miss(&mut self, address: &Address, ty: &str, error: &CloudError) {
        let diagnostic = unread(address, ty, error);
        self.unread.insert(address.clone(), error.to_string());
        self.diagnostics.push(diagnostic);
    }
}

impl Refresh<'_> {
    /// Reads one batch.
    async fn batch(self, batch: Vec<&ResourceRecord>) -> Vec<BatchAnswer<'_>> {
        let keys: Vec<ResourceKey> = batch.iter().map(|record| key_of(record)).collect();
        let (mut answers, count) = (self.cloud.read_many(&keys).await.into_iter(), keys.len());
        if let Some(ResourceKey { ty, place, .. }) = keys.first() {
            let (account, region) = (place.account.as_deref().unwrap_or_default(), place.region.as_str());
            tracing::debug!(operation = "read_many", ty, account, region, count, "call");
        }
        batch.into_iter().map(|record| (record, answers.next())).collect()
    }

    /// Reads by itself what a batch did not show as it was recorded: a list may lag, or say less than a read of one.
    ///
    /// So is read what failed for a while.
    async fn confirm(self, (record, answer): BatchAnswer<'_>) -> RecordObservation<'_> {
        let answer = match answer {
            Some(Err(error)) if !error.kind.is_retryable() => Err(error),
            Some(Ok(Some(observed))) => match as_recorded(record, observed) {
                Ok(observed) => Ok(Some(observed)),
                Err(listed) => self.single(record).await.or(Ok(Some(listed))),
            },
            _ => self.single(record).await,
        };
        (record, answer)
    }

    async fn single(self, record: &ResourceRecord) -> Result<Option<ObservedResource>, CloudError> {
        self.read_with_retry(record.address.as_str(), &key_of(record)).await
    }

    /// Reads once more what seems to be gone, all after one pause: what lags is believed by no two looks close together.
    async fn confirm_absences(self, answers: &mut [RecordObservation<'_>]) {
        let absent: Vec<_> = answers.iter_mut().filter(|(.., answer)| matches!(answer, Ok(None))).collect();
        if absent.is_empty() {
            return;
        }
        self.clock.sleep(BETWEEN_LOOKS).await;
        let looks = absent.into_iter().map(|one| self.look_again(one));
        stream::iter(looks).buffered(AT_ONCE).collect::<Vec<()>>().await;
    }

    async fn look_again(self, (record, answer): &mut RecordObservation<'_>) {
        *answer = self.single(record).await;
    }

    /// Finds each `existing` resource. One may be described by another, so they are tried until none can be found more.
    async fn existing(self, model: &Model, refreshed: &mut RefreshResult) {
        let mut open: Vec<&Resource> = model.resources.iter().filter(|resource| resource.existing).collect();
        loop {
            let before = open.len();
            let mut waiting = Vec::new();
            for resource in open {
                let wanted = self.desired_properties(resource, &refreshed.observation);
                let wanted = wanted.map_err(|why| waiting.push((resource, why)));
                let Ok(wanted) = wanted else { continue };
                match self.one(resource, &wanted).await {
                    Ok(observed) => drop(refreshed.observation.insert(resource.address.clone(), Some(observed))),
                    Err(NotFound::Unread(error)) => refreshed.miss(&resource.address, &resource.ty, &error),
                    Err(NotFound::Mistaken(diagnostic)) => refreshed.diagnostics.push(*diagnostic),
                }
            }
            if waiting.is_empty() || waiting.len() == before {
                // What is described by what could not be read is left alone with it.
                let unread = &refreshed.unread;
                let is_told = |resource: &Resource| references(resource).any(|to| unread.contains_key(to));
                let unknown = waiting.iter().filter(|(resource, _)| !is_told(resource));
                let unknown: Vec<_> = unknown.map(|(resource, why)| unknown_place(resource, why)).collect();
                refreshed.diagnostics.extend(unknown);
                return;
            }
            open = waiting.into_iter().map(|(resource, _)| resource).collect();
        }
    }

    async fn read_with_retry(&self, subject: &str, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        let read = |attempt| {
            let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
            logged.run(self.clock, self.cloud.read(key))
        };
        with_retry(ClockPause::new(self.clock, self.seed, subject), read).await
    }

    fn desired_properties(&self, resource: &Resource, observation: &Observation) -> Result<Properties, String> {
        let outputs = |reference: &Reference| observation.get(&reference.to).cloned().flatten();
        let (secrets, kept) = (BTreeMap::new(), |_: &_| false);
        let sources = ResolveSources { outputs: &outputs, functions: self.functions, secrets: &secrets, kept: &kept };
        let desired: &PropertyMap = &resource.properties;
        resolve(desired, &sources).map(|resolved| resolved.properties())
    }

    async fn one(&self, resource: &Resource, wanted: &Properties) -> Result<ObservedResource, NotFound> {
        let (ty, place) = (&resource.ty, &resource.place);
        let id = self.types.get(ty).and_then(|def| identifier(&def, wanted));
        let found = if let Some(id) = id {
            // Who names the resource wholly need not search for it.
            let key = ResourceKey { ty: ty.to_string(), place: (**place).clone(), id };
            let read = self.read_with_retry(ty, &key).await;
            read.map(|found| found.into_iter().filter(|found| matches(found, wanted)).collect::<Vec<_>>())
        } else {
            let find = |attempt| {
                let find =
                    self.cloud.find(FindRequest { ty, place, matching: wanted, token: None, label: None, sent: false });
                LoggedCall { operation: "find", ty, place, attempt }.run(self.clock, find)
            };
            with_retry(ClockPause::new(self.clock, self.seed, ty), find).await
        };
        let mut found = found.map_err(|error| NotFound::Unread(Box::new(error)))?;
        match (found.pop(), found.len()) {
            (Some(observed), 0) => Ok(observed),
            (None, _) => Err(NotFound::Mistaken(Box::new(none(resource)))),
            (Some(last), others) => {
                let ids: Vec<&str> = found.iter().chain([&last]).map(|found| found.id.as_str()).take(5).collect();
                Err(NotFound::Mistaken(Box::new(many(resource, others + 1, &ids))))
            }
        }
    }
}

fn key_of(record: &ResourceRecord) -> ResourceKey {
    ResourceKey { ty: record.ty.clone(), place: record.place.clone(), id: record.id.clone() }
}

/// Returns a resource that is as the state recorded it, its properties shared with the record where they are the same.
///
/// # Errors
/// The resource, when it is another than was recorded.
fn as_recorded(record: &ResourceRecord, observed: ObservedResource) -> Result<ObservedResource, ObservedResource> {
    if observed.id != record.id {
        return Err(observed);
    }
    if observed.properties == record.observed {
        return Ok(ObservedResource { properties: record.observed.clone(), ..observed });
    }
    if record.observed == masked(&observed.properties, &record.observed) { Ok(observed) } else { Err(observed) }
}

/// The reason that an `existing` resource was not found.
enum NotFound {
    /// The cloud did not say.
    Unread(Box<CloudError>),
    /// Its description fits none, or several.
    Mistaken(Box<Diagnostic>),
}

/// Returns what the properties of a resource refer to.
fn references(resource: &Resource) -> impl Iterator<Item = &Address> {
    resource.properties.values().flat_map(PropertyValue::walk).filter_map(|value| match value {
        PropertyValue::Ref(reference) => Some(&reference.to),
        _ => None,
    })
}

fn matches(found: &ObservedResource, wanted: &Properties) -> bool {
    wanted
        .iter()
        .all(|(name, value)| found.properties.get(name).is_none_or(|there| property_paths::contains(there, value)))
}

/// Returns the identifier, when all its parts are given.
fn identifier(def: &TypeDef, wanted: &Properties) -> Option<String> {
    let part = |path| {
        property_paths::get(wanted, path).map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
    };
    let parts = def.primary_identifier.iter().map(part).collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then(|| parts.join("|"))
}

fn unread(address: &Address, ty: &str, error: &CloudError) -> Diagnostic {
    let (code, help) = advice(error.kind);
    let request = error.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
    Diagnostic::error(code, format!("cannot read {address} ({ty}): {error}{request}")).help(help)
}

fn unknown_place(resource: &Resource, why: &str) -> Diagnostic {
    let message = format!("{} is described by what is not known yet: {why}", resource.address);
    Diagnostic::error("GPB7608", message)
        .with_label(resource.span, "read before anything is applied")
        .help("describe it by values written here or given back by what exists already")
}

fn none(resource: &Resource) -> Diagnostic {
    Diagnostic::error(
        "GPB7609",
        format!("no {} in {} matches {}", resource.ty, resource.place.region, resource.address),
    )
    .with_label(resource.span, "these properties are looked for")
    .help("check the properties, the region and the account; or let gpb create it with `resource`")
}

fn many(resource: &Resource, count: usize, ids: &[&str]) -> Diagnostic {
    let more = if count > ids.len() { ", …" } else { "" };
    let message = format!("{count} resources match {}: {}{more}", resource.address, ids.join(", "));
    Diagnostic::error("GPB7610", message)
        .with_label(resource.span, "these properties are looked for")
        .help("add properties until one resource is left")
}
