//! The last line of `gpb check`: what was checked, and what came out in short.

use gpb_base::diag::{Diagnostic, Severity};
use gpb_check::{BudgetStanding, VerdictSummary};
use gpb_model::Model;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// The extent and the verdicts of a `gpb check`.
pub struct CheckSummary<'a> {
    /// The path of the spec, as it was given.
    pub spec: &'a str,
    /// The environments with their verdicts; none where mistakes of the language came first.
    pub checked: Vec<(&'a Model, &'a VerdictSummary)>,
    /// All that was reported.
    pub diagnostics: &'a [Diagnostic],
}

impl CheckSummary<'_> {
    /// Returns a line for each environment, or one for a program that could not be checked.
    ///
    /// A program without an environment has no line.
    pub fn human(&self) -> String {
        let (errors, warnings) = severities(self.diagnostics);
        let counted = counted(errors, warnings);
        match self.checked.as_slice() {
            [] if errors > 0 => {
                format!("Checked {}: {counted}; recovery, cost and scaling were not checked\n", self.spec)
            }
            [] => String::new(),
            [(model, verdicts)] => line(model, verdicts, Some(&counted).filter(|counted| !counted.is_empty())),
            several => {
                let mut text: String = several.iter().map(|(model, verdicts)| line(model, verdicts, None)).collect();
                if !counted.is_empty() {
                    let _ = writeln!(text, "In all: {counted}");
                }
                text
            }
        }
    }

    /// Returns the environments as JSON, each with its verdicts.
    pub fn json(&self) -> Json {
        let one = |(model, verdicts): &(&Model, &VerdictSummary)| {
            json!({
                "environment": model.environment.name,
                "stack": model.environment.stack,
                "resources": managed(model),
                "recovery": verdicts.recovery,
                "budget": verdicts.budget,
            })
        };
        self.checked.iter().map(one).collect()
    }
}

/// Returns `Checked environment live of shop: 156 resources, 2 warnings; recovery 12 proven; within budget`.
fn line(model: &Model, verdicts: &VerdictSummary, counted: Option<&String>) -> String {
    let environment = &model.environment;
    let mut parts = vec![number(managed(model), "resource")];
    parts.extend(counted.cloned());
    let mut line = format!("Checked environment {} of {}: {}", environment.name, environment.stack, parts.join(", "));
    let recovery: Vec<String> = verdicts.recovery.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    if !recovery.is_empty() {
        line = format!("{line}; recovery {}", recovery.join(", "));
    }
    let budget = match verdicts.budget {
        Some(BudgetStanding::Within) => "; within budget",
        Some(BudgetStanding::Uncertain) => "; within budget as far as prices are known",
        Some(BudgetStanding::Exceeded) => "; over budget",
        None => "",
    };
    format!("{line}{budget}\n")
}

/// Counts the resources that the environment manages.
fn managed(model: &Model) -> usize {
    model.resources.iter().filter(|resource| !resource.existing).count()
}

/// Counts the errors and the warnings.
pub fn severities(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    (count(Severity::Error), count(Severity::Warning))
}

/// Returns `2 errors, 1 warning`; nothing for none.
pub fn counted(errors: usize, warnings: usize) -> String {
    let counts = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, noun)| number(count, noun)).collect::<Vec<_>>().join(", ")
}

fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
