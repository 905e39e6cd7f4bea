//! The waivers of an environment.

use gpb_base::diag::Diagnostic;
use gpb_model::{Model, PolicyFinding, Waiver, covers};
use std::collections::BTreeMap;

/// Returns the waivers that are about a finding, the narrowest first.
pub(super) fn about<'m>(model: &'m Model, finding: &PolicyFinding) -> Vec<&'m Waiver> {
    let is_about =
        |waiver: &&Waiver| waiver.declared == finding.rule.declared && covers(&waiver.scope, finding.of.as_str());
    let mut found: Vec<&Waiver> = model.goals.waivers.iter().filter(is_about).collect();
    found.sort_by_key(|waiver| std::cmp::Reverse(waiver.scope.len()));
    found
}

/// Returns the waivers that let nothing pass in any of the environments where their policy holds.
///
/// Environments share the text of their stack: a waiver that one of them needs is of use.
pub fn unused_waivers<'m>(models: impl Iterator<Item = &'m Model>) -> Vec<Diagnostic> {
    let mut used = BTreeMap::new();
    for model in models {
        for waiver in &model.goals.waivers {
            if model.policies.binary_search(&waiver.declared).is_err() {
                continue;
            }
            let lets_pass = model.findings.iter().any(|one| about(model, one).contains(&waiver));
            *used.entry((waiver.span, &waiver.policy)).or_insert(false) |= lets_pass;
        }
    }
    let unused = used.into_iter().filter(|(_, is_used)| !is_used);
    unused
        .map(|((span, policy), _)| {
            Diagnostic::warning("GPB9024", format!("nothing here breaks the policy `{policy}`, so nothing is waived"))
                .with_label(span, "this waiver is of no use")
                .help("remove it, or put it where what breaks the policy is declared")
        })
        .collect()
}
