//! The postcondition of a change: what was sent is what is read afterwards.
//!
//! It is held by the comparison of plans, so that what passes here is also what the next plan finds unchanged. Services
//! are eventually consistent, and some answer as ready before they have begun: what differs is waited for and read again for
//! some time before it is believed.

use super::call_log::LoggedCall;
use super::intent::OpenIntent;
use super::payload::Payload;
use super::removals::{RemovalSides, kept_places};
use super::run::ApplyRun;
use crate::cloud::{
    CloudError, CloudErrorKind, ObservedResource, Progress, ProgressSink as _, Properties, ResourceKey, property_paths,
};
use crate::plan::ResourceChange;
use crate::plan::compare::{self, CompareRules, CurrentState};
use crate::plan::values;
use crate::state::is_redacted;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::time::Duration;

/// The longest time between two reads.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The time for which a property that was sent may be missing in what is read and is waited for.
///
/// Afterwards it is taken for one that AWS leaves out.
const SHOWN_WITHIN: Duration = Duration::from_secs(90);
/// The most places that one message names.
const NAMED: usize = 4;
/// The most characters that one message shows of a value.
const SHOWN: usize = 120;

/// A change that was answered as done and is not what is read.
pub struct Unmet {
    /// The failure: it names each place with what is there and what should be.
    pub error: CloudError,
    /// The resource as last read.
    pub observed: ObservedResource,
}

impl ApplyRun<'_> {
    /// Waits until a changed resource shows what was sent.
    ///
    /// `only` are the places the change was about; `None` for all that was sent.
    ///
    /// # Errors
    /// When it still differs after the time that eventual consistency explains. The time in which the resource itself is not
    /// ready does not count. A run that is stopped lets it come to its end: what is in progress finishes.
    pub async fn confirm(
        &self,
        change: &ResourceChange,
        sent: &Payload,
        open: &OpenIntent<'_>,
        key: &ResourceKey,
        only: Option<&[PropPath]>,
        mut observed: ObservedResource,
    ) -> Result<ObservedResource, Box<Unmet>> {
        let clock = self.apply.clock;
        let (start, mut left) = (clock.now(), self.apply.options.consistency_timeout);
        let (mut pause, mut attempt) = (Duration::from_secs(1), 1);
        let def = self.apply.types.get(&change.ty);
        let was_applied = self.record_at(&change.address).map(|record| record.applied).unwrap_or_default();
        let mut is_fresh = true;
        loop {
            let shown = self.redacted(sent, &observed);
            let recorded = Some(&*shown);
            let mut unmet =
                differing_places(def.as_deref(), &change.ignore, sent, Answer { observed: &shown, recorded });
            unmet.retain(|path| only.is_none_or(|only| only.iter().any(|one| one.covers(path) || path.covers(one))));
            let removal = RemovalSides { before: &was_applied, sent: &sent.applied, shown: &shown };
            unmet.extend(kept_places(change, removal));
            let waited = self.apply.options.consistency_timeout.saturating_sub(left);
            let is_waiting = waited < SHOWN_WITHIN && !left.is_zero();
            let mut missing = if is_waiting { self.missing(change, sent, &shown) } else { Vec::new() };
            missing.retain(|path| only.is_none_or(|only| only.iter().any(|one| path.covers(one))));
            if unmet.is_empty() && missing.is_empty() {
                return Ok(observed);
            }
            // A verdict is made of a reading that is as late as it can be.
            if left.is_zero() && !is_fresh {
                is_fresh = true;
                let read = |attempt| {
                    let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
                    logged.run(clock, self.apply.cloud.read(key))
                };
                if let Ok(Some(read)) = self.retry(change, read).await {
                    observed = read;
                    continue;
                }
            }
            if left.is_zero() {
                let error = self.scrubber.error(not_as_sent(def.as_deref(), &unmet, &shown, &sent.applied));
                return Err(Box::new(Unmet { error, observed }));
            }
            let names: Vec<String> = unmet.iter().chain(&missing).map(|path| name(def.as_deref(), path)).collect();
            let for_what = format!("{} to be as sent", names.join(", "));
            let elapsed = clock.now().saturating_sub(start);
            // It is news to be shown, not to be kept; a journal that cannot be written shows when the intent is closed.
            let _ = open.sink.progress(Progress::Waiting { for_what, elapsed }).await;
            let wait = pause.min(left);
            clock.sleep(wait).await;
            left = left.saturating_sub(wait);
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            let logged = LoggedCall { operation: "wait", ty: &key.ty, place: &key.place, attempt };
            match logged.run(clock, self.apply.cloud.wait(key, &open.sink)).await {
                Ok(read) => (observed, is_fresh) = (read, true),
                Err(error) if matches!(error.kind, CloudErrorKind::FailedState | CloudErrorKind::TimedOut) => {
                    return Err(Box::new(Unmet { error, observed }));
                }
                // Whatever else it is passes, or the time does.
                Err(_) => is_fresh = false,
            }
            attempt += 1;
        }
    }
}

