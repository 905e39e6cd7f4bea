//! An API that expects certain requests, and time that passes at once.

use super::super::{AwsCloud, Bindings, Invoke, InvokeError, InvokeErrorKind};
use async_trait::async_trait;
use gpb_engine::cloud::clock::Clock;
use gpb_engine::cloud::{CloudError, Progress, ProgressSink};
use gpb_model::Place;
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone)]
pub struct Step {
    pub operation: &'static str,
    pub input: Json,
    pub answer: Result<Json, InvokeError>,
}

pub fn ok(operation: &'static str, input: Json, output: Json) -> Step {
    Step { operation, input, answer: Ok(output) }
}

pub fn error(operation: &'static str, input: Json, code: &str) -> Step {
    Step { operation, input, answer: Err(InvokeError::new(InvokeErrorKind::Service, code, "")) }
}

pub struct Script(Mutex<VecDeque<Step>>);

/// Gives the process a subscriber before its first event: an event that is met first without one may stay switched off for
/// the test that listens.
fn listen_to_all() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
}

impl Script {
    pub fn new(steps: Vec<Step>) -> Arc<Script> {
        listen_to_all();
        Arc::new(Script(Mutex::new(steps.into())))
    }

    /// Every request that was expected has been made.
    pub fn done(&self) {
        let left: Vec<_> = self.0.lock().unwrap().iter().map(|step| step.operation).collect();
        assert!(left.is_empty(), "never asked for: {left:?}");
    }
}

#[async_trait]
impl Invoke for Script {
    async fn invoke(&self, _: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        let step = self.0.lock().unwrap().pop_front();
        let step = step.unwrap_or_else(|| panic!("nothing more was expected, but {service}:{operation} {input}"));
        assert_eq!((step.operation, &step.input), (format!("{service}:{operation}").as_str(), &input));
        step.answer
    }
}

/// Time that passes when it is slept.
#[derive(Default)]
struct Skipping(Mutex<Duration>);

#[async_trait]
impl Clock for Skipping {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn epoch_ms(&self) -> u64 {
        0
    }

    async fn sleep(&self, span: Duration) {
        *self.0.lock().unwrap() += span;
    }
}

pub fn cloud(script: &Arc<Script>) -> AwsCloud {
    AwsCloud::with_clock(
        Arc::clone(script) as Arc<dyn Invoke>,
        Arc::new(Bindings::embedded()),
        Arc::new(Skipping::default()),
    )
}

#[derive(Default)]
pub struct Quiet(Mutex<Vec<String>>);

impl Quiet {
    pub fn identified(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl ProgressSink for Quiet {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        if let Progress::Identified { id } = progress {
            self.0.lock().unwrap().push(id);
        }
        Ok(())
    }
}

/// A cloud over other bindings than those of the library.
pub fn cloud_of(script: &Arc<Script>, bindings: Bindings) -> AwsCloud {
    let invoke = Arc::clone(script) as Arc<dyn Invoke>;
    AwsCloud::with_clock(invoke, Arc::new(bindings), Arc::new(Skipping::default()))
}
