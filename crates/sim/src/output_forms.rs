//! Forms of outputs, by type and property: data of the standard library.
//!
//! Where other types hold an identifier or an ARN to a form of its own, a generated one must have it.

use std::collections::BTreeMap;

/// Strings with interpolations: `arn:aws:iam::{account}:role/{name}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutputForms {
    table: BTreeMap<String, BTreeMap<String, String>>,
}

impl OutputForms {
    /// Returns the table without forms.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a table of types, each with forms by property.
    ///
    /// # Errors
    /// A table that is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map(|table| Self { table }).map_err(|error| error.to_string())
    }

    /// Fills the form of a property of a type; `None` where it has none.
    pub fn filled(&self, ty: &str, property: &str, fill: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut left = self.table.get(ty)?.get(property)?.as_str();
        let mut text = String::new();
        while let Some((before, rest)) = left.split_once('{') {
            let (word, after) = rest.split_once('}')?;
            text.push_str(before);
            text.push_str(&fill(word)?);
            left = after;
        }
        text.push_str(left);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::OutputForms;

    #[test]
    fn interpolations_are_filled_and_what_cannot_be_is_left_to_others() {
        let forms =
            OutputForms::parse("[\"a.b\"]\nArn = \"arn:{region}:{name}/x\"\nBad = \"{who}\"\nOpen = \"{name\"\n")
                .unwrap();
        let fill = |word: &str| match word {
            "region" => Some("here".to_owned()),
            "name" => Some("n".to_owned()),
            _ => None,
        };
        assert_eq!(forms.filled("a.b", "Arn", fill), Some("arn:here:n/x".to_owned()));
        for (ty, property) in [("a.b", "Bad"), ("a.b", "Open"), ("a.b", "Other"), ("a.c", "Arn")] {
            assert_eq!(forms.filled(ty, property, fill), None, "{ty} {property}");
        }
        assert!(OutputForms::parse("[a]\nArn = 3").is_err());
    }
}
