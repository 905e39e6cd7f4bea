//! The way to the cloud, where calls are refused, lost, late, cut short, and answered by others.

use super::super::kill::Instants as _;
use super::super::*;
use super::coverage::Counts;
use super::deaths::Reaper;
use super::faults::{Fault, FaultPlan};
use super::types::UNMARKED;
use super::writes::{Nobody, Write};
use fastrand::Rng;
use futures::future::select;
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, Progress, ProgressSink,
    ResourceKey, UpdateRequest,
};
use gpb_model::Place;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Duration;

/// The simulated cloud behind a bad network.
pub struct ChaosCloud {
    /// The cloud itself, which everybody else works on directly.
    pub sim: SimCloud,
    clock: VirtualClock,
    reaper: Arc<Reaper>,
    state: Mutex<Traffic>,
}

/// The calls that have come and gone between the engine and the cloud.
struct Traffic {
    rng: Rng,
    plan: FaultPlan,
    /// The calls under this plan, by number.
    calls: u64,
    /// The changing calls ever, by number.
    changes: u64,
    /// The writes whose caller has given up, each with the moment at which it is carried out.
    late: Vec<(Duration, Write)>,
    /// Wakes who carries them out.
    waker: Option<Waker>,
    /// The tokens that were looked for.
    looked_for: BTreeSet<String>,
    /// The resources that are not gpb's, by type and identifier.
    others: BTreeSet<(String, String)>,
    /// The calls that meant to change what is not gpb's.
    trespasses: Vec<String>,
    /// The calls and their fates, for people.
    log: Vec<String>,
    /// The fates, each with how often.
    fates: Counts,
}

impl ChaosCloud {
    /// Stands before a cloud.
    pub fn new(sim: SimCloud, clock: VirtualClock, reaper: Arc<Reaper>, rng: Rng) -> Self {
        let state = Mutex::new(Traffic {
            rng,
            plan: FaultPlan::default(),
            calls: 0,
            changes: 0,
            late: Vec::new(),
            waker: None,
            looked_for: BTreeSet::new(),
            others: BTreeSet::new(),
            trespasses: Vec::new(),
            log: Vec::new(),
            fates: Counts::new(),
        });
        Self { sim, clock, reaper, state }
    }

    /// Has these faults from now on.
    pub fn suffer(&self, plan: FaultPlan) {
        let mut state = self.state.lock().unwrap();
        (state.plan, state.calls) = (plan, 0);
    }

    /// Returns the number of changing calls so far.
    pub fn changes(&self) -> u64 {
        self.state.lock().unwrap().changes
    }

    /// Notes what is not gpb's from now on.
    pub fn guard(&self, others: BTreeSet<(String, String)>) {
        self.state.lock().unwrap().others = others;
    }

