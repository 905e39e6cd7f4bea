//! Validates a resource's properties against its type.
//!
//! Known values are checked now, by the rules AWS publishes; a value that is not known until apply is accepted wherever a
//! value of its kind could be.

mod object;
mod regex;
mod text;
mod value;
mod word_lists;

#[cfg(test)]
mod tests;

pub use regex::matches;
pub use word_lists::quoted;

use crate::types::{ObjectRule, Shape, TypeDef};
use gpb_model::{PropPath, PropertyMap, PropertyValue};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// One mistake in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The place, down to the element: `ContainerDefinitions/0/Image`.
    ///
    /// A missing property has the place it would have.
    pub path: PropPath,
    /// The rule that is broken.
    pub kind: ViolationKind,
    /// The mistake in one sentence, in gpb's spelling.
    pub message: String,
    /// A way to resolve it.
    pub help: Option<String>,
    /// The text that was probably meant, as it would be written.
    pub nearest: Option<String>,
}

/// The rule that a violation breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    /// No property of that name.
    UnknownProperty,
    /// Set by AWS alone.
    ReadOnly,
    /// A value of another type.
    WrongType,
    /// None of the values allowed.
    NotInEnum,
    /// A string that does not match the pattern.
    Pattern,
    /// Not the address block, or whatever else the schema calls it.
    Format,
    /// A number, a length or a count of items out of bounds.
    Bounds,
    /// A required property that is not there.
    MissingRequired,
    /// A duplicate item in a list that is a set.
    NotUnique,
    /// A rule between properties.
    Rule(ObjectRule),
    /// A secret where AWS would show it to anyone who may read the resource.
    SecretInPlainProperty,
    /// A warning: it works, but AWS advises against it.
    Deprecated,
}

impl ViolationKind {
    /// Checks whether it is a warning, not an error.
    pub fn is_warning(&self) -> bool {
        matches!(self, ViolationKind::Deprecated)
    }
}

/// Returns every violation in a resource's properties, in order of place.
pub fn check<'a>(def: &'a TypeDef, properties: &'a PropertyMap) -> Vec<Violation> {
    let mut checker = Validator { def, path: Vec::new(), found: Vec::new() };
    checker.object(&def.root, properties);
    // Properties are met in order; what is missing is noticed last. A stable sort puts it where it belongs.
    checker.found.sort_by(|one, other| one.path.cmp(&other.path));
    checker.found
}

/// Returns the same as [`check`], of properties as a cloud takes them.
///
/// An object that looks like an unknown is an object.
pub fn check_json(def: &TypeDef, properties: &Map<String, Json>) -> Vec<Violation> {
    let known =
        properties.iter().filter_map(|(name, json)| Some((name.as_str().into(), PropertyValue::from_json(json)?)));
    check(def, &known.collect())
}

/// Deeper than any schema: a document beyond it is not looked into.
const MAX_DEPTH: usize = 128;

struct Validator<'a> {
    def: &'a TypeDef,
    /// The place being looked at, each step as it stands in the document.
    path: Vec<Cow<'a, str>>,
    found: Vec<Violation>,
}

impl<'a> Validator<'a> {
    /// Looks one step further in.
    fn within(&mut self, step: impl Into<Cow<'a, str>>, look: impl FnOnce(&mut Self)) {
        if self.path.len() >= MAX_DEPTH {
            return;
        }
        self.path.push(step.into());
        look(self);
        self.path.pop();
    }

    fn here(&self) -> PropPath {
        self.path.iter().fold(PropPath::default(), |path, step| path.child(step))
    }

    /// Checks whether a place is the one being looked at, or is around it.
    fn covered_by(&self, place: &PropPath) -> bool {
        let mut steps = self.path.iter();
        place.segments().all(|mine| steps.next().is_some_and(|step| mine == "*" || mine == step))
    }

    /// Returns the place being looked at, as people write it.
    fn name(&self) -> String {
        self.def.display(&self.here())
    }

    /// Returns a violation here.
    fn violation(&self, kind: ViolationKind, message: String) -> Violation {
        Violation { path: self.here(), kind, message, help: None, nearest: None }
    }

    fn report(&mut self, kind: ViolationKind, message: String) {
        self.found.push(self.violation(kind, message));
    }
}

impl Violation {
    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    fn nearest(self, nearest: Option<impl Into<String>>) -> Self {
        Self { nearest: nearest.map(Into::into), ..self }
    }
}

/// Returns a noun for the values of a shape.
fn noun(def: &TypeDef, shape: &Shape) -> String {
    match def.resolve(shape) {
        Shape::Bool => "true or false".into(),
        Shape::Int { .. } => "a whole number".into(),
        Shape::Number { .. } => "a number".into(),
        Shape::Text(_) => "a string".into(),
        Shape::List(_) => "a list".into(),
        Shape::Object(_) => "an object".into(),
        Shape::Map { .. } => "a map".into(),
        Shape::Json | Shape::Nested(_) => "a document: an object, a list or a string".into(),
        Shape::Any(shapes) => {
            let mut nouns: Vec<String> = shapes.iter().map(|shape| noun(def, shape)).collect();
            nouns.dedup();
            word_lists::either(&nouns)
        }
    }
}
