//! The walk over what is wanted that finds each place that differs.

use super::filled::filled;
use super::raised::{RaisedPlace, raised};
use super::satisfies::CompareSide;
use super::{CompareRules, CurrentState, entries_of, entry};
use crate::cloud::Properties;
use crate::plan::change::PropertyDifference;
use crate::plan::masking::mask;
use crate::plan::values;
use crate::state::is_redacted;
use gpb_catalog::{ObjectShape, Shape, ValueForm};
use gpb_model::PropPath;
use gpb_model::PropertyValue;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Every place that differs, in order of path. Lists and documents differ as wholes.
pub fn differences(
    rules: CompareRules<'_>,
    desired: &gpb_model::PropertyMap,
    sides: CurrentState<'_>,
) -> Vec<PropertyDifference> {
    let desired = &*filled(rules.def, desired);
    let raised = raised(rules.def, desired, sides.observed);
    let mut walk = CompareWalk { rules, raised, found: Vec::new() };
    let maps = ObjectSides { observed: Some(sides.observed), applied: sides.applied, recorded: sides.recorded };
    walk.object(rules.def.map(|def| &def.root), None, desired, maps, &PropPath::default());
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found
}

struct CompareWalk<'a> {
    rules: CompareRules<'a>,
    raised: Vec<RaisedPlace<'a>>,
    found: Vec<PropertyDifference>,
}

/// The other sides of one object.
#[derive(Clone, Copy)]
struct ObjectSides<'s> {
    observed: Option<&'s Properties>,
    applied: Option<&'s Properties>,
    recorded: Option<&'s Properties>,
}

/// Returns observed and recorded items of a list, without the elements that the cloud put there by itself.
///
/// Those have a name that is neither desired nor was applied, and were the same when gpb last applied the list.
fn without_surplus(wanted: &PropertyValue, there: ValueSides<'_>) -> Option<(Json, Json)> {
    let (PropertyValue::List(wanted), Some(Json::Array(observed)), Some(Json::Array(recorded))) =
        (wanted, there.observed, there.recorded)
    else {
        return None;
    };
    let ours: BTreeSet<String> = wanted.iter().filter_map(super::identity).collect();
    let was: BTreeSet<String> =
        there.applied.and_then(Json::as_array).into_iter().flatten().filter_map(super::identity_of).collect();
    let is_surplus = |element: &&Json| {
        let name = super::identity_of(element);
        name.is_some_and(|name| !ours.contains(&name) && !was.contains(&name)) && recorded.contains(element)
    };
    let own = |list: &[Json]| list.iter().filter(|element| !is_surplus(element)).cloned().collect::<Vec<_>>();
    let left = own(observed);
    (left.len() < observed.len()).then(|| (Json::Array(left), Json::Array(own(recorded))))
}

/// The other sides of one place.
#[derive(Clone, Copy)]
struct ValueSides<'s> {
    observed: Option<&'s Json>,
    applied: Option<&'s Json>,
    recorded: Option<&'s Json>,
}

impl<'a> CompareWalk<'a> {
    fn object(
        &mut self,
        object: Option<&'a ObjectShape>,
        map: Option<&'a Shape>,
        desired: &gpb_model::PropertyMap,
        maps: ObjectSides<'_>,
        path: &PropPath,
    ) {
        for (key, value) in desired {
            let (shape, default) = entry(object, map, key);
            let there = ValueSides {
                observed: member(maps.observed, key),
                applied: member(maps.applied, key),
                recorded: member(maps.recorded, key),
            };
            self.place(shape, default, value, there, &path.child(key));
        }
        for (key, applied) in maps.applied.into_iter().flatten().filter(|(key, _)| !desired.contains_key(key.as_str()))
        {
            let (shape, default) = entry(object, map, key);
            self.removal(shape, default, applied, member(maps.observed, key), &path.child(key));
        }
    }

    fn place(
        &mut self,
        shape: Option<&'a Shape>,
        default: Option<&'a Json>,
        wanted: &PropertyValue,
        there: ValueSides<'_>,
        path: &PropPath,
    ) {
        if self.rules.is_ignored(path) {
            return;
        }
        let picked = self.rules.pick(shape, wanted);
        let own = without_surplus(wanted, there);
        let there = own.as_ref().map_or(there, |(observed, recorded)| ValueSides {
            observed: Some(observed),
            recorded: Some(recorded),
            ..there
        });
        if self.rules.is_write_only(path) || is_secret_text(wanted) {
            return self.unreadable(picked, default, wanted, there.applied, path);
        }
        if let (PropertyValue::List(items), Some(Json::Array(others))) = (wanted, there.observed)
            && self.rules.is_pairs(path)
        {
            return self.pairs(picked, items, others, there.applied, path);
        }
        if let PropertyValue::Map(entries) = wanted
            && is_walked(picked, wanted, there)
        {
            let (object, map) = entries_of(picked);
            let maps = ObjectSides {
                observed: there.observed.and_then(Json::as_object),
                applied: there.applied.and_then(Json::as_object),
                recorded: there.recorded.and_then(Json::as_object),
            };
            return self.object(object, map, entries, maps, path);
        }
        if !self.same(picked, default, wanted, there, path) {
            let before = there.observed.map(|observed| mask(observed, Some(wanted), there.applied));
            self.push(path, before, Some(wanted.clone()));
        }
    }

