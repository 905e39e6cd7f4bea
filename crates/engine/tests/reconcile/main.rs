//! The engine against the embedded cloud: every run is a whole life of the program, from settling what was interrupted
//! over reading and planning to the last outcome.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    missing_docs
)] // Tests touch the world and may fail.

mod absence;
mod adoption;
mod apply;
mod chaos;
mod deadlines;
mod deletion_locks;
mod freshness;
mod hostile;
mod hostile_life;
mod keep;
mod kill;
mod logs;
mod made_elements;
mod postcondition;
mod random;
mod refresh;
mod scripted_cloud;
mod secrets;
mod update_retries;

use gpb_base::source::Span;
use gpb_engine::cloud::clock::{Clock as _, VirtualClock};
use gpb_engine::cloud::{Cloud, TypeSource};
use gpb_engine::plan::{Action, Observation, Plan, PlanInputs, ProtectionOverride};
use gpb_engine::reconcile::*;
use gpb_engine::state::{
    LockHolder, ResourceRecord, SqliteStore, StateScope, StateSnapshot, StateStore, StateWriter, deposed_from,
    is_redacted,
};
use gpb_model::PropPath;
use gpb_model::graph::Graph;
use gpb_model::{Address, Environment, Lifecycle, Model, Output, PropertyValue, Reference, Resource, SecretSource};
use gpb_sim::testing::{TestTypes, options, place};
use gpb_sim::{Behaviour, CrashHook, Faults, OutputForms, SimCloud, SimOptions};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The resources that a program declares, each after what it refers to.
pub type DesiredMap = Vec<(&'static str, &'static str, Json)>;

/// A cloud and a state that outlive the processes which work on them.
pub struct EngineFixture {
    temp: tempfile::TempDir,
    pub store: SqliteStore,
    pub clock: VirtualClock,
    pub sim: SimCloud,
    pub types: Arc<dyn TypeSource>,
    pub seed: u64,
}

/// Gives the process a subscriber before its first event: an event that is met first without one may stay switched off for
/// the test that listens.
fn listen_to_all() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
}

impl Default for EngineFixture {
    fn default() -> Self {
        Self::new()
    }
}

impl EngineFixture {
    pub fn new() -> Self {
        Self::with(Faults::default(), None)
    }

    /// Over the harder of the two kinds of service: one that looks at no token.
    pub fn with(faults: Faults, hook: Option<CrashHook>) -> Self {
        Self::of_kind(false, faults, hook)
    }

    pub fn of_kind(idempotent: bool, faults: Faults, hook: Option<CrashHook>) -> Self {
        Self::behaving(Behaviour::friendly(), idempotent, faults, hook)
    }

    /// Over a cloud that behaves so.
    pub fn behaving(behaviour: Behaviour, idempotent: bool, faults: Faults, hook: Option<CrashHook>) -> Self {
        // In memory where there is such a folder: these tests are about order, not about disks.
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        listen_to_all();
        let clock = VirtualClock::default();
        let sim = SimCloud::in_memory(SimOptions { behaviour, ..options(&clock, faults, hook) }).unwrap();
        Self {
            store: SqliteStore::new(temp.path().join(".gpb")),
            sim: if idempotent { sim } else { sim.without_idempotency() },
            types: Arc::new(TestTypes),
            seed: 1,
            clock,
            temp,
        }
    }

    /// The time since a moment.
    pub fn since(&self, start: std::time::Duration) -> std::time::Duration {
        self.clock.now().saturating_sub(start)
    }

    /// The folder of the state.
    pub fn store_path(&self) -> std::path::PathBuf {
        self.temp.path().join(".gpb")
    }

    pub fn scope() -> StateScope {
        StateScope { cloud: "sim".into(), stack: "shop".into(), environment: "test".into() }
    }

    pub fn writer(&self) -> Box<dyn StateWriter> {
        let holder = LockHolder::current("gpb apply", self.clock.epoch_ms());
        self.store.writer(&Self::scope(), &holder).unwrap()
    }

    pub fn snapshot(&self) -> StateSnapshot {
        self.store.snapshot(&Self::scope()).unwrap()
    }

    /// One life: settle, read, plan, apply.
    pub fn live(&self, desired: &DesiredMap) -> ApplyOutcome {
        self.live_with(desired, &*self.writer(), &CancelToken::default(), &NullSink).unwrap()
    }

    pub fn live_with(
        &self,
        desired: &DesiredMap,
        writer: &dyn StateWriter,
        cancel: &CancelToken,
        events: &dyn EventSink,
    ) -> Result<ApplyOutcome, EngineError> {
        self.live_on(&self.sim, desired, writer, cancel, events)
    }

