//! Runs the check of recovery, and reports on the environment as a whole.

use super::assess::Assessment;
use super::duration_estimate;
use super::messages;
use super::recovery_facts::RecoveryRole;
use super::recovery_groups::RecoveryGroup;
use super::recovery_report::{RecoveryCheck, RecoveryInputs, RecoveryReport};
use super::verdict::Verdict;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Domain, Resource, covers};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the diagnostics of an environment, and the number of resources and failure domains with each verdict.
///
/// Verdicts answer to targets: without any, no figure is computed.
pub fn judge(given: RecoveryInputs<'_>) -> (Vec<Diagnostic>, BTreeMap<Verdict, usize>) {
    let mut counts = BTreeMap::new();
    if !given.model.goals.targets.is_empty() {
        let RecoveryReport { assessments, diagnostics, .. } = check(given);
        for verdict in assessments.iter().filter_map(|part| part.outcome.verdict()) {
            *counts.entry(verdict).or_default() += 1;
        }
        return (diagnostics, counts);
    }
    let (check, mut diagnostics) = RecoveryCheck::new(given);
    diagnostics.extend(check.known.findings.iter().filter_map(|finding| check.finding(finding)));
    check.derived(&mut diagnostics);
    (diagnostics, counts)
}

/// Assesses an environment.
///
/// Each resource in each failure domain, and all of them together.
pub fn check(given: RecoveryInputs<'_>) -> RecoveryReport<'_> {
    let (check, mut diagnostics) = RecoveryCheck::new(given);
    let assessor = check.assessor();
    let mut assessments = Vec::new();
    for (index, subject) in check.known.subjects.iter().enumerate() {
        if subject.role == RecoveryRole::Other || subject.resource.existing {
            continue;
        }
        let domains = Domain::ALL.into_iter().filter(|domain| assessor.exposed(subject.resource, *domain));
        let known = |domain: &Domain| {
            subject.role == RecoveryRole::Store || subject.ways.iter().any(|path| path.domains.contains(domain))
        };
        assessments.extend(domains.filter(known).filter_map(|domain| assessor.assess(index, domain)));
    }
    let groups = assessor.groups(&assessments, check.given.graph);
    for part in &assessments {
        check.report(part, &mut diagnostics);
    }
    diagnostics.extend(check.known.findings.iter().filter_map(|finding| check.finding(finding)));
    diagnostics.extend(groups.iter().filter_map(|group| check.group_diagnostic(group, &assessments)));
    check.targets(&assessments, &mut diagnostics);
    check.derived(&mut diagnostics);
    RecoveryReport { check, assessments, wholes: groups, diagnostics }
}

impl RecoveryCheck<'_, '_> {
    /// Reports parts that each hold and together do not.
    fn group_diagnostic(&self, group: &RecoveryGroup, assessments: &[Assessment]) -> Option<Diagnostic> {
        let limit = group.demand.rto?;
        let parts = || group.parts.iter().filter_map(|index| assessments.get(*index));
        let alone = parts().any(|part| part.outcome.rto_verdict == Some(Verdict::Refuted));
        if group.rto_verdict != Some(Verdict::Refuted) || alone {
            return None;
        }
        let name = if group.scope.is_empty() { "the environment" } else { group.scope.as_str() };
        let mut slowest: Vec<&Assessment> = parts().collect();
        slowest.sort_by_key(|part| std::cmp::Reverse(part.outcome.rto.rank()));
        let named = slowest.iter().take(3).filter_map(|part| {
            let subject = self.known.subjects.get(part.subject)?;
            Some(format!("`{}`: {}", subject.resource.address, part.outcome.rto))
        });
        let message = format!(
            "each part of {name} is back in time {}, and together they are not: {}",
            messages::loss(group.domain),
            group.rto
        );
        let diagnostic = Diagnostic::error("GPB4006", message).with_label(
            limit.span,
            format!("all of it must be back within {}", duration_estimate::time(limit.seconds)),
        );
        Some(diagnostic.help(format!(
            "what people do comes one after the other, along what needs what; the slowest are {}",
            named.collect::<Vec<_>>().join(", ")
        )))
    }

    /// Reports targets that apply to nothing, and data that no fact describes.
    fn targets(&self, assessments: &[Assessment], diagnostics: &mut Vec<Diagnostic>) {
        let goals = &self.given.model.goals;
        let known: BTreeSet<&Address> = self.known.subjects.iter().map(|subject| &subject.resource.address).collect();
        for target in &goals.targets {
            let address = |part: &Assessment| self.known.subjects.get(part.subject).map(|one| &one.resource.address);
            let judged = assessments.iter().any(|part| {
                part.domain == target.domain && address(part).is_some_and(|one| covers(&target.scope, one.as_str()))
            });
            let inside = || self.given.model.resources.iter().filter(|one| covers(&target.scope, one.address.as_str()));
            let stateful = |one: &&Resource| (self.given.types)(&one.ty).is_some_and(|ty| ty.stateful);
            let unknown: Vec<&Resource> =
                inside().filter(|one| !one.existing && !known.contains(&one.address)).filter(stateful).collect();
            if let Some(first) = unknown.first() {
                let names: Vec<String> =
                    unknown.iter().take(5).map(|one| format!("`{}` ({})", one.address, one.ty)).collect();
                let message = format!(
                    "nothing is known of how {} of the resources under this target come back: {}",
                    unknown.len(),
                    names.join(", ")
                );
                let diagnostic = Diagnostic::warning("GPB4010", message)
                    .with_label(target.span, format!("demanded {}", messages::loss(target.domain)))
                    .with_label(first.span, "keeps data, and no fact speaks of it");
                diagnostics
                    .push(diagnostic.help(format!("state what you know in a `facts {} {{ … }}` item", first.ty)));
            } else if !judged {
                let diagnostic =
                    Diagnostic::warning("GPB4011", "nothing here keeps data or does work that recovery facts speak of")
                        .with_label(target.span, format!("demanded {}", messages::loss(target.domain)));
                diagnostics.push(diagnostic.help("put the target where the stores are, or above them"));
            }
        }
    }

    /// Reports data derived from something that keeps none.
    fn derived(&self, diagnostics: &mut Vec<Diagnostic>) {
        for derived in &self.given.model.goals.derived {
            let keeps = self.known.subjects.iter().any(|subject| {
                subject.role == RecoveryRole::Store && covers(derived.from.as_str(), subject.resource.address.as_str())
            });
            if !keeps {
                let message = format!("`{}` keeps nothing that anything could be derived from", derived.from);
                let diagnostic =
                    Diagnostic::error("GPB4014", message).with_label(derived.span, "said to be derived from it");
                diagnostics.push(diagnostic.help("name the store where the data is first written"));
            }
        }
    }
}
