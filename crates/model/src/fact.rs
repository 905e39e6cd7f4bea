//! Facts: what is known about a resource beyond its schema, evaluated over the whole graph of the environment.
//!
//! A `facts aws.rds.db_cluster { … }` item holds blocks of any kind, `recovery NAME { … }`, `price NAME { … }`; each becomes a
//! [`Fact`] for every resource of that type. What a kind's fields mean is for the check of that kind to say.

use crate::address::Address;
use crate::evidence::Evidence;
use crate::model::Model;
use crate::property::PropertyMap;
use crate::resource::Resource;
use crate::value::Value;
use gpb_base::source::Span;
use std::marker::PhantomData;
use std::sync::Arc;

/// One block of a `facts` item, for one resource.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The resource it is about.
    pub of: Address,
    /// `recovery`, `price`, `offers`, …
    pub kind: Arc<str>,
    /// The block's label.
    pub name: Arc<str>,
    /// The value of `when`; without one, it applies.
    pub applies: Applicability,
    /// Every other field but `when`.
    ///
    /// There is none where the fact does not hold and is not asked anyway ([`ASKED_ANYWAY`]). A field that is unknown
    /// until apply holds an unknown; one that could not be evaluated is absent, and the mistake has been reported.
    pub fields: FactFields,
    /// The properties that `when` and the fields read, in order, each once.
    pub evidence: Vec<Arc<Evidence>>,
    /// The block's label, in the library or the program.
    pub span: Span,
    /// The place where the program's author declares the resource.
    ///
    /// For one of a component of the library, it is the use of the component.
    pub declared: Span,
}

/// The fields of a fact, by name.
///
/// There are few in each and very many facts, so they lie side by side, and those of facts that say the same of several
/// resources are there once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FactFields(Arc<[(Arc<str>, Value)]>);

impl FactFields {
    /// Returns a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// Returns an identity that fields shared by several facts have in common.
    ///
    /// By it they can be read once.
    pub fn id(&self) -> FactFieldsId<'_> {
        FactFieldsId { at: Arc::as_ptr(&self.0).cast::<()>() as usize, fields: PhantomData }
    }

    /// Returns the fields, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Returns the names, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter().map(|(name, _)| name)
    }
}

/// Identifies fields by the place where they are kept.
///
/// It borrows the fields, so no others can take that place meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FactFieldsId<'a> {
    at: usize,
    fields: PhantomData<&'a FactFields>,
}

impl FromIterator<(Arc<str>, Value)> for FactFields {
    /// Of several fields of one name, the last counts.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(fields: I) -> Self {
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.reverse();
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        fields.dedup_by(|(one, _), (other, _)| one == other);
        Self(fields.into())
    }
}

impl<'a> IntoIterator for &'a FactFields {
    type Item = (&'a Arc<str>, &'a Value);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (Arc<str>, Value)>, fn(&'a (Arc<str>, Value)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

/// The answer to whether a fact holds for its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It depends on a value that is unknown until apply.
    Unknown,
}

/// The kinds of facts whose fields are evaluated even where they do not hold.
///
/// A way back that is closed is one to propose.
pub const ASKED_ANYWAY: [&str; 4] = ["compute", "obstacle", "recovery", "redirect"];

impl Fact {
    /// Returns a field.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Returns a field that is a string or a word.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Value::as_text).map(AsRef::as_ref)
    }
}

/// Evaluates the facts of a compiled program about other resources than its own.
///
/// Such are the resources applied last, or those of a proposed change.
pub trait FactEvaluator {
    /// Returns the facts about each set of resources by itself.
    ///
    /// They are seen under the usage and the goals of `model`.
    ///
    /// Nothing that is wrong with them is the program's mistake, so nothing is reported.
    fn facts(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>>;

    /// Returns the properties of a resource once those of an object are set.
    ///
    /// There are none where `set` does not fit.
    fn changed(&self, resource: &Resource, set: &Value) -> Option<PropertyMap>;
}
