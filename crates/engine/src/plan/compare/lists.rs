//! Pairs the elements of two lists whose order means nothing.

use super::scalar;
use gpb_model::PropertyValue;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Names of properties that tell elements of a list apart.
const IDENTITIES: &[&str] = &["Key", "Name", "Id", "Sid", "key", "name", "id"];

/// Beyond this many elements without a name, only elements that are equal in full are matched.
const SEARCH_LIMIT: usize = 256;

/// For each desired element the observed one that satisfies it, each used once; `None` unless all on both sides match.
pub fn perfect(
    desired: &[&PropertyValue],
    observed: &[&Json],
    satisfies: &mut dyn FnMut(usize, usize) -> bool,
) -> Option<Vec<usize>> {
    if desired.len() != observed.len() {
        return None;
    }
    if (0..desired.len()).all(|index| satisfies(index, index)) {
        return Some((0..desired.len()).collect());
    }
    if let Some(pairs) = by_identity(desired, observed) {
        let all = pairs.iter().enumerate().all(|(mine, theirs)| satisfies(mine, *theirs));
        return all.then_some(pairs);
    }
    if let Some(pairs) = by_scalar(desired, observed)
        && pairs.iter().enumerate().all(|(mine, theirs)| satisfies(mine, *theirs))
    {
        return Some(pairs);
    }
    (desired.len() <= SEARCH_LIMIT).then(|| by_search(desired.len(), satisfies)).flatten()
}

/// Pairs for showing what changed: `(desired, observed)`, each element once, like with like; a side alone was added or
/// removed. Desired elements keep their order, removed ones follow.
pub fn align(
    desired: &[&PropertyValue],
    observed: &[&Json],
    satisfies: &mut dyn FnMut(usize, usize) -> bool,
) -> Vec<(Option<usize>, Option<usize>)> {
    let mut taken = vec![false; observed.len()];
    let mut pairs: Vec<Option<usize>> = vec![None; desired.len()];
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (index, json) in observed.iter().enumerate() {
        if let Some(name) = identity_of(json).or_else(|| scalar::json_key(json)) {
            names.entry(name).or_insert(index);
        }
    }
    let mut take = |mine: usize, theirs: usize, pairs: &mut Vec<Option<usize>>| {
        if let (Some(pair), Some(free)) = (pairs.get_mut(mine), taken.get_mut(theirs))
            && pair.is_none()
            && !*free
        {
            *pair = Some(theirs);
            *free = true;
        }
    };
    for (mine, value) in desired.iter().enumerate() {
        if let Some(theirs) = identity(value).or_else(|| scalar::key(value)).and_then(|name| names.get(&name)) {
            take(mine, *theirs, &mut pairs);
        }
    }
    if desired.len() <= SEARCH_LIMIT && observed.len() <= SEARCH_LIMIT {
        for mine in 0..desired.len() {
            if let Some(theirs) = (0..observed.len()).find(|theirs| satisfies(mine, *theirs)) {
                take(mine, theirs, &mut pairs);
            }
        }
    }
    let added_and_paired = pairs.into_iter().enumerate().map(|(mine, theirs)| (Some(mine), theirs));
    let removed = taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(theirs, _)| (None, Some(theirs)));
    added_and_paired.chain(removed).collect()
}

/// Returns the name that distinguishes an element from the others, when it has one.
pub fn identity(value: &PropertyValue) -> Option<String> {
    let PropertyValue::Map(entries) = value else { return None };
    IDENTITIES.iter().find_map(|name| Some(format!("{name}={}", scalar::key(entries.get(*name)?)?)))
}

/// Returns the name of an element as JSON.
pub fn identity_of(json: &Json) -> Option<String> {
    let entries = json.as_object()?;
    IDENTITIES.iter().find_map(|name| Some(format!("{name}={}", scalar::json_key(entries.get(*name)?)?)))
}

/// By name, when every element of both has one and no two share it.
fn by_identity(desired: &[&PropertyValue], observed: &[&Json]) -> Option<Vec<usize>> {
    let mut names = BTreeMap::new();
    for (index, json) in observed.iter().enumerate() {
        if names.insert(identity_of(json)?, index).is_some() {
            return None;
        }
    }
    let pairs: Vec<usize> = desired.iter().map(|value| names.remove(&identity(value)?)).collect::<Option<Vec<_>>>()?;
    Some(pairs)
}

/// Scalars by sorting both sides.
fn by_scalar(desired: &[&PropertyValue], observed: &[&Json]) -> Option<Vec<usize>> {
    let mut mine: Vec<_> =
        desired.iter().zip(0..).map(|(value, index)| Some((scalar::key(value)?, index))).collect::<Option<_>>()?;
    let mut theirs: Vec<_> =
        observed.iter().zip(0..).map(|(json, index)| Some((scalar::json_key(json)?, index))).collect::<Option<_>>()?;
    mine.sort_unstable();
    theirs.sort_unstable();
    let mut pairs = vec![0; mine.len()];
    for ((_, index), (_, other)) in mine.iter().zip(&theirs) {
        *pairs.get_mut::<usize>(*index)? = *other;
    }
    Some(pairs)
}

/// A perfect matching by augmenting paths: an element that could go to several places never blocks one that cannot.
fn by_search(count: usize, satisfies: &mut dyn FnMut(usize, usize) -> bool) -> Option<Vec<usize>> {
    let fits: Vec<Vec<usize>> =
        (0..count).map(|mine| (0..count).filter(|theirs| satisfies(mine, *theirs)).collect()).collect();
    let mut owner: Vec<Option<usize>> = vec![None; count];
    for mine in 0..count {
        if !augment(mine, &fits, &mut owner, &mut vec![false; count]) {
            return None;
        }
    }
    let mut pairs = vec![0; count];
    for (theirs, mine) in owner.iter().enumerate() {
        *pairs.get_mut((*mine)?)? = theirs;
    }
    Some(pairs)
}

fn augment(mine: usize, fits: &[Vec<usize>], owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for theirs in fits.get(mine).into_iter().flatten().copied() {
        let Some(visited) = seen.get_mut(theirs) else { continue };
        if std::mem::replace(visited, true) {
            continue;
        }
        let current = owner.get(theirs).copied().flatten();
        if current.is_none_or(|other| augment(other, fits, owner, seen)) {
            if let Some(slot) = owner.get_mut(theirs) {
                *slot = Some(mine);
            }
            return true;
        }
    }
    false
}
