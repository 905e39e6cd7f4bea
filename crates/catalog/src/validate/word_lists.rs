//! Lists of words in sentences.

/// Joins words by `or`: `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    joined(words, "or")
}

/// Joins words by `and`: `a`, `a and b`, `a, b and c`.
pub(super) fn all(words: &[String]) -> String {
    joined(words, "and")
}

fn joined(words: &[String], last_word: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} {last_word} {last}", others.join(", ")),
    }
}

/// Returns the first dozen values of an enum; the page of the type has them all.
pub(super) fn some_of<T: ToString>(values: &[T]) -> String {
    let shown: Vec<String> = values.iter().take(12).map(ToString::to_string).collect();
    let rest = values.len().saturating_sub(shown.len());
    if rest == 0 {
        format!("one of {}", shown.join(", "))
    } else {
        format!("one of {} and {rest} more", shown.join(", "))
    }
}

/// Returns a string as a message shows it: not more than fits a line.
pub fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(60).flat_map(char::escape_debug).collect();
    if chars.next().is_some() { format!("\"{start}…\"") } else { format!("\"{start}\"") }
}

/// Returns a count with its noun: `1 item`, `2 items`.
pub(super) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
