//! The name somebody probably meant.

use super::Catalog;

/// The candidate closest to `word`, when it is close enough to be a slip of the fingers.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // Long names of a few parts are compared with every other one: a bound keeps hostile input cheap.
    if word.len() > 128 {
        return None;
    }
    let allowed = (word.chars().count() / 4).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(word.len()) > 2 * allowed {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

impl Catalog {
    /// Up to three type names, in gpb's spelling, that `name` may mean. `name` may be misspelt, in AWS's spelling, or lack
    /// its service.
    pub fn suggest(&self, name: &str) -> Vec<&'static str> {
        if name.contains("::") {
            let meant = nearest(name, self.entries.iter().map(|entry| entry.aws));
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
