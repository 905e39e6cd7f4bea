//! Tests of single values.

use super::forms::{self, TextForm};
use super::lookup::{Found, RuleSubject};
use super::place::PlacePart;
use super::siblings::Siblings;
use super::term::Term;
use gpb_catalog::Catalog;
use gpb_model::{PropPath, PropertyValue, TypeName};

/// A value written in a rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// A number, in the unit of the property.
    Number(f64),
    /// A string.
    Text(String),
}

impl Literal {
    /// Checks whether a value is this one; none where it cannot be known.
    ///
    /// Numbers and booleans that a property holds as strings are compared as what they are.
    pub fn is(&self, found: Found<'_>) -> Option<bool> {
        match (self, found) {
            (_, Found::Absent | Found::Unknown | Found::Later(_)) => None,
            (Literal::Bool(bool), Found::Value(PropertyValue::Bool(value))) => Some(bool == value),
            (Literal::Bool(bool), _) => {
                let text = found.text()?;
                [("true", true), ("false", false)].iter().find(|(word, _)| word == &text).map(|(_, is)| is == bool)
            }
            #[expect(clippy::float_cmp, reason = "both are written as decimals")]
            (Literal::Number(number), _) => found.number().map(|value| value == *number),
            (Literal::Text(text), _) => found.text().map(|value| value == text),
        }
    }

    /// Returns it as a value that stands for an absent one.
    fn found(&self) -> Found<'_> {
        match self {
            Literal::Number(number) => Found::Number(*number),
            Literal::Text(text) => Found::Key(text),
            Literal::Bool(bool) => Found::Key(if *bool { "true" } else { "false" }),
        }
    }
}

/// A number to compare with: written, or computed from another value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Limit {
    /// A number in the unit of the property.
    Number(f64),
    /// A value times a factor plus a summand, in the unit of the property compared.
    Of {
        /// The value.
        term: Term,
        /// The factor of the value.
        times: f64,
        /// The number added to the product.
        plus: f64,
    },
}

impl Limit {
    fn number(&self, subject: &RuleSubject<'_, '_>) -> Option<f64> {
        match self {
            Limit::Number(number) => Some(*number),
            Limit::Of { term, times, plus } => term.value(subject).number().map(|value| value * times + plus),
        }
    }
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ValueTest {
    /// Something is given, or nothing.
    Given(bool),
    /// One of these values.
    In(Vec<Literal>),
    /// A string that begins with one of these.
    Prefix(Vec<String>),
    /// A string that ends with one of these.
    Suffix(Vec<String>),
    /// A string that matches a regular expression.
    Matches(String),
    /// At least a number.
    Min(Limit),
    /// At most a number.
    Max(Limit),
    /// A multiple of a number.
    MultipleOf(f64),
    /// A string of a form.
    Form(TextForm),
    /// One of the values of these terms.
    Among(Vec<Term>),
    /// The same value as that of a term.
    SameAs(Term),
    /// A window without a minute in common with that of a term.
    ApartFrom(Term),
    /// An address block in that of a term.
    Within(Term),
    /// An address block that shares no address with that of an earlier resource of the type.
    ClearOfOthers(Siblings),
    /// An address block in that of a resource of another type.
    WithinOthers {
        /// The type.
        ty: TypeName,
        /// The place of its blocks, and of what is the same for both resources.
        siblings: Siblings,
    },
    /// An ARN: a text that begins as one, or another resource's property that is one.
    Arn,
    /// A part of the place of the resource, or in it.
    OfPlace(PlacePart),
    /// The opposite of a test.
    Not(Box<ValueTest>),
}

impl ValueTest {
    /// Checks whether a value passes; none where it cannot be known.
    pub fn passes(&self, found: Found<'_>, subject: &RuleSubject<'_, '_>) -> Option<bool> {
        match self {
            ValueTest::Given(given) => found.is_given().map(|is| is == *given),
            ValueTest::In(literals) => any(literals.iter().map(|literal| literal.is(found))),
            ValueTest::Prefix(all) => found.text().map(|text| all.iter().any(|one| text.starts_with(one.as_str()))),
            ValueTest::Suffix(all) => found.text().map(|text| all.iter().any(|one| text.ends_with(one.as_str()))),
            ValueTest::Matches(pattern) => found.text().and_then(|text| gpb_catalog::matches(pattern, text)),
            ValueTest::Min(limit) => found.number().zip(limit.number(subject)).map(|(value, limit)| value >= limit),
            ValueTest::Max(limit) => found.number().zip(limit.number(subject)).map(|(value, limit)| value <= limit),
            ValueTest::MultipleOf(unit) => found.number().map(|value| (value / unit).fract() == 0.0),
            ValueTest::Form(form) => found.text().map(|text| form.fits(text)),
            ValueTest::Among(_) if matches!(found, Found::Absent | Found::Unknown | Found::Later(_)) => None,
            ValueTest::Among(terms) => {
                let others = terms.iter().flat_map(|term| term.values(subject));
                any(others.filter(|other| *other != Found::Absent).map(|other| same(found, other)))
            }
            ValueTest::SameAs(term) => same(found, term.value(subject)),
            ValueTest::ApartFrom(term) => {
                let other = term.value(subject).text();
                found.text().zip(other).and_then(|(one, other)| forms::overlap(one, other)).map(|overlap| !overlap)
            }
            ValueTest::Within(term) => {
                let outer = term.value(subject).text();
                found.text().zip(outer).and_then(|(inner, outer)| forms::lies_within(inner, outer))
            }
            ValueTest::ClearOfOthers(siblings) => siblings.is_clear(subject),
            ValueTest::WithinOthers { ty, siblings } => {
                let others = siblings.of_type(ty, subject)?;
                any(others.map(|other| forms::lies_within(found.text()?, other?)))
            }
            ValueTest::Arn => is_arn(found, subject),
            ValueTest::OfPlace(part) => part.has(found.text()?, &subject.resource.place.region),
            ValueTest::Not(test) => test.passes(found, subject).map(|passes| !passes),
        }
    }
}

/// The tests of one term, all of which its value must pass.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueTests {
    /// The value that AWS takes where none is given.
    pub default: Option<Literal>,
    /// The tests.
    pub tests: Vec<ValueTest>,
}

