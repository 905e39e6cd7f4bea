//! The name that somebody probably meant: the candidate at the least edit distance.
//!
//! The distance is Damerau and Levenshtein's: a letter added, left out or replaced, or two neighbours swapped, counts one.

/// Number of letters of a name for each edit that a misspelling of it may have.
const LETTERS_PER_EDIT: usize = 3;
/// The most edits that a misspelling may have, however long the name.
const MAX_EDITS: usize = 4;
/// The longest name that is compared, in bytes.
///
/// It may be compared with thousands, so a bound keeps hostile input cheap.
const MAX_NAME: usize = 128;
/// The least number of letters of a name that is guessed at, and of a guess.
///
/// One edit makes nearly any name of one or two letters out of another.
const MIN_LETTERS: usize = 3;

/// Returns the candidate nearest to `name`, if a person may have meant it.
///
/// A candidate may differ by one edit for each three letters of the name. `name` itself is no candidate.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let others = candidates.into_iter().filter(|candidate| *candidate != name);
    nearest_within(edits(name, LETTERS_PER_EDIT), name, others)
}

/// Returns the number of edits that a misspelling of `name` may have, from 1 to 4.
///
/// There is one edit for each `letters` letters.
pub fn edits(name: &str, letters: usize) -> usize {
    (name.chars().count() / letters.max(1)).clamp(1, MAX_EDITS)
}

/// Returns the candidate nearest to `name` and at most `limit` edits away.
///
/// Capitals and small letters are the same.
///
/// Of several that are equally near, the first in alphabetical order.
pub fn nearest_within<'a>(limit: usize, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_NAME {
        return None;
    }
    let name = name.to_lowercase();
    let is_short = |text: &str| text.chars().nth(MIN_LETTERS - 1).is_none();
    let short = is_short(&name);
    candidates
        .into_iter()
        .filter(|candidate| !(short || is_short(candidate)) || candidate.eq_ignore_ascii_case(&name))
        // One edit changes the length by one letter, and a letter's bytes by at most three.
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= 4 * limit)
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name() {
        assert_eq!(nearest("capcity", ["capacity", "city"]), Some("capacity"));
        assert_eq!(nearest("Capacity", ["capacity"]), Some("capacity"));
        assert_eq!(nearest("capacity", ["capacity"]), None);
        assert_eq!(nearest("queue", ["topic"]), None);
        assert_eq!(nearest("cat", ["hat", "bat"]), Some("bat"));
    }

    #[test]
    fn names_of_one_or_two_letters_are_not_guessed_at() {
        assert_eq!(nearest("aa", ["a", "ab", "aab"]), None);
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("abc", ["ab"]), None);
        // Capitals are no guess.
        assert_eq!(nearest("ID", ["id"]), Some("id"));
    }

    #[test]
    fn long_names_are_not_compared() {
        let long = "a".repeat(MAX_NAME + 1);
        let longer = "a".repeat(MAX_NAME + 2);
        assert_eq!(nearest(&long, [longer.as_str()]), None);
    }
}
