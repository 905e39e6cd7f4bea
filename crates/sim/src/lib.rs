//! The embedded cloud: persistent, deterministic, checked by the catalog, and as unreliable as it is told to be.
//!
//! It serves every type of the catalog alike and knows none of them: what a resource gives back is made up from the
//! shapes of its read-only properties.

mod faults;
mod latency;
mod output_forms;
mod outputs;
mod pattern_sample;
mod resource_table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use faults::{CrashHook, Faults, FaultsError};
pub use latency::Latency;
pub use output_forms::OutputForms;

use async_trait::async_trait;
use faults::{FaultInjector, InjectedFault, injected};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::clock::Clock;
use gpb_engine::cloud::physical_names::{fill_names, hex};
use gpb_engine::cloud::validate::check;
use gpb_engine::cloud::{
    Cloud, CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, Progress, ProgressSink,
    Properties, ResourceKey, TypeSource, UpdateRequest, property_paths,
};
use gpb_engine::state::OperationKind;
use gpb_model::Place;
use gpb_model::PropPath;
use outputs::OutputGenerator;
use resource_table::SimResource;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What an embedded cloud is made with.
#[derive(Clone)]
pub struct SimOptions {
    pub types: Arc<dyn TypeSource>,
    pub clock: Arc<dyn Clock>,
    pub faults: Faults,
    pub latency: Latency,
    pub forms: OutputForms,
    /// Where tests let a process die.
    pub hook: Option<CrashHook>,
}

/// The embedded cloud.
pub struct SimCloud {
    connection: Mutex<Connection>,
    types: Arc<dyn TypeSource>,
    clock: Arc<dyn Clock>,
    faults: FaultInjector,
    latency: Latency,
    forms: OutputForms,
    idempotent: bool,
    hook: Option<CrashHook>,
}

/// The account of places that name none.
const ACCOUNT: &str = "000000000000";

impl SimCloud {
    /// The cloud in a file, which is made when it is not there. Its folder must be.
    pub fn open(path: &Path, options: SimOptions) -> Result<SimCloud, CloudError> {
        let connection = Connection::open(path).map_err(|error| resource_table::internal(&error))?;
        #[cfg(unix)]
        if let Ok(metadata) = path.metadata() {
            use std::os::unix::fs::PermissionsExt as _;
            let mut permissions = metadata.permissions();
            permissions.set_mode(0o600);
            // A simulation holds nothing real; where this is not possible it is still usable.
            let _ = std::fs::set_permissions(path, permissions);
        }
        Self::with(connection, options)
    }

    /// A cloud that is gone when it is dropped.
    pub fn in_memory(options: SimOptions) -> Result<SimCloud, CloudError> {
        let connection = Connection::open_in_memory().map_err(|error| resource_table::internal(&error))?;
        Self::with(connection, options)
    }

    fn with(mut connection: Connection, options: SimOptions) -> Result<SimCloud, CloudError> {
        resource_table::prepare(&mut connection)?;
        Ok(SimCloud {
            connection: Mutex::new(connection),
            types: options.types,
            clock: options.clock,
            faults: FaultInjector::new(options.faults),
            latency: options.latency,
            forms: options.forms,
            idempotent: true,
            hook: options.hook,
        })
    }

    /// The same cloud, but one that looks at no token, as many services do not: a creation that is asked for twice makes
    /// another resource, or finds the name taken.
    #[must_use]
    pub fn looking_at_no_token(self) -> SimCloud {
        SimCloud { idempotent: false, ..self }
    }