    /// One life on a cloud that may be more than the simulated one.
    pub fn live_on(
        &self,
        cloud: &dyn Cloud,
        desired: &DesiredMap,
        writer: &dyn StateWriter,
        cancel: &CancelToken,
        events: &dyn EventSink,
    ) -> Result<ApplyOutcome, EngineError> {
        self.clock.run(async {
            let (clock, seed) = (&self.clock, self.seed);
            recover(CrashRecovery { writer, cloud, clock, events, seed }).await?;
            let snapshot = writer.snapshot()?;
            let observation = self.observe_on(cloud, &snapshot).await;
            let plan = self.plan(desired, &snapshot, &observation);
            let options = ApplyOptions { seed, ..ApplyOptions::default() };
            let environment = |name: &str| (name == "TOKEN").then(|| "hunter2hunter2".to_owned());
            apply(Apply {
                plan: &plan,
                writer,
                cloud,
                types: &*self.types,
                functions: &no_functions,
                environment: &environment,
                clock,
                events,
                cancel,
                options: &options,
            })
            .await
        })
    }

    pub fn plan(&self, desired: &DesiredMap, snapshot: &StateSnapshot, observation: &Observation) -> Plan {
        let (model, key) = (model_of(desired), self.store.key().unwrap());
        let secret = |secret: &SecretSource| match secret {
            SecretSource::Env { .. } => Some(key.hash(&"hunter2hunter2".into())),
            SecretSource::Store { name } => {
                // One that cannot be read yet is read when it is needed, as the command does it.
                let value = self.clock.run(self.sim.secret(&place(), name)).ok()?;
                Some(key.hash(&value.into()))
            }
            SecretSource::Generated { .. } => None,
        };
        let options = gpb_engine::plan::PlanOptions {
            unprotect: ProtectionOverride::All,
            ..gpb_engine::plan::PlanOptions::default()
        };
        let inputs = PlanInputs {
            model: &model,
            graph: &Graph::build(&model),
            types: &|name| self.types.get(name),
            snapshot,
            observation: Some(observation),
            call: &no_functions,
            secret: &secret,
            options: &options,
        };
        gpb_engine::plan::plan(&inputs).unwrap()
    }

    async fn observe(&self, snapshot: &StateSnapshot) -> Observation {
        self.observe_on(&self.sim, snapshot).await
    }

    async fn observe_on(&self, cloud: &dyn Cloud, snapshot: &StateSnapshot) -> Observation {
        let (clock, seed) = (&self.clock, self.seed);
        let reading = Refresh { cloud, types: &*self.types, functions: &no_functions, clock, seed };
        let refreshed = refresh(reading, snapshot, &Model::default()).await;
        assert_eq!(refreshed.diagnostics, []);
        refreshed.observation
    }

    /// Returns the pending actions of a plan made now.
    pub fn pending(&self, desired: &DesiredMap) -> Vec<(String, Action)> {
        let snapshot = self.snapshot();
        assert_eq!(snapshot.pending, [], "nothing is left open");
        let observation = self.clock.run(self.observe(&snapshot));
        let changes = self.plan(desired, &snapshot, &observation).changes.into_iter();
        let to_do = changes.filter(|change| {
            let tainted = snapshot.resources.get(&change.address).is_some_and(|record| record.tainted.is_some());
            change.action != Action::NoOp || tainted
        });
        to_do.map(|change| (change.address.to_string(), change.action)).collect()
    }

    /// Asserts that the cloud holds what the state says, no more and no less, and that both are what was declared.
    pub fn assert_settled(&self, desired: &DesiredMap, what: &str) {
        let snapshot = self.snapshot();
        let in_state: BTreeSet<_> = snapshot.resources.values().map(|r| (r.ty.clone(), r.id.clone())).collect();
        let in_cloud: BTreeSet<_> =
            self.sim.everything().unwrap().into_iter().map(|(key, ..)| (key.ty, key.id)).collect();
        assert_eq!(in_state, in_cloud, "{what}: the state and the cloud differ");
        let addresses: Vec<&str> = snapshot.resources.keys().map(Address::as_str).collect();
        let mut declared: Vec<&str> = desired.iter().map(|(name, ..)| *name).collect();
        declared.sort_unstable();
        assert_eq!(addresses, declared, "{what}: the state is not what was declared");
        assert_eq!(self.pending(desired), [], "{what}: something is left to do");
    }
}

pub fn no_functions(name: &str, _: &[Json]) -> Result<Json, String> {
    Err(format!("there is no function {name}"))
}

/// Keeps what happens.
#[derive(Default)]
pub struct EventLog(pub Mutex<Vec<EngineEvent>>);

