//! Texts of rules, with the names and the values of properties put in.

use super::forms;
use super::lookup::{Found, RuleSubject};
use super::path::{RulePath, RuleStep};
use super::term::Term;
use gpb_catalog::{TypeDef, regions};
use gpb_model::{PropPath, PropertyValue};
use std::fmt::Write as _;

/// A text with places for names (`{Iops}`) and values (`{=Iops}`) of properties.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RuleText(Vec<TextPiece>);

#[derive(Debug, Clone, PartialEq)]
enum TextPiece {
    Words(String),
    /// The name of a property as people write it.
    Name(RulePath),
    /// The value of a term.
    Value(Term),
    /// An address block without the bits behind its mask.
    Network(RulePath),
    /// The region of the resource.
    Region,
    /// The partition of its region.
    Partition,
    /// The zones of its region.
    Zones,
}

impl RuleText {
    /// Reads a text.
    ///
    /// # Errors
    /// The mistake in words, where a place names no property.
    pub fn parse(text: &str) -> Result<RuleText, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}').ok_or_else(|| format!("a `{{` of \"{text}\" is not closed"))?;
            pieces.push(TextPiece::Words(words.to_owned()));
            let network = place.strip_prefix("=network(").and_then(|inner| inner.strip_suffix(')'));
            pieces.push(match (place, network, place.strip_prefix('=')) {
                ("place region", ..) => TextPiece::Region,
                ("place partition", ..) => TextPiece::Partition,
                ("place zones", ..) => TextPiece::Zones,
                (_, Some(path), _) => TextPiece::Network(RulePath::parse(path)?),
                (_, None, Some(term)) => TextPiece::Value(Term::parse(term)?),
                (_, None, None) => TextPiece::Name(RulePath::parse(place)?),
            });
            rest = after;
        }
        pieces.push(TextPiece::Words(rest.to_owned()));
        Ok(RuleText(pieces))
    }

    /// Returns the text for one resource.
    pub fn fill(&self, subject: &RuleSubject<'_, '_>, def: &TypeDef) -> String {
        let mut out = String::new();
        let region = subject.resource.place.region.as_str();
        for piece in &self.0 {
            match piece {
                TextPiece::Words(words) => out.push_str(words),
                TextPiece::Name(path) => {
                    let _ = write!(out, "`{}`", name(path, subject, def));
                }
                TextPiece::Value(term) => out.push_str(&shown(term.value(subject))),
                TextPiece::Network(path) => {
                    let network = subject.find(path).text().and_then(forms::network);
                    out.push_str(&network.map_or_else(|| "its network".to_owned(), |network| format!("\"{network}\"")));
                }
                TextPiece::Region => out.push_str(region),
                TextPiece::Partition => out.push_str(regions::partition(region).unwrap_or("unknown")),
                TextPiece::Zones => out.push_str(&regions::zones(region).unwrap_or_default().join(", ")),
            }
        }
        out
    }

    /// Returns the paths that it names.
    #[cfg(test)]
    pub fn paths(&self) -> impl Iterator<Item = &RulePath> {
        self.0.iter().filter_map(|piece| match piece {
            TextPiece::Words(_) | TextPiece::Region | TextPiece::Partition | TextPiece::Zones => None,
            TextPiece::Name(path) | TextPiece::Network(path) => Some(path),
            TextPiece::Value(term) => Some(&term.path),
        })
    }
}

/// Returns a path without its `*`, from the resource inward.
pub(super) fn concrete(path: &RulePath, subject: &RuleSubject<'_, '_>) -> PropPath {
    let start = match subject.element {
        Some((_, element)) if !path.absolute => element.clone(),
        _ => PropPath::default(),
    };
    let keys = path.steps.iter().map_while(|step| match step {
        RuleStep::Key(key) => Some(key),
        RuleStep::Items => None,
    });
    keys.fold(start, |place, key| place.child(key))
}

fn name(path: &RulePath, subject: &RuleSubject<'_, '_>, def: &TypeDef) -> String {
    let target = path.target.as_ref().map(|(_, inner)| inner.steps.as_slice()).unwrap_or_default();
    let mut shown = def.display(&concrete(path, subject));
    for step in target {
        if let RuleStep::Key(key) = step {
            let _ = write!(shown, ".{key}");
        }
    }
    shown
}

fn shown(found: Found<'_>) -> String {
    match found {
        Found::Value(PropertyValue::Bool(bool)) => bool.to_string(),
        Found::Value(PropertyValue::List(items)) => {
            let texts: Vec<String> = items.iter().map(|item| shown(Found::Value(item))).collect();
            texts.join(", ")
        }
        _ => match (found.text(), found.number()) {
            // Some properties hold numbers as strings.
            (_, Some(number)) => number.to_string(),
            (Some(text), None) => gpb_catalog::quoted(text),
            (None, None) => "not known yet".into(),
        },
    }
}
