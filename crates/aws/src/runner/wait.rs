//! Waiters: until a resource is ready, and until it is deleted.

use super::BindingRunner;
use super::api_call::VISIBILITY_TIMEOUT;
use super::read_resource::ReadResult;
use crate::binding::ReadyCheck;
use crate::name_matching::text_of;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Progress, ProgressSink};
use serde_json::Value as Json;
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

impl BindingRunner<'_> {
    /// Waits until every condition of the binding holds.
    ///
    /// Without conditions, until the resource is found.
    pub(super) async fn wait_until_ready(
        &self,
        scope: &TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<ReadResult, CloudError> {
        let rules = &self.bound.binding.ready;
        let timeout = rules.iter().filter_map(|rule| rule.timeout).map(|span| span.0).max().unwrap_or(READY_TIMEOUT);
        let mut interval =
            PollInterval::new(rules.iter().filter_map(|rule| rule.poll_interval).map(|span| span.0).min());
        let start = self.cloud.clock.now();
        loop {
            let elapsed = self.cloud.clock.now().saturating_sub(start);
            let waiting = match self.fetch(scope).await {
                Ok(Some(fetched)) => match ready_state(rules, &fetched) {
                    ReadyState::Ready => return Ok(fetched),
                    ReadyState::Failed(why) => return Err(self.wait_error(CloudErrorKind::Invalid, "Failed", &why)),
                    ReadyState::Pending(_) if elapsed >= timeout => {
                        let why = format!("not ready after {} s", elapsed.as_secs());
                        return Err(self.wait_error(CloudErrorKind::NotReady, "Timeout", &why));
                    }
                    ReadyState::Pending(state) => state,
                },
                Ok(None) if elapsed >= VISIBILITY_TIMEOUT => {
                    return Err(self.wait_error(CloudErrorKind::NotReady, "NotFound", "it is not found"));
                }
                Ok(None) => "it to be visible".to_owned(),
                Err(error) if error.kind.is_retryable() && elapsed < timeout => error.code,
                Err(error) => return Err(error),
            };
            sink.progress(Progress::Waiting { for_what: waiting, elapsed }).await?;
            self.cloud.clock.sleep(interval.next()).await;
        }
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
                Ok(Some(_)) if elapsed >= timeout => {
                    let why = format!("still there {} s after its deletion", elapsed.as_secs());
                    return Err(self.wait_error(CloudErrorKind::NotReady, "Timeout", &why));
                }
                Err(error) if error.kind.is_retryable() && elapsed < timeout => {}
                Ok(Some(_)) => {}
                Err(error) => return Err(error),
            }
            sink.progress(Progress::Waiting { for_what: "it to be deleted".to_owned(), elapsed }).await?;
            self.cloud.clock.sleep(interval.next()).await;
        }
    }

    fn wait_error(&self, kind: CloudErrorKind, code: &str, why: &str) -> CloudError {
        CloudError::new(kind, code, format!("{}: {why}", self.bound.ty))
    }
}

fn ready_state(rules: &[ReadyCheck], fetched: &ReadResult) -> ReadyState {
    let mut pending = None;
    for rule in rules {
        let value = rule.path.get(&fetched.object, &fetched.root);
        let is =
            |list: &[Json]| value.as_ref().is_some_and(|value| list.iter().any(|one| text_of(one) == text_of(value)));
        let shown = value.as_ref().map_or_else(|| "unknown".to_owned(), text_of);
        if is(&rule.failed) {
            let reason = rule.reason.as_ref().and_then(|path| path.get(&fetched.object, &fetched.root));
            let reason = reason.map(|reason| format!(": {}", text_of(&reason))).unwrap_or_default();
            return ReadyState::Failed(format!("it is `{shown}`{reason}"));
        }
        let same = rule.equals.as_ref().map(|other| other.get(&fetched.object, &fetched.root));
        let holds = match same {
            Some(other) => other.is_some() && other.as_ref().map(text_of) == value.as_ref().map(text_of),
            None => is(&rule.ready) || (rule.missing_ok && value.is_none()),
        };
        if !holds && pending.is_none() {
            let wanted: Vec<String> = match &rule.equals {
                Some(other) => {
                    vec![other.get(&fetched.object, &fetched.root).map_or_else(String::new, |it| text_of(&it))]
                }
                None => rule.ready.iter().map(text_of).collect(),
            };
            pending = Some(format!("{} (now `{shown}`)", wanted.join(" or ")));
        }
    }
    pending.map_or(ReadyState::Ready, ReadyState::Pending)
}
