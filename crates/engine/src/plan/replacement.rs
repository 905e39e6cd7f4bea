//! Replacements: which differences force one, and whether the new resource may come before the old one goes.
//!
//! Create before destroy (`create_first`, `CreateThenDelete`) or destroy before create (`DeleteThenCreate`); `order` makes
//! the steps of it.

use super::change::PropertyDifference;
use super::values;
use crate::cloud::Properties;
use gpb_catalog::TypeDef;
use gpb_model::{PropPath, Replacement};
use gpb_model::{PropertyMap, PropertyValue};
use serde_json::Value as Json;

/// Marks the differences that a change in place cannot make.
///
/// Besides what the catalog calls create-only it is what the user gives of the identifier, or what it is made of: with
/// another one it is another resource, and the old one would stay.
///
/// A place of which a change only *may* need a new resource (the catalog's conditional ones) is tried in place: whether
/// it does depends on the value, which the service knows and
/// the catalog does not, and a replacement that was not needed is the worse mistake. The report says that it may happen while
/// the value is not known.
pub(super) fn mark(def: Option<&TypeDef>, differences: &mut [PropertyDifference]) {
    let Some(def) = def else { return };
    let given = def.primary_identifier.iter().filter(|path| !def.is_read_only(path));
    let fixed: Vec<&PropPath> = def.create_only.iter().chain(given).chain(&def.lifecycle.identified_by).collect();
    for difference in differences {
        difference.forces_replacement = !def.updatable || fixed.iter().any(|fixed| touches(fixed, difference));
    }
}

/// Returns the create-only properties that a set of differences touches: the differing places themselves.
pub(super) fn forced_by(differences: &[PropertyDifference]) -> Vec<PropPath> {
    differences.iter().filter(|one| one.forces_replacement).map(|one| one.path.clone()).collect()
}

/// Checks whether a difference changes what only a creation can set.
///
/// The place itself may differ, or one around it: then what is inside both sides decides.
pub(super) fn touches(create_only: &PropPath, difference: &PropertyDifference) -> bool {
    if create_only.covers(&difference.path) {
        return true;
    }
    let depth = difference.path.segments().count();
    let is_around = create_only.segments().count() > depth
        && create_only.segments().zip(difference.path.segments()).all(|(mine, other)| mine == "*" || mine == other);
    if !is_around {
        return false;
    }
    let rest: Vec<&str> = create_only.segments().skip(depth).collect();
    let mut before = Vec::new();
    if let Some(json) = difference.before.as_ref() {
        gather_json(json, &rest, &mut before);
    }
    let mut after = Vec::new();
    let managed = difference.after.as_ref().is_none_or(|value| gather(value, &rest, &mut after));
    before.sort_by_cached_key(Json::to_string);
    after.sort_by_cached_key(Json::to_string);
    !managed
        || before.len() != after.len()
        || !before.iter().zip(&after).all(|(a, b)| super::compare::documents_equal(a, b))
}

/// Collects what stands at a path; false when something there is not known.
fn gather(value: &PropertyValue, rest: &[&str], found: &mut Vec<Json>) -> bool {
    match (rest, value) {
        ([], value) => value.to_json().map(|json| found.push(json)).is_some(),
        ([segment, rest @ ..], PropertyValue::Map(entries)) => {
            let inside = entries.iter().filter(|(key, _)| *segment == "*" || segment == key);
            let mut managed = true;
            for (_, value) in inside {
                managed &= gather(value, rest, found);
            }
            managed
        }
        ([_, rest @ ..], PropertyValue::List(items)) => {
            let mut managed = true;
            for item in items {
                managed &= gather(item, rest, found);
            }
            managed
        }
        (_, PropertyValue::Ref(_) | PropertyValue::Call { .. }) => false,
        _ => true,
    }
}

fn gather_json(json: &Json, rest: &[&str], found: &mut Vec<Json>) {
    match (rest, json) {
        ([], Json::Null) => {}
        ([], json) => found.push(json.clone()),
        ([segment, rest @ ..], Json::Object(entries)) => {
            for (_, json) in entries.iter().filter(|(key, _)| *segment == "*" || segment == key) {
                gather_json(json, rest, found);
            }
        }
        ([_, rest @ ..], Json::Array(items)) => items.iter().for_each(|json| gather_json(json, rest, found)),
        _ => {}
    }
}

