//! Physical names: generates the name of a resource whose declaration leaves it open.

use super::Properties;
use gpb_catalog::{Shape, TextShape, TypeDef};
use gpb_model::PropPath;
use regress::Regex;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Returns a name from `label` and a short hash of `token` that fits the length and the pattern of `shape`.
///
/// `ending` stays at the end (`.fifo`). The same label and token give the same name. `None` when nothing of that kind
/// fits the pattern.
pub fn physical_name(shape: &TextShape, label: &str, token: &str, ending: &str) -> Option<String> {
    // What is one of a few words, or has a format of its own, is not a name.
    if !shape.one_of.is_empty() || shape.format.is_some() {
        return None;
    }
    let hash = short_hash(token);
    let pattern = shape.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
    // 63 is what DNS labels, and with them most services, take where the catalog does not say.
    let longest = usize::try_from(shape.max_length.unwrap_or(63)).unwrap_or(63).min(255);
    let shortest = usize::try_from(shape.min_length.unwrap_or(1)).unwrap_or(1);
    let fits = |name: &String| {
        let length = name.chars().count();
        length >= shortest && length <= longest && pattern.as_ref().is_none_or(|pattern| pattern.find(name).is_some())
    };
    SPELLINGS.iter().filter_map(|spelling| spelling.name(label, &hash, ending, longest)).find(fits)
}

/// Names each part of the primary identifier that is the user's to choose and was left open.
pub fn fill_names(def: &TypeDef, desired: &mut Properties, label: &str, token: &str) {
    for path in &def.primary_identifier {
        let given = desired.contains_key(path.head());
        if given || def.is_read_only(path) || path.segments().count() != 1 {
            continue;
        }
        let Some(Shape::Text(shape)) = def.shape_at(path) else { continue };
        if let Some(name) = physical_name(shape, label, token, "") {
            desired.insert(PropPath::unescape(path.head()), Json::String(name));
        }
    }
}

/// Returns eight hexadecimal digits that stand for a token (the start of its SHA-256).
pub fn short_hash(token: &str) -> String {
    let hash = Sha256::digest(token.as_bytes());
    hex(hash.get(..4).unwrap_or_default())
}

/// Returns bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One way to spell a name; services differ in the characters they take.
struct NameStyle {
    joint: &'static str,
    upper: bool,
    before: &'static str,
}

const SPELLINGS: &[NameStyle] = &[
    NameStyle { joint: "-", upper: true, before: "" },
    NameStyle { joint: "-", upper: false, before: "" },
    NameStyle { joint: "_", upper: true, before: "" },
    NameStyle { joint: "_", upper: false, before: "" },
    NameStyle { joint: "", upper: true, before: "" },
    NameStyle { joint: "", upper: false, before: "" },
    // Log groups, parameters and aliases are paths.
    NameStyle { joint: "-", upper: true, before: "/" },
    NameStyle { joint: "-", upper: true, before: "alias/" },
];

impl NameStyle {
    fn name(&self, label: &str, hash: &str, ending: &str, longest: usize) -> Option<String> {
        let room = longest.checked_sub(self.before.len() + self.joint.len() + hash.len() + ending.len())?;
        let mut words: Vec<String> = label
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| if self.upper { word.to_owned() } else { word.to_ascii_lowercase() })
            .collect();
        // Nearly every service wants a letter first.
        if !words.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())) {
            words.insert(0, "r".to_owned());
        }
        let stem: String = words.join(self.joint).chars().take(room).collect();
        let stem = stem.trim_end_matches(self.joint.chars().next().unwrap_or(' '));
        let joint = if stem.is_empty() { "" } else { self.joint };
        Some([self.before, stem, joint, hash, ending].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(pattern: &str, max_length: u64, ending: &str) -> Option<String> {
        let shape = TextShape { pattern: Some(pattern.into()), max_length: Some(max_length), ..TextShape::default() };
        physical_name(&shape, "shop-sandbox-data-Main", "token", ending)
    }

    #[test]
    fn a_name_fits_its_pattern() {
        let hash = short_hash("token");
        assert_eq!(named(".*", 63, ""), Some(format!("shop-sandbox-data-Main-{hash}")));
        assert_eq!(named("^[a-z][a-z0-9-]*$", 63, ""), Some(format!("shop-sandbox-data-main-{hash}")));
        assert_eq!(named("^[a-z][a-z0-9_]*$", 63, ""), Some(format!("shop_sandbox_data_main_{hash}")));
        assert_eq!(named("^[a-z0-9]+$", 63, ""), Some(format!("shopsandboxdatamain{hash}")));
        assert_eq!(named("^alias/.+$", 63, ""), Some(format!("alias/shop-sandbox-data-Main-{hash}")));
        assert_eq!(named("^[0-9]{12}$", 63, ""), None);
    }

    #[test]
    fn a_name_is_cut_before_its_hash_and_its_ending() {
        let hash = short_hash("token");
        assert_eq!(named(".*", 13, ""), Some(format!("shop-{hash}")));
        assert_eq!(named(".*", 14, ""), Some(format!("shop-{hash}")), "no joint is left hanging");
        assert_eq!(named("[.]fifo$", 80, ".fifo"), Some(format!("shop-sandbox-data-Main-{hash}.fifo")));
        assert_eq!(named(".*", 5, ""), None);
    }

    proptest! {
        #[test]
        fn names_are_never_too_long(label in ".{0,80}", token in ".{0,20}", max in 1u64..100) {
            let shape = TextShape { max_length: Some(max), ..TextShape::default() };
            if let Some(name) = physical_name(&shape, &label, &token, "") {
                prop_assert!(name.chars().count() as u64 <= max);
                prop_assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric()));
            }
        }
    }
}
