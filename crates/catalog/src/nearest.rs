//! The name that somebody probably meant.

use crate::embedded::Catalog;
use gpb_base::nearest::{edits, nearest_within};

/// Number of letters of a name for each edit that a misspelling of it may have.
///
/// AWS's names are long and alike.
const LETTERS_PER_EDIT: usize = 4;

/// Returns the candidate closest to `word`, if it is a slip of the fingers.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(edits(word, LETTERS_PER_EDIT), word, candidates)
}

impl Catalog {
    /// Returns up to three type names, in gpb's spelling, that `name` may mean.
    ///
    /// `name` may be misspelt, in AWS's spelling, or lack its service.
    pub fn suggest(&self, name: &str) -> Vec<&'static str> {
        if name.contains("::") {
            let meant = nearest(name, self.aws_names());
            return meant.and_then(|aws| self.name_of(aws)).into_iter().collect();
        }
        let without_cloud = |known: &&'static str| known.split_once('.').is_some_and(|(_, rest)| rest == name);
        if let Some(whole) = self.names().find(without_cloud) {
            return vec![whole];
        }
        let last = |name: &'static str| name.rsplit_once('.').map_or(name, |(_, last)| last);
        let tail = name.rsplit_once('.').map_or(name, |(_, tail)| tail);
        let mut found: Vec<&'static str> = nearest(name, self.names()).into_iter().collect();
        let same_tail = self.names().filter(|known| last(known) == tail);
        let close_tail = nearest(tail, self.names().map(last)).into_iter();
        let close_tail = close_tail.flat_map(|near| self.names().filter(move |known| last(known) == near));
        for candidate in same_tail.chain(close_tail) {
            if found.len() < 3 && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        found
    }
}
