//! Deletion locks of the cloud: read before anything is touched, refused, or turned off first.

use super::scripted_cloud::failure;
use super::*;
use gpb_base::diag::Diagnostic;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest, LockRelease};
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, ProgressSink, ResourceKey,
    UpdateRequest,
};
use gpb_engine::plan::{StepPhase, add_deletion_locks, refusals, unprotect};
use gpb_model::Place;

/// A cloud that refuses to delete nets until their protection is off.
struct LockedCloud<'a> {
    world: &'a EngineFixture,
    /// The way to be rid of the lock; `None` when there is none.
    release: Option<LockRelease>,
    /// The error of reading locks.
    unread: Option<CloudErrorKind>,
    /// The error of turning it off.
    refuses: Option<CloudErrorKind>,
    is_off: Mutex<bool>,
    /// The changes, in order.
    calls: Mutex<Vec<String>>,
}

impl<'a> LockedCloud<'a> {
    fn new(world: &'a EngineFixture) -> Self {
        let release = Some(LockRelease::Call { property: PropPath("Protected".into()) });
        let (is_off, calls) = (Mutex::default(), Mutex::default());
        Self { world, release, unread: None, refuses: None, is_off, calls }
    }

    fn note(&self, operation: &str, ty: &str) {
        self.calls.lock().unwrap().push(format!("{operation} {}", ty.trim_start_matches("aws.test.")));
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn is_locked(&self, key: &ResourceKey) -> bool {
        key.ty == "aws.test.net" && self.release.is_some() && !*self.is_off.lock().unwrap()
    }

    /// Makes a plan with the locks that it meets.
    fn plan(&self, desired: &DesiredMap, unprotected: &ProtectionOverride) -> (Plan, Vec<Diagnostic>) {
        let snapshot = self.world.snapshot();
        let observation = self.world.clock.run(self.world.observe_on(self, &snapshot));
        let mut plan = self.world.plan(desired, &snapshot, &observation);
        let reader = LockReader { cloud: self, clock: &self.world.clock, seed: 1 };
        let locks = self.world.clock.run(read_deletion_locks(reader, &plan, &snapshot, &observation));
        add_deletion_locks(&mut plan, locks, unprotected);
        let refusals = refusals(&plan, None);
        (plan, refusals)
    }

    fn apply(&self, plan: &Plan) -> ApplyOutcome {
        let (writer, options, cancel) = (self.world.writer(), ApplyOptions::default(), CancelToken::default());
        let environment = |_: &str| None;
        let applied = apply(Apply {
            plan,
            writer: &*writer,
            cloud: self,
            types: &TestTypes,
            functions: &no_functions,
            environment: &environment,
            clock: &self.world.clock,
            events: &NullSink,
            cancel: &cancel,
            options: &options,
        });
        self.world.clock.run(applied).unwrap()
    }
}

#[async_trait::async_trait]
impl Cloud for LockedCloud<'_> {
    fn name(&self) -> &'static str {
        "sim"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        self.world.sim.identity(place).await
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.world.sim.supports(ty)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.world.sim.read(key).await
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        self.world.sim.read_many(keys).await
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        self.world.sim.find(find).await
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.note("create", create.ty);
        self.world.sim.create(create, sink).await
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.note("update", &update.key.ty);
        self.world.sim.update(update, sink).await
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        if self.is_locked(key) {
            return Err(failure(CloudErrorKind::Invalid));
        }
        self.note("delete", &key.ty);
        self.world.sim.delete(key, token, sink).await
    }

    async fn deletion_locks(&self, request: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        if let Some(kind) = self.unread {
            return Err(failure(kind));
        }
        let release = self.release.clone().filter(|_| self.is_locked(request.key));
        Ok(release.map(|release| DeletionLock { reason: "it is locked".into(), release }).into_iter().collect())
    }

    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        _: &str,
        _: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        if let Some(kind) = self.refuses {
            return Err(failure(kind));
        }
        self.note("unlock", &key.ty);
        *self.is_off.lock().unwrap() = true;
        self.world.sim.read(key).await
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.world.sim.wait(key, sink).await
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        self.world.sim.secret(place, name).await
    }
}

fn shop() -> DesiredMap {
    vec![
        ("net", "net", json!({"Cidr": "10.0.0.0/16"})),
        ("front", "box", json!({"Uses": [to("net", "")], "Size": 2})),
        ("data", "store", json!({"StoreName": "orders"})),
    ]
}

fn made() -> EngineFixture {
    let world = EngineFixture::new();
    world.live(&shop());
    world
}

fn only(name: &str) -> ProtectionOverride {
    ProtectionOverride::Only(BTreeSet::from([Address::new(name)]))
}

fn none() -> ProtectionOverride {
    ProtectionOverride::default()
}

fn phases(plan: &Plan) -> Vec<(String, StepPhase)> {
    plan.steps.iter().map(|step| (plan.changes[step.change].address.to_string(), step.phase)).collect()
}