/// Decides whether the new one is created before the old one is deleted.
///
/// As the spec says, else the old one goes first where both would hold what only one may hold or may be about the same
/// things, else as the catalog says, else unless both would bear the same name.
pub(super) fn create_first(
    def: Option<&TypeDef>,
    declared: Option<Replacement>,
    desired: &PropertyMap,
    differences: &[PropertyDifference],
) -> bool {
    let Some(def) = def else { return declared == Some(Replacement::CreateThenDelete) };
    let is_kept = |group: &Vec<PropPath>| keeps(group, desired, differences);
    let moves = |path: &PropPath| changes(path, differences);
    if declared.is_none() && (def.lifecycle.passed().any(is_kept) || def.lifecycle.identified_by.iter().any(moves)) {
        return false;
    }
    match declared.or(def.replacement) {
        Some(replacement) => replacement == Replacement::CreateThenDelete,
        None => !names(def).iter().any(|name| collides(def, name, desired, differences)),
    }
}

/// Returns what old and new would both hold though only one may: the properties of the first such group.
pub(super) fn held_by_both(
    def: &TypeDef,
    desired: &PropertyMap,
    differences: &[PropertyDifference],
) -> Option<Vec<PropPath>> {
    let exclusive = def.lifecycle.passed().find(|group| keeps(group, desired, differences)).cloned();
    exclusive.or_else(|| names(def).into_iter().find(|name| collides(def, name, desired, differences)))
}

/// Checks that all of a group is given and none of it changes.
fn keeps(group: &[PropPath], desired: &PropertyMap, differences: &[PropertyDifference]) -> bool {
    group.iter().all(|path| desired.contains_key(path.head()) && !changes(path, differences))
}

fn changes(path: &PropPath, differences: &[PropertyDifference]) -> bool {
    differences.iter().any(|one| one.path.covers(path) || path.covers(&one.path))
}

/// Decides the same for what is declared as another type at an address.
///
/// As the spec says, else as the catalog says of either type, else unless the two may bear one name. Types of one service
/// may share their names.
pub(super) fn create_first_as(
    old: Option<(&TypeDef, &str, &Properties)>,
    new: Option<&TypeDef>,
    declared: Option<Replacement>,
    desired: &PropertyMap,
) -> bool {
    if let Some(declared) = declared {
        return declared == Replacement::CreateThenDelete;
    }
    let (Some((old, id, properties)), Some(new)) = (old, new) else { return false };
    let said = [old, new].map(|def| def.replacement);
    if said.contains(&Some(Replacement::DeleteThenCreate)) {
        return false;
    }
    let service = |def: &TypeDef| def.aws.split("::").nth(1).map(str::to_owned);
    let borne = names_of(old, Some(id), Some(properties));
    let shared = |name: &UniqueName| borne.iter().any(|other| other.text.eq_ignore_ascii_case(&name.text));
    service(old) != service(new) || !names_for(new, desired).iter().any(shared)
}

/// A name that no two resources of a type may bear: which of the type's names, and the name as AWS compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UniqueName {
    group: usize,
    text: String,
}

impl UniqueName {
    /// Returns the properties that make the name.
    pub fn paths(&self, def: &TypeDef) -> Vec<PropPath> {
        unique(def).into_iter().nth(self.group).unwrap_or_default()
    }

    /// Checks that no two resources may bear it as far as the type says, not only as far as its properties are called.
    pub fn is_certain(&self, def: &TypeDef) -> bool {
        let said = 1 + def.additional_identifiers.len();
        let guessed = said..names(def).len();
        !guessed.contains(&self.group) || self.paths(def).iter().all(|path| def.create_only.contains(path))
    }
}

/// Checks that some of these properties differ.
pub(super) fn any_changes(paths: &[PropPath], differences: &[PropertyDifference]) -> bool {
    paths.iter().any(|path| changes(path, differences))
}