    fn same(
        &self,
        shape: Option<&'a Shape>,
        default: Option<&'a Json>,
        wanted: &PropertyValue,
        there: ValueSides<'_>,
        path: &PropPath,
    ) -> bool {
        let rules = &self.rules;
        let as_applied = |applied: &Json| rules.satisfied(shape, wanted, applied, path, CompareSide::Applied);
        let same = match there.observed {
            Some(observed) => {
                self.is_raised(wanted, observed, path)
                    || rules.satisfied(shape, wanted, observed, path, CompareSide::Observed)
                        && !self.drops_inside(shape, wanted, there, path)
            }
            None => rules.absence_satisfies(shape, default, wanted, path, CompareSide::Observed),
        };
        if same {
            // What the cloud does not tell inside a list or a document is held against what was applied.
            return !self.has_unreadable(wanted, path) || there.applied.is_some_and(as_applied);
        }
        // What was sent just so and answered just so has not moved: a place that reads never give, one that only a creation
        // sets or that names something and the cloud spells its own way (a key by its alias), a list that it keeps in an order
        // of its own.
        let has_spelling = rules.is_create_only(path) || rules.form(path) == Some(ValueForm::LastPart);
        let unchanged = match there.observed {
            None => rules.is_create_only(path) || there.recorded.is_none(),
            Some(observed) if there.observed == there.recorded => {
                has_spelling || rules.reordered(shape, wanted, observed, path)
            }
            Some(_) => false,
        };
        unchanged && there.applied.is_some_and(|applied| as_applied(applied) && !lacks(wanted, applied))
    }

    /// Checks whether an element of a list had something applied that is desired no longer and is still there.
    fn drops_inside(
        &self,
        shape: Option<&'a Shape>,
        wanted: &PropertyValue,
        there: ValueSides<'_>,
        path: &PropPath,
    ) -> bool {
        let (PropertyValue::List(wanted), Some(Json::Array(applied)), Some(Json::Array(observed))) =
            (wanted, there.applied, there.observed)
        else {
            return false;
        };
        if wanted.len() == applied.len() && !wanted.iter().zip(applied).any(|(mine, was)| lacks(mine, was)) {
            return false;
        }
        let item = super::list_of(shape).map(|list| &*list.item);
        let Some(pairs) = self.rules.matching(shape, wanted, observed, path, CompareSide::Observed) else {
            return false;
        };
        let path = path.child("*");
        let holds =
            |value: &PropertyValue, json: &Json, against| self.rules.satisfied(item, value, json, &path, against);
        wanted.iter().zip(pairs).any(|(mine, theirs)| {
            let Some(theirs) = observed.get(theirs) else { return false };
            let was_there =
                |was: &&Json| values::lift(was).is_some_and(|was| holds(&was, theirs, CompareSide::Observed));
            let as_it_was = |was: &Json| holds(mine, was, CompareSide::Applied) && !lacks(mine, was);
            applied.iter().filter(|was| lacks(mine, was)).any(|was| was_there(&was)) && !applied.iter().any(as_it_was)
        })
    }

    /// A place that no read gives is compared with what was applied.
    fn unreadable(
        &mut self,
        shape: Option<&'a Shape>,
        default: Option<&'a Json>,
        wanted: &PropertyValue,
        applied: Option<&Json>,
        path: &PropPath,
    ) {
        let same = match applied {
            Some(applied) if is_secret_text(wanted) && !matches!(wanted, PropertyValue::Secret(_)) => {
                is_redacted(applied)
            }
            Some(applied) => self.rules.satisfied(shape, wanted, applied, path, CompareSide::Applied),
            None => self.rules.absence_satisfies(shape, default, wanted, path, CompareSide::Applied),
        };
        if !same {
            self.push(path, applied.cloned(), Some(wanted.clone()));
        }
    }

