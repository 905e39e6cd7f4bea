//! Names that AWS lets one resource have: two resources of a program that bear the same one.
//!
//! The catalog's identifiers and what `stdlib/lifecycle` calls exclusive are such names, and rules may tell of others. A name
//! that is known only after apply is the same where it is the same property of one resource, and else nothing.

use super::held_value::HeldValues;
use super::lookup::{ReferenceTargets, RuleSubject};
use super::path::RulePath;
use super::requirement::Requirement;
use super::rule::Rule;
use super::rule_book::RuleBook;
use super::rule_check::{cited, span_of};
use super::trigger::RulesOfType;
use foldhash::{HashMap, HashMapExt};
use gpb_base::diag::Diagnostic;
use gpb_catalog::{NameScope, TypeDef, TypeLookup, regions};
use gpb_model::{PropPath, PropertyValue, Resource};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as TreeEntry;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// The names that resources of one type bear.
struct NamesOfType {
    def: Arc<TypeDef>,
    groups: Vec<NameGroup>,
}

/// Properties that together are a name.
struct NameGroup {
    paths: Vec<PropPath>,
    /// The rule that tells of it; none where the catalog does.
    rule: Option<Arc<Rule>>,
}

/// A name in its reach: the number of its type, that of its group, the account, the region or the partition, the values.
type BorneName<'m> = (usize, usize, Option<&'m str>, &'m str, Cow<'m, str>);

/// Returns an error for each set of resources that bear one name, in the order of the resources.
pub(super) fn check(book: &RuleBook, targets: &ReferenceTargets<'_>, types: TypeLookup<'_>) -> Vec<Diagnostic> {
    let model = targets.model;
    let held = HeldValues { targets, types };
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: Vec<Option<NamesOfType>> = Vec::new();
    let mut first: HashMap<BorneName<'_>, usize> = HashMap::with_capacity(model.resources.len());
    let mut sets: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, resource) in model.resources.iter().enumerate().filter(|(_, resource)| !resource.existing) {
        let number = match numbers.entry(&*resource.ty) {
            TreeEntry::Occupied(known) => *known.get(),
            TreeEntry::Vacant(new) => {
                known.push(names_of(&resource.ty, book, types));
                *new.insert(known.len() - 1)
            }
        };
        let Some(Some(names)) = known.get(number) else { continue };
        let (account, region) = reach(resource, names.def.lifecycle.unique_in);
        for (group, one) in names.groups.iter().enumerate() {
            if !one.applies(resource, targets) {
                continue;
            }
            for values in held.of(resource, &names.def, &one.paths) {
                match first.entry((number, group, account, region, values)) {
                    Entry::Vacant(new) => {
                        new.insert(at);
                    }
                    // A list may name one thing twice.
                    Entry::Occupied(earlier) if *earlier.get() == at => {}
                    Entry::Occupied(earlier) => {
                        let bearers = sets.entry((*earlier.get(), group)).or_default();
                        if bearers.last() != Some(&at) {
                            bearers.push(at);
                        }
                    }
                }
            }
        }
    }
    let mut told: Vec<(usize, &Vec<usize>)> = Vec::new();
    let mut found = Vec::new();
    for ((earlier, group), bearers) in &sets {
        // Two names of the same resources are one mistake.
        told.retain(|(first, _)| first == earlier);
        if told.iter().any(|(_, others)| *others == bearers) {
            continue;
        }
        told.push((*earlier, bearers));
        let all: Vec<&Resource> =
            std::iter::once(earlier).chain(bearers).filter_map(|at| model.resources.get(*at)).collect();
        let names = all.first().and_then(|one| numbers.get(&*one.ty)).and_then(|number| known.get(*number)?.as_ref());
        let Some((names, group)) = names.and_then(|names| Some((names, names.groups.get(*group)?))) else { continue };
        found.extend(shared(&all, names, group, targets));
    }
    found
}

/// Returns the account and the region, or the partition, within which names of a resource are unique.
fn reach(resource: &Resource, scope: NameScope) -> (Option<&str>, &str) {
    let place = &*resource.place;
    let (account, region) = (place.account.as_deref(), place.region.as_str());
    match scope {
        NameScope::Region => (account, region),
        NameScope::Account => (account, ""),
        NameScope::Partition => (None, regions::partition(region).unwrap_or(region)),
    }
}

