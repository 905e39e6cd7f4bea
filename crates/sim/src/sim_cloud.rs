//! The simulated cloud with its parts.

use super::behaviour::{Behaviour, RateLimits, RuleCall, Turn};
use super::faults::{CrashHook, FaultInjector, Faults, InjectedFault, injected};
use super::latency::Latency;
use super::new_resource::{ACCOUNT, account};
use super::output_forms::OutputForms;
use super::resource_table::{self, SimResource};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::clock::Clock;
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, ObservedResource, Progress, ProgressSink, ResourceKey, TypeSource,
};
use gpb_engine::state::OperationKind;
use gpb_model::Place;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The parts of a simulated cloud.
#[derive(Clone)]
pub struct SimOptions {
    /// The resource types that it serves.
    pub types: Arc<dyn TypeSource>,
    /// The clock that latencies pass on.
    pub clock: Arc<dyn Clock>,
    /// The faults that it injects.
    pub faults: Faults,
    /// The durations of its operations.
    pub latency: Latency,
    /// The forms of the outputs that other types hold to one.
    pub forms: OutputForms,
    /// The behaviour of its resource types; friendly where it has no rules.
    pub behaviour: Behaviour,
    /// Called at each point where a process may die; tests let it die there.
    pub hook: Option<CrashHook>,
}

/// The simulated cloud.
pub struct SimCloud {
    connection: Mutex<Connection>,
    types: Arc<dyn TypeSource>,
    pub(crate) clock: Arc<dyn Clock>,
    faults: FaultInjector,
    latency: Latency,
    pub(crate) forms: OutputForms,
    pub(crate) behaviour: Behaviour,
    rates: RateLimits,
    pub(crate) idempotent: bool,
    hook: Option<CrashHook>,
}

impl SimCloud {
    /// Opens the cloud in a file, which is made when it is not there.
    ///
    /// Its folder must exist.
    ///
    /// # Errors
    /// A file that cannot be opened, or that belongs to another program.
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

