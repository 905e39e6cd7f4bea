//! The kinds of values, and what each holds.

use super::typed_value::Value;
use crate::address::Address;
use crate::environment::Place;
use crate::names::TypeName;
use crate::property::{PropertyValue, SecretSource};
use crate::ty::Type;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit::Quantity;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::sync::Arc;

/// The content of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// `true` or `false`.
    Bool(bool),
    /// A number without a unit.
    Number(Decimal),
    /// A number with a unit.
    Quantity(Quantity),
    /// A string.
    Text(Arc<str>),
    /// A word without quotes.
    Word(BareWord),
    /// Values in order.
    List(Arc<Vec<Value>>),
    /// A map or an object.
    Map(Arc<ValueMap>),
    /// Two values with everything between.
    Range(Arc<ValueRange>),
    /// A secret, of which only the source is known.
    Secret(Arc<SecretSource>),
    /// A region, perhaps with an account and a role.
    Place(Arc<Place>),
    /// A resource.
    Resource(Arc<ResourceHandle>),
    /// A layer, or an instance of a component.
    Instance(InstanceHandle),
    /// A value that is unknown until apply.
    Unknown(Unknown),
    /// An optional value that was not given.
    Absent,
}

/// A map or an object, in the order it was written.
pub type ValueMap = IndexMap<Arc<str>, ValueEntry, foldhash::fast::RandomState>;

/// The value under a key, and the place of the key.
#[derive(Debug, Clone)]
pub struct ValueEntry {
    /// The place of the key.
    pub key: Span,
    /// The value.
    pub value: Value,
}

impl ValueEntry {
    /// Returns an entry that nobody wrote, for a name that an object could have.
    pub fn unwritten(span: Span) -> Self {
        Self { key: Span::default(), value: Value::absent(span) }
    }

    /// Checks whether it stands for a name that an object could have and nobody wrote.
    pub fn is_unwritten(&self) -> bool {
        self.value.is_absent() && self.key == Span::default()
    }
}

impl PartialEq for ValueEntry {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A bare word that is not a name in scope.
#[derive(Debug, Clone)]
pub struct BareWord {
    /// Its letters.
    pub text: Arc<str>,
    /// The place it was written, wherever it is used.
    pub written: Span,
    /// The words it was chosen from, once a type has read it.
    ///
    /// Until then only an expected type can say what it means.
    pub among: Option<Arc<[Arc<str>]>>,
}

impl BareWord {
    /// Adds the place of a word that means nothing where it is used.
    ///
    /// The word itself, and the use where that is another.
    pub fn labelled(&self, diagnostic: Diagnostic, used: Span, text: &str) -> Diagnostic {
        let diagnostic = diagnostic.with_label(self.written, text);
        if self.written == used { diagnostic } else { diagnostic.with_label(used, "used here") }
    }

    /// Returns the diagnostic for a word that is not a name and that nothing expects.
    pub fn unknown(&self, used: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error("GPB1105", format!("`{}` is not a name in scope", self.text));
        self.labelled(diagnostic, used, "not a name in scope").help("a string is written in quotes")
    }
}

impl PartialEq for BareWord {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A closed range.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueRange {
    /// The lower end.
    pub low: Value,
    /// The upper end, included.
    pub high: Value,
}

/// A resource, as expressions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceHandle {
    /// Its identity.
    pub address: Address,
    /// Its type.
    pub ty: TypeName,
    /// Its account and region.
    pub place: Arc<Place>,
}

/// A layer, or an instance of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceHandle {
    /// The number of the instance, which means something to the evaluator alone.
    pub id: u32,
    /// Its kind, for messages: `aurora`, `layer data`.
    pub what: Arc<str>,
}

/// A value that is unknown until apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The value that apply computes.
    pub value: Arc<PropertyValue>,
    /// The type it will have.
    pub ty: Type,
}

impl Unknown {
    /// Checks whether it stands for what nobody has given: no resource is in it that apply would look at.
    pub fn is_symbol(&self) -> bool {
        !self.value.walk().any(|part| matches!(part, PropertyValue::Ref(_)))
    }

    /// Returns a value that depends on this one: as unknown, and of a type of its own.
    pub fn spread(&self, ty: Type, span: Span) -> Value {
        Value::new(ValueKind::Unknown(Unknown { value: self.value.clone(), ty }), span)
    }
}
