//! The places that a change has still to set, recomputed before each further try.

use super::payload::Payload;
use super::postcondition::{Answer, differing_places, unconfirmed_places};
use crate::cloud::{Properties, property_paths};
use gpb_catalog::TypeDef;
use gpb_model::PropPath;

/// The places that an update sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenPlaces {
    /// All of them, in order.
    pub changed: Vec<PropPath>,
    /// Those of a creation that was cut short which no read shows: perhaps set already.
    pub reasserted: Vec<PropPath>,
}

impl OpenPlaces {
    /// Adds the places of others, each once.
    pub fn merge(&mut self, other: OpenPlaces) {
        let known = std::mem::take(&mut self.changed);
        let reasserted = other.reasserted.into_iter().filter(|path| !known.contains(path));
        self.reasserted.extend(reasserted);
        self.changed = known.into_iter().chain(other.changed).collect();
        self.changed.sort();
        self.changed.dedup();
    }

    /// Keeps the places that a read of the resource does not show as they were sent.
    pub fn narrow(&mut self, def: Option<&TypeDef>, ignore: &[PropPath], sent: &Payload, observed: &Properties) {
        let differing = differing_places(def, ignore, sent, Answer { observed, recorded: None });
        self.changed.retain(|path| {
            let is_shown = property_paths::get(observed, path).is_some();
            let is_write_only = def.is_some_and(|def| def.write_only.iter().any(|one| overlap(one, path)));
            let differs = differing.iter().any(|one| overlap(one, path));
            match property_paths::get(&sent.applied, path) {
                _ if is_write_only => true,
                Some(_) => differs || !is_shown || sent.is_secret(path),
                // To be removed: done once it is no longer shown.
                None => is_shown,
            }
        });
        let changed = &self.changed;
        self.reasserted.retain(|path| changed.contains(path));
    }
}

/// Returns what a creation that was cut short has still to set.
///
/// What no read gives back is set again, unless only a creation can set it.
pub fn unfinished_places(def: &TypeDef, ignore: &[PropPath], sent: &Payload, observed: &Properties) -> OpenPlaces {
    if !def.updatable {
        return OpenPlaces::default();
    }
    let mut changed = unconfirmed_places(def, ignore, sent, observed);
    // A secret that is kept as it is is not sent either.
    changed.retain(|path| !def.is_create_only(path) && property_paths::get(&sent.clear, path).is_some());
    let differing = differing_places(Some(def), ignore, sent, Answer { observed, recorded: None });
    let reasserted = changed.iter().filter(|path| !differing.iter().any(|one| overlap(one, path))).cloned().collect();
    OpenPlaces { changed, reasserted }
}

fn overlap(one: &PropPath, other: &PropPath) -> bool {
    one.covers(other) || other.covers(one)
}
