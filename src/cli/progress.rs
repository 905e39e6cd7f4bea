//! Progress of an apply: lines on standard error, or JSON lines on standard output.

use crate::cli::terminal;
use gpb_engine::plan::Action;
use gpb_engine::reconcile::{EngineEvent, EventSink};
use gpb_model::Address;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Prints each event as one line of JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonLines;

impl EventSink for JsonLines {
    fn event(&self, event: &EngineEvent) {
        if let Ok(text) = serde_json::to_string(event) {
            terminal::print(&format!("{text}\n"));
        }
    }
}

/// Prints a line at the start and the end of each step.
///
/// On a terminal it redraws a line for each step in progress.
pub struct ProgressLines {
    bars: Option<MultiProgress>,
    in_progress: Mutex<BTreeMap<Address, ProgressBar>>,
}

impl ProgressLines {
    /// Returns a display, which redraws lines where it is `interactive`.
    ///
    /// That needs a terminal that nothing else writes to.
    pub fn new(interactive: bool) -> Self {
        Self { bars: interactive.then(MultiProgress::new), in_progress: Mutex::default() }
    }

    /// Prints a line above the lines that are redrawn.
    fn say(&self, text: &str) {
        match &self.bars {
            // Bars that are drawn have to make room for a line.
            Some(bars) => drop(bars.println(text)),
            None => terminal::warn(&format!("{text}\n")),
        }
    }

    /// Shows that a step starts.
    fn begin(&self, address: &Address, verb: &str) {
        let Some(bars) = &self.bars else {
            self.say(&format!("{address}: {verb} …"));
            return;
        };
        let bar = bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_prefix(address.to_string());
        bar.set_message(format!("{verb} …"));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.in_progress().insert(address.clone(), bar);
    }

    /// Shows what a step in progress waits for.
    fn message(&self, address: &Address, text: &str) {
        match self.in_progress().get(address) {
            Some(bar) => bar.set_message(text.to_owned()),
            None => self.say(&format!("{address}: {text}")),
        }
    }

    /// Shows how a step ended.
    fn end(&self, address: &Address, text: &str) {
        if let Some(bar) = self.in_progress().remove(address) {
            bar.finish_and_clear();
        }
        self.say(&format!("{address}: {text}"));
    }

    fn in_progress(&self) -> std::sync::MutexGuard<'_, BTreeMap<Address, ProgressBar>> {
        self.in_progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for ProgressLines {
    fn event(&self, event: &EngineEvent) {
        match event {
            EngineEvent::Started { address, action, .. } => self.begin(address, verbs(*action).0),
            EngineEvent::Identified { address, id } => self.message(address, &format!("is {id}")),
            EngineEvent::Waiting { address, for_what, elapsed_ms } => {
                self.message(address, &format!("waiting for {for_what}, {} so far", time(*elapsed_ms)));
            }
            EngineEvent::Retrying { address, error, after_ms } => {
                self.message(address, &format!("{error}; trying again in {}", time(*after_ms)));
            }
            EngineEvent::Done { address, action, id, elapsed_ms } => {
                let id = id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
                self.end(address, &format!("{}{id} ({})", verbs(*action).1, time(*elapsed_ms)));
            }
            EngineEvent::Failed { address, error, elapsed_ms, .. } => {
                self.end(address, &format!("failed after {}: {error}", time(*elapsed_ms)));
            }
            EngineEvent::Skipped { address, because, .. } => {
                let why = because.as_ref().map_or("stopped".to_owned(), |because| format!("{because} failed"));
                self.end(address, &format!("skipped: {why}"));
            }
            EngineEvent::Settled { address, what } => self.say(&format!("{address}: {what}")),
        }
    }
}

/// Returns the verbs of an action, in progress and done.
fn verbs(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::NoOp => ("keeping", "kept"),
        Action::Read => ("reading", "read"),
        Action::Create => ("creating", "created"),
        Action::Update => ("updating", "updated"),
        Action::Replace => ("replacing", "replaced"),
        Action::Delete => ("deleting", "deleted"),
        Action::Adopt => ("adopting", "adopted"),
        Action::Forget => ("forgetting", "forgotten"),
    }
}

/// Formats a time in milliseconds: `12 ms`, `3.4 s`, `2 min 5 s`.
fn time(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}
