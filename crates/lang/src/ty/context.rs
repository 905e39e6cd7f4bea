//! What reading a value needs to know of its surroundings.

use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::Place;
use gpb_model::ty::DefaultId;
use gpb_model::value::PropertyValue;
use std::sync::Arc;

/// Facts of the clouds that the language checks against.
pub trait CloudFacts {
    /// The names of all known regions.
    fn regions(&self) -> Vec<&str>;

    /// The availability zones of a region, in order; `None` when the region is not known.
    fn zones(&self, region: &str) -> Option<&[String]>;

    /// What is known of an IAM action such as `s3:GetObject`, which may hold `*` and `?`.
    fn action(&self, action: &str) -> ActionFact;

    /// The property of a resource type that is its ARN, where there is no doubt which one is.
    fn arn(&self, _ty: &str) -> Option<String> {
        None
    }

    /// Whether `.id` of a resource type is its ARN.
    fn id_is_arn(&self, _ty: &str) -> bool {
        false
    }
}

/// Whether an IAM action exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionFact {
    Known,
    Unknown {
        nearest: Option<String>,
    },
    /// No service has such a prefix.
    UnknownService {
        nearest: Option<String>,
        service: Option<String>,
    },
}

/// The surroundings of a value.
#[derive(Clone, Copy)]
pub struct TypeContext<'a> {
    pub facts: &'a dyn CloudFacts,
    /// Where the value is evaluated: what `zones(3)` and a region given as a place build on.
    pub place: Option<&'a Place>,
    /// All names in scope, for suggestions.
    pub names: &'a dyn Fn() -> Vec<Arc<str>>,
    /// Evaluates the default of a field that was not given.
    pub defaults: &'a dyn Fn(DefaultId) -> Result<PropertyValue, Vec<Diagnostic>>,
    /// In facts, whose values go nowhere: what waits for apply has no need of the way it would be made.
    pub judging: bool,
    /// Where the expectation comes from: the declaration of the parameter, the field of the type.
    pub expected_at: Option<Span>,
}

impl<'a> TypeContext<'a> {
    /// No place, no names, no defaults.
    pub fn new(facts: &'a dyn CloudFacts) -> Self {
        Self { facts, place: None, names: &Vec::new, defaults: &|_| Err(Vec::new()), judging: false, expected_at: None }
    }

    #[must_use]
    pub fn expected_at(self, span: Option<Span>) -> Self {
        Self { expected_at: span.or(self.expected_at), ..self }
    }

    /// The name in scope nearest to a word.
    pub(crate) fn nearest_name(&self, word: &str) -> Option<Arc<str>> {
        let names = (self.names)();
        let found = gpb_base::diag::nearest(word, names.iter().map(AsRef::as_ref))?;
        Some(Arc::from(found))
    }

    /// Adds the place the expectation comes from.
    pub(crate) fn origin(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.expected_at {
            Some(span) => diagnostic.with_label(span, "expected because of this"),
            None => diagnostic,
        }
    }
}
