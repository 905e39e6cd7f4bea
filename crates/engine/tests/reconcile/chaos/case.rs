//! A case: a life of programs, faults and deaths that a seed decides, judged by the oracle.

use super::super::*;
use super::coverage::Coverage;
use super::faults::FaultPlan;
use super::operations::{Obstacle, Operation};
use super::oracle;
use super::program::Program;
use super::world::{Command, End, World};
use fastrand::Rng;
use gpb_engine::cloud::CloudErrorKind;
use gpb_engine::cloud::clock::Clock as _;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most lives until all is settled, once there are neither faults nor deaths, by number.
const PATIENCE: usize = 12;
/// The most instants of one life.
const LONGEST: i64 = 2000;

/// The code of a replacement that its users hold.
const HELD: &str = "GPB7030";

/// The outcome of a case.
#[derive(Debug, Default)]
pub struct Report {
    /// The course that it took, for people.
    pub course: Vec<String>,
    /// The promises that were broken.
    pub failure: Option<String>,
    /// The things it met.
    pub coverage: Coverage,
    /// The lives that it had, by number.
    pub lives: u64,
}

/// The deaths during one operation.
#[derive(Debug)]
enum Deaths {
    /// After so many instants, one life after the other.
    After(Vec<i64>),
    /// At every instant, each in a life of its own.
    Everywhere,
}

impl Deaths {
    fn random(rng: &mut Rng) -> Self {
        match rng.u8(0..16) {
            0 => Deaths::Everywhere,
            1..6 => Deaths::After(vec![]),
            _ => Deaths::After((0..rng.usize(1..4)).map(|_| rng.i64(0..10) * rng.i64(1..12)).collect()),
        }
    }
}

/// Runs the case of a seed.
pub fn run(seed: u64) -> Report {
    let mut report = Report::default();
    let judged = catch_unwind(AssertUnwindSafe(|| Case::new(seed, &mut report).run()));
    report.failure = match judged {
        Ok(judged) => judged.err(),
        Err(payload) => Some(format!("a panic: {}", words(&*payload))),
    };
    report
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}

struct Case<'r> {
    rng: Rng,
    world: World,
    program: Program,
    report: &'r mut Report,
}

impl<'r> Case<'r> {
    fn new(seed: u64, report: &'r mut Report) -> Self {
        let mut rng = Rng::with_seed(seed);
        let world = World::new(&mut rng);
        Self { rng, world, program: Program::default(), report }
    }

    fn run(mut self) -> Result<(), String> {
        self.neighbours();
        let mut operation = Operation::Apply;
        let mut done = Ok(());
        for _ in 0..self.rng.usize(2..5) {
            done = self.operate(operation);
            if done.is_err() {
                break;
            }
            operation = Operation::random(&mut self.rng);
        }
        self.report.coverage.killed_at = self.world.reaper.struck();
        self.report.coverage.fates = self.world.cloud.fates();
        done
    }

    /// Others are there before gpb is, some with what looks just as gpb's will.
    fn neighbours(&mut self) {
        for number in 0..self.rng.u32(0..4) {
            let ty = ["net", "box", "store", "rule"][self.rng.usize(..4)];
            let mut properties = json!({"Size": number, "Note": format!("part-{}", number + 1), "Uses": []});
            match ty {
                "net" => properties["Cidr"] = "f0".into(),
                "box" => properties["Fixed"] = "f0".into(),
                _ => properties["StoreName"] = format!("others-{number}").into(),
            }
            self.world.others_make(&format!("aws.test.{ty}"), properties);
        }
    }

    fn operate(&mut self, operation: Operation) -> Result<(), String> {
        *self.report.coverage.operations.entry(format!("{operation:?}")).or_default() += 1;
        let (before, others) = (self.identities(), self.world.others.clone());
        let (mut command, obstacle) = operation.begin(&mut self.world, &self.program, &mut self.rng);
        self.way_out(&mut command)?;
        let new = self.world.others.len() - others.len().min(self.world.others.len());
        let deaths = Deaths::random(&mut self.rng);
        // Thousands of lives with waits for what fails besides are too many.
        let faults =
            if matches!(deaths, Deaths::Everywhere) { FaultPlan::default() } else { FaultPlan::random(&mut self.rng) };
        command.skew_s = faults.skew_s;
        self.note(format!("{operation:?}: {} others, {new} new; {faults:?}; {deaths:?}", self.world.others.len()));
        for part in &command.program.parts {
            self.note(format!("  {part:?}"));
        }
        let is_quiet = self.world.is_calm && faults == FaultPlan::default() && obstacle.is_none();
        self.world.cloud.suffer(faults);
        let end = self.lives(&command, &deaths)?;
        if is_quiet && matches!(&deaths, Deaths::After(instants) if instants.is_empty()) {
            self.done_at_once(&command, &end)?;
        }
        self.world.cloud.suffer(FaultPlan::default());
        self.world.reaper.arm(None);
        self.note("no more faults and deaths".to_owned());
        if let Some(obstacle) = obstacle {
            self.blocked(operation, &command, &obstacle)?;
        }
        command.replace.clear();
        self.settle(&command)?;
        self.program = command.program.settled();
        let (there, snapshot) = (self.world.inventory(), self.world.snapshot());
        oracle::is_as_declared(&self.program, &self.world.others, &there, &snapshot)?;
        let now = self.identities();
        if operation.may_replace() { Ok(()) } else { oracle::nothing_was_replaced_without_cause(&before, &now) }
    }

