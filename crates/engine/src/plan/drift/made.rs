//! The elements of a list that other resources put there, such as the rules of a security group that are its own resources.

use crate::cloud::Properties;
use crate::plan::inventory::ManagedResource;
use crate::plan::{compare, values};
use crate::state::ResourceRecord;
use gpb_catalog::drift_rules::{DriftRules, MakerRule};
use gpb_model::PropPath;
use serde_json::Value as Json;

/// A side of a rule: the resource that has the list, or one that puts elements there.
#[derive(Clone, Copy)]
pub(super) struct MakerSide<'a> {
    ty: &'a str,
    id: &'a str,
    properties: &'a Properties,
    applied: &'a Properties,
}

impl<'a> MakerSide<'a> {
    /// Returns a resource as far as it is known now.
    pub fn of(managed: &'a ManagedResource<'_>) -> Self {
        Self { ty: managed.ty, id: &managed.id, properties: managed.properties(), applied: managed.applied }
    }

    fn recorded(record: &'a ResourceRecord) -> Self {
        Self { ty: &record.ty, id: &record.id, properties: &record.observed, applied: &record.applied }
    }

    /// Checks that this resource puts elements into the list of another one.
    pub fn makes_for(self, rule: &MakerRule, owner: MakerSide<'_>) -> bool {
        let named = self.properties.get(&rule.at).or_else(|| self.applied.get(&rule.at));
        self.ty == rule.by && owner.ty == rule.ty && named.is_some_and(|named| owner.is_named(named))
    }

    /// Checks that an element is this resource's own: it says nothing else than the resource does.
    ///
    /// A rule for the same port and from somewhere else is not.
    pub fn has_made(self, element: &Json) -> bool {
        match element {
            Json::Object(entries) => {
                let mut said = entries.iter().filter(|(_, json)| !json.is_null()).peekable();
                let is_said = |key: &String, json: &Json| {
                    self.properties.get(key).is_some_and(|one| compare::documents_equal(one, json))
                };
                said.peek().is_some() && said.all(|(key, json)| is_said(key, json))
            }
            Json::String(text) => *text == self.id || self.has_text(text),
            _ => false,
        }
    }

    /// Checks that a value names this resource: its identifier, or a string that it has itself.
    fn is_named(self, named: &Json) -> bool {
        match named {
            Json::Array(items) => items.iter().any(|item| self.is_named(item)),
            Json::String(text) => *text == self.id || self.has_text(text),
            _ => false,
        }
    }

    fn has_text(self, text: &str) -> bool {
        self.properties.values().any(|json| json.as_str() == Some(text))
    }
}

/// Returns the records whose last reading shows what a resource had put into their lists, without that.
///
/// It is for a resource that gpb has just changed or deleted: what goes with it was not changed by others.
pub fn without_elements_of<'r>(
    maker: &ResourceRecord,
    records: impl Iterator<Item = &'r ResourceRecord>,
) -> Vec<ResourceRecord> {
    let rules: Vec<&MakerRule> = DriftRules::embedded().made_by.iter().filter(|rule| rule.by == maker.ty).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let maker = MakerSide::recorded(maker);
    let forgotten = records.filter_map(|record| {
        let owner = MakerSide::recorded(record);
        let mut observed = record.observed.clone();
        for rule in rules.iter().filter(|rule| maker.makes_for(rule, owner)) {
            let own = list(&record.applied, &rule.property);
            let (was, is_own) = (list(&observed, &rule.property), |one: &Json| has(&own, one));
            let kept: Vec<Json> = was.iter().filter(|one| is_own(one) || !maker.has_made(one)).cloned().collect();
            if kept.len() < was.len() {
                put(&mut observed, &rule.property, kept);
            }
        }
        (observed != record.observed).then(|| ResourceRecord { observed, ..record.clone() })
    });
    forgotten.collect()
}

/// Checks that a list has an element.
pub(super) fn has(list: &[Json], element: &Json) -> bool {
    list.iter().any(|one| compare::documents_equal(one, element))
}

/// Returns the elements of a list; none where there is none.
pub(super) fn list(properties: &Properties, path: &PropPath) -> Vec<Json> {
    let mut segments = path.segments();
    let first = segments.next().and_then(|first| properties.get(first));
    let found = first.and_then(|first| values::json_at(first, &mut segments));
    found.and_then(Json::as_array).cloned().unwrap_or_default()
}

/// Puts a list in its place; an empty one is none.
pub(super) fn put(properties: &mut Properties, path: &PropPath, items: Vec<Json>) {
    if path.segments().count() != 1 {
        return;
    }
    if items.is_empty() {
        properties.remove(path.head());
    } else {
        properties.insert(path.head().to_owned(), Json::Array(items));
    }
}
