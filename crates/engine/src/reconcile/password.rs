//! Generates secrets from the operating system's randomness and nothing else.

/// Letters and digits alone, which every service takes in a password.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Returns `length` (at least 8) letters and digits.
///
/// At least one is a capital, one a small letter and one a digit, as password rules ask for.
///
/// # Errors
/// When the system gives no randomness.
pub fn password(length: u32) -> Result<String, String> {
    let length = usize::try_from(length).unwrap_or(32).clamp(8, 4096);
    loop {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let mut bytes = [0; 64];
            getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
            // 248 is four times 62: what lies above would make some letters likelier than others.
            let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| usize::from(*byte) % LETTERS.len());
            text.extend(fair.filter_map(|at| LETTERS.get(at)).map(|byte| char::from(*byte)).take(length - text.len()));
        }
        let has = |kind: fn(&char) -> bool| text.chars().any(|char| kind(&char));
        if has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit) {
            return Ok(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_their_length_and_are_never_the_same() {
        let made: std::collections::BTreeSet<String> = (0..100).map(|_| password(12).unwrap()).collect();
        assert_eq!(made.len(), 100);
        assert!(made.iter().all(|text| text.len() == 12 && text.chars().all(|c| c.is_ascii_alphanumeric())));
        assert_eq!(password(0).unwrap().len(), 8);
    }
}