    /// Everything there is, oldest first, with the token it was made with: what a test compares the state with.
    pub fn everything(&self) -> Result<Vec<(ResourceKey, ObservedResource, String)>, CloudError> {
        let things = resource_table::everything(&self.lock()).map_err(|error| resource_table::internal(&error))?;
        let key = |thing: SimResource| {
            let account = Some(thing.account).filter(|account| account != ACCOUNT).map(Into::into);
            let place = Place { account, region: thing.region.into(), ..Place::default() };
            let observed = ObservedResource { id: thing.id.clone(), properties: thing.properties };
            (ResourceKey { ty: thing.ty, place, id: thing.id }, observed, thing.token)
        };
        Ok(things.into_iter().map(key).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn point(&self, name: &str) {
        if let Some(hook) = &self.hook {
            hook(name);
        }
    }

    fn def(&self, ty: &str) -> Result<Arc<TypeDef>, CloudError> {
        let unknown =
            || CloudError::new(CloudErrorKind::Unsupported, "UnknownType", format!("the catalog has no type {ty}"));
        self.types.get(ty).ok_or_else(unknown)
    }

    fn query<T>(&self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, CloudError> {
        act(&self.lock()).map_err(|error| resource_table::internal(&error))
    }

    fn change<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, CloudError>) -> Result<T, CloudError> {
        let mut connection = self.lock();
        let sql_error = |error: rusqlite::Error| resource_table::internal(&error);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql_error)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(sql_error)?;
        Ok(done)
    }

    fn get(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.read_fate(&key.id, &key.ty)?;
        let found =
            self.query(|c| resource_table::by_id(c, &key.ty, account(&key.place), &key.place.region, &key.id))?;
        Ok(found.map(observed))
    }

    fn read_fate(&self, subject: &str, ty: &str) -> Result<(), CloudError> {
        match self.faults.read(subject) {
            InjectedFault::Before(kind) => Err(injected(kind, "read", ty)),
            _ => Ok(()),
        }
    }

    /// Throws the dice for a change; what is to come after it is returned.
    fn inject_fault(&self, operation: &str, subject: &str, ty: &str) -> Result<InjectedFault, CloudError> {
        self.point(&format!("{operation}:asked"));
        match self.faults.change(operation, subject) {
            InjectedFault::Before(kind) => Err(injected(kind, operation, ty)),
            fault => Ok(fault),
        }
    }

    /// Lets the time pass that the operation takes, and says what it is waited for.
    async fn wait_latency(
        &self,
        ty: &str,
        operation: OperationKind,
        doing: &str,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        let whole = self.latency.duration(ty, operation);
        let mut elapsed = Duration::ZERO;
        while elapsed < whole {
            let step =
                whole.saturating_sub(elapsed).min(whole / 4).max(Duration::from_millis(1)).min(Duration::from_secs(5));
            sink.progress(Progress::Waiting { for_what: doing.to_owned(), elapsed })?;
            self.clock.sleep(step).await;
            elapsed += step;
        }
        Ok(())
    }

    /// Makes the resource, or finds the one the same token made.
    fn make(&self, def: &TypeDef, create: &CreateRequest<'_>) -> Result<ObservedResource, CloudError> {
        let sent = hex(&Sha256::digest(Json::Object(create.desired.clone()).to_string().as_bytes()));
        self.change(|transaction| {
            let mut same =
                resource_table::by_token(transaction, create.token).map_err(|e| resource_table::internal(&e))?;
            let salt = if same.is_empty() { String::new() } else { same.len().to_string() };
            if let Some(thing) = same.pop().filter(|_| self.idempotent) {
                return if thing.ty == create.ty && thing.sent == sent {
                    Ok(observed(thing))
                } else {
                    let message = "the token was used for another creation";
                    Err(CloudError::new(CloudErrorKind::Invalid, "IdempotentParameterMismatch", message))
                };
            }
            let thing = new_thing(def, create, sent, &salt, &self.forms);
            if !resource_table::insert(transaction, &thing).map_err(|e| resource_table::internal(&e))? {
                let message = format!("{} {} exists already", def.aws, thing.id);
                return Err(CloudError::new(CloudErrorKind::AlreadyExists, "AlreadyExists", message));
            }
            Ok(observed(thing))
        })
    }

    fn modify(&self, def: &TypeDef, update: &UpdateRequest<'_>) -> Result<ObservedResource, CloudError> {
        let key = update.key;
        self.change(|transaction| {
            let found = resource_table::by_id(transaction, &key.ty, account(&key.place), &key.place.region, &key.id);
            let mut thing = found.map_err(|e| resource_table::internal(&e))?.ok_or_else(|| missing(def, key))?;
            if !def.updatable {
                let message = format!("{} cannot be changed, only replaced", def.aws);
                return Err(CloudError::new(CloudErrorKind::Invalid, "NotUpdatable", message));
            }
            for path in update.changed {
                refuse_create_only(def, path, &thing.properties, update.desired)?;
                property_paths::copy(&mut thing.properties, update.desired, path);
            }
            def.write_only.iter().for_each(|path| property_paths::remove(&mut thing.properties, path));
            property_paths::fill_defaults(def, &mut thing.properties);
            resource_table::update(transaction, &thing).map_err(|e| resource_table::internal(&e))?;
            Ok(observed(thing))
        })
    }

    fn destroy(&self, def: &TypeDef, key: &ResourceKey) -> Result<(), CloudError> {
        self.change(|transaction| {
            let found = resource_table::by_id(transaction, &key.ty, account(&key.place), &key.place.region, &key.id);
            let Some(thing) = found.map_err(|e| resource_table::internal(&e))? else { return Ok(()) };
            let user = resource_table::user_of(transaction, &thing, &own_names(def, &thing.properties));
            if let Some((ty, id)) = user.map_err(|e| resource_table::internal(&e))? {
                let message = format!("{} {} is in use by {ty} {id}", def.aws, key.id);
                return Err(CloudError::new(CloudErrorKind::Conflict, "InUse", message));
            }
            resource_table::delete(transaction, &thing).map_err(|e| resource_table::internal(&e))
        })
    }
}

fn account(place: &Place) -> &str {
    place.account.as_deref().unwrap_or(ACCOUNT)
}

fn observed(thing: SimResource) -> ObservedResource {
    ObservedResource { id: thing.id, properties: thing.properties }
}

fn missing(def: &TypeDef, key: &ResourceKey) -> CloudError {
    CloudError::new(CloudErrorKind::NotFound, "NotFound", format!("there is no {} {}", def.aws, key.id))
}

/// The resource a creation makes. What the cloud makes up differs by `salt`.
fn new_thing(def: &TypeDef, create: &CreateRequest<'_>, sent: String, salt: &str, forms: &OutputForms) -> SimResource {
    let account = account(create.place);
    let mut properties = create.desired.clone();
    fill_names(def, &mut properties, create.label, create.token);
    let salted = [create.token, salt].concat();
    let given = properties.clone();
    OutputGenerator::new(def, create.place, account, create.label, &salted, &given, forms).fill(&mut properties);
    property_paths::fill_defaults(def, &mut properties);
    let parts = def.primary_identifier.iter().filter_map(|path| property_paths::get(&properties, path));
    let parts: Vec<String> = parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    // A type whose schema names no identifier, or one that was left open, still needs one.
    let whole = parts.len() == def.primary_identifier.len() && !parts.is_empty();
    let id = if whole {
        parts.join("|")
    } else {
        format!("{}-{}", create.label, gpb_engine::cloud::physical_names::short_hash(create.token))
    };
    def.write_only.iter().for_each(|path| property_paths::remove(&mut properties, path));
    SimResource {
        number: 0,
        ty: create.ty.to_owned(),
        account: account.to_owned(),
        region: create.place.region.to_string(),
        id,
        token: create.token.to_owned(),
        sent,
        properties,
    }
}

fn refuse_create_only(
    def: &TypeDef,
    path: &PropPath,
    before: &Properties,
    after: &Properties,
) -> Result<(), CloudError> {
    let touched = def.create_only.iter().filter(|fixed| fixed.covers(path) || path.covers(fixed));
    for fixed in touched {
        if def.is_write_only(fixed) || property_paths::all(before, fixed) == property_paths::all(after, fixed) {
            continue;
        }
        let message = format!("{fixed} of {} can be set only when it is created", def.aws);
        return Err(CloudError::new(CloudErrorKind::Invalid, "CreateOnly", message));
    }
    Ok(())
}

/// The texts only this resource can have given to others: what the cloud made up for it.
fn own_names<'a>(def: &TypeDef, properties: &'a Properties) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for path in &def.read_only {
        let segment = path.segments().last().unwrap_or_default().to_ascii_lowercase();
        let is_name = def.primary_identifier.contains(path) || segment.ends_with("arn") || segment.ends_with("id");
        if is_name {
            for value in property_paths::all(properties, path) {
                // An echo of a property that was given is another resource's name.
                let echo = properties
                    .iter()
                    .any(|(key, other)| !def.is_read_only(&PropPath(key.as_str().into())) && other == value);
                names.extend(value.as_str().filter(|text| text.len() >= 8 && *text != ACCOUNT && !echo));
            }
        }
    }
    names
}

