//! A cloud that stands between the engine and the simulated one, and behaves as a test says.

use super::*;
use gpb_base::diag::Diagnostic;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest, LockRelease};
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, Progress, ProgressSink,
    ResourceKey, UpdateRequest,
};
use gpb_engine::plan::{add_deletion_locks, refusals};
use gpb_model::Place;
use std::time::Duration;

/// The end of a call: as the simulated cloud has it, or an error.
type Verdict = Result<(), CloudError>;
/// Decides about a call by its operation and the number of earlier ones.
type Judge = Box<dyn Fn(&str, usize) -> Verdict + Send + Sync>;
/// Returns what a call shows of what there is.
type Shown = Box<dyn Fn(&str, Option<ObservedResource>) -> Option<ObservedResource> + Send + Sync>;

/// The protection of nets, which cannot be deleted until it is off.
#[derive(Default)]
pub struct LockScript {
    /// The way to be rid of it; `None` when there is none.
    pub release: Option<LockRelease>,
    /// The error of reading locks.
    pub unread: Option<CloudErrorKind>,
    /// The error of turning it off.
    pub refuses: Option<CloudErrorKind>,
    /// True once it is off.
    pub is_off: Mutex<bool>,
}

impl LockScript {
    /// A protection that a call turns off.
    pub fn of_a_call() -> Self {
        let release = Some(LockRelease::Call { property: PropPath("Protected".into()) });
        Self { release, ..Self::default() }
    }

    fn holds(&self, key: &ResourceKey) -> Option<LockRelease> {
        self.release.clone().filter(|_| key.ty == "aws.test.net" && !*self.is_off.lock().unwrap())
    }
}

/// The simulated cloud, bent.
pub struct ScriptedCloud<'a> {
    /// The world of the simulated cloud.
    pub world: &'a EngineFixture,
    /// Decides before anything is done.
    pub before: Judge,
    /// Decides once it is done.
    pub after: Judge,
    /// Decides what is shown.
    pub shown: Shown,
    /// The places that the first update leaves undone.
    pub leaves: Vec<PropPath>,
    /// The time that each change takes.
    pub takes: Duration,
    /// The time that each read of one takes.
    pub reads_take: Duration,
    /// True when creations are announced before they are sent, as of what can bear no mark.
    pub announces: bool,
    /// The ends of the steps that creations were told.
    pub deadlines: Mutex<Vec<Option<Duration>>>,
    /// The protection of nets; without it that of the simulated cloud.
    pub locks: Option<LockScript>,
    /// The calls made.
    pub calls: Mutex<Vec<String>>,
}

impl<'a> ScriptedCloud<'a> {
    /// Over a world, and as good as it.
    pub fn new(world: &'a EngineFixture) -> Self {
        Self {
            world,
            before: Box::new(|_, _| Ok(())),
            after: Box::new(|_, _| Ok(())),
            shown: Box::new(|_, observed| observed),
            leaves: vec![],
            takes: Duration::ZERO,
            reads_take: Duration::ZERO,
            announces: false,
            deadlines: Mutex::default(),
            locks: None,
            calls: Mutex::default(),
        }
    }

    /// One life on this cloud.
    pub fn live(&self, desired: &DesiredMap) -> ApplyOutcome {
        let writer = self.world.writer();
        self.world.live_on(self, desired, &*writer, &CancelToken::default(), &NullSink).unwrap()
    }

    /// Makes a plan with the locks that it meets, and says what is refused.
    pub fn plan(&self, desired: &DesiredMap, unprotected: &ProtectionOverride) -> (Plan, Vec<Diagnostic>) {
        let snapshot = self.world.snapshot();
        let observation = self.world.clock.run(self.world.observe_on(self, &snapshot));
        let mut plan = self.world.plan(desired, &snapshot, &observation);
        let reader = LockReader { cloud: self, clock: &self.world.clock, seed: 1 };
        let locks = self.world.clock.run(read_deletion_locks(reader, &plan, &snapshot, &observation));
        add_deletion_locks(&mut plan, locks, unprotected);
        let refusals = refusals(&plan, None);
        (plan, refusals)
    }

    /// Applies a plan.
    pub fn apply(&self, plan: &Plan) -> ApplyOutcome {
        let (writer, options, cancel) = (self.world.writer(), ApplyOptions::default(), CancelToken::default());
        let environment = |_: &str| None;
        let applied = apply(Apply {
            plan,
            writer: &*writer,
            cloud: self,
            types: &*self.world.types,
            functions: &no_functions,
            environment: &environment,
            clock: &self.world.clock,
            events: &NullSink,
            cancel: &cancel,
            options: &options,
        });
        self.world.clock.run(applied).unwrap()
    }