/// Returns the names that a resource bears.
pub(super) fn names_of(def: &TypeDef, id: Option<&str>, properties: Option<&Properties>) -> Vec<UniqueName> {
    let part = |path: &PropPath| {
        let mut segments = path.segments();
        let first = properties?.get(segments.next()?)?;
        Some(in_form(def, path, spelled(values::json_at(first, &mut segments)?)?))
    };
    let name = |(group, paths): (usize, &Vec<PropPath>)| {
        // The first group is the identifier.
        let whole = id.filter(|_| group == 0).map(|id| identifier_in_form(def, paths, id));
        Some(UniqueName { group, text: whole.or_else(|| joined(paths, &part))? })
    };
    unique(def).iter().enumerate().filter_map(name).collect()
}

/// Returns the names that a resource will bear, as far as its declaration gives them.
pub(super) fn names_for(def: &TypeDef, desired: &PropertyMap) -> Vec<UniqueName> {
    let part = |path: &PropPath| Some(in_form(def, path, given(def, desired, path)?));
    let name = |(group, paths): (usize, &Vec<PropPath>)| Some(UniqueName { group, text: joined(paths, &part)? });
    unique(def).iter().enumerate().filter_map(name).collect()
}

/// Returns what the declaration gives of a name.
fn given(def: &TypeDef, desired: &PropertyMap, path: &PropPath) -> Option<String> {
    match desired.get(path.head())? {
        value if path.segments().count() == 1 && !def.is_read_only(path) => spelled(&value.to_json()?),
        _ => None,
    }
}

/// Returns a text as all that mean the same are spelled: AWS compares names so.
fn in_form(def: &TypeDef, path: &PropPath, text: String) -> String {
    match def.form(path) {
        Some(form) => form.canonical(&text),
        None => text,
    }
}

/// Returns an identifier with each of its parts in the form of the property it is of.
fn identifier_in_form(def: &TypeDef, paths: &[PropPath], id: &str) -> String {
    let parts: Vec<&str> = if paths.len() > 1 { id.split('|').collect() } else { vec![id] };
    if parts.len() != paths.len() {
        return id.to_owned();
    }
    let parts = paths.iter().zip(parts).map(|(path, part)| in_form(def, path, part.to_owned()));
    parts.collect::<Vec<_>>().join("|")
}

/// Returns a scalar as text.
fn spelled(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(json.to_string()),
        _ => None,
    }
}

fn joined(paths: &[PropPath], part: &dyn Fn(&PropPath) -> Option<String>) -> Option<String> {
    let parts = paths.iter().map(part).collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then(|| parts.join("|"))
}

/// Returns the groups of properties that no two resources of a type may share: names, and what only one may hold.
fn unique(def: &TypeDef) -> Vec<Vec<PropPath>> {
    let mut groups = names(def);
    groups.extend(def.lifecycle.passed().cloned());
    groups
}

/// Checks that a property alone names a resource of a type.
pub(super) fn is_name(def: &TypeDef, path: &PropPath) -> bool {
    names(def).iter().any(|group| group.as_slice() == std::slice::from_ref(path))
}

/// Returns the groups of properties that name a resource of a type.
fn names(def: &TypeDef) -> Vec<Vec<PropPath>> {
    let own = def.aws.rsplit("::").next().unwrap_or("");
    let is_name = |property: &str| {
        let stem = property.strip_suffix("Name").or_else(|| property.strip_suffix("Identifier"));
        stem.is_some_and(|stem| own.ends_with(stem))
    };
    let mut names = vec![def.primary_identifier.clone()];
    names.extend(def.additional_identifiers.iter().cloned());
    let single = def.root.properties.iter().filter(|property| is_name(&property.aws));
    names.extend(single.map(|property| vec![PropPath(property.aws.clone())]));
    names
}

/// Checks whether old and new would have the same name.
///
/// The user gives all of it that AWS does not, and none of it changes.
fn collides(def: &TypeDef, name: &[PropPath], desired: &PropertyMap, differences: &[PropertyDifference]) -> bool {
    let given = |path: &PropPath| desired.contains_key(path.head());
    name.iter().any(given)
        && !name.iter().any(|path| changes(path, differences) || (!given(path) && def.is_read_only(path)))
}

/// Returns the identifier a resource will have, when its declaration gives all of it.
///
/// What AWS generates is read-only in the catalog.
pub(super) fn identifier(def: &TypeDef, desired: &PropertyMap) -> Option<String> {
    joined(&def.primary_identifier, &|path| given(def, desired, path))
}