    /// Takes the way out that a person has when the plan is refused: another name where one is held, or no change at all.
    fn way_out(&mut self, command: &mut Command) -> Result<(), String> {
        for tries in 0..3 {
            let Some(why) = self.world.refusal(command) else { return Ok(()) };
            if let Some((code, message)) = why.iter().find(|(code, _)| *code != HELD) {
                return Err(format!("there is no plan: {code} {message}"));
            }
            self.note(format!("{} refused at plan: {why:?}", why.len()));
            if tries == 0 {
                command.program.parts.iter_mut().filter(|part| part.is_named()).for_each(|part| part.name.push('y'));
            } else {
                *command = Command { program: self.program.clone(), ..Command::default() };
            }
        }
        Err("the program that stands cannot be planned".to_owned())
    }

    fn identities(&self) -> oracle::Identities {
        oracle::identities(&self.program, &self.world.others, &self.world.inventory())
    }

    /// On a quiet day one life does all there is to do, and the next one, a moment later, finds nothing.
    fn done_at_once(&mut self, command: &Command, end: &End) -> Result<(), String> {
        let is_whole = |end: &End| matches!(end, End::Applied(outcome) if outcome.is_complete());
        let again = Command { replace: BTreeSet::new(), ..command.clone() };
        let changes = self.world.cloud.changes();
        let next = self.life(&again, None)?;
        let more = matches!(&next, End::Applied(outcome) if !outcome.done.is_empty());
        if is_whole(end) && is_whole(&next) && !more && self.world.cloud.changes() == changes {
            return Ok(());
        }
        Err("a quiet day, and not all was done at once".to_owned())
    }

    fn lives(&mut self, command: &Command, deaths: &Deaths) -> Result<End, String> {
        match deaths {
            Deaths::After(instants) => {
                for instants in instants {
                    self.life(command, Some(*instants))?;
                    if self.rng.bool() {
                        self.world.pass(self.rng.u64(1..30));
                    }
                }
                self.life(command, None)
            }
            Deaths::Everywhere => {
                for instants in 0..LONGEST {
                    match self.life(command, Some(instants))? {
                        End::Killed => {}
                        end => return Ok(end),
                    }
                }
                Err(format!("a life of more than {LONGEST} instants"))
            }
        }
    }

    /// One life, after which nothing may be lost and nothing of others touched.
    fn life(&mut self, command: &Command, instants: Option<i64>) -> Result<End, String> {
        self.report.lives += 1;
        self.world.reaper.arm(instants);
        let end = self.world.live(command);
        let at = self.world.clock.now();
        self.report.course.extend(self.world.cloud.log());
        self.note(match (&end, instants) {
            (End::Killed, instants) => format!("  {at:?} killed after {} instants", instants.unwrap_or_default()),
            (End::Unplanned(why), _) => format!("  {at:?} no plan: {why:?}"),
            (End::Refused(why), _) => format!("  {at:?} refused: {}", why.join("; ")),
            (End::Applied(outcome), _) => format!("  {at:?} applied: {}", told(outcome)),
        });
        if let Some(trespass) = self.world.cloud.trespasses().first() {
            return Err(format!("gpb asked for the {trespass}"));
        }
        let (there, snapshot) = (self.world.inventory(), self.world.snapshot());
        oracle::others_are_untouched(&self.world.others, &there)?;
        oracle::nothing_is_lost(&self.world.others, &there, &snapshot)?;
        match end {
            End::Unplanned(why) => Err(format!("what was planned before cannot be planned any more: {why:?}")),
            end => Ok(end),
        }
    }

    /// Obstacles are told, and go by the hand of whoever they belong to.
    fn blocked(&mut self, operation: Operation, command: &Command, obstacle: &Obstacle) -> Result<(), String> {
        self.life(command, None)?;
        self.world.pass(300);
        let end = self.life(command, None)?;
        let told = match &end {
            End::Applied(outcome) => outcome.failed.iter().any(|one| one.error.kind == CloudErrorKind::AlreadyExists),
            _ => false,
        };
        if operation == Operation::Collide && !told {
            return Err(format!("{} {} was in the way, and nobody was told: {end:?}", obstacle.0, obstacle.1));
        }
        self.note(format!("  {} {} goes", obstacle.0, obstacle.1));
        self.world.others_delete(&obstacle.0, &obstacle.1);
        Ok(())
    }

    /// Lives until a life finds nothing to do.
    fn settle(&mut self, command: &Command) -> Result<(), String> {
        for _ in 0..PATIENCE {
            self.world.pass(300);
            let changes = self.world.cloud.changes();
            let end = self.life(command, None)?;
            if let End::Applied(outcome) = &end
                && outcome.failed.is_empty()
                && outcome.done.is_empty()
                && self.world.cloud.changes() == changes
            {
                return Ok(());
            }
        }
        Err("it does not come to rest".to_owned())
    }

    fn note(&mut self, line: String) {
        self.report.course.push(line);
    }
}

fn told(outcome: &ApplyOutcome) -> String {
    let done = outcome.done.iter().map(|one| format!("{} {}", one.action.as_str(), one.address));
    let failed =
        outcome.failed.iter().map(|one| format!("FAILED {} {}: {}", one.action.as_str(), one.address, one.error));
    let skipped = outcome.skipped.iter().map(|one| format!("skipped {}", one.address));
    done.chain(failed).chain(skipped).collect::<Vec<_>>().join("; ")
}
