//! The payload of a change: unknowns filled in, secrets read, validated against the catalog, and redacted for the state.

use super::call_log::LoggedCall;
use super::outcome::FailureCause;
use super::password;
use super::resolve::{ResolveSources, ResolvedProperties, resolve, secrets_of};
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{
    CloudError, CloudErrorKind, ObservedResource, Properties, SharedProperties, property_paths, validate::check_values,
};
use crate::plan::ResourceChange;
use crate::secrets::source_name;
use crate::state::{ResourceRecord, is_redacted, redact, redact_values, redacted_paths};
use gpb_model::{PropPath, PropertyValue, Reference, SecretSource};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The properties that are sent, and how they are written down.
pub struct Payload {
    /// Secrets in clear; it is dropped with the call.
    pub clear: Properties,
    /// Secrets as keyed hashes: what is compared with what is read.
    pub applied: Properties,
    /// The same as it is kept: without copies of other secrets either.
    pub kept: SharedProperties,
    secrets: Vec<PropPath>,
    values: Vec<String>,
    /// The places where what is observed holds a secret that this process does not know.
    hidden: Vec<PropPath>,
}

impl Payload {
    /// Returns true when a secret stands at a place or inside it.
    pub fn is_secret(&self, path: &PropPath) -> bool {
        self.secrets.iter().any(|one| one.covers(path) || path.covers(one))
    }
}

