//! Bodies are read as properties on a second thread, while the first goes on evaluating.
//!
//! What is read depends on nothing but the body and its type, and is handed back in the order it was given, so the threads
//! decide only when the work is done and never what comes of it.

use crate::property::{self, BodyProperties};
use crate::ty::{CloudFacts, TypeContext};
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::Value;
use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// The number of bodies from which a second thread is worth its start.
const MANY: usize = 256;
/// The number of bodies that change hands at once.
const BATCH: usize = 64;
/// The size of the stack, in bytes. Reading recurses as deep as values nest; only what is touched is ever taken from the machine.
const STACK: usize = 64 * 1024 * 1024;

/// An evaluated body that is to be read.
pub struct ReadJob {
    /// Its properties, by name.
    pub body: Value,
    /// The type of the resource.
    pub def: Arc<TypeDef>,
    /// True if nothing is required of it.
    pub partial: bool,
    /// The place to report for what is missing.
    pub head: Span,
}

/// The result of reading a body. The job comes back where a message needs the names in scope, which the evaluator alone has.
pub type ReadOutput = Result<BodyProperties, Box<ReadJob>>;

impl ReadJob {
    /// Reads the body as properties of its type.
    pub fn read(&self, cx: &TypeContext<'_>) -> BodyProperties {
        property::to_model(&self.body, &self.def, self.partial, self.head, cx)
    }

    fn read_alone(self, facts: &dyn CloudFacts) -> ReadOutput {
        let asked = Cell::new(false);
        let names = || {
            asked.set(true);
            Vec::new()
        };
        let properties = self.read(&TypeContext { names: &names, ..TypeContext::new(facts) });
        if asked.get() { Err(Box::new(self)) } else { Ok(properties) }
    }
}

/// Reads bodies in the order they are given.
pub struct PropertyReader<'scope, 'w> {
    facts: &'w (dyn CloudFacts + Sync),
    batch: Vec<ReadJob>,
    /// Absent where there are too few bodies, or no thread is to be had.
    thread: Option<ReaderThread<'scope>>,
}

type ReaderThread<'scope> = (Sender<Vec<ReadJob>>, ScopedJoinHandle<'scope, Vec<ReadOutput>>);

impl<'scope, 'w: 'scope> PropertyReader<'scope, 'w> {
    /// Starts the reader; `bodies` is the number of bodies there may be.
    pub fn start(scope: &'scope Scope<'scope, '_>, facts: &'w (dyn CloudFacts + Sync), bodies: usize) -> Self {
        let start = || {
            let (give, take) = channel();
            let work = move || serve(&take, facts);
            Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok().map(|thread| (give, thread))
        };
        Self { facts, batch: Vec::new(), thread: (bodies >= MANY).then(start).flatten() }
    }

    /// Gives the reader one more body.
    pub fn give(&mut self, job: ReadJob) {
        self.batch.push(job);
        if let (BATCH.., Some((give, _))) = (self.batch.len(), &self.thread) {
            // A reader that is gone has failed, which is heard of at the end.
            let _ = give.send(std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH)));
        }
    }

    /// Returns what every body was read as, in the order they were given.
    pub fn finish(self) -> Vec<ReadOutput> {
        let Some((give, thread)) = self.thread else {
            return self.batch.into_iter().map(|job| job.read_alone(self.facts)).collect();
        };
        let _ = give.send(self.batch);
        drop(give);
        thread.join().unwrap_or_else(|fault| resume_unwind(fault))
    }
}

fn serve(take: &Receiver<Vec<ReadJob>>, facts: &dyn CloudFacts) -> Vec<ReadOutput> {
    take.iter().flatten().map(|job| job.read_alone(facts)).collect()
}
