//! Checks whether what is there satisfies what is desired.

use super::{CompareRules, document, entries_of, entry, list_of, lists, scalar};
use crate::state::{is_redacted, redacted_hash};
use gpb_catalog::Shape;
use gpb_model::PropPath;
use gpb_model::PropertyValue;
use serde_json::Value as Json;

/// The side a value is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CompareSide {
    /// The cloud's answer: it has no secrets and no write-only places, so those are passed over.
    Observed,
    /// The applied side: it has everything, secrets as hashes.
    Applied,
}

impl<'a> CompareRules<'a> {
    /// Checks that `there` has all of `wanted`.
    pub(super) fn satisfied(
        &self,
        shape: Option<&'a Shape>,
        wanted: &PropertyValue,
        there: &Json,
        path: &PropPath,
        against: CompareSide,
    ) -> bool {
        if against == CompareSide::Observed && (self.is_write_only(path) || self.is_ignored(path)) {
            return true;
        }
        let shape = self.pick(shape, wanted);
        match wanted {
            PropertyValue::Secret(secret) => {
                against == CompareSide::Observed
                    || redacted_hash(there).is_some_and(|hash| (self.secret)(secret).is_none_or(|now| now == hash))
            }
            PropertyValue::Ref(_) | PropertyValue::Call { .. } | PropertyValue::Concat(_) => self.is_unseen(wanted),
            PropertyValue::List(items) => match there {
                Json::Array(others) => self.list_satisfied(shape, items, others, path, against),
                _ => self.document_satisfied(wanted, there, against),
            },
            PropertyValue::Map(_) if matches!(shape, Some(Shape::Json)) || there.is_string() => {
                self.document_satisfied(wanted, there, against)
            }
            PropertyValue::Map(entries) => {
                let (object, map) = entries_of(shape);
                let Some(others) = there.as_object() else { return false };
                entries.iter().all(|(key, value)| {
                    let (shape, default) = entry(object, map, key);
                    let path = path.child(key);
                    match others.get(key.as_str()).filter(|json| !json.is_null()) {
                        Some(there) => self.satisfied(shape, value, there, &path, against),
                        None => self.absence_satisfies(shape, default, value, &path, against),
                    }
                })
            }
            _ => {
                scalar::equal(wanted, there)
                    || in_any_case(shape, wanted, there)
                    || self.in_form(wanted, there, path)
                    || self.document_satisfied(wanted, there, against)
            }
        }
    }

    /// Checks that two texts mean the same in the form that the cloud gives the place back in.
    fn in_form(&self, wanted: &PropertyValue, there: &Json, path: &PropPath) -> bool {
        let texts = wanted.as_text().zip(there.as_str());
        texts.is_some_and(|(wanted, there)| self.form(path).is_some_and(|form| form.is_same(wanted, there)))
    }

    /// Checks that a list is what is desired but for its order, though the catalog says that the order matters.
    pub(super) fn reordered(
        &self,
        shape: Option<&'a Shape>,
        wanted: &PropertyValue,
        there: &Json,
        path: &PropPath,
    ) -> bool {
        let (PropertyValue::List(wanted), Json::Array(there)) = (wanted, there) else { return false };
        let item = list_of(shape).map(|list| &*list.item);
        let path = path.child("*");
        let (wanted, there): (Vec<_>, Vec<_>) = (wanted.iter().collect(), there.iter().collect());
        let mut fits = |mine: usize, theirs: usize| {
            let pair = wanted.get(mine).zip(there.get(theirs));
            pair.is_some_and(|(mine, theirs)| self.satisfied(item, mine, theirs, &path, CompareSide::Observed))
        };
        lists::perfect(&wanted, &there, &mut fits).is_some()
    }

    /// Checks that an absent place is as good as what is desired: nothing in it, or the default.
    pub(super) fn absence_satisfies(
        &self,
        shape: Option<&'a Shape>,
        default: Option<&Json>,
        wanted: &PropertyValue,
        path: &PropPath,
        against: CompareSide,
    ) -> bool {
        if default.is_some_and(|default| self.satisfied(shape, wanted, default, path, CompareSide::Applied)) {
            return true;
        }
        if against == CompareSide::Observed && (self.is_write_only(path) || self.is_ignored(path)) {
            return true;
        }
        match wanted {
            PropertyValue::List(items) => items.is_empty(),
            // No API tells an empty text from none.
            PropertyValue::Text(text) => text.is_empty(),
            PropertyValue::Map(entries) => {
                let (object, map) = entries_of(self.pick(shape, wanted));
                entries.iter().all(|(key, value)| {
                    let (shape, default) = entry(object, map, key);
                    self.absence_satisfies(shape, default, value, &path.child(key), against)
                })
            }
            PropertyValue::Secret(_) => against == CompareSide::Observed,
            _ => false,
        }
    }