    /// The calls of these operations, in order.
    pub fn made(&self, operations: &[&str]) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let is_asked = |call: &&String| operations.iter().any(|operation| call.split(' ').next() == Some(operation));
        calls.iter().filter(is_asked).cloned().collect()
    }

    /// Notes a call and returns the number of earlier ones of its operation.
    fn note(&self, operation: &str, what: &str) -> usize {
        let mut calls = self.calls.lock().unwrap();
        let earlier = calls.iter().filter(|call| call.split(' ').next() == Some(operation)).count();
        calls.push(format!("{operation} {what}").trim_end().to_owned());
        earlier
    }

    fn show(&self, operation: &str, observed: ObservedResource) -> ObservedResource {
        (self.shown)(operation, Some(observed.clone())).unwrap_or(observed)
    }
}

/// An error of a kind.
pub fn failure(kind: CloudErrorKind) -> CloudError {
    CloudError::new(kind, "Scripted", "as the script says")
}

/// Shows one property as the script says.
pub fn with(observed: Option<ObservedResource>, name: &str, value: Json) -> Option<ObservedResource> {
    observed.map(|mut observed| {
        observed.properties.insert(name.into(), value);
        observed
    })
}

fn names(paths: &[PropPath]) -> String {
    paths.iter().map(|path| path.0.as_str()).collect::<Vec<_>>().join(",")
}

#[async_trait::async_trait]
impl Cloud for ScriptedCloud<'_> {
    fn name(&self) -> &'static str {
        "sim"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        self.world.sim.identity(place).await
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.world.sim.supports(ty)
    }

    fn shows(&self, ty: &str, property: &str) -> bool {
        self.world.sim.shows(ty, property)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        let nth = self.note("read", "");
        (self.before)("read", nth)?;
        self.world.clock.sleep(self.reads_take).await;
        Ok((self.shown)("read", self.world.sim.read(key).await?))
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        let nth = self.note("read_many", "");
        let answers = self.world.sim.read_many(keys).await.into_iter();
        let show = |answer: Result<_, _>| {
            (self.before)("read_many", nth).and(answer).map(|observed| (self.shown)("read_many", observed))
        };
        answers.map(show).collect()
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        let nth = self.note("find", if find.sent { "sent" } else { "" });
        (self.before)("find", nth)?;
        let found = self.world.sim.find(find).await?;
        Ok(found.into_iter().filter_map(|one| (self.shown)("find", Some(one))).collect())
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let nth = self.note("create", create.ty);
        self.deadlines.lock().unwrap().push(sink.deadline());
        if self.announces {
            sink.progress(Progress::Sending).await?;
        }
        (self.before)("create", nth)?;
        self.world.clock.sleep(self.takes).await;
        let quiet = gpb_sim::testing::RecordingSink::default();
        // Whose answer is lost has told nothing either.
        let is_lost = (self.after)("create", nth).is_err_and(|error| error.kind == CloudErrorKind::Ambiguous);
        let made = self.world.sim.create(create, if is_lost { &quiet } else { sink }).await?;
        (self.after)("create", nth)?;
        Ok(self.show("create", made))
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let reasserted =
            if update.reasserted.is_empty() { String::new() } else { format!(" again {}", names(update.reasserted)) };
        let nth = self.note("update", &format!("{}{reasserted}", names(update.changed)));
        (self.before)("update", nth)?;
        self.world.clock.sleep(self.takes).await;
        let done: Vec<PropPath> =
            update.changed.iter().filter(|path| nth > 0 || !self.leaves.contains(path)).cloned().collect();
        let changed = self.world.sim.update(UpdateRequest { changed: &done, ..update }, sink).await?;
        (self.after)("update", nth)?;
        Ok(self.show("update", changed))
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        if self.locks.as_ref().is_some_and(|locks| locks.holds(key).is_some()) {
            return Err(failure(CloudErrorKind::Invalid));
        }
        let nth = self.note("delete", &key.ty);
        (self.before)("delete", nth)?;
        self.world.sim.delete(key, token, sink).await?;
        (self.after)("delete", nth)
    }

    async fn deletion_locks(&self, request: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        let Some(locks) = &self.locks else { return self.world.sim.deletion_locks(request).await };
        if let Some(kind) = locks.unread {
            Err(failure(kind))
        } else {
            let lock = |release| DeletionLock { reason: "it is locked".into(), release };
            Ok(locks.holds(request.key).map(lock).into_iter().collect())
        }
    }

    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let Some(locks) = &self.locks else {
            return self.world.sim.turn_off_deletion_locks(key, token, sink).await;
        };
        if let Some(kind) = locks.refuses {
            return Err(failure(kind));
        }
        self.note("unlock", &key.ty);
        *locks.is_off.lock().unwrap() = true;
        self.world.sim.read(key).await
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let nth = self.note("wait", "");
        (self.before)("wait", nth)?;
        let there = self.world.sim.wait(key, sink).await?;
        Ok(self.show("wait", there))
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        self.note("secret", name);
        self.world.sim.secret(place, name).await
    }
}