#[test]
fn a_locked_deletion_is_refused_before_anything_is_touched() {
    let world = made();
    let cloud = LockedCloud::new(&world);
    let (plan, refused) = cloud.plan(&vec![], &none());
    let [diagnostic] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!(diagnostic.code, "GPB7021");
    assert!(diagnostic.message.contains("`net`") && diagnostic.message.ends_with("it is locked"), "{diagnostic:?}");
    assert!(diagnostic.help.as_ref().unwrap().contains("`--unprotect 'net'`"), "{diagnostic:?}");
    assert!(phases(&plan).iter().all(|(_, phase)| *phase == StepPhase::Destroy));
    // What --unprotect names is another resource, which opens nothing.
    assert_eq!(cloud.plan(&vec![], &only("front")).1.len(), 1);
}

#[test]
fn an_unprotected_lock_is_turned_off_before_any_deletion() {
    let world = made();
    let cloud = LockedCloud::new(&world);
    let (plan, refused) = cloud.plan(&vec![], &only("net"));
    assert_eq!(refused, []);
    assert_eq!(phases(&plan)[0], ("net".to_owned(), StepPhase::Unprotect));
    let (_, deletions) = plan.steps.split_first().unwrap();
    let waits = |step: &gpb_engine::plan::PlanStep| step.after.contains(&0);
    let front = deletions.iter().find(|step| plan.changes[step.change].address.as_str() == "front").unwrap();
    assert!(waits(front), "{:?}", plan.steps);
    assert!(cloud.apply(&plan).is_complete());
    let calls = cloud.calls();
    assert_eq!((calls[0].as_str(), calls.last().unwrap().as_str()), ("unlock net", "delete net"), "{calls:?}");
    world.assert_settled(&vec![], "destroyed");
}

#[test]
fn what_cannot_be_turned_off_leaves_its_dependents_alone() {
    let world = made();
    let cloud = LockedCloud { refuses: Some(CloudErrorKind::Denied), ..LockedCloud::new(&world) };
    let (plan, _) = cloud.plan(&vec![], &only("net"));
    let outcome = cloud.apply(&plan);
    assert_eq!(outcome.failed.iter().map(|failed| failed.address.as_str()).collect::<Vec<_>>(), ["net"]);
    assert_eq!(cloud.calls(), [""; 0], "nothing was deleted");
    world.assert_settled(&shop(), "left alone");
}

#[test]
fn a_replacement_turns_off_what_it_will_delete() {
    let world = made();
    let cloud = LockedCloud::new(&world);
    let mut changed = shop();
    changed[0].2["Cidr"] = json!("10.1.0.0/16");
    assert_eq!(cloud.plan(&changed, &none()).1.len(), 1);
    let (plan, refused) = cloud.plan(&changed, &only("net"));
    assert_eq!(refused, []);
    assert!(cloud.apply(&plan).is_complete());
    let calls = cloud.calls();
    assert_eq!((calls[0].as_str(), calls.last().unwrap().as_str()), ("unlock net", "delete net"), "{calls:?}");
    world.assert_settled(&changed, "replaced");
}

#[test]
fn no_option_does_what_a_person_has_to() {
    let world = made();
    let release = Some(LockRelease::Manual { help: "empty it".to_owned() });
    let cloud = LockedCloud { release, ..LockedCloud::new(&world) };
    for unprotected in [none(), ProtectionOverride::All] {
        let (plan, refused) = cloud.plan(&vec![], &unprotected);
        assert_eq!(refused.iter().map(|one| one.help.as_deref()).collect::<Vec<_>>(), [Some("empty it")]);
        assert!(phases(&plan).iter().all(|(_, phase)| *phase == StepPhase::Destroy));
    }
}

#[test]
fn what_could_not_be_read_is_refused_until_it_is_meant() {
    let world = made();
    let cloud = LockedCloud { unread: Some(CloudErrorKind::Denied), release: None, ..LockedCloud::new(&world) };
    let (_, refused) = cloud.plan(&vec![], &none());
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].message.contains("could not be read"), "{refused:?}");
    let (plan, refused) = cloud.plan(&vec![], &ProtectionOverride::All);
    assert_eq!(refused, []);
    assert!(cloud.apply(&plan).is_complete());
    world.assert_settled(&vec![], "destroyed");
}

#[test]
fn what_is_gone_has_no_locks() {
    let world = made();
    let cloud = LockedCloud { unread: Some(CloudErrorKind::NotFound), release: None, ..LockedCloud::new(&world) };
    assert_eq!(cloud.plan(&vec![], &none()).1, []);
}

/// A plan that was kept is unprotected as it is applied; doing so twice is doing it once.
#[test]
fn a_plan_that_was_kept_is_unprotected_later() {
    let world = made();
    let cloud = LockedCloud::new(&world);
    let (mut plan, _) = cloud.plan(&vec![], &none());
    unprotect(&mut plan, &only("net"));
    let once = plan.clone();
    unprotect(&mut plan, &ProtectionOverride::All);
    assert_eq!(plan, once);
    assert_eq!(plan, cloud.plan(&vec![], &only("net")).0);
    assert_eq!(gpb_engine::plan::from_json(&gpb_engine::plan::to_json(&plan)).unwrap(), plan);
}