impl ApplyRun<'_> {
    /// Returns the properties of the root that were sent and that reads show, but not yet.
    fn missing(&self, change: &ResourceChange, sent: &Payload, shown: &Properties) -> Vec<PropPath> {
        let Some(def) = self.apply.types.get(&change.ty) else { return Vec::new() };
        let is_hidden = |path: &PropPath| {
            sent.is_secret(path) || def.write_only.iter().any(|one| path.covers(one) || one.covers(path))
        };
        let is_missing = |path: &PropPath| {
            path.segments().count() == 1
                && shown.get(path.head()).is_none_or(Json::is_null)
                // To leave out what is off is as good as to say it.
                && sent.applied.get(path.head()) != Some(&Json::Bool(false))
                && !is_hidden(path)
                && self.apply.cloud.shows(&change.ty, path.head())
        };
        let mut found = unconfirmed_places(&def, &change.ignore, sent, shown);
        found.retain(is_missing);
        found
    }
}

/// The sides of a comparison with what was sent, secrets as keyed hashes.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The resource as read.
    pub observed: &'a Properties,
    /// The resource as read when it was last known to be as sent.
    pub recorded: Option<&'a Properties>,
}

/// Returns the places where what is read differs from what was sent, as far as reads show it.
pub fn differing_places(
    def: Option<&TypeDef>,
    ignore: &[PropPath],
    sent: &Payload,
    answer: Answer<'_>,
) -> Vec<PropPath> {
    places(def, ignore, sent, answer, Some(&sent.applied))
}

/// Returns the places that differ from what was sent or that no read shows.
pub fn unconfirmed_places(def: &TypeDef, ignore: &[PropPath], sent: &Payload, observed: &Properties) -> Vec<PropPath> {
    places(Some(def), ignore, sent, Answer { observed, recorded: None }, None)
}

fn places(
    def: Option<&TypeDef>,
    ignore: &[PropPath],
    sent: &Payload,
    answer: Answer<'_>,
    applied: Option<&Properties>,
) -> Vec<PropPath> {
    let desired =
        sent.applied.iter().filter_map(|(name, json)| Some((name.as_str().into(), values::lift(json)?))).collect();
    let rules = CompareRules { def, ignore, secret: &|_| None, unseen: &|_| false };
    let sides = CurrentState { observed: answer.observed, applied, recorded: answer.recorded };
    compare::differences(rules, &desired, sides).into_iter().map(|difference| difference.path).collect()
}

fn not_as_sent(def: Option<&TypeDef>, unmet: &[PropPath], observed: &Properties, sent: &Properties) -> CloudError {
    let told = unmet.iter().take(NAMED).map(|path| {
        let (there, wanted) = (text(property_paths::get(observed, path)), text(property_paths::get(sent, path)));
        format!("AWS shows {there} instead of {wanted} for {}", name(def, path))
    });
    let more = unmet.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let message = told.chain(more).collect::<Vec<_>>().join("; ");
    CloudError::new(CloudErrorKind::Differs, "NotAsSent", message)
}

fn name(def: Option<&TypeDef>, path: &PropPath) -> String {
    def.map_or_else(|| path.to_string(), |def| def.display(path))
}

/// Returns a value as a message shows it: secrets masked, long ones cut.
fn text(value: Option<&Json>) -> String {
    fn masked(value: &Json) -> Json {
        match value {
            value if is_redacted(value) => "(secret)".into(),
            Json::Object(entries) => {
                Json::Object(entries.iter().map(|(key, value)| (key.clone(), masked(value))).collect())
            }
            Json::Array(items) => Json::Array(items.iter().map(masked).collect()),
            other => other.clone(),
        }
    }
    let Some(value) = value.filter(|value| !value.is_null()) else { return "nothing".to_owned() };
    let whole = masked(value).to_string();
    if whole.chars().count() <= SHOWN { whole } else { whole.chars().take(SHOWN).chain(['…']).collect() }
}
