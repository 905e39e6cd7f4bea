//! Waiters: until a resource is ready, and until it is deleted.

use super::BindingRunner;
use super::api_call::VISIBILITY_TIMEOUT;
use super::read_resource::{ReadResult, filler};
use crate::binding::{ApiCall, OperationWait, ReadyCheck, TimeSpan};
use crate::lint::display_path;
use crate::map::{matches, merge};
use crate::name_matching::text_of;
use crate::path::MemberPath;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Progress, ProgressSink};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::time::Duration;

/// The time before the second read.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest time between two reads.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest wait for readiness, where the binding has none.
const READY_TIMEOUT: Duration = Duration::from_mins(10);
/// The longest wait for a deletion, where the binding has none.
const DELETE_TIMEOUT: Duration = Duration::from_mins(5);

/// The state of a resource that is waited for.
enum ReadyState {
    Ready,
    /// It is waited for, and is in this state.
    Pending(String),
    Failed(String),
}

/// The time between two reads, which grows.
struct PollInterval {
    pause: Duration,
    longest: Duration,
}

impl PollInterval {
    fn new(every: Option<Duration>) -> PollInterval {
        let pause = every.unwrap_or(FIRST_PAUSE);
        PollInterval { pause, longest: pause.max(LONGEST_PAUSE) }
    }

    fn next(&mut self) -> Duration {
        let now = self.pause;
        self.pause = (self.pause * 3 / 2).min(self.longest);
        now
    }
}

/// Signs that a wait for readiness has seen.
#[derive(Default)]
struct ReadySigns {
    /// It was not ready once since the change, so that the change has begun.
    moved: bool,
    /// The reads in a row that found it ready.
    in_a_row: u32,
}

