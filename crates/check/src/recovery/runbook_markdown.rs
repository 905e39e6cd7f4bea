//! Writes a runbook as Markdown.

use super::duration_estimate::{DurationEstimate, time};
use super::recovery_facts::RecoveryPhase;
use super::runbook::{Runbook, RunbookTask};
use gpb_model::Domain;
use std::fmt::Write as _;

impl Runbook {
    /// Returns the runbook as Markdown, for people to print and follow.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}: {}\n\n", self.environment, heading(self.domain, &self.region));
        out.push_str(&self.summary());
        let mut number = 0_usize;
        let mut phase = None;
        for task in &self.tasks {
            if phase != Some(task.phase) {
                phase = Some(task.phase);
                let _ = writeln!(out, "\n## {}\n", title(task.phase));
            }
            number += 1;
            task.markdown(number, &mut out);
        }
        if !self.lost.is_empty() {
            out.push_str("\n## What does not come back\n\n");
            for line in &self.lost {
                let _ = writeln!(out, "- {line}");
            }
        }
        out
    }

    fn summary(&self) -> String {
        let people = self.tasks.iter().filter(|task| task.person).count();
        let steps = match self.tasks.len() {
            1 => "1 step".to_owned(),
            several => format!("{several} steps"),
        };
        let lost = match self.lost.len() {
            0 => String::new(),
            1 => " One resource does not come back; it is listed at the end.".to_owned(),
            several => format!(" {several} resources do not come back; they are listed at the end."),
        };
        format!("{steps}, {people} of them by a person. What comes back is back after: {}.{lost}\n", self.rto)
    }
}

impl RunbookTask {
    fn markdown(&self, number: usize, out: &mut String) {
        let who = if self.person { "a person" } else { "by itself" };
        let takes = self.takes.as_ref().map(|takes| format!(", {}", in_seconds(takes))).unwrap_or_default();
        let _ = writeln!(out, "{number}. **{}** ({who}{takes}): {}", self.subject, self.does);
        for command in &self.commands {
            let _ = writeln!(out, "\n       {command}");
        }
        if let Some(source) = &self.source {
            let _ = writeln!(out, "   <{source}>");
        }
    }
}

fn in_seconds(takes: &DurationEstimate) -> String {
    match takes.figure() {
        Some(seconds) if takes.bound().is_some() => format!("at most {}", time(seconds)),
        Some(seconds) => format!("about {}", time(seconds)),
        None => takes.to_string(),
    }
}

fn heading(domain: Domain, region: &str) -> String {
    match domain {
        Domain::Region => format!("the loss of {region}"),
        Domain::Zone => format!("the loss of a zone of {region}"),
        Domain::Node => "the loss of a node".to_owned(),
        Domain::Software => "data destroyed by software".to_owned(),
    }
}

fn title(phase: RecoveryPhase) -> &'static str {
    match phase {
        RecoveryPhase::Detect => "Detect",
        RecoveryPhase::Decide => "Decide",
        RecoveryPhase::Recover => "Recover, in this order",
        RecoveryPhase::Redirect => "Lead traffic over",
        RecoveryPhase::Verify => "Verify",
        RecoveryPhase::Restore => "Afterwards, for until then the next loss is not survived",
    }
}
