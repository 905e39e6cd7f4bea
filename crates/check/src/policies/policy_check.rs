//! The diagnostics of an environment's policies.

use super::waivers::about;
use gpb_base::diag::{Diagnostic, Severity};
use gpb_base::source::Span;
use gpb_catalog::{TypeLookup, display_path};
use gpb_model::{Evidence, Model, PolicyFinding, PolicySeverity, Waiver};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most properties that a message points at.
const MOST_LABELS: usize = 3;

/// Returns the diagnostics of the resources that break a policy.
///
/// `day` is the day on which waivers are looked at, `2026-11-23`. Resources that one declaration makes, and that break a
/// rule for the same reason, are reported together.
pub fn check(model: &Model, types: TypeLookup<'_>, day: &str) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(Span, Span, &str, bool), usize> = BTreeMap::new();
    let mut found: Vec<FindingGroup<'_>> = Vec::new();
    let mut ended: BTreeMap<Span, (&Waiver, &Waiver)> = BTreeMap::new();
    for finding in &model.findings {
        // The narrowest that holds; where all have ended, the narrowest of them.
        let waivers = about(model, finding);
        let holds = waivers.iter().find(|waiver| day <= waiver.until.as_str());
        let waiver = holds.or(waivers.first()).copied();
        if let Some(holds) = holds {
            let is_ended = |waiver: &&&Waiver| day > waiver.until.as_str();
            ended.extend(waivers.iter().filter(is_ended).map(|waiver| (waiver.span, (*waiver, *holds))));
        }
        let key = (finding.rule.span, finding.declared, finding.reason.as_str(), waiver.is_some());
        if let Some(group) = groups.get(&key).and_then(|at| found.get_mut(*at)) {
            group.more += 1;
        } else {
            groups.insert(key, found.len());
            found.push(FindingGroup { first: finding, more: 0, waiver });
        }
    }
    let ended = ended.into_values().map(|(waiver, holds)| ended_beside(waiver, holds));
    found.iter().map(|group| group.diagnostic(model, types, day)).chain(ended).collect()
}

/// Returns the warning about a waiver that has ended while another lets the same pass.
fn ended_beside(waiver: &Waiver, holds: &Waiver) -> Diagnostic {
    let message =
        format!("this waiver of the policy `{}` ended on {}, and another one holds", waiver.policy, waiver.until);
    Diagnostic::warning("GPB9024", message)
        .with_label(waiver.span, "this waiver is of no use any more")
        .with_label(holds.until_span, format!("the other one holds until {}", holds.until))
        .help("remove the one that has ended")
}

/// The findings about the resources of one declaration.
struct FindingGroup<'m> {
    first: &'m PolicyFinding,
    /// The number of further resources.
    more: usize,
    waiver: Option<&'m Waiver>,
}

impl FindingGroup<'_> {
    fn diagnostic(&self, model: &Model, types: TypeLookup<'_>, day: &str) -> Diagnostic {
        let PolicyFinding { rule, reason, .. } = self.first;
        let policy = &rule.policy;
        let subject = match self.more {
            0 => format!("`{}`", self.first.of),
            more => format!("`{}` and {more} more", self.first.of),
        };
        if !self.first.judged {
            let message = format!("the policy `{policy}` cannot be judged for {subject} before apply: {reason}");
            let is_existing = |one: &&Arc<Evidence>| {
                model.resources.iter().any(|resource| resource.existing && resource.address == one.resource)
            };
            let help = match self.first.evidence.iter().find(is_existing) {
                Some(one) => format!(
                    "`{}` is `existing`: a policy knows only the plain values that the program writes in it",
                    one.resource
                ),
                None => {
                    "what it asks about is known only after apply; give the property a value here to have it judged"
                        .to_owned()
                }
            };
            return self.with_places(Diagnostic::warning("GPB9021", message), model, types).help(help);
        }
        let breaks = if self.more == 0 { "breaks" } else { "break" };
        let message = format!("{subject} {breaks} the policy `{policy}`: {reason}");
        let diagnostic = match (self.waiver, rule.severity) {
            (Some(waiver), _) if day <= waiver.until.as_str() => return self.waived(waiver),
            (_, PolicySeverity::Error) => Diagnostic::error("GPB9020", message),
            (_, PolicySeverity::Warning) => Diagnostic::warning("GPB9020", message),
        };
        let mut diagnostic = self.with_places(diagnostic, model, types);
        if let Some(waiver) = self.waiver {
            // The waiver explains more than any property.
            diagnostic.code = "GPB9022";
            diagnostic.labels.truncate(1);
            diagnostic = diagnostic.with_label(
                waiver.until_span,
                format!("the waiver ended on {}, and the policy holds again", waiver.until),
            );
        }
        match (&rule.help, &rule.source) {
            (Some(help), Some(source)) => diagnostic.help(format!("{help} ({source})")),
            (Some(help), None) => diagnostic.help(help.clone()),
            (None, Some(source)) => diagnostic.help(format!("see {source}")),
            (None, None) => diagnostic
                .help(format!("change it, or let it pass for a time with `waive {policy} until \"…\" because \"…\"`")),
        }
    }

    /// Returns the advice that something is waived, so that it is not forgotten.
    fn waived(&self, waiver: &Waiver) -> Diagnostic {
        let PolicyFinding { rule, reason, of, .. } = self.first;
        let message = format!("`{of}` breaks the policy `{}` until {}: {reason}", rule.policy, waiver.until);
        let mut diagnostic = Diagnostic::warning("GPB9025", message)
            .with_label(waiver.span, format!("waived because {}", waiver.because));
        diagnostic.severity = Severity::Advice;
        diagnostic
    }

    /// Adds the places: the resource, the properties that decided, the rule.
    fn with_places(&self, diagnostic: Diagnostic, model: &Model, types: TypeLookup<'_>) -> Diagnostic {
        let finding = self.first;
        let mut diagnostic = diagnostic.with_label(finding.declared, "this resource");
        let own = finding.evidence.iter().filter(|one| one.written && one.span != finding.declared);
        for one in own.take(MOST_LABELS) {
            let resource = model.resources.iter().find(|resource| resource.address == one.resource);
            let name = resource
                .map_or_else(|| one.property.to_string(), |resource| display_path(types, &resource.ty, &one.property));
            diagnostic = diagnostic.with_label(one.span, format!("`{name}` is given here"));
        }
        diagnostic.with_label(finding.rule.span, "required here")
    }
}
