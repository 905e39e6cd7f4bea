//! The world of a case: a cloud and a state that outlive the processes which work on them, and all the others.

use super::super::kill::Mortal;
use super::super::*;
use super::cloud::ChaosCloud;
use super::deaths::{Death, Reaper};
use super::oracle::{self, Others, Thing};
use super::program::Program;
use super::types::{ChaosTypes, behaviour};
use super::writes::{Nobody, Write};
use fastrand::Rng;
use futures::future::{Either, select};
use gpb_engine::cloud::ResourceKey;
use gpb_engine::plan::PlanOptions;
use gpb_engine::state::SecretKey;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

/// The beginning of the tokens of what others make.
const ANOTHERS: &str = "another's";

/// A person's command.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// The program.
    pub program: Program,
    /// True for the destruction of everything.
    pub destroy: bool,
    /// The resources to be replaced though nothing asks for it.
    pub replace: BTreeSet<Address>,
    /// The seconds by which the process's clock is off.
    pub skew_s: i64,
}

/// The end of a life.
#[derive(Debug)]
pub enum End {
    /// The process was killed.
    Killed,
    /// Nothing was begun: something could not be found out.
    Refused(Vec<String>),
    /// There can be no plan, by these codes and messages.
    Unplanned(Vec<(&'static str, String)>),
    /// The plan was carried out as far as it went.
    Applied(ApplyOutcome),
}

/// A world.
pub struct World {
    temp: tempfile::TempDir,
    reader: SqliteStore,
    /// The way to the cloud.
    pub cloud: ChaosCloud,
    /// The time.
    pub clock: VirtualClock,
    /// Death.
    pub reaper: Arc<Reaper>,
    /// The resources of others.
    pub others: Others,
    /// True when the cloud itself has no faults.
    pub is_calm: bool,
    made_by_others: u32,
}

impl World {
    /// Returns a world without resources.
    pub fn new(rng: &mut Rng) -> Self {
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let folder = temp.path().join(".gpb");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("key"), [7; 32]).unwrap();
        std::fs::write(folder.join("state.db"), empty_state()).unwrap();
        let (clock, reaper) = (VirtualClock::default(), Arc::new(Reaper::default()));
        let share = |rng: &mut Rng| if rng.u8(0..3) == 0 { rng.f64() * 0.1 } else { 0.0 };
        let faults = Faults {
            seed: rng.u64(..),
            not_ready: share(rng),
            unfinished: share(rng),
            later: share(rng),
            ..Faults::default()
        };
        let is_calm = [faults.not_ready, faults.unfinished, faults.later].iter().all(|share| *share <= 0.0);
        let hooked = reaper.clone();
        let hook: CrashHook = Arc::new(move |point| kill::Instants::instant(&*hooked, point));
        let options =
            SimOptions { types: Arc::new(ChaosTypes), behaviour: behaviour(), ..options(&clock, faults, Some(hook)) };
        let sim = SimCloud::in_memory(options).unwrap();
        let sim = if rng.bool() { sim } else { sim.without_idempotency() };
        let cloud = ChaosCloud::new(sim, clock.clone(), reaper.clone(), rng.fork());
        Self {
            reader: SqliteStore::new(folder),
            temp,
            cloud,
            clock,
            reaper,
            others: Others::new(),
            is_calm,
            made_by_others: 0,
        }
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::new(self.temp.path().join(".gpb"))
    }

    /// Returns the state as it is on the disk.
    pub fn snapshot(&self) -> StateSnapshot {
        self.reader.snapshot(&EngineFixture::scope()).unwrap()
    }

    /// Lists everything that is in the cloud.
    pub fn inventory(&self) -> Vec<Thing> {
        oracle::inventory(&self.cloud.sim)
    }

    /// Lets time pass, with all that comes to be meanwhile.
    pub fn pass(&self, seconds: u64) {
        self.run(self.clock.sleep(Duration::from_secs(seconds)));
    }

    /// Runs to its end what happens while late writes come to be.
    fn run<T>(&self, act: impl Future<Output = T>) -> T {
        self.clock.run(async {
            match select(pin!(act), pin!(self.cloud.landing())).await {
                Either::Left((done, _)) => done,
                Either::Right((never, _)) => match never {},
            }
        })
    }

    /// Returns why there can be no plan, if so.
    pub fn refusal(&self, command: &Command) -> Option<Vec<(&'static str, String)>> {
        let (snapshot, seed) = (self.snapshot(), 1);
        let reading =
            Refresh { cloud: &self.cloud, types: &ChaosTypes, functions: &no_functions, clock: &self.clock, seed };
        let read = self.run(refresh(reading, &snapshot, &Model::default()));
        planned(command, &snapshot, &read.observation).err()
    }

    /// One life of the program: settles, reads, plans and applies, as the command does.
    pub fn live(&self, command: &Command) -> End {
        let life = || self.command(command);
        match catch_unwind(AssertUnwindSafe(life)) {
            Ok(end) => end,
            Err(payload) if payload.is::<Death>() => End::Killed,
            Err(payload) => resume_unwind(payload),
        }
    }

    fn command(&self, command: &Command) -> End {
        let store = self.store();
        let clock = &SkewedClock(&self.clock, command.skew_s);
        let holder = LockHolder::current("gpb apply", clock.epoch_ms());
        let writer = &Mortal(store.writer(&EngineFixture::scope(), &holder).unwrap(), &*self.reaper);
        let (cloud, events, seed) = (&self.cloud, &NullSink, 1);
        self.run(async {
            let settled = recover(CrashRecovery { writer, cloud, clock, events, seed }).await.unwrap();
            let open: Vec<String> = settled.iter().filter_map(|one| Some(one.diagnostic()?.message)).collect();
            if !open.is_empty() {
                return End::Refused(open);
            }
            let snapshot = writer.snapshot().unwrap();
            let reading = Refresh { cloud, types: &ChaosTypes, functions: &no_functions, clock, seed };
            let read = refresh(reading, &snapshot, &Model::default()).await;
            if !read.diagnostics.is_empty() {
                return End::Refused(read.diagnostics.into_iter().map(|one| one.message).collect());
            }
            let plan = match planned(command, &snapshot, &read.observation) {
                Ok(plan) => plan,
                Err(why) => return End::Unplanned(why),
            };
            let options = ApplyOptions { seed, ..ApplyOptions::default() };
            let cancel = &CancelToken::default();
            let outcome = apply(Apply {
                plan: &plan,
                writer,
                cloud,
                types: &ChaosTypes,
                functions: &no_functions,
                environment: &|_| None,
                clock,
                events,
                cancel,
                options: &options,
            });
            End::Applied(outcome.await.unwrap())
        })
    }

    /// Does as others do, who have neither faults nor deaths to fear.
    pub fn as_another(&mut self, write: &Write) {
        self.reaper.spare(|| drop(self.run(write.send(&self.cloud.sim, &Nobody(None)))));
        self.pass(240);
        let made = self.inventory().into_iter().filter(|thing| thing.token.starts_with(ANOTHERS));
        self.others = made.map(|thing| ((thing.ty, thing.id), thing.properties)).collect();
        self.cloud.guard(self.others.keys().cloned().collect());
    }

    /// Makes a resource of another's.
    pub fn others_make(&mut self, ty: &str, properties: Json) {
        self.made_by_others += 1;
        let Json::Object(desired) = properties else { panic!("no properties: {properties}") };
        let token = format!("{ANOTHERS} {}", self.made_by_others);
        self.as_another(&Write::Create {
            ty: ty.to_owned(),
            place: place(),
            desired,
            label: "other".to_owned(),
            token,
        });
    }

    /// Deletes a resource, whosever it is.
    pub fn others_delete(&mut self, ty: &str, id: &str) {
        let key = ResourceKey { ty: ty.to_owned(), place: place(), id: id.to_owned() };
        self.as_another(&Write::Delete { key, token: ANOTHERS.to_owned() });
    }
}

fn planned(
    command: &Command,
    snapshot: &StateSnapshot,
    observation: &Observation,
) -> Result<Plan, Vec<(&'static str, String)>> {
    let (model, key) = (command.program.model(), SecretKey::new([7; 32]));
    let secret = |secret: &SecretSource| match secret {
        SecretSource::Generated { .. } => None,
        _ => Some(key.hash(&"".into())),
    };
    let options = PlanOptions {
        destroy: command.destroy,
        unprotect: ProtectionOverride::All,
        // A resource that is still to be made cannot be replaced.
        replace: command.replace.iter().filter(|address| snapshot.resources.contains_key(address)).cloned().collect(),
        ..PlanOptions::default()
    };
    let inputs = PlanInputs {
        model: &model,
        graph: &Graph::build(&model),
        types: &|name| ChaosTypes.get(name),
        snapshot,
        observation: Some(observation),
        call: &no_functions,
        secret: &secret,
        options: &options,
    };
    gpb_engine::plan::plan(&inputs).map_err(|why| why.into_iter().map(|one| (one.code, one.message)).collect())
}

/// Returns the bytes of a state without resources, which are the same each time.
fn empty_state() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let temp = tempfile::tempdir().unwrap();
        let store = SqliteStore::new(temp.path());
        let writer = store.writer(&EngineFixture::scope(), &LockHolder::current("gpb apply", 0)).unwrap();
        writer.set_outputs(&[("none".to_owned(), Json::Null)].into()).unwrap();
        drop(writer);
        let connection = Connection::open(store.path()).unwrap();
        // Tokens are made of it, and the waits of the engine of those.
        connection.execute("UPDATE scope SET lineage = '1dea'", []).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::read(store.path()).unwrap()
    })
}

/// A process's clock, which is off by seconds.
struct SkewedClock<'a>(&'a VirtualClock, i64);

#[async_trait::async_trait]
impl gpb_engine::cloud::clock::Clock for SkewedClock<'_> {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn epoch_ms(&self) -> u64 {
        self.0.epoch_ms().saturating_add_signed(self.1.saturating_mul(1000))
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}
