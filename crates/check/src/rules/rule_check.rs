//! Checks all resources of a model against the rules of their types.

use super::lookup::{ReferenceTargets, RuleSubject};
use super::names;
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
    let (book, targets) = (RuleBook::of(library), ReferenceTargets::of(model));
    let weigh: Weigh<'_> = &|_, rule| Some(if rule.creation { Diagnostic::warning } else { Diagnostic::error });
    let mut found = apply_rules(&book, &targets, types, weigh);
    found.extend(names::check(&book, &targets, types));
    found
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
    apply_rules(&RuleBook::of(library), &ReferenceTargets::of(model), types, &|resource, rule| {
        (rule.creation && created.contains(&resource.address)).then_some(Diagnostic::error)
    })
}

/// Makes a diagnostic of a code and a message.
type NewDiagnostic = fn(&'static str, String) -> Diagnostic;

/// Gives a rule a weight for a resource; none where it does not count.
type Weigh<'w> = &'w dyn Fn(&Resource, &Rule) -> Option<NewDiagnostic>;

/// Holds the resources of a model against the rules that `weigh` gives a weight.
fn apply_rules(
    book: &RuleBook,
    targets: &ReferenceTargets<'_>,
    types: TypeLookup<'_>,
    weigh: Weigh<'_>,
) -> Vec<Diagnostic> {
    let (mut found, mut mistakes) = (Vec::new(), BTreeSet::new());
    for resource in targets.model.resources.iter().filter(|resource| !resource.existing) {
        let subject = RuleSubject { resource, element: None, targets };
        for rules in book.of_type(&resource.ty) {
            match rules {
                Ok(rules) => {
                    for rule in rules.of(&resource.properties) {
                        let Some(new) = weigh(resource, rule) else { continue };
                        rule.check(&subject, &mut |subject, place| {
                            found.extend(
                                types(&resource.ty).map(|def| refusal(targets.model, rule, subject, &place, &def, new)),
                            );
                        });
                    }
                }
                Err(mistake) => {
                    mistakes.insert(mistake);
                }
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
    let help = cited(rule, subject, def);
    let span = span_of(subject.resource, place);
    let refused = if rule.creation { "AWS refuses to create this" } else { "AWS refuses this" };
    let label = rule.label.as_deref().unwrap_or(refused);
    let diagnostic = new("GPB2017", rule.says.fill(subject, def));
    let mut diagnostic = match model.authored(&subject.resource.address, place) {
        Some(author) => diagnostic.with_label(author, label).with_label(span, "given to AWS here, in the library"),
        None => diagnostic.with_label(span, label),
    };
    if let Some((other, place)) = rule.requirement.other(subject) {
        let there = span_of(other, &place);
        if there != span {
            diagnostic = diagnostic.with_label(there, format!("this is `{}`", other.address));
        }
    }
    diagnostic.help(help)
}

/// Returns the way out that a rule names, with the page of AWS's that says so.
pub(super) fn cited(rule: &Rule, subject: &RuleSubject<'_, '_>, def: &TypeDef) -> String {
    format!("{} (rule {}: {})", rule.help.fill(subject, def), rule.id, rule.source)
}

/// Returns the place of a property in the text.
pub(super) fn span_of(resource: &Resource, place: &PropPath) -> gpb_base::source::Span {
    resource.spans.nearest(place).unwrap_or(resource.span)
}