    /// Compares pairs by their keys; those that others put there are not gpb's business.
    fn pairs(
        &mut self,
        shape: Option<&'a Shape>,
        wanted: &[PropertyValue],
        observed: &[Json],
        applied: Option<&Json>,
        path: &PropPath,
    ) {
        let item = super::list_of(shape).map(|list| &*list.item);
        let inner = path.child("*");
        let by_key: BTreeMap<String, &Json> =
            observed.iter().filter_map(|tag| Some((super::identity_of(tag)?, tag))).collect();
        let kept: BTreeSet<String> = wanted.iter().filter_map(super::identity).collect();
        let given = wanted.iter().all(|tag| {
            let there = super::identity(tag).and_then(|key| by_key.get(&key).copied());
            there.is_some_and(|there| self.rules.satisfied(item, tag, there, &inner, CompareSide::Observed))
        });
        let was: BTreeSet<String> =
            applied.and_then(Json::as_array).into_iter().flatten().filter_map(super::identity_of).collect();
        let dropped = was.iter().any(|key| !kept.contains(key) && by_key.contains_key(key));
        if !given || dropped {
            let ours = by_key.iter().filter(|(key, _)| kept.contains(*key) || was.contains(*key));
            let before = Json::Array(ours.map(|(_, tag)| (*tag).clone()).collect());
            self.push(path, Some(before), Some(PropertyValue::List(wanted.to_vec())));
        }
    }

    fn removal(
        &mut self,
        shape: Option<&'a Shape>,
        default: Option<&'a Json>,
        applied: &Json,
        observed: Option<&Json>,
        path: &PropPath,
    ) {
        if self.rules.is_ignored(path) || applied.is_null() {
            return;
        }
        if self.rules.is_write_only(path) || is_redacted(applied) {
            return self.push(path, Some(applied.clone()), None);
        }
        let Some(observed) = observed else { return };
        let is_default = values::lift(observed)
            .is_none_or(|value| self.rules.absence_satisfies(shape, default, &value, path, CompareSide::Applied));
        if !is_default {
            self.push(path, Some(mask(observed, None, Some(applied))), None);
        }
    }

    fn is_raised(&self, wanted: &PropertyValue, observed: &Json, path: &PropPath) -> bool {
        let versions = || wanted.as_text().zip(observed.as_str());
        let raised = self.raised.iter().find(|one| one.path == path);
        raised.zip(versions()).is_some_and(|(place, (wanted, there))| place.reaches(wanted, there))
    }

    fn has_unreadable(&self, wanted: &PropertyValue, path: &PropPath) -> bool {
        let inside = |one: &PropPath| path.covers(one) && one.segments().count() > path.segments().count();
        wanted.holds_secret()
            || self
                .rules
                .def
                .is_some_and(|def| def.write_only.iter().any(|one| inside(one) && reaches(wanted, one, path)))
    }

    fn push(&mut self, path: &PropPath, before: Option<Json>, after: Option<PropertyValue>) {
        self.found.push(PropertyDifference { path: path.clone(), before, after, forces_replacement: false });
    }
}

fn member<'s>(side: Option<&'s Map<String, Json>>, key: &str) -> Option<&'s Json> {
    side.and_then(|side| side.get(key)).filter(|json| !json.is_null())
}

/// An object is walked entry by entry where both sides are objects, and where a part of it could not be read.
fn is_walked(shape: Option<&Shape>, wanted: &PropertyValue, there: ValueSides<'_>) -> bool {
    let is_document = matches!(shape, Some(Shape::Json));
    let is_empty = matches!(wanted, PropertyValue::Map(entries) if entries.is_empty());
    match there.observed {
        Some(observed) => observed.is_object() && !is_document,
        None => !is_document && !is_empty && there.applied.is_some_and(Json::is_object),
    }
}

/// A scalar that is a secret, or is made with one.
fn is_secret_text(value: &PropertyValue) -> bool {
    match value {
        PropertyValue::Secret(_) => true,
        PropertyValue::Concat(_) | PropertyValue::Call { .. } => value.holds_secret(),
        _ => false,
    }
}

/// Checks whether `was` has an entry, at any depth, that `wanted` has not.
fn lacks(wanted: &PropertyValue, was: &Json) -> bool {
    match (wanted, was) {
        (PropertyValue::Map(wanted), Json::Object(was)) if !is_redacted(&Json::Object(was.clone())) => {
            was.iter().any(|(key, was)| wanted.get(key.as_str()).map_or(!was.is_null(), |wanted| lacks(wanted, was)))
        }
        (PropertyValue::List(wanted), Json::Array(was)) => {
            wanted.iter().zip(was).any(|(wanted, was)| lacks(wanted, was))
        }
        _ => false,
    }
}

/// Checks whether the value at `at` has anything where `target`, a deeper path with stars, leads.
fn reaches(value: &PropertyValue, target: &PropPath, at: &PropPath) -> bool {
    let rest: Vec<&str> = target.segments().skip(at.segments().count()).collect();
    leads(value, &rest)
}

fn leads(value: &PropertyValue, rest: &[&str]) -> bool {
    match (rest, value) {
        ([], _) => true,
        ([segment, rest @ ..], PropertyValue::Map(entries)) => {
            entries.iter().any(|(key, value)| (*segment == "*" || segment == key) && leads(value, rest))
        }
        ([_, rest @ ..], PropertyValue::List(items)) => items.iter().any(|item| leads(item, rest)),
        _ => false,
    }
}
