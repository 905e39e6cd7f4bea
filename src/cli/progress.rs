//! Progress of an apply: lines on standard error, or JSON lines on standard output.

use crate::cli::terminal;
use crate::cli::visible::visible;
use gpb_engine::plan::Action;
use gpb_engine::reconcile::{EngineEvent, EventSink};
use gpb_model::Address;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Prints each event as one line of JSON, a wait once a state.
#[derive(Debug, Default)]
pub struct JsonLines {
    told: ToldStates,
}

impl EventSink for JsonLines {
    fn event(&self, event: &EngineEvent) {
        match event {
            EngineEvent::Waiting { address, for_what, .. } if !self.told.is_new(address, for_what) => return,
            EngineEvent::Done { address, .. } | EngineEvent::Failed { address, .. } => self.told.end(address),
            _ => {}
        }
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
    told: ToldStates,
}

/// The state that was last told of each step: a wait is a message when what it waits for changes, not with every look.
#[derive(Debug, Default)]
struct ToldStates(Mutex<BTreeMap<Address, String>>);

impl ToldStates {
    /// Takes the state of a step, and returns true when it is another one than was told.
    fn is_new(&self, address: &Address, state: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(address.clone(), state.to_owned()).as_deref() != Some(state)
    }

    /// Forgets a step that has ended.
    fn end(&self, address: &Address) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
    }
}

impl ProgressLines {
    /// Returns a display, which redraws lines where it is `interactive`.
    ///
    /// That needs a terminal that nothing else writes to.
    pub fn new(interactive: bool) -> Self {
        Self { bars: interactive.then(MultiProgress::new), in_progress: Mutex::default(), told: ToldStates::default() }
    }

    /// Prints a line above the lines that are redrawn.
    fn say(&self, text: &str) {
        match &self.bars {
            // Bars that are drawn have to make room for a line.
            Some(bars) => drop(bars.println(visible(text))),
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

    /// Shows what a step in progress waits for; as a line only when its state is another one than was told.
    fn message(&self, address: &Address, state: &str, text: &str) {
        if let Some(bar) = self.in_progress().get(address) {
            bar.set_message(text.to_owned());
        } else if self.told.is_new(address, state) {
            self.say(&format!("{address}: {text}"));
        }
    }

    /// Shows how a step ended.
    fn end(&self, address: &Address, text: &str) {
        self.told.end(address);
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
            EngineEvent::Identified { address, id } => self.message(address, id, &format!("is {id}")),
            EngineEvent::Waiting { address, for_what, elapsed_ms } => {
                self.message(address, for_what, &format!("waiting for {for_what}, {} so far", time(*elapsed_ms)));
            }
            EngineEvent::Retrying { address, error, after_ms } => {
                let state = error.to_string();
                self.message(address, &state, &format!("{state}; trying again in {}", time(*after_ms)));
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
        Action::Retain => ("letting go of", "kept"),
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

#[cfg(test)]
mod tests {
    use super::ToldStates;
    use gpb_model::Address;

    #[test]
    fn a_state_is_told_once_and_again_after_another() {
        let told = ToldStates::default();
        let (one, two) = (Address::new("a.one"), Address::new("a.two"));
        let states = ["creating", "creating", "modifying", "modifying", "creating"];
        let new: Vec<bool> = states.iter().map(|state| told.is_new(&one, state)).collect();
        assert_eq!(new, [true, false, true, false, true]);
        assert!(told.is_new(&two, "creating"));
        told.end(&one);
        assert!(told.is_new(&one, "creating"));
    }
}