impl BindingRunner<'_> {
    /// Waits until every condition of the binding holds.
    ///
    /// Without conditions, until the resource is found.
    pub(super) async fn wait_until_ready(
        &self,
        scope: &TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<ReadResult, CloudError> {
        self.wait_for(scope, None, sink).await
    }

    /// Waits until a change of these properties is over.
    ///
    /// A state is believed once it has moved, once the resource shows what was sent, or when `settle` has passed.
    pub(super) async fn wait_until_changed(
        &self,
        scope: &TemplateScope,
        changed: &BTreeSet<String>,
        sink: &dyn ProgressSink,
    ) -> Result<ReadResult, CloudError> {
        self.wait_for(scope, Some(changed), sink).await
    }

    async fn wait_for(
        &self,
        scope: &TemplateScope,
        changed: Option<&BTreeSet<String>>,
        sink: &dyn ProgressSink,
    ) -> Result<ReadResult, CloudError> {
        let rules = &self.bound.binding.ready;
        let longest =
            |span: fn(&ReadyCheck) -> Option<TimeSpan>| rules.iter().filter_map(span).map(|span| span.0).max();
        let timeout = longest(|rule| rule.timeout).unwrap_or(READY_TIMEOUT);
        let settle = longest(|rule| rule.settle).unwrap_or_default();
        let stable = rules.iter().filter_map(|rule| rule.stable).max().unwrap_or(1);
        let mut interval =
            PollInterval::new(rules.iter().filter_map(|rule| rule.poll_interval).map(|span| span.0).min());
        let (start, mut signs) = (self.cloud.clock.now(), ReadySigns::default());
        loop {
            let elapsed = self.cloud.clock.now().saturating_sub(start);
            let over = elapsed >= timeout || self.is_past(sink);
            let waiting = match self.fetch(scope).await {
                Ok(Some(fetched)) => match ready_state(rules, &fetched, scope) {
                    ReadyState::Ready => {
                        let settled = signs.moved
                            || elapsed >= settle
                            || changed.is_none_or(|changed| self.shows(&fetched, scope, changed));
                        signs.in_a_row += 1;
                        if settled && signs.in_a_row >= stable {
                            return Ok(fetched);
                        }
                        "it to stay ready".to_owned()
                    }
                    ReadyState::Failed(why) => {
                        return Err(self.wait_error(CloudErrorKind::FailedState, "Failed", &why));
                    }
                    ReadyState::Pending(state) if over => return Err(self.timed_out(&state, elapsed)),
                    ReadyState::Pending(state) => {
                        signs = ReadySigns { moved: true, in_a_row: 0 };
                        state
                    }
                },
                Ok(None) if elapsed >= VISIBILITY_TIMEOUT => {
                    return Err(self.wait_error(CloudErrorKind::NotReady, "NotFound", "it is not found"));
                }
                Ok(None) => "it to be visible".to_owned(),
                Err(error) if error.kind.is_retryable() && !over => error.code,
                Err(error) => return Err(error),
            };
            sink.progress(Progress::Waiting { for_what: waiting, elapsed }).await?;
            self.cloud.clock.sleep(interval.next()).await;
        }
    }

    /// Checks that the step of a call may take no longer.
    fn is_past(&self, sink: &dyn ProgressSink) -> bool {
        sink.deadline().is_some_and(|deadline| self.cloud.clock.now() >= deadline)
    }

    /// Checks that a read shows these properties as they were sent.
    fn shows(&self, fetched: &ReadResult, scope: &TemplateScope, changed: &BTreeSet<String>) -> bool {
        let set = self.read_call(scope).map(|read| &read.set).ok();
        let shown = self.properties(&fetched.object, &fetched.root, scope, set);
        changed.iter().all(|name| match (scope.desired.get(name), shown.get(name)) {
            (Some(wanted), Some(found)) => matches(wanted, found),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        })
    }

    /// Waits until the operation that a call has begun is over.
    ///
    /// # Errors
    /// An operation that failed, with its reason, and one that takes longer than it may.
    pub(super) async fn wait_for_operation(
        &self,
        call: &ApiCall,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        let Some(wait) = &call.operation else { return Ok(()) };
        let Some(input) = self.plain_input(&wait.call, &wait.input, scope)? else { return Ok(()) };
        let timeout = wait.timeout.map_or(READY_TIMEOUT, |span| span.0);
        let (start, mut interval) = (self.cloud.clock.now(), PollInterval::new(None));
        loop {
            let elapsed = self.cloud.clock.now().saturating_sub(start);
            let state = match self.send_read(&wait.call, input.clone(), false).await {
                Ok(answer) => {
                    let state = wait.path.get(&answer, &answer).map(|state| text_of(&state)).unwrap_or_default();
                    let is = |list: &[Json]| list.iter().any(|one| text_of(one) == state);
                    let end = match (is(&wait.ready), is(&wait.failed)) {
                        (true, _) => Some(Ok(())),
                        (_, true) => Some(Err(self.failed_operation(wait, &state, &answer))),
                        (false, false) => None,
                    };
                    if let Some(end) = end {
                        if wait.output {
                            merge(&mut scope.out, answer);
                        }
                        return end;
                    }
                    format!("its operation (now `{state}`)")
                }
                Err(error) if error.kind.is_retryable() || error.kind == CloudErrorKind::NotFound => error.code,
                Err(error) => return Err(error),
            };
            if elapsed >= timeout || self.is_past(sink) {
                return Err(self.timed_out(&state, elapsed));
            }
            sink.progress(Progress::Waiting { for_what: state, elapsed }).await?;
            self.cloud.clock.sleep(interval.next()).await;
        }
    }

    /// Returns the error of an operation that has failed.
    ///
    /// By now the service has tried again what passes, so that no kind of it is tried again.
    fn failed_operation(&self, wait: &OperationWait, state: &str, answer: &Json) -> CloudError {
        let text = |path: &Option<MemberPath>| path.as_ref()?.get(answer, answer).map(|value| text_of(&value));
        let reason = text(&wait.reason).map(|reason| format!(": {reason}")).unwrap_or_default();
        let failed = self.wait_error(
            CloudErrorKind::FailedState,
            "OperationFailed",
            &format!("its operation ended as `{state}`{reason}"),
        );
        let Some(code) = text(&wait.code) else { return failed };
        let listed = self.errors().iter().find_map(|errors| errors.kind_of(&code, &reason));
        let kind = listed.filter(|kind| !kind.is_retryable()).unwrap_or(CloudErrorKind::FailedState);
        CloudError { kind, code, ..failed }
    }

    /// Waits until a read finds nothing.
    pub(super) async fn wait_until_deleted(
        &self,
        scope: &TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        let timeout = self.bound.binding.delete_timeout.map_or(DELETE_TIMEOUT, |span| span.0);
        let every = self.bound.binding.ready.iter().filter_map(|rule| rule.poll_interval).map(|span| span.0).min();
        let mut interval = PollInterval::new(every);
        let start = self.cloud.clock.now();
        if timeout.is_zero() {
            return Ok(());
        }
        loop {
            let elapsed = self.cloud.clock.now().saturating_sub(start);
            match self.fetch(scope).await {
                Ok(None) => return Ok(()),
                Ok(Some(_)) if elapsed >= timeout || self.is_past(sink) => {
                    let why = format!("still there {} s after its deletion", elapsed.as_secs());
                    return Err(self.wait_error(CloudErrorKind::TimedOut, "Timeout", &why));
                }
                Err(error) if error.kind.is_retryable() && elapsed < timeout => {}
                Ok(Some(_)) => {}
                Err(error) => return Err(error),
            }
            sink.progress(Progress::Waiting { for_what: "it to be deleted".to_owned(), elapsed }).await?;
            self.cloud.clock.sleep(interval.next()).await;
        }
    }

    fn timed_out(&self, state: &str, elapsed: Duration) -> CloudError {
        let why = format!("not ready after {} s: it waits for {state}", elapsed.as_secs());
        self.wait_error(CloudErrorKind::TimedOut, "Timeout", &why)
    }

    fn wait_error(&self, kind: CloudErrorKind, code: &str, why: &str) -> CloudError {
        CloudError::new(kind, code, format!("{}: {why}", self.bound.ty))
    }
}

