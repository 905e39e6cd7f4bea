//! Reports the end of an apply: what was done, what exists now, what does not, and how to go on.

use super::change::push;
use super::styles::{Styles, paint};
use gpb_engine::plan::{Action, Plan};
use gpb_engine::reconcile::{ApplyOutcome, CompletedChange};
use gpb_model::Address;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The maximum number of resources that are named in one line.
const NAMED: usize = 12;

/// The end of an apply, to be reported.
#[derive(Debug, Clone, Copy)]
pub struct EndReport<'a> {
    /// The plan that was applied.
    pub plan: &'a Plan,
    /// The outcome.
    pub outcome: &'a ApplyOutcome,
    /// The command that goes on from here.
    pub next: &'a str,
    /// A remark after the counts; empty for none.
    pub remark: &'a str,
}

impl EndReport<'_> {
    /// Returns the number of changes that were to be made.
    ///
    /// One that only moves an address counts.
    pub fn pending(&self) -> usize {
        self.plan.changes.iter().filter(|change| change.is_pending()).count()
    }

    /// Returns the number of changes that are done.
    ///
    /// Moves are made before anything else and need no call; a resource that is only read is no change.
    pub fn done(&self) -> usize {
        let pending: BTreeSet<&Address> =
            self.plan.changes.iter().filter(|change| change.is_pending()).map(|change| &change.address).collect();
        let done: BTreeSet<&Address> =
            self.outcome.done.iter().map(|one| &one.address).filter(|address| pending.contains(address)).collect();
        let is_moved = |address: &&Address| {
            let change = self.plan.changes.iter().find(|change| change.address == **address);
            change.is_some_and(|change| matches!(change.action, Action::NoOp | Action::Read))
        };
        done.len() + pending.iter().filter(|address| is_moved(address) && !done.contains(*address)).count()
    }

    /// Prints what was applied, the counts, and what is left to do where anything is.
    pub fn human(&self, styles: &Styles) -> String {
        let ApplyOutcome { failed, skipped, cancelled, .. } = self.outcome;
        let mut out = String::new();
        let mut counts = format!("Done: {} of {}.", self.done(), self.pending());
        if !failed.is_empty() {
            let _ = write!(counts, " Failed: {}.", failed.len());
        }
        if !skipped.is_empty() {
            let _ = write!(counts, " Not started: {}.", skipped.len());
        }
        if *cancelled {
            counts.push_str(" Stopped.");
        }
        push(&mut out, &paint(styles.strong, super::heading::of_plan(self.plan)));
        push(&mut out, &format!("{counts} {}", self.remark));
        if self.outcome.is_complete() && !cancelled {
            return out;
        }
        let done = |is: &dyn Fn(Action) -> bool| -> Vec<String> {
            let changes = self.outcome.done.iter().filter(|one: &&CompletedChange| is(one.action));
            changes.map(|one| one.address.to_string()).collect()
        };
        let exists = done(&|action| {
            !matches!(action, Action::Delete | Action::Forget | Action::Retain | Action::Read | Action::NoOp)
        });
        let gone = done(&|action| matches!(action, Action::Delete | Action::Forget));
        list(&mut out, "Exists now", &exists, styles);
        list(&mut out, "Is gone now", &gone, styles);
        list(&mut out, "Is kept, and no longer gpb's", &done(&|action| action == Action::Retain), styles);
        let failed: Vec<String> =
            failed.iter().map(|one| format!("{} (cannot {})", one.address, one.action.as_str())).collect();
        list(&mut out, "Not done", &failed, styles);
        let why = |because: Option<&Address>| match because {
            Some(because) => format!("waits for {because}, which failed"),
            None => "the run was stopped before it".to_owned(),
        };
        let skipped: Vec<String> =
            skipped.iter().map(|one| format!("{} ({})", one.address, why(one.because.as_ref()))).collect();
        list(&mut out, "Not started", &skipped, styles);
        push(&mut out, &format!("{} `{}` goes on from here.", paint(styles.strong, "Next:"), self.next));
        out
    }
}

/// Prints a line of names, or as many lines where each says something of its own.
fn list(out: &mut String, title: &str, names: &[String], styles: &Styles) {
    if names.is_empty() {
        return;
    }
    let title = paint(styles.strong, format_args!("{title}:"));
    let shown = names.get(..NAMED).unwrap_or(names);
    let rest = names.len() - shown.len();
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    push(out, &format!("{title} {}{more}.", shown.join(", ")));
}
