//! Checks all resources of a model against the rules of their types.

use super::lookup::{ReferenceTargets, RuleSubject};
use super::rule::Rule;
use super::rule_book::RuleBook;
use gpb_base::diag::Diagnostic;
use gpb_base::stdlib::Library;
use gpb_catalog::{TypeDef, TypeLookup};
use gpb_model::{Address, Model, PropPath, Resource};
use std::collections::BTreeSet;

/// Returns what AWS would refuse in the resources of a model, in their order.
///
/// A rule of creations warns: whether there will be one is known to a plan alone.
pub fn check(model: &Model, library: &Library, types: TypeLookup<'_>) -> Vec<Diagnostic> {
    apply_rules(model, library, types, &|_, rule| {
        Some(if rule.creation { Diagnostic::warning } else { Diagnostic::error })
    })
}

/// Returns what AWS would refuse to create, of the resources that a plan creates.
pub fn check_creations(
    model: &Model,
    library: &Library,
    types: TypeLookup<'_>,
    created: &BTreeSet<&Address>,
) -> Vec<Diagnostic> {
    if created.is_empty() {
        return Vec::new();
    }
    apply_rules(model, library, types, &|resource, rule| {
        (rule.creation && created.contains(&resource.address)).then_some(Diagnostic::error)
    })
}

/// Makes a diagnostic of a code and a message.
type NewDiagnostic = fn(&'static str, String) -> Diagnostic;

/// Holds the resources of a model against the rules that `weigh` gives a weight.
fn apply_rules(
    model: &Model,
    library: &Library,
    types: TypeLookup<'_>,
    weigh: &dyn Fn(&Resource, &Rule) -> Option<NewDiagnostic>,
) -> Vec<Diagnostic> {
    let book = RuleBook::of(library);
    let targets = ReferenceTargets::of(model);
    let (mut found, mut mistakes) = (Vec::new(), BTreeSet::new());
    for resource in model.resources.iter().filter(|resource| !resource.existing) {
        match book.of_service(&resource.ty) {
            None => {}
            Some((Ok(rules), name)) => {
                let subject = RuleSubject { resource, element: None, targets: &targets };
                for rule in rules.get(name).into_iter().flatten() {
                    let Some(new) = weigh(resource, rule) else { continue };
                    rule.check(&subject, &mut |subject, place| {
                        found.extend(types(&resource.ty).map(|def| refusal(model, rule, subject, &place, &def, new)));
                    });
                }
            }
            Some((Err(mistake), _)) => {
                mistakes.insert(mistake.as_str());
            }
        }
    }
    // One argument may end in several resources of a component.
    let mut seen = BTreeSet::new();
    found.retain(|one| seen.insert((one.span(), one.message.clone())));
    found.extend(mistakes.into_iter().map(|mistake| Diagnostic::error("GPB2018", mistake)));
    found
}

fn refusal(
    model: &Model,
    rule: &Rule,
    subject: &RuleSubject<'_, '_>,
    place: &PropPath,
    def: &TypeDef,
    new: NewDiagnostic,
) -> Diagnostic {
    let help = format!("{} (rule {}: {})", rule.help.fill(subject, def), rule.id, rule.source);
    let span = span_of(subject.resource, place);
    let label = if rule.creation { "AWS refuses to create this" } else { "AWS refuses this" };
    let diagnostic = new("GPB2017", rule.says.fill(subject, def)).help(help);
    match model.authored(&subject.resource.address, place) {
        Some(author) => diagnostic.with_label(author, label).with_label(span, "given to AWS here, in the library"),
        None => diagnostic.with_label(span, label),
    }
}

fn span_of(resource: &Resource, place: &PropPath) -> gpb_base::source::Span {
    resource.spans.nearest(place).unwrap_or(resource.span)
}
