//! Checking a resource's properties against its type.
//!
//! What is known is judged now, by the rules AWS publishes; what is not known until apply is taken on trust wherever a
//! value of its kind could stand.

mod object;
mod regex;
mod text;
mod value;
mod word_lists;

#[cfg(test)]
mod tests;

use super::types::ObjectRule;
use super::types::Shape;
use super::types::TypeDef;
use gpb_model::PropPath;
use gpb_model::Value;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// One mistake in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Where, down to the element: `ContainerDefinitions/0/Image`. What is missing is named where it would stand.
    pub path: PropPath,
    pub kind: ViolationKind,
    /// What is wrong, in gpb's spelling.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// What was probably meant, in the spelling it would be written in.
    pub nearest: Option<String>,
}

/// What kind of mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    UnknownProperty,
    /// Set by AWS alone.
    ReadOnly,
    WrongType,
    NotInEnum,
    Pattern,
    /// Not the address block, or whatever else the schema calls it.
    Format,
    /// A number, a length or a count of items out of bounds.
    Bounds,
    MissingRequired,
    /// An item twice in a list that is a set.
    NotUnique,
    Rule(ObjectRule),
    /// A secret where AWS would show it to whoever may read the resource.
    SecretInPlainProperty,
    /// A warning: it works, but AWS advises against it.
    Deprecated,
}

impl ViolationKind {
    pub fn is_warning(&self) -> bool {
        matches!(self, ViolationKind::Deprecated)
    }
}

/// Everything wrong with a resource's properties, in order of place.
pub fn check<'a>(def: &'a TypeDef, properties: &'a gpb_model::ValueMap) -> Vec<Violation> {
    let mut checker = Validator { def, path: Vec::new(), found: Vec::new() };
    checker.object(&def.root, properties);
    // Properties are met in order; what is missing is noticed last. A stable sort puts it where it belongs.
    checker.found.sort_by(|one, other| one.path.cmp(&other.path));
    checker.found
}

/// The same, of a document without holes.
pub fn check_json(def: &TypeDef, properties: &Map<String, Json>) -> Vec<Violation> {
    let known = properties.iter().filter_map(|(name, json)| Some((name.as_str().into(), to_model(json)?))).collect();
    check(def, &known)
}

/// A document read as it stands: an object that looks like a hole is an object. Null is absence.
fn to_model(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().filter_map(to_model).collect()),
        Json::Object(entries) => Value::Map(
            entries.iter().filter_map(|(key, value)| Some((key.as_str().into(), to_model(value)?))).collect(),
        ),
    })
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
    /// Looks at what stands one step further in.
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

    /// Whether this place is the one being looked at, or is around it.
    fn covered_by(&self, place: &PropPath) -> bool {
        let mut steps = self.path.iter();
        place.segments().all(|mine| steps.next().is_some_and(|step| mine == "*" || mine == step))
    }

    /// The place being looked at, as people write it.
    fn name(&self) -> String {
        self.def.display(&self.here())
    }

    /// What is wrong here.
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

/// What a value of a shape is called.
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
