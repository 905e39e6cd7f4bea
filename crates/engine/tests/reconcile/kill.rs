//! A process that dies at any instant leaves nothing that the next one does not know of.

use super::*;
use gpb_engine::state::{Conclusion, ConclusionEffects, Intent, ManualChange, NewIntent, SecretKey, StateError};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicI64, Ordering};

/// Counts the instants of a life and ends it at one of them.
#[derive(Default)]
pub struct Killer {
    left: AtomicI64,
    counted: AtomicI64,
}

struct Killed;

/// Is told of each instant at which a process may die, by its name.
pub trait Instants: Send + Sync {
    /// Returns, or ends the process.
    fn instant(&self, point: &str);
}

impl Killer {
    /// Lives on for `instants` more.
    pub fn arm(&self, instants: i64) {
        self.left.store(instants, Ordering::SeqCst);
        self.counted.store(0, Ordering::SeqCst);
    }

    pub fn disarm(&self) {
        self.arm(i64::MAX);
    }
}

impl Instants for Killer {
    fn instant(&self, _: &str) {
        self.counted.fetch_add(1, Ordering::SeqCst);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            // Unwinding drops what is in memory and runs nothing else, as far as the disk and the cloud can tell.
            resume_unwind(Box::new(Killed));
        }
    }
}

/// A writer whose process may die just before or just after each write.
pub struct Mortal<'a>(pub Box<dyn StateWriter>, pub &'a dyn Instants);

impl Mortal<'_> {
    fn at_once<T>(&self, what: &str, act: impl FnOnce(&dyn StateWriter) -> T) -> T {
        self.1.instant(&format!("before {what}"));
        let done = act(&*self.0);
        self.1.instant(&format!("after {what}"));
        done
    }

    async fn between<T>(&self, what: &str, act: impl Future<Output = T>) -> T {
        self.1.instant(&format!("before {what}"));
        let done = act.await;
        self.1.instant(&format!("after {what}"));
        done
    }
}

#[async_trait::async_trait]
impl StateWriter for Mortal<'_> {
    fn snapshot(&self) -> Result<StateSnapshot, StateError> {
        self.0.snapshot()
    }
    fn key(&self) -> Result<SecretKey, StateError> {
        self.0.key()
    }
    fn creation_tokens(&self, ty: &str) -> Result<Vec<String>, StateError> {
        self.0.creation_tokens(ty)
    }
    async fn begin(&self, intent: NewIntent) -> Result<Intent, StateError> {
        self.between("begin", self.0.begin(intent)).await
    }
    async fn record_id(&self, sequence: u64, id: &str) -> Result<(), StateError> {
        self.between("record_id", self.0.record_id(sequence, id)).await
    }
    async fn record_sent(&self, sequence: u64) -> Result<(), StateError> {
        self.between("record_sent", self.0.record_sent(sequence)).await
    }
    async fn conclude(
        &self,
        sequence: u64,
        conclusion: Conclusion,
        now_ms: u64,
    ) -> Result<ConclusionEffects, StateError> {
        self.between("conclude", self.0.conclude(sequence, conclusion, now_ms)).await
    }
    async fn put(&self, record: ResourceRecord) -> Result<(), StateError> {
        self.between("put", self.0.put(record)).await
    }
    fn move_addresses(&self, moves: &[(Address, Address)]) -> Result<(), StateError> {
        self.at_once("move_addresses", |writer| writer.move_addresses(moves))
    }
    fn change_by_hand(&self, change: ManualChange, now_ms: u64) -> Result<(), StateError> {
        self.at_once("change_by_hand", |writer| writer.change_by_hand(change, now_ms))
    }
    async fn forget(&self, address: &Address) -> Result<(), StateError> {
        self.between("forget", self.0.forget(address)).await
    }
    fn set_outputs(&self, outputs: &BTreeMap<String, Json>) -> Result<(), StateError> {
        self.at_once("set_outputs", |writer| writer.set_outputs(outputs))
    }
}

/// A world in which processes die.
pub struct MortalWorld {
    pub world: EngineFixture,
    pub killer: Arc<Killer>,
}

impl MortalWorld {
    pub fn new(faults: Faults) -> Self {
        Self::of_kind(false, faults)
    }

    pub fn of_kind(idempotent: bool, faults: Faults) -> Self {
        Self::behaving(Behaviour::friendly(), idempotent, faults)
    }

    pub fn behaving(behaviour: Behaviour, idempotent: bool, faults: Faults) -> Self {
        let killer = Arc::new(Killer::default());
        killer.disarm();
        let hooked = killer.clone();
        Self {
            world: EngineFixture::behaving(behaviour, idempotent, faults, hook(move |point| hooked.instant(point))),
            killer,
        }
    }

    /// One life that may end early; `None` when it did.
    pub fn live(&self, desired: &DesiredMap) -> Option<ApplyOutcome> {
        let life = || {
            let writer = Mortal(self.world.writer(), &*self.killer);
            self.world.live_with(desired, &writer, &CancelToken::default(), &NullSink).unwrap()
        };
        match catch_unwind(AssertUnwindSafe(life)) {
            Ok(outcome) => Some(outcome),
            Err(payload) if payload.is::<Killed>() => None,
            Err(payload) => resume_unwind(payload),
        }
    }