impl EventSink for EventLog {
    fn event(&self, event: &EngineEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// A reference, as the tests write it.
pub fn to(name: &str, path: &str) -> Json {
    json!({"$ref": {"to": name, "path": path}})
}

/// Returns the model that the compiler would make of a program.
pub fn model_of(desired: &DesiredMap) -> Model {
    let resource = |(name, ty, properties): &(&str, &str, Json)| {
        let mut properties = properties.clone();
        let keep = properties.as_object_mut().and_then(|all| all.remove("@keep")).is_some();
        let Ok(PropertyValue::Map(properties)) = PropertyValue::try_from(properties) else {
            panic!("{name} has no properties")
        };
        Resource {
            address: Address::new(*name),
            ty: if ty.contains('.') { format!("aws.{ty}") } else { format!("aws.test.{ty}") }.into(),
            existing: false,
            place: place().into(),
            layer: None,
            components: vec![],
            properties,
            spans: gpb_model::Spans::default(),
            after: vec![],
            after_spans: BTreeMap::new(),
            reads: Vec::new(),
            lifecycle: Lifecycle { keep: keep.then_some(true), ..Lifecycle::default() },
            span: Span::default(),
            doc: None,
        }
    };
    let output = |(name, ..): &(&'static str, &str, Json)| {
        let value = PropertyValue::Ref(Reference { to: Address::new(*name), path: PropPath::default() });
        ((*name).to_owned(), Output { value, span: Span::default(), doc: None })
    };
    Model {
        environment: Environment {
            name: "test".into(),
            stack: "shop".into(),
            place: place(),
            ..Environment::default()
        },
        resources: desired.iter().map(resource).collect(),
        outputs: desired.iter().map(output).collect(),
        ..Model::default()
    }
}

/// The addresses and identifiers of the state that are not deposed.
pub fn ids(snapshot: &StateSnapshot) -> BTreeMap<String, String> {
    let standing = snapshot.resources.values().filter(|record| deposed_from(&record.address).is_none());
    standing.map(|record| (record.address.to_string(), record.id.clone())).collect()
}

#[allow(clippy::unnecessary_wraps)] // It is where the option goes.
pub fn hook(act: impl Fn(&str) + Send + Sync + 'static) -> Option<CrashHook> {
    Some(Arc::new(act))
}

/// Every code the state and the engine emit has a page that names it.
#[test]
fn every_code_has_a_page() {
    use gpb_engine::cloud::{CloudError, CloudErrorKind};
    use gpb_engine::state::StateError;
    let path = std::path::PathBuf::new();
    let (address, what) = (Address::new("a"), String::new());
    let states = [
        StateError::Newer { path: path.clone(), found: 2, known: 1 },
        StateError::Foreign { path: path.clone(), what: what.clone() },
        StateError::Damaged { path: path.clone(), what: what.clone() },
        StateError::Locked { path: path.clone(), holder: None },
        StateError::Io { path: path.clone(), what: what.clone() },
        StateError::Unsettled { address: address.clone() },
        StateError::NoIntent { sequence: 1 },
        StateError::NoRecord { address: address.clone() },
        StateError::Occupied { address: address.clone() },
        StateError::BadKey { path },
    ];
    let engine = [
        EngineError::Cycle { path: vec![] },
        EngineError::Stale { expected: what.clone(), found: what },
        EngineError::Unobserved,
    ];
    let kinds = [
        CloudErrorKind::NotFound,
        CloudErrorKind::AlreadyExists,
        CloudErrorKind::Throttled,
        CloudErrorKind::Conflict,
        CloudErrorKind::NotReady,
        CloudErrorKind::Denied,
        CloudErrorKind::Invalid,
        CloudErrorKind::Quota,
        CloudErrorKind::Unavailable,
        CloudErrorKind::Ambiguous,
        CloudErrorKind::TimedOut,
        CloudErrorKind::FailedState,
        CloudErrorKind::Differs,
        CloudErrorKind::Unsupported,
        CloudErrorKind::Internal,
    ];
    let failure = |cause, kind| FailedChange {
        address: address.clone(),
        ty: String::new(),
        action: Action::Create,
        cause,
        error: CloudError::new(kind, "", ""),
    };
    let causes = [FailureCause::Unresolved, FailureCause::Secret, FailureCause::Refused, FailureCause::Unsettled];
    let failures = kinds.map(|kind| failure(FailureCause::Cloud, kind)).into_iter();
    let failures = failures.chain(causes.map(|cause| failure(cause, CloudErrorKind::Invalid)));
    let mut codes: BTreeSet<&str> = failures.map(|failure| failure.diagnostic().code).collect();
    codes.extend(states.iter().map(|error| error.diagnostic().code));
    codes.extend(engine.iter().map(|error| error.diagnostic().code));
    codes.extend(["GPB7607", "GPB7608", "GPB7609", "GPB7610"]);
    for code in codes {
        let page = gpb_base::diag::page(code).unwrap_or_else(|| panic!("{code} has no page"));
        assert!(page.text.starts_with(&format!("# {code}: ")) && page.text.contains("```text"), "{code}");
    }
}
