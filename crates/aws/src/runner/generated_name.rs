//! Physical names for resources that were given none, and the tokens of one creation.

use super::BindingRunner;
use crate::binding::NameProperty;
use crate::name_matching::text_of;
use gpb_catalog::{Shape, TextShape};
use gpb_engine::cloud::Properties;
use gpb_engine::cloud::physical_names::{hex, physical_name, short_hash};
use gpb_model::PropPath;
use sha2::{Digest as _, Sha256};

/// How long the hash is that a name ends with.
const HASH_LENGTH: usize = 8;
/// Where neither the binding nor the catalog says how long a name may be.
const DEFAULT_LENGTH: usize = 60;

/// 32 hexadecimal digits, the same for every try of one intent: what AWS takes as an idempotency token everywhere.
pub fn short_token(token: &str) -> String {
    hex(Sha256::digest(token.as_bytes()).get(..16).unwrap_or_default())
}

impl BindingRunner<'_> {
    /// Makes up the name that the binding speaks of, when it is absent.
    pub(super) fn add_name(&self, desired: &mut Properties, label: &str, token: &str) {
        let Some(rule) = &self.bound.binding.name else { return };
        if desired.contains_key(&rule.property) {
            return;
        }
        let mut scope = self.scope();
        scope.desired.clone_from(desired);
        let suffix = rule.suffix.as_ref().and_then(|suffix| suffix.fill(&scope).value());
        let suffix = suffix.map_or_else(String::new, |suffix| text_of(&suffix));
        let name = self
            .by_pattern(rule, label, token, &suffix)
            .unwrap_or_else(|| name(rule, self.max_length(rule), label, token, &suffix));
        desired.insert(rule.property.clone(), name.into());
    }

    /// Whether a resource bears a name that this creation made up.
    pub(super) fn has_generated_name(&self, properties: &Properties, token: &str) -> bool {
        let Some(rule) = &self.bound.binding.name else { return false };
        let tail = short_hash(token);
        let name = properties.get(&rule.property).map(text_of).unwrap_or_default();
        // A suffix such as `.fifo` may stand behind it.
        name.rfind(&tail).is_some_and(|at| at + tail.len() == name.len() || rule.suffix.is_some())
    }

    /// A name within the catalog's pattern, where the binding does not say itself how names are spelled.
    fn by_pattern(&self, rule: &NameProperty, label: &str, token: &str, suffix: &str) -> Option<String> {
        let Some(Shape::Text(shape)) = self.bound.def.shape_at(&PropPath(rule.property.as_str().into())) else {
            return None;
        };
        if rule.lower || rule.separator != "-" {
            return None;
        }
        let max_length = u64::try_from(self.max_length(rule)).ok();
        physical_name(&TextShape { max_length, ..shape.clone() }, label, token, suffix)
    }

    fn max_length(&self, rule: &NameProperty) -> usize {
        let shape = self.bound.def.shape_at(&PropPath(rule.property.as_str().into()));
        let catalog = match shape {
            Some(Shape::Text(text)) => text.max_length.and_then(|max| usize::try_from(max).ok()),
            _ => None,
        };
        rule.max.or(catalog).unwrap_or(DEFAULT_LENGTH)
    }
}

/// Letters, digits and single separators; starts with a letter; ends with a part of the token.
fn name(rule: &NameProperty, longest: usize, label: &str, token: &str, suffix: &str) -> String {
    let mut readable = String::new();
    for c in label.chars() {
        if c.is_ascii_alphanumeric() {
            readable.push(if rule.lower { c.to_ascii_lowercase() } else { c });
        } else if !readable.is_empty() && !readable.ends_with(&rule.separator) {
            readable.push_str(&rule.separator);
        }
    }
    if !readable.starts_with(|c: char| c.is_ascii_alphabetic()) {
        readable.insert(0, 'g');
    }
    let room = longest.saturating_sub(HASH_LENGTH + rule.separator.len() + suffix.len());
    readable.truncate(room);
    while !rule.separator.is_empty() && readable.ends_with(&rule.separator) {
        readable.truncate(readable.len() - rule.separator.len());
    }
    if readable.is_empty() {
        return format!("g{}{suffix}", short_hash(token));
    }
    format!("{readable}{}{}{suffix}", rule.separator, short_hash(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(label: &str, longest: usize, lower: bool, expected: &str) {
        let rule = NameProperty { property: "N".into(), max: None, lower, separator: "-".into(), suffix: None };
        let made = name(&rule, longest, label, "t", "");
        let tail = short_hash("t");
        assert_eq!(made, format!("{expected}{tail}"));
        assert!(made.len() <= longest.max(HASH_LENGTH + 1), "{made}");
    }

    #[test]
    fn names_are_readable_short_and_well_formed() {
        check("shop-live-data.main", 60, false, "shop-live-data-main-");
        check("Shop  Live", 60, true, "shop-live-");
        check("shop-live-data-main", 20, false, "shop-live-d-");
        check("shop-live-data", 19, false, "shop-live-");
        check("1st", 60, false, "g1st-");
        check("", 60, false, "g-");
        check("été", 60, false, "t-");
    }

    #[test]
    fn tokens_are_stable_and_short() {
        assert_eq!(short_token("a"), short_token("a"));
        assert_ne!(short_token("a"), short_token("b"));
        assert_eq!(short_token("a").len(), 32);
    }
}