#[async_trait]
impl Cloud for SimCloud {
    fn name(&self) -> &'static str {
        "sim"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        let account = account(place).to_owned();
        Ok(Identity { arn: format!("arn:aws:iam::{account}:user/simulated"), account })
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.def(ty).map(drop)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.get(key)
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        self.read_fate(find.token.unwrap_or(find.ty), find.ty)?;
        let (account, region) = (account(find.place), &find.place.region);
        if let Some(token) = find.token {
            let found = self.query(|c| resource_table::by_token(c, token))?;
            let here = |thing: &SimResource| thing.ty == find.ty && thing.account == account && thing.region == *region;
            return Ok(found.into_iter().filter(here).map(observed).collect());
        }
        let things = self.query(|c| resource_table::of_type(c, find.ty, account, region))?;
        let wanted = Json::Object(find.matching.clone());
        let matches = |thing: &SimResource| property_paths::contains(&Json::Object(thing.properties.clone()), &wanted);
        Ok(things.into_iter().filter(matches).map(observed).collect())
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let def = self.def(create.ty)?;
        let wrong = check(&def, create.desired);
        if !wrong.is_empty() {
            return Err(CloudError::new(CloudErrorKind::Invalid, "Validation", wrong.join("; ")));
        }
        let fault = self.inject_fault("create", create.token, create.ty)?;
        let made = self.make(&def, &create)?;
        self.point("create:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "create", create.ty));
        }
        sink.progress(Progress::Identified { id: made.id.clone() })?;
        self.point("create:identified");
        if fault == InjectedFault::Unfinished {
            return Err(injected(CloudErrorKind::Unavailable, "create", create.ty));
        }
        self.wait_latency(create.ty, OperationKind::Create, "available (now `creating`)", sink).await?;
        self.point("create:done");
        Ok(made)
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let ty = &update.key.ty;
        let def = self.def(ty)?;
        let fault = self.inject_fault("update", update.token, ty)?;
        let changed = self.modify(&def, &update)?;
        self.point("update:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "update", ty));
        }
        self.wait_latency(ty, OperationKind::Update, "available (now `updating`)", sink).await?;
        self.point("update:done");
        Ok(changed)
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let def = self.def(&key.ty)?;
        let fault = self.inject_fault("delete", token, &key.ty)?;
        self.destroy(&def, key)?;
        self.point("delete:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "delete", &key.ty));
        }
        self.wait_latency(&key.ty, OperationKind::Delete, "gone (now `deleting`)", sink).await?;
        self.point("delete:done");
        Ok(())
    }

    async fn wait(&self, key: &ResourceKey, _sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let def = self.def(&key.ty)?;
        self.get(key)?.ok_or_else(|| missing(&def, key))
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        self.read_fate(name, "secret")?;
        // Any name has a value, the same each time, so that a specification can be tried before its secrets exist.
        let text = format!("{} {} {name}", account(place), place.region);
        Ok(format!("simulated-{}", gpb_engine::cloud::physical_names::short_hash(&text)))
    }
}