impl ApplyRun<'_> {
    /// Fills in and validates what a change sends.
    ///
    /// `before` is the record of the resource, when it exists and stays.
    ///
    /// # Errors
    /// When something is unknown, a secret cannot be read, or the catalog refuses the values.
    pub async fn prepare(
        &self,
        change: &ResourceChange,
        before: Option<&ResourceRecord>,
    ) -> Result<Payload, StepError> {
        let secrets = self.read_secrets(change).await?;
        // Of what stands in an ignored place nothing more may be known than that it stays.
        let is_ignored = |path: &PropPath| change.ignore.iter().any(|one| one.covers(path));
        let kept = |path: &PropPath| {
            before.is_some_and(|record| {
                property_paths::get(&record.applied, path).is_some_and(is_redacted) || is_ignored(path)
            })
        };
        let outputs = |reference: &Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = ResolveSources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
        let resolved = resolve(change.sent(), &sources)
            .map_err(|why| self.scrubber.text(&why))
            .map_err(|why| StepError::refused(FailureCause::Unresolved, CloudErrorKind::Invalid, "Unresolved", why))?;
        for path in &resolved.secrets {
            // What is made of a secret is one as a whole.
            let value = property_paths::get(&resolved.properties(), path).and_then(Json::as_str).map(str::to_owned);
            if let Some(value) = value {
                self.scrubber.hold(&value, &name_of(&secrets));
            }
        }
        self.check(change, &resolved, before)?;
        Ok(self.payload(change, resolved, &secrets, before))
    }

    fn check(
        &self,
        change: &ResourceChange,
        resolved: &ResolvedProperties,
        before: Option<&ResourceRecord>,
    ) -> Result<(), StepError> {
        let Some(def) = self.apply.types.get(&change.ty) else {
            let message = format!("the catalog has no type {}", change.ty);
            return Err(StepError::refused(FailureCause::Refused, CloudErrorKind::Unsupported, "UnknownType", message));
        };
        let is_kept = |path: &&PropPath| before.is_some() && path.segments().count() == 1;
        let mut kept = resolved.kept.iter().filter(is_kept).peekable();
        let wrong = if kept.peek().is_none() {
            check_values(&def, &resolved.values, &resolved.secrets)
        } else {
            // A secret that is kept is there, though it is not sent; any string stands for it.
            let mut whole = resolved.values.clone();
            for path in kept {
                whole.insert(PropPath::unescape(path.head()).into(), PropertyValue::Text("kept-secret".into()));
            }
            check_values(&def, &whole, &resolved.secrets)
        };
        if wrong.is_empty() {
            return Ok(());
        }
        Err(StepError::refused(FailureCause::Refused, CloudErrorKind::Invalid, "Validation", wrong.join("; ")))
    }

    fn payload(
        &self,
        change: &ResourceChange,
        resolved: ResolvedProperties,
        secrets: &BTreeMap<SecretSource, String>,
        before: Option<&ResourceRecord>,
    ) -> Payload {
        let clear = resolved.properties();
        let mut applied = redact(&clear, &resolved.secrets, &self.key);
        for path in &resolved.kept {
            if let Some(hash) = before.and_then(|record| property_paths::get(&record.applied, path)) {
                set_at(&mut applied, path, hash.clone());
            }
        }
        // Secrets that flow through other resources' properties are known by value alone.
        let values: Vec<String> = secrets.values().cloned().collect();
        let applied = redact_values(&applied, &values, &self.key);
        Payload {
            kept: self.scrubber.properties(&applied, Some(&change.desired)).into(),
            applied,
            clear,
            secrets: resolved.secrets,
            values,
            hidden: before.map(|record| redacted_paths(&record.observed)).unwrap_or_default(),
        }
    }

    /// Reads the secrets a change needs. The scrubber keeps them in mind, in memory, as long as the run.
    async fn read_secrets(&self, change: &ResourceChange) -> Result<BTreeMap<SecretSource, String>, StepError> {
        let mut wanted = BTreeSet::new();
        change.sent().values().for_each(|value| secrets_of(value, &mut wanted));
        let mut values = BTreeMap::new();
        for secret in wanted {
            let refused =
                |message| StepError::refused(FailureCause::Secret, CloudErrorKind::Invalid, "Secret", message);
            let value = match &secret {
                SecretSource::Env { name } => (self.apply.environment)(name)
                    .ok_or_else(|| refused(format!("the environment variable {name} is not set")))?,
                SecretSource::Generated { length } => password::password(*length).map_err(refused)?,
                SecretSource::Store { name } => {
                    let (ty, place) = (&change.ty, &change.place);
                    let read = |attempt| {
                        let logged = LoggedCall { operation: "secret", ty, place, attempt };
                        logged.run(self.apply.clock, self.apply.cloud.secret(place, name))
                    };
                    self.retry_fresh(change, read).await.map_err(|error| StepError::Call {
                        cause: FailureCause::Secret,
                        error: store_error(name, error),
                    })?
                }
            };
            self.scrubber.hold(&value, source_name(&secret));
            values.insert(secret, value);
        }
        Ok(values)
    }

    /// Returns what was observed with a hash wherever it holds a secret of this change, to be compared.
    pub fn redacted(&self, sent: &Payload, observed: &ObservedResource) -> SharedProperties {
        if sent.secrets.is_empty() && sent.hidden.is_empty() && sent.values.is_empty() {
            return observed.properties.clone();
        }
        let places = sent.secrets.iter().chain(&sent.hidden).cloned().collect::<Vec<_>>();
        redact_values(&redact(&observed.properties, &places, &self.key), &sent.values, &self.key).into()
    }

    /// Returns the record of a resource after a call.
    pub fn record(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        observed: &ObservedResource,
        tainted: Option<String>,
    ) -> ResourceRecord {
        ResourceRecord {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: change.place.clone(),
            id: observed.id.clone(),
            applied: sent.kept.clone(),
            observed: self.scrubber.shared_properties(&self.redacted(sent, observed), Some(&change.desired)),
            depends_on: self.remaining_dependencies(change),
            layer: change.layer.clone(),
            protect: change.protect,
            keep: change.keep,
            watched: self.watched_now(change, &Properties::new()),
            tainted,
            failed: false,
            changing: false,
        }
    }
}

/// Returns the names of secrets that a value is made of.
fn name_of(secrets: &BTreeMap<SecretSource, String>) -> String {
    secrets.keys().map(source_name).collect::<Vec<_>>().join(", ")
}

fn store_error(name: &str, error: CloudError) -> CloudError {
    CloudError { message: format!("the secret {name}: {}", error.message), ..error }
}

/// Sets a place whose parents are objects; elsewhere there is nothing to set it in.
fn set_at(properties: &mut Properties, path: &PropPath, value: Json) {
    let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
    let Some((last, parents)) = segments.split_last() else { return };
    let mut entries = properties;
    for parent in parents {
        let inner = entries.entry(parent.clone()).or_insert_with(|| Json::Object(Properties::new()));
        let Json::Object(inner) = inner else { return };
        entries = inner;
    }
    entries.insert(last.clone(), value);
}
