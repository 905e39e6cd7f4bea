//! Checks all resources of a model against the rules of their types.

use super::lookup::{ReferenceTargets, RuleSubject};
use super::rule::Rule;
use super::rule_book::RuleBook;
use gpb_base::diag::Diagnostic;
use gpb_base::stdlib::Library;
use gpb_catalog::{TypeDef, TypeLookup};
use gpb_model::{Model, PropPath, Resource};
use std::collections::BTreeSet;

/// Returns what AWS would refuse in the resources of a model, in their order.
pub fn check(model: &Model, library: &Library, types: TypeLookup<'_>) -> Vec<Diagnostic> {
    let book = RuleBook::of(library);
    let targets = ReferenceTargets::of(model);
    let (mut found, mut mistakes) = (Vec::new(), BTreeSet::new());
    for resource in model.resources.iter().filter(|resource| !resource.existing) {
        match book.of_service(&resource.ty) {
            None => {}
            Some((Ok(rules), name)) => {
                let subject = RuleSubject { resource, element: None, targets: &targets };
                for rule in rules.get(name).into_iter().flatten() {
                    rule.check(&subject, &mut |subject, place| {
                        found.extend(types(&resource.ty).map(|def| refusal(rule, subject, &place, &def)));
                    });
                }
            }
            Some((Err(mistake), _)) => {
                mistakes.insert(mistake.as_str());
            }
        }
    }
    found.extend(mistakes.into_iter().map(|mistake| Diagnostic::error("GPB2018", mistake)));
    found
}

fn refusal(rule: &Rule, subject: &RuleSubject<'_, '_>, place: &PropPath, def: &TypeDef) -> Diagnostic {
    let help = format!("{} (rule {}: {})", rule.help.fill(subject, def), rule.id, rule.source);
    let span = span_of(subject.resource, place);
    Diagnostic::error("GPB2017", rule.says.fill(subject, def)).with_label(span, "AWS refuses this").help(help)
}

fn span_of(resource: &Resource, place: &PropPath) -> gpb_base::source::Span {
    resource.spans.nearest(place).unwrap_or(resource.span)
}