    /// Lives on until nothing is left to do. A replacement whose successor was there leaves its predecessor to the next
    /// life, so one may not be enough; more than a few would be none.
    pub fn converge(&self, desired: &DesiredMap, what: &str) {
        self.killer.disarm();
        for _ in 0..3 {
            let outcome = self.live(desired).expect("nobody kills this one");
            assert!(outcome.is_complete(), "{what}: {:?} {:?}", outcome.failed, outcome.skipped);
            if self.world.pending(desired).is_empty() {
                break;
            }
        }
        self.world.assert_settled(desired, what);
    }
}

/// From one declaration to another, killed at every instant on the way.
fn check(from: &DesiredMap, to: &DesiredMap) {
    let whole = MortalWorld::new(Faults::default());
    whole.converge(from, "before");
    whole.killer.disarm();
    whole.live(to).unwrap();
    let instants = whole.killer.counted.load(Ordering::SeqCst);
    assert!(instants > 4, "{instants} instants are no life");
    for instant in 0..instants {
        let mortal = MortalWorld::new(Faults::default());
        mortal.converge(from, "before");
        mortal.killer.arm(instant);
        assert!(mortal.live(to).is_none(), "instant {instant} of {instants} did not come");
        mortal.converge(to, &format!("killed at instant {instant} of {instants}"));
    }
}

fn pair() -> DesiredMap {
    vec![
        ("net", "net", json!({"Cidr": "a"})),
        ("box", "box", json!({"Uses": [to("net", "")], "Fixed": "a"})),
        ("store", "store", json!({"StoreName": "s", "Note": to("box", "Endpoint/Address")})),
    ]
}

#[test]
fn creations() {
    check(&vec![], &pair());
}

#[test]
fn deletions() {
    check(&pair(), &vec![]);
}

#[test]
fn updates() {
    let mut changed = pair();
    changed[1].2["Size"] = json!(7);
    changed[2].2["Size"] = json!(7);
    check(&pair(), &changed);
}

#[test]
fn replacements_that_create_first() {
    let mut changed = pair();
    changed[0].2["Cidr"] = json!("b");
    changed[1].2["Fixed"] = json!("b");
    check(&pair(), &changed);
}

#[test]
fn replacements_that_delete_first() {
    let mut changed = pair();
    changed[2].2["Fixed"] = json!("b");
    check(&pair(), &changed);
}

#[test]
fn everything_at_once() {
    let changed = vec![
        ("net", "net", json!({"Cidr": "b"})),
        ("store", "store", json!({"StoreName": "s", "Fixed": "b", "Note": to("net", "")})),
        ("new", "box", json!({"Uses": [to("net", ""), to("store", "Arn")]})),
    ];
    check(&pair(), &changed);
}

#[test]
fn a_second_death_while_the_first_is_mended() {
    let mut changed = pair();
    changed[0].2["Cidr"] = json!("b");
    for first in (0..30).step_by(3) {
        for second in (0..15).step_by(4) {
            let mortal = MortalWorld::new(Faults::default());
            mortal.converge(&pair(), "before");
            for instants in [first, second] {
                mortal.killer.arm(instants);
                mortal.live(&changed);
            }
            mortal.converge(&changed, &format!("killed after {first} and again after {second}"));
        }
    }
}

/// Resources that wait for none of each other, so that all are under way at the same time.
fn abreast(size: u32) -> DesiredMap {
    let names = ["a", "b", "c", "d", "e", "f"];
    names.iter().map(|name| (*name, "box", json!({"Fixed": name, "Size": size}))).collect()
}

#[test]
fn creations_abreast() {
    check(&vec![], &abreast(1));
}

#[test]
fn updates_abreast() {
    check(&abreast(1), &abreast(2));
}

#[test]
fn deletions_abreast() {
    check(&abreast(1), &vec![]);
}

/// Reads the state as another process does, at each point of the calls that are made abreast.
#[test]
fn each_of_those_abreast_is_on_disk_before_its_call_and_after_its_answer() {
    let (looked, counts) = (Arc::new(Mutex::new(None::<SqliteStore>)), Arc::new(Mutex::new(BTreeMap::new())));
    let (store, seen) = (looked.clone(), counts.clone());
    let world = EngineFixture::with(
        Faults::default(),
        hook(move |point| {
            let snapshot = store.lock().unwrap().as_ref().unwrap().snapshot(&EngineFixture::scope()).unwrap();
            let identified = snapshot.pending.iter().filter(|intent| intent.id.is_some()).count();
            let mut seen = seen.lock().unwrap();
            let count: &mut usize = seen.entry(point.to_owned()).or_default();
            *count += 1;
            let known = snapshot.resources.len();
            match point {
                "create:asked" => assert!(snapshot.pending.len() + known >= *count, "a call without an intent"),
                "create:identified" => assert!(identified + known >= *count, "an identifier that is not kept"),
                _ => {}
            }
        }),
    );
    *looked.lock().unwrap() = Some(SqliteStore::new(world.store.path().parent().unwrap()));
    assert!(world.live(&abreast(1)).is_complete());
    assert_eq!(counts.lock().unwrap()["create:identified"], abreast(1).len());
    world.assert_settled(&abreast(1), "abreast");
}
