//! Forms of outputs, by type and property: data of the standard library.
//!
//! Where AWS, or another type, holds an identifier or an ARN to a form of its own, a generated one must have it.

use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Strings with interpolations: `arn:aws:iam::{account}:role/{name}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutputForms {
    table: BTreeMap<String, BTreeMap<String, OutputForm>>,
}

/// The form of one property.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum OutputForm {
    Text(String),
    /// The first whose words all have a value.
    FirstOf(Vec<String>),
    /// The value itself.
    Literal {
        is: Json,
    },
    /// No value where none is given; the word stands for it in the identifier.
    Absent {
        absent: String,
    },
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

    /// Lists the properties of a type that have a form.
    pub fn properties(&self, ty: &str) -> impl Iterator<Item = &str> {
        self.table.get(ty).into_iter().flat_map(|forms| forms.keys().map(String::as_str))
    }

    /// Returns the value that a property of a type always has; `None` where it has none.
    pub fn literal(&self, ty: &str, property: &str) -> Option<&Json> {
        match self.table.get(ty)?.get(property)? {
            OutputForm::Literal { is } => Some(is),
            _ => None,
        }
    }

    /// Lists the properties of a type that AWS leaves absent where none is given, each with its word in the identifier.
    pub fn absent(&self, ty: &str) -> impl Iterator<Item = (&str, &str)> {
        self.table.get(ty).into_iter().flatten().filter_map(|(property, form)| match form {
            OutputForm::Absent { absent } => Some((property.as_str(), absent.as_str())),
            _ => None,
        })
    }

    /// Fills the form of a property of a type; `None` where it has none.
    pub fn filled(&self, ty: &str, property: &str, fill: impl Fn(&str) -> Option<String>) -> Option<String> {
        match self.table.get(ty)?.get(property)? {
            OutputForm::Text(form) => filled(form, &fill),
            OutputForm::FirstOf(forms) => forms.iter().find_map(|form| filled(form, &fill)),
            OutputForm::Literal { .. } | OutputForm::Absent { .. } => None,
        }
    }
}

/// Fills the `{words}` of a text; `None` where one has no value.
pub(crate) fn filled(form: &str, fill: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (mut left, mut text) = (form, String::new());
    while let Some((before, rest)) = left.split_once('{') {
        let (word, after) = rest.split_once('}')?;
        text.push_str(before);
        text.push_str(&fill(word)?);
        left = after;
    }
    text.push_str(left);
    Some(text)
}

/// Returns the part of a value that a word asks for: `Arn` all of it, `Arn|/|1` the second between slashes.
///
/// `last` is the last part. `whole` returns the value of the word before.
pub(crate) fn part(word: &str, whole: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = word.split('|');
    let whole = whole(parts.next()?)?;
    match (parts.next(), parts.next()) {
        (Some(separator), Some("last")) => whole.rsplit(separator).next().map(str::to_owned),
        (Some(separator), Some(index)) => whole.split(separator).nth(index.parse().ok()?).map(str::to_owned),
        _ => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolations_are_filled_and_what_cannot_be_is_left_to_others() {
        let text = "[\"a.b\"]\nArn = \"arn:{region}:{name}/x\"\nBad = \"{who}\"\nOpen = \"{name\"\n\
                    First = [\"{who}\", \"{name}\"]\nNone = { is = [] }\nSet = { absent = \"-\" }\n";
        let forms = OutputForms::parse(text).unwrap();
        let fill = |word: &str| match word {
            "region" => Some("here".to_owned()),
            "name" => Some("n".to_owned()),
            _ => None,
        };
        assert_eq!(forms.filled("a.b", "Arn", fill), Some("arn:here:n/x".to_owned()));
        assert_eq!(forms.filled("a.b", "First", fill), Some("n".to_owned()));
        for (ty, property) in [("a.b", "Bad"), ("a.b", "Open"), ("a.b", "Other"), ("a.b", "None"), ("a.c", "Arn")] {
            assert_eq!(forms.filled(ty, property, fill), None, "{ty} {property}");
        }
        assert_eq!((forms.literal("a.b", "None"), forms.literal("a.b", "Arn")), (Some(&Json::Array(vec![])), None));
        assert_eq!(forms.absent("a.b").collect::<Vec<_>>(), [("Set", "-")]);
        assert!(OutputForms::parse("[a]\nArn = 3").is_err());
    }

    #[test]
    fn a_word_may_ask_for_a_part() {
        let whole = |word: &str| (word == "Arn").then(|| "arn:x:y/z".to_owned());
        for (word, expected) in [("Arn", "arn:x:y/z"), ("Arn|:|1", "x"), ("Arn|/|last", "z"), ("Arn|x:|1", "y/z")] {
            assert_eq!(part(word, &whole), Some(expected.to_owned()), "{word}");
        }
        assert_eq!((part("Arn|/|9", &whole), part("Other", &whole)), (None, None));
    }
}
