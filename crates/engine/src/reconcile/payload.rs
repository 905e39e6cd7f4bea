//! The payload of a change: unknowns filled in, secrets read, validated against the catalog, and redacted for the state.

use super::call_log::LoggedCall;
use super::outcome::FailureCause;
use super::password;
use super::resolve::{ResolveSources, ResolvedProperties, resolve, secrets_of};
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{CloudError, CloudErrorKind, ObservedResource, Properties, property_paths, validate::check_values};
use crate::plan::ResourceChange;
use crate::state::{ResourceRecord, is_redacted, redact, redact_values, redacted_paths};
use gpb_model::{PropPath, PropertyValue, Reference, SecretSource};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The properties that are sent, and how they are written down.
pub struct Payload {
    /// Secrets in clear; it is dropped with the call.
    pub clear: Properties,
    /// Secrets as keyed hashes.
    pub applied: Properties,
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
        let kept = |path: &PropPath| {
            before.and_then(|record| property_paths::get(&record.applied, path)).is_some_and(is_redacted)
        };
        let outputs = |reference: &Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = ResolveSources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
        let resolved = resolve(&change.desired, &sources)
            .map_err(|why| StepError::refused(FailureCause::Unresolved, CloudErrorKind::Invalid, "Unresolved", why))?;
        self.check(change, &resolved, before)?;
        Ok(self.payload(resolved, &secrets, before))
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
            check_values(&def, &resolved.values)
        } else {
            // A secret that is kept is there, though it is not sent; any string stands for it.
            let mut whole = resolved.values.clone();
            for path in kept {
                whole.insert(PropPath::unescape(path.head()).into(), PropertyValue::Text("kept-secret".into()));
            }
            check_values(&def, &whole)
        };
        if wrong.is_empty() {
            return Ok(());
        }
        Err(StepError::refused(FailureCause::Refused, CloudErrorKind::Invalid, "Validation", wrong.join("; ")))
    }

    fn payload(
        &self,
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
        Payload {
            applied: redact_values(&applied, &values, &self.key),
            clear,
            secrets: resolved.secrets,
            values,
            hidden: before.map(|record| redacted_paths(&record.observed)).unwrap_or_default(),
        }
    }

    /// Reads the secrets a change needs. They live as long as the call.
    async fn read_secrets(&self, change: &ResourceChange) -> Result<BTreeMap<SecretSource, String>, StepError> {
        let mut wanted = BTreeSet::new();
        change.desired.values().for_each(|value| secrets_of(value, &mut wanted));
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
                    self.retry(change, read).await.map_err(|error| StepError::Call {
                        cause: FailureCause::Secret,
                        error: store_error(name, error),
                    })?
                }
            };
            values.insert(secret, value);
        }
        Ok(values)
    }

    /// Returns what was observed with a hash wherever it holds a secret.
    pub fn redacted(&self, sent: &Payload, observed: &ObservedResource) -> Properties {
        let places = sent.secrets.iter().chain(&sent.hidden).cloned().collect::<Vec<_>>();
        redact_values(&redact(&observed.properties, &places, &self.key), &sent.values, &self.key)
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
            applied: sent.applied.clone(),
            observed: self.redacted(sent, observed),
            depends_on: self.remaining_dependencies(change),
            layer: change.layer.clone(),
            protect: change.protect,
            tainted,
            failed: false,
        }
    }
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