    /// Takes the calls that meant to change what is not gpb's.
    pub fn trespasses(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().trespasses)
    }

    /// Takes the calls since the last time, with their fates.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().log)
    }

    /// Returns the fates that calls have met, and the failures of the cloud itself, each with how often.
    pub fn fates(&self) -> Counts {
        self.state.lock().unwrap().fates.clone()
    }

    fn meets(&self, fate: &str) {
        *self.state.lock().unwrap().fates.entry(fate.to_owned()).or_default() += 1;
    }

    /// Carries out late writes, each when it is due, for as long as it is polled.
    pub async fn landing(&self) -> Infallible {
        loop {
            let (count, due) = {
                let state = self.state.lock().unwrap();
                (state.late.len(), state.late.iter().map(|(at, _)| *at).min())
            };
            let more = pin!(poll_fn(|context| {
                let mut state = self.state.lock().unwrap();
                state.waker = Some(context.waker().clone());
                if state.late.len() == count { Poll::Pending } else { Poll::Ready(()) }
            }));
            match due {
                Some(at) => {
                    select(pin!(self.clock.sleep(at.saturating_sub(self.clock.now()))), more).await;
                }
                None => more.await,
            }
            self.land();
        }
    }

    /// Carries out the writes that are due.
    fn land(&self) {
        let now = self.clock.now();
        let due: Vec<Write> = {
            let mut state = self.state.lock().unwrap();
            let (due, later) = std::mem::take(&mut state.late).into_iter().partition(|(at, _)| *at <= now);
            state.late = later;
            let due: Vec<(Duration, Write)> = due;
            due.into_iter().map(|(_, write)| write).collect()
        };
        for write in due {
            self.state.lock().unwrap().log.push(format!("    {now:?} lands: {} {}", write.operation(), write.what()));
            self.reaper.spare(|| write.hand_over(&self.sim));
        }
    }

    /// Meets the fate of a call: an error, or what happens to it later.
    async fn meet(
        &self,
        operation: &'static str,
        (ty, what): (&str, &str),
        changes: bool,
    ) -> Result<Fault, CloudError> {
        self.reaper.instant(&format!("before {operation}"));
        let fault = {
            let mut state = self.state.lock().unwrap();
            let (nth, plan) = (state.calls, state.plan.clone());
            state.calls += 1;
            let fault = plan.draw(&mut state.rng, nth, operation, ty);
            let told = format!("{fault:?}");
            state.log.push(format!("    {:?} {operation} {what}: {told}", self.clock.now()));
            let kind = told.split('(').next().unwrap_or_default().to_owned();
            *state.fates.entry(kind).or_default() += 1;
            fault
        };
        match fault {
            Fault::Throttled => Err(fails(CloudErrorKind::Throttled, "Throttling")),
            Fault::Unavailable => Err(fails(CloudErrorKind::Unavailable, "ServiceUnavailable")),
            Fault::Reset if changes => Err(fails(CloudErrorKind::Ambiguous, "ConnectionReset")),
            Fault::Reset => Err(fails(CloudErrorKind::Unavailable, "ConnectionReset")),
            Fault::Foreign if !changes => Err(fails(CloudErrorKind::Unavailable, "UnexpectedAnswer")),
            Fault::Outage => Err(fails(CloudErrorKind::Denied, "ExpiredToken")),
            Fault::Denied => Err(fails(CloudErrorKind::Denied, "AccessDenied")),
            Fault::Slow(time) => {
                self.clock.sleep(time).await;
                Ok(Fault::None)
            }
            other => Ok(other),
        }
    }

    async fn change(&self, write: Write, sink: &dyn ProgressSink) -> Result<Option<ObservedResource>, CloudError> {
        let operation = write.operation();
        let fault = self.meet(operation, (write.ty(), &write.what()), true).await?;
        self.note(&write);
        let unanswered = |code| Err(fails(CloudErrorKind::Ambiguous, code));
        match fault {
            Fault::Lost | Fault::Foreign => {
                let _ = write.send(&self.sim, &Nobody(sink.deadline())).await;
                self.reaper.instant(&format!("after {operation}"));
                unanswered(if fault == Fault::Lost { "RequestTimeout" } else { "UnexpectedAnswer" })
            }
            Fault::CutOff => {
                self.reaper.spare(|| write.hand_over(&self.sim));
                self.reaper.instant(&format!("after {operation}"));
                unanswered("ConnectionReset")
            }
            Fault::Late(after) => {
                let due = self.clock.now() + after;
                let waker = {
                    let mut state = self.state.lock().unwrap();
                    state.late.push((due, write));
                    state.waker.take()
                };
                waker.into_iter().for_each(Waker::wake);
                self.reaper.instant(&format!("after {operation}"));
                unanswered("RequestTimeout")
            }
            _ => {
                let done = write.send(&self.sim, sink).await;
                if let Err(error) = &done {
                    self.meets(&format!("cloud: {}", error.code));
                }
                self.reaper.instant(&format!("after {operation}"));
                done
            }
        }
    }

    fn note(&self, write: &Write) {
        let mut state = self.state.lock().unwrap();
        state.changes += 1;
        if let Some(key) = write.key()
            && state.others.contains(&(key.ty.clone(), key.id.clone()))
        {
            state.trespasses.push(format!("{} of {} {}, which is another's", write.operation(), key.ty, key.id));
        }
    }

    /// Looks whether the name is free, and says that the call is sent next, as bindings do for what can bear no mark.
    async fn look_first(&self, create: &CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        self.meet("read", (create.ty, create.label), false).await?;
        let id = create.desired["StoreName"].as_str().unwrap_or_default().to_owned();
        let key = ResourceKey { ty: create.ty.to_owned(), place: create.place.clone(), id };
        if self.sim.read(&key).await?.is_some() {
            return Err(fails(CloudErrorKind::AlreadyExists, "AlreadyExists"));
        }
        sink.progress(Progress::Sending).await
    }

    /// Returns true when a look for a token leaves everything out: the first one does, where lists are cut short.
    fn leaves_out(&self, fault: Fault, token: Option<&str>) -> bool {
        let first = token.is_some_and(|token| self.state.lock().unwrap().looked_for.insert(token.to_owned()));
        first && fault == Fault::Truncated
    }

    /// Cuts the answers of a batch short: some do not show what there is, or the last ones are missing.
    fn cut(&self, answers: &mut Vec<Result<Option<ObservedResource>, CloudError>>) {
        let rng = &mut self.state.lock().unwrap().rng;
        if rng.bool() {
            answers.truncate(rng.usize(0..=answers.len()));
        }
        for answer in answers.iter_mut().filter(|_| rng.bool()) {
            *answer = Ok(None);
        }
    }
}

/// Returns an error of a kind.
fn fails(kind: CloudErrorKind, code: &str) -> CloudError {
    CloudError::new(kind, code, "as chaos has it")
}

#[async_trait::async_trait]
impl Cloud for ChaosCloud {
    fn name(&self) -> &'static str {
        "sim"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        self.sim.identity(place).await
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.sim.supports(ty)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        self.meet("read", (&key.ty, &key.id), false).await?;
        let found = self.sim.read(key).await;
        self.reaper.instant("after read");
        found
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        let Some(first) = keys.first() else { return Vec::new() };
        match self.meet("read_many", (&first.ty, &first.ty), false).await {
            Ok(fault) => {
                let mut answers = self.sim.read_many(keys).await;
                if fault == Fault::Truncated {
                    self.cut(&mut answers);
                }
                answers
            }
            Err(error) => keys.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        let fault = self.meet("find", (find.ty, find.ty), false).await?;
        let found = match find.token {
            // Nothing tells whose it is but the journal's proof, and that it is what was asked for.
            Some(_) if find.ty == UNMARKED && !find.sent => Ok(Vec::new()),
            Some(_) if find.ty == UNMARKED => self.sim.find(FindRequest { token: None, ..find.clone() }).await,
            _ => self.sim.find(find.clone()).await,
        };
        self.reaper.instant("after find");
        if self.leaves_out(fault, find.token) { Ok(Vec::new()) } else { found }
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        if create.ty == UNMARKED {
            self.look_first(&create, sink).await?;
        }
        self.change(create.into(), sink).await?.ok_or_else(nothing)
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.change(update.into(), sink).await?.ok_or_else(nothing)
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        self.change(Write::Delete { key: key.clone(), token: token.to_owned() }, sink).await.map(drop)
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        self.meet("wait", (&key.ty, &key.id), false).await?;
        let found = self.sim.wait(key, sink).await;
        self.reaper.instant("after wait");
        found
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        self.sim.secret(place, name).await
    }
}

fn nothing() -> CloudError {
    fails(CloudErrorKind::Internal, "NoAnswer")
}
