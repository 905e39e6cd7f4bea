//! Versions of engines: numbers separated by dots.

use std::cmp::Ordering;

/// Checks whether a version comes before another one; text in it is compared as text.
pub(crate) fn is_lower(version: &str, than: &str) -> bool {
    let (mut mine, mut other) = (version.split('.'), than.split('.'));
    loop {
        match (mine.next(), other.next()) {
            (Some(mine), Some(other)) => match order(mine, other) {
                Ordering::Equal => {}
                unequal => return unequal == Ordering::Less,
            },
            // `16` stands for the newest of its minor versions.
            _ => return false,
        }
    }
}

fn order(mine: &str, other: &str) -> Ordering {
    match (mine.parse::<u64>(), other.parse::<u64>()) {
        (Ok(mine), Ok(other)) => mine.cmp(&other),
        _ => mine.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::is_lower;

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (version, than, expected) in [
            ("16.2", "16.10", true),
            ("16.10", "16.2", false),
            ("15.9", "16", true),
            ("16", "16.8", false),
            ("16.8", "16.8", false),
        ] {
            assert_eq!(is_lower(version, than), expected, "{version} {than}");
        }
    }
}