fn ready_state(rules: &[ReadyCheck], fetched: &ReadResult, scope: &TemplateScope) -> ReadyState {
    let mut pending = None;
    let get = |path: &MemberPath| path.bind(&filler(scope)).get(&fetched.object, &fetched.root);
    for rule in rules {
        let value = get(&rule.path);
        // Of a list, all must be ready, and one that has failed is enough.
        let states: Vec<String> = match &value {
            Some(Json::Array(items)) => items.iter().map(text_of).collect(),
            one => one.iter().map(text_of).collect(),
        };
        let is = |list: &[Json], state: &String| list.iter().any(|one| text_of(one) == *state);
        let shown = if states.is_empty() { "unknown".to_owned() } else { states.join(", ") };
        if let Some(state) = states.iter().find(|state| is(&rule.failed, state)) {
            let reason = rule.reason.as_ref().and_then(get);
            let reason = reason.map(|reason| format!(": {}", text_of(&reason))).unwrap_or_default();
            return ReadyState::Failed(format!("it is `{state}`{reason}"));
        }
        let same = rule.equals.as_ref().map(get);
        let holds = match same {
            Some(other) => other.is_some() && other.as_ref().map(text_of) == value.as_ref().map(text_of),
            None if value.is_none() => rule.missing_ok,
            None => {
                states.iter().all(|state| (rule.ready.is_empty() || is(&rule.ready, state)) && !is(&rule.none, state))
            }
        };
        if !holds && pending.is_none() {
            let wanted: Vec<String> = match &rule.equals {
                Some(other) => vec![get(other).map_or_else(String::new, |it| text_of(&it))],
                None if rule.ready.is_empty() => vec![format!("its state to leave {}", listed(&rule.none))],
                None => rule.ready.iter().map(text_of).collect(),
            };
            pending = Some(format!("{} (now `{shown}`)", wanted.join(" or ")));
        }
        let full = |path: &&MemberPath| get(path).is_some_and(|value| !is_empty(&value));
        if let (Some(path), None) = (rule.empty.iter().find(full), &pending) {
            pending = Some(format!("{} to be applied", display_path(path)));
        }
    }
    pending.map_or(ReadyState::Ready, ReadyState::Pending)
}

fn listed(states: &[Json]) -> String {
    states.iter().map(|state| format!("`{}`", text_of(state))).collect::<Vec<_>>().join(", ")
}

/// Checks that a value holds nothing, at any depth.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.iter().all(is_empty),
        Json::Object(entries) => entries.values().all(is_empty),
        Json::Bool(_) | Json::Number(_) => false,
    }
}
