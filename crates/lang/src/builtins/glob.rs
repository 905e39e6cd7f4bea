//! Patterns of file names: `*.pyc`, `tests/*`, `__pycache__`.

/// Checks whether a pattern is about a file: `*` stands for any characters but `/`.
///
/// A pattern without `/` is about a name at any depth; one that is about a folder is about all that lies in it.
pub(super) fn covers(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    if pattern.contains('/') {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        return ends.filter_map(|end| path.get(..end)).any(|part| is_match(pattern, part));
    }
    path.split('/').any(|name| is_match(pattern, name))
}

/// Checks whether a pattern is about a whole text, in time linear in both for each `*`.
fn is_match(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while seen < text.len() {
        match (pattern.get(at), text.get(seen)) {
            (Some(b'*'), _) => {
                back = Some((at, seen));
                at += 1;
            }
            (Some(wanted), Some(found)) if wanted == found => (at, seen) = (at + 1, seen + 1),
            _ => match back.filter(|(_, from)| text.get(*from) != Some(&b'/')) {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    (at, seen) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|sign| *sign == b'*')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_is_about_names_and_what_lies_in_them() {
        for (pattern, path, expected) in [
            ("*.pyc", "a.pyc", true),
            ("*.pyc", "lib/deep/a.pyc", true),
            ("*.pyc", "a.py", false),
            ("__pycache__", "lib/__pycache__/a.py", true),
            ("tests/", "tests/a.py", true),
            ("tests/*", "tests/deep/a.py", true),
            ("lib/*.py", "lib/a.py", true),
            ("lib/*.py", "lib/deep/a.py", false),
            ("lib/*.py", "other/lib/a.py", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("*", "any", true),
        ] {
            assert_eq!(covers(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