    fn list_satisfied(
        &self,
        shape: Option<&'a Shape>,
        wanted: &[PropertyValue],
        there: &[Json],
        path: &PropPath,
        against: CompareSide,
    ) -> bool {
        self.matching(shape, wanted, there, path, against).is_some()
    }

    /// For each wanted element, which of those there it is; `None` when the lists differ.
    pub(super) fn matching(
        &self,
        shape: Option<&'a Shape>,
        wanted: &[PropertyValue],
        there: &[Json],
        path: &PropPath,
        against: CompareSide,
    ) -> Option<Vec<usize>> {
        let list = list_of(shape);
        let item = list.map(|list| &*list.item);
        let path = path.child("*");
        let is_set = list.is_some_and(|list| !list.ordered && list.unique);
        let (wanted, kept) = (distinct(wanted, is_set), distinct(there, is_set));
        let mut fits = |mine: usize, theirs: usize| {
            let (mine, theirs) = (wanted.get(mine), kept.get(theirs));
            mine.zip(theirs).is_some_and(|(mine, theirs)| self.satisfied(item, mine, theirs, &path, against))
        };
        if list.is_none_or(|list| list.ordered) {
            let same = wanted.len() == kept.len() && (0..wanted.len()).all(|index| fits(index, index));
            return same.then(|| (0..wanted.len()).collect());
        }
        lists::perfect(&wanted, &kept, &mut fits)
    }

    /// Documents are compared as wholes: what one says and the other does not is a difference.
    fn document_satisfied(&self, wanted: &PropertyValue, there: &Json, against: CompareSide) -> bool {
        if wanted.holds_secret() {
            return against == CompareSide::Observed || self.secrets_satisfied(wanted, there);
        }
        let is_document = |json: &Json| match json {
            Json::String(text) => document::parse(text).is_some(),
            other => other.is_object() || other.is_array(),
        };
        match wanted.to_json() {
            Some(wanted) => is_document(&wanted) && is_document(there) && document::equal(&wanted, there),
            None => self.is_unseen(wanted),
        }
    }

    /// A document with secrets inside, against the same document with their hashes.
    fn secrets_satisfied(&self, wanted: &PropertyValue, there: &Json) -> bool {
        match (wanted, there) {
            (PropertyValue::Secret(secret), there) => {
                redacted_hash(there).is_some_and(|hash| (self.secret)(secret).is_none_or(|now| now == hash))
            }
            (PropertyValue::Map(entries), Json::Object(others)) => {
                entries.len() == others.len()
                    && entries.iter().all(|(key, value)| {
                        others.get(key.as_str()).is_some_and(|other| self.secrets_satisfied(value, other))
                    })
            }
            (PropertyValue::List(items), Json::Array(others)) => {
                items.len() == others.len()
                    && items.iter().zip(others).all(|(item, other)| self.secrets_satisfied(item, other))
            }
            // A string with a secret in it is hashed as a whole, and its parts cannot be known.
            (PropertyValue::Concat(_) | PropertyValue::Call { .. }, there) => is_redacted(there),
            _ => wanted.to_json().is_some_and(|wanted| document::equal(&wanted, there)),
        }
    }

    /// Checks that all unknowns of a value could not be read.
    pub(super) fn is_unseen(&self, wanted: &PropertyValue) -> bool {
        let mut references = Vec::new();
        wanted.references(&mut references);
        !references.is_empty() && references.iter().all(|reference| (self.unseen)(reference))
    }
}

/// Words of which the catalog says that their capitals mean nothing.
fn in_any_case(shape: Option<&Shape>, wanted: &PropertyValue, there: &Json) -> bool {
    match (shape, wanted, there) {
        (Some(Shape::Text(text)), PropertyValue::Text(wanted), Json::String(there)) => {
            text.any_case && wanted.eq_ignore_ascii_case(there)
        }
        _ => false,
    }
}

fn distinct<T: PartialEq>(items: &[T], is_set: bool) -> Vec<&T> {
    let mut kept: Vec<&T> = Vec::with_capacity(items.len());
    for item in items {
        // A set is short; where it is not, its repetitions are left to the comparison.
        if !is_set || items.len() > 256 || !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