impl ValueTests {
    /// Checks whether a value passes all tests; none where it cannot be known.
    pub fn pass(&self, found: Found<'_>, subject: &RuleSubject<'_, '_>) -> Option<bool> {
        let standing = match (found, &self.default) {
            (Found::Absent, Some(default)) => default.found(),
            _ => found,
        };
        all(self.tests.iter().map(|test| test.passes(standing, subject)))
    }
}

/// Checks whether a value is an ARN; none where it cannot be known.
///
/// The identifier of a resource is one where its name says so: a queue's is its URL.
fn is_arn(found: Found<'_>, subject: &RuleSubject<'_, '_>) -> Option<bool> {
    let Found::Later(value) = found else { return found.text().map(|text| text.starts_with("arn:")) };
    let PropertyValue::Ref(reference) = value else { return None };
    let def = Catalog::embedded().get(&subject.targets.resource(&reference.to)?.ty)?;
    let [identifier] = def.primary_identifier.as_slice() else { return None };
    let names_one = |path: &PropPath| path.head().to_lowercase().ends_with("arn");
    let path = if reference.path == PropPath::default() { identifier } else { &reference.path };
    (path == identifier || names_one(path)).then(|| names_one(path))
}

/// Checks whether two values are the same; none where it cannot be known.
fn same(one: Found<'_>, other: Found<'_>) -> Option<bool> {
    if let (Some(one), Some(other)) = (one.text(), other.text()) {
        return Some(one == other);
    }
    #[expect(clippy::float_cmp, reason = "both are written as decimals")]
    match (one, other) {
        (Found::Value(PropertyValue::Bool(one)), Found::Value(PropertyValue::Bool(other))) => Some(one == other),
        _ => one.number().zip(other.number()).map(|(one, other)| one == other),
    }
}

/// Joins answers by `and`: one that is false decides, one that is none leaves it open.
pub(super) fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            None => whole = None,
            Some(true) => {}
        }
    }
    whole
}

/// Joins answers by `or`: one that is true decides, one that is none leaves it open.
pub(super) fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(answers.map(|answer| answer.map(|is| !is))).map(|none| !none)
}