/// Returns the names of a type, as the catalog and the rules tell of them; none for an unknown type and one without names.
fn names_of(ty: &str, book: &RuleBook, types: TypeLookup<'_>) -> Option<NamesOfType> {
    let def = types(ty)?;
    let is_given = |group: &&Vec<PropPath>| !group.is_empty() && !group.iter().any(|path| def.is_read_only(path));
    let life = &def.lifecycle;
    let identifier: Vec<PropPath> = life.unique_within.iter().chain(&def.primary_identifier).cloned().collect();
    let told = std::iter::once(&identifier).chain(&def.additional_identifiers);
    let told = told.chain(&life.exclusive).chain(std::iter::once(&life.identified_by)).filter(is_given);
    let mut groups: Vec<NameGroup> = Vec::new();
    for paths in told {
        if !groups.iter().any(|group| group.paths == *paths) {
            groups.push(NameGroup { paths: paths.clone(), rule: None });
        }
    }
    groups.extend(book.of_type(ty).filter_map(Result::ok).flat_map(RulesOfType::all).filter_map(|rule| {
        let Requirement::Unique(paths) = &rule.requirement else { return None };
        Some(NameGroup { paths: paths.iter().map(RulePath::plain).collect(), rule: Some(rule.clone()) })
    }));
    (!groups.is_empty()).then_some(NamesOfType { def, groups })
}

impl NameGroup {
    /// Checks whether the properties are a name of a resource.
    fn applies<'m>(&self, resource: &'m Resource, targets: &ReferenceTargets<'m>) -> bool {
        let Some(when) = self.rule.as_ref().and_then(|rule| rule.when.as_ref()) else { return true };
        when.surely_holds(&RuleSubject { resource, element: None, targets })
    }
}

/// Returns the diagnostic of resources that bear one name.
fn shared<'m>(
    all: &[&'m Resource],
    names: &NamesOfType,
    group: &NameGroup,
    targets: &ReferenceTargets<'m>,
) -> Option<Diagnostic> {
    let ([first, second], def) = (all.first_chunk()?, &*names.def);
    let more = match all.len() - 2 {
        0 => format!("`{}` and `{}`", first.address, second.address),
        count => format!("`{}`, `{}` and {count} more", first.address, second.address),
    };
    let shown: Vec<String> = group.paths.iter().map(|path| format!("`{}`", def.display(path))).collect();
    let shown = shown.join(" and ");
    let (message, help) = if let Some(rule) = &group.rule {
        let subject = RuleSubject { resource: second, element: None, targets };
        (rule.says.fill(&subject, def), cited(rule, &subject, def))
    } else {
        let values: Option<Vec<String>> = group.paths.iter().map(|path| spelled(second, path)).collect();
        let values = values.map_or_else(String::new, |values| format!(": {}", values.join(" and ")));
        let reach = match def.lifecycle.unique_in {
            NameScope::Region => "in an account and region",
            NameScope::Account => "in an account, whatever the region",
            NameScope::Partition => "in a partition, whatever the account",
        };
        (
            format!("{more} have the same {shown}{values}"),
            format!("AWS takes one `{}` of a {shown} {reach}: change one of them, or make them one resource", def.name),
        )
    };
    // What is written out tells most, and the last part is what the parts before it hold.
    let written = |path: &&PropPath| {
        matches!(
            value_at(second, path),
            Some(PropertyValue::Text(_) | PropertyValue::Int(_) | PropertyValue::Concat(_))
        )
    };
    let told = group.rule.as_ref().and_then(|rule| rule.at.as_ref()).map(RulePath::plain);
    let path = told.as_ref().or_else(|| group.paths.iter().rfind(written)).or_else(|| group.paths.first())?;
    let (here, there) = (span_of(second, path), span_of(first, path));
    let mut diagnostic = Diagnostic::error("GPB2020", message);
    diagnostic = if here == there {
        diagnostic.with_label(here, "the same for each of them")
    } else {
        let label = format!("`{}` has it", first.address);
        diagnostic.with_label(here, format!("`{}` would have it too", second.address)).with_label(there, label)
    };
    Some(diagnostic.help(help))
}

/// Returns a value of a name for people; none for one that would tell nothing.
fn spelled(resource: &Resource, path: &PropPath) -> Option<String> {
    Some(match value_at(resource, path)? {
        PropertyValue::Text(text) => gpb_catalog::quoted(text),
        PropertyValue::Int(int) => int.to_string(),
        PropertyValue::Bool(bool) => bool.to_string(),
        PropertyValue::Ref(reference) => format!("`{}`", reference.to),
        _ => return None,
    })
}

/// Returns the value at a path of a resource.
pub(super) fn value_at<'m>(resource: &'m Resource, path: &PropPath) -> Option<&'m PropertyValue> {
    let mut segments = path.segments();
    let first = resource.properties.get(segments.next()?)?;
    segments.try_fold(first, |value, segment| match value {
        PropertyValue::Map(entries) => entries.get(segment),
        _ => None,
    })
}
