//! Terms: what a condition compares.

use super::forms;
use super::lookup::{Found, RuleSubject};
use super::path::RulePath;
use gpb_model::PropertyValue;

/// A value, or several, to compare: `Iops`, `count(Subnets)`, `every(length(Names/*))`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// The number of values that must pass a test.
    pub quantifier: Quantifier,
    /// The measure that is compared in place of the value.
    pub measure: Option<Measure>,
    /// The place of the values.
    pub path: RulePath,
}

/// The number of values that must pass a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// The only one.
    One,
    /// At least one: `some(…)`.
    Some,
    /// All: `every(…)`.
    Every,
}

/// A measure of a value, or of all values together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The number of items, or of the values that are given.
    Count,
    /// The sum of the numbers; what is absent adds nothing.
    Sum,
    /// The number of characters.
    Length,
    /// The number of minutes of a window.
    Minutes,
    /// The number of bits of an address block's prefix.
    Bits,
    /// The names of the entries of an object.
    Keys,
}

impl Term {
    /// Reads a term.
    ///
    /// # Errors
    /// The mistake in words, where the text is no term.
    pub fn parse(text: &str) -> Result<Term, String> {
        let (quantifier, inner) = match call(text) {
            Some(("some", inner)) => (Quantifier::Some, inner),
            Some(("every", inner)) => (Quantifier::Every, inner),
            _ => (Quantifier::One, text),
        };
        let (measure, path) = match call(inner) {
            Some((name, path)) => (Some(Measure::named(name)?), path),
            None => (None, inner),
        };
        let path = RulePath::parse(path)?;
        let term = Term { quantifier, measure, path };
        match (quantifier, term.is_plural()) {
            (Quantifier::One, _) | (_, true) => Ok(term),
            (_, false) => Err(format!("`{text}` is one value: leave `some` and `every` out")),
        }
    }

    /// Checks whether the term may have several values.
    pub fn is_plural(&self) -> bool {
        match self.measure {
            Some(Measure::Keys) => true,
            Some(Measure::Count | Measure::Sum) => false,
            _ => self.path.is_plural(),
        }
    }

    /// Returns the one value of a term that is not plural.
    pub fn value<'m>(&self, subject: &RuleSubject<'_, 'm>) -> Found<'m> {
        match self.measure {
            None => subject.find(&self.path),
            Some(Measure::Count) if !self.path.is_plural() => count_items(subject.find(&self.path)),
            Some(Measure::Count) => {
                let mut count = Some(0.0);
                subject.each(&self.path, &mut |found| {
                    count = count.zip(found.is_given()).map(|(count, given)| if given { count + 1.0 } else { count });
                });
                count.map_or(Found::Unknown, Found::Number)
            }
            Some(Measure::Sum) => {
                let mut sum = Some(0.0);
                subject.each(&self.path, &mut |found| {
                    sum = match found {
                        Found::Absent => sum,
                        _ => sum.zip(found.number()).map(|(sum, number)| sum + number),
                    };
                });
                sum.map_or(Found::Unknown, Found::Number)
            }
            Some(measure) => measure.of(subject.find(&self.path)),
        }
    }

    /// Returns all values of a term.
    pub fn values<'m>(&self, subject: &RuleSubject<'_, 'm>) -> Vec<Found<'m>> {
        let mut all = Vec::new();
        match self.measure {
            Some(Measure::Count | Measure::Sum) => all.push(self.value(subject)),
            Some(Measure::Keys) => subject.each(&self.path, &mut |found| match found {
                Found::Value(PropertyValue::Map(entries)) => all.extend(entries.keys().map(|key| Found::Key(key))),
                Found::Absent => all.push(Found::Absent),
                _ => all.push(Found::Unknown),
            }),
            Some(measure) => subject.each(&self.path, &mut |found| all.push(measure.of(found))),
            None => subject.each(&self.path, &mut |found| all.push(found)),
        }
        all
    }
}

impl Measure {
    fn named(name: &str) -> Result<Measure, String> {
        Ok(match name {
            "count" => Measure::Count,
            "sum" => Measure::Sum,
            "length" => Measure::Length,
            "minutes" => Measure::Minutes,
            "bits" => Measure::Bits,
            "keys" => Measure::Keys,
            _ => return Err(format!("there is no measure `{name}`: count, sum, length, minutes, bits or keys")),
        })
    }

    /// Returns the measure of one value.
    fn of(self, found: Found<'_>) -> Found<'_> {
        let Some(text) = found.text() else {
            return if found == Found::Absent { Found::Absent } else { Found::Unknown };
        };
        #[expect(clippy::cast_precision_loss, reason = "strings are far shorter than where it would matter")]
        let measured = match self {
            Measure::Length => Some(text.chars().count() as f64),
            Measure::Minutes => forms::minutes(text).map(f64::from),
            Measure::Bits => forms::prefix_bits(text).map(f64::from),
            Measure::Count | Measure::Sum | Measure::Keys => None,
        };
        measured.map_or(Found::Unknown, Found::Number)
    }
}

fn count_items(found: Found<'_>) -> Found<'_> {
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than where it would matter")]
    match found {
        Found::Value(PropertyValue::List(items)) => Found::Number(items.len() as f64),
        Found::Value(PropertyValue::Map(entries)) => Found::Number(entries.len() as f64),
        Found::Absent => Found::Absent,
        _ => Found::Unknown,
    }
}

/// Splits `name(inner)`.
fn call(text: &str) -> Option<(&str, &str)> {
    text.strip_suffix(')')?.split_once('(')
}