    /// Makes a cloud that is lost when it is dropped.
    ///
    /// # Errors
    /// A failure of SQLite.
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
            behaviour: options.behaviour,
            rates: RateLimits::default(),
            idempotent: true,
            hook: options.hook,
        })
    }

    /// Returns the same cloud without idempotency tokens, as many services are.
    ///
    /// A creation that is sent twice makes another resource, or finds the name taken.
    #[must_use]
    pub fn without_idempotency(self) -> SimCloud {
        SimCloud { idempotent: false, ..self }
    }

    /// Lists all resources with their tokens, oldest first, without those that wait for their end out of sight.
    ///
    /// Tests compare the state with it.
    ///
    /// # Errors
    /// A file that cannot be read.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
    pub fn everything(&self) -> Result<Vec<(ResourceKey, ObservedResource, String)>, CloudError> {
        let resources = if self.behaviour.is_friendly() {
            self.query(resource_table::everything)?
        } else {
            self.turn(|turn| turn.everything())?
        };
        let key = |resource: SimResource| {
            let account = Some(resource.account).filter(|account| account != ACCOUNT).map(Into::into);
            let place = Place { account, region: resource.region.into(), ..Place::default() };
            let observed = ObservedResource { id: resource.id.clone(), properties: resource.properties.into() };
            (ResourceKey { ty: resource.ty, place, id: resource.id }, observed, resource.token)
        };
        Ok(resources.into_iter().map(key).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn point(&self, name: &str) {
        if let Some(hook) = &self.hook {
            hook(name);
        }
    }

    pub(crate) fn def(&self, ty: &str) -> Result<Arc<TypeDef>, CloudError> {
        let unknown =
            || CloudError::new(CloudErrorKind::Unsupported, "UnknownType", format!("the catalog has no type {ty}"));
        self.types.get(ty).ok_or_else(unknown)
    }

    pub(crate) fn query<T>(&self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, CloudError> {
        act(&self.lock()).map_err(|error| resource_table::internal(&error))
    }

    pub(crate) fn change<T>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let mut connection = self.lock();
        let sql_error = |error: rusqlite::Error| resource_table::internal(&error);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql_error)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(sql_error)?;
        Ok(done)
    }

    /// Acts as a call of the hostile cloud at this moment, once everything that was due has happened.
    pub(crate) fn turn<T>(&self, act: impl FnOnce(&Turn<'_>) -> Result<T, CloudError>) -> Result<T, CloudError> {
        let now = i64::try_from(self.clock.epoch_ms()).unwrap_or(i64::MAX);
        self.change(|transaction| {
            let turn =
                Turn { behaviour: &self.behaviour, types: &*self.types, forms: &self.forms, table: transaction, now };
            turn.advance()?;
            act(&turn)
        })
    }

    /// Takes a token of the rates that a call falls under.
    pub(crate) fn limit_rate(&self, call: RuleCall, ty: &str, place: &Place) -> Result<(), CloudError> {
        let now = i64::try_from(self.clock.epoch_ms()).unwrap_or(i64::MAX);
        self.rates.take(&self.behaviour, call, ty, (account(place), &place.region), now)
    }

    pub(crate) fn get(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.inject_read_fault(&key.id, &key.ty)?;
        if !self.behaviour.is_friendly() {
            self.limit_rate(RuleCall::Read, &key.ty, &key.place)?;
            return self.turn(|turn| turn.single(key));
        }
        self.query(|connection| read(connection, key))
    }

    /// Reads many at once, which some services answer from a list.
    pub(crate) fn get_batch(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        if !self.behaviour.is_friendly() {
            return keys.iter().map(|key| self.get_batched(key)).collect();
        }
        let connection = self.lock();
        // One look at the locks of the file serves all. Without it, each read takes its own.
        let _reading = connection.unchecked_transaction();
        let read = |key: &ResourceKey| {
            self.inject_read_fault(&key.id, &key.ty)?;
            read(&connection, key).map_err(|error| resource_table::internal(&error))
        };
        keys.iter().map(read).collect()
    }

    fn get_batched(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.inject_read_fault(&key.id, &key.ty)?;
        self.turn(|turn| turn.batched(key))
    }

    pub(crate) fn inject_read_fault(&self, subject: &str, ty: &str) -> Result<(), CloudError> {
        match self.faults.read(subject) {
            InjectedFault::Before(kind) => Err(injected(kind, "read", ty)),
            _ => Ok(()),
        }
    }

    /// Draws the fault of a change, and fails where it comes before the change.
    ///
    /// A fault that comes after the change is returned.
    pub(crate) fn inject_fault(&self, operation: &str, subject: &str, ty: &str) -> Result<InjectedFault, CloudError> {
        self.point(&format!("{operation}:asked"));
        match self.faults.change(operation, subject) {
            InjectedFault::Before(kind) => Err(injected(kind, operation, ty)),
            fault => Ok(fault),
        }
    }

    /// Waits as long as the operation takes, and reports the wait.
    pub(crate) async fn wait_latency(
        &self,
        ty: &str,
        operation: OperationKind,
        doing: &str,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        // A row of the behaviour says how long its type takes, and what is seen meanwhile.
        let whole = if self.behaviour.of(ty).is_some() { Duration::ZERO } else { self.latency.duration(ty, operation) };
        let mut elapsed = Duration::ZERO;
        while elapsed < whole {
            let step =
                whole.saturating_sub(elapsed).min(whole / 4).max(Duration::from_millis(1)).min(Duration::from_secs(5));
            sink.progress(Progress::Waiting { for_what: doing.to_owned(), elapsed }).await?;
            self.clock.sleep(step).await;
            elapsed += step;
        }
        Ok(())
    }
}

/// Reads a resource of the friendly cloud.
fn read(connection: &Connection, key: &ResourceKey) -> rusqlite::Result<Option<ObservedResource>> {
    let (account, region) = (account(&key.place), &key.place.region);
    let found = resource_table::properties_of(connection, &key.ty, account, region, &key.id)?;
    Ok(found.map(|properties| ObservedResource { id: key.id.clone(), properties: properties.into() }))
}
