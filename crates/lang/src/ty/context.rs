//! The surroundings of a value that reading it depends on.

use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileContent, FolderFile, Span, UnreadableFile};
use gpb_model::Place;
use gpb_model::ty::{DefaultId, RequireId};
use gpb_model::value::Value;
use std::sync::Arc;

/// Facts of the clouds that the language checks against.
pub trait CloudFacts {
    /// Returns the names of all known regions.
    fn regions(&self) -> Vec<&str>;

    /// Returns the availability zones of a region, in order.
    ///
    /// `None` when the region is not known.
    fn zones(&self, region: &str) -> Option<&[String]>;

    /// Looks up an IAM action such as `s3:GetObject`, which may hold `*` and `?`.
    fn action(&self, action: &str) -> ActionFact;

    /// Looks up a service principal such as `lambda.amazonaws.com`.
    fn service_principal(&self, _name: &str) -> NameFact {
        NameFact::Known
    }

    /// Looks up a condition key such as `aws:SourceAccount`.
    fn condition_key(&self, _key: &str) -> ConditionKeyFact {
        ConditionKeyFact::Known { holds: None }
    }

    /// Checks whether an ARN may be a principal of policies: its service, and the name of its resource where it is known.
    fn is_principal_arn(&self, _service: &str, _resource: Option<&str>) -> bool {
        true
    }

    /// Checks whether the ARN of a resource type is a principal of policies.
    fn is_principal_type(&self, _ty: &str) -> bool {
        true
    }

    /// Returns the property of a resource type that is its ARN.
    ///
    /// `None` where there is doubt which one is.
    fn arn(&self, _ty: &str) -> Option<String> {
        None
    }

    /// Checks that `.id` of a resource type is its ARN.
    fn id_is_arn(&self, _ty: &str) -> bool {
        false
    }
}

/// The result of looking up an IAM action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionFact {
    /// The action exists.
    Known,
    /// The service exists, and has no such action.
    Unknown {
        /// The nearest action, for a suggestion.
        nearest: Option<String>,
    },
    /// No service has such a prefix.
    UnknownService {
        /// The nearest action, for a suggestion.
        nearest: Option<String>,
        /// The nearest prefix of a service, for a suggestion.
        service: Option<String>,
    },
}

/// The result of looking up a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameFact {
    /// It exists.
    Known,
    /// Nothing is known of it.
    Unknown {
        /// The nearest name, for a suggestion.
        nearest: Option<String>,
    },
}

/// The result of looking up a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionKeyFact {
    /// The key exists.
    Known {
        /// The type of its values, where that is documented.
        holds: Option<ConditionType>,
    },
    /// Nothing is known of it.
    Unknown {
        /// The nearest key, for a suggestion.
        nearest: Option<String>,
    },
}

/// The kind of values that a condition's operator compares, and that a condition key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionType {
    /// Any text.
    String,
    /// A number.
    Numeric,
    /// A day or a point in time.
    Date,
    /// `true` or `false`.
    Bool,
    /// An address or a network.
    IpAddress,
    /// An ARN, with `*` and `?` for any characters.
    Arn,
    /// Base64.
    Binary,
}

/// Reads the files that the functions of a module name.
pub trait ModuleFiles {
    /// Returns the content of a file of at most so many bytes.
    ///
    /// # Errors
    /// The reason why it cannot be read.
    fn read(&self, path: &str, most: usize) -> Result<FileContent, UnreadableFile>;

    /// Lists the files of a folder, at most so many, sorted by name.
    ///
    /// # Errors
    /// The reason why it cannot be listed.
    fn list(&self, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile>;
}

/// Holds an object against a requirement of its type.
type HoldsRequirement<'a> = dyn Fn(RequireId, &Value) -> Result<(), Vec<Diagnostic>> + 'a;

/// The surroundings of a value.
#[derive(Clone, Copy)]
pub struct TypeContext<'a> {
    /// The facts of the cloud.
    pub facts: &'a dyn CloudFacts,
    /// The place where the value is evaluated.
    ///
    /// `zones(3)` and a region given as a place build on it.
    pub place: Option<&'a Place>,
    /// All names in scope, for suggestions.
    pub names: &'a dyn Fn() -> Vec<Arc<str>>,
    /// Evaluates the default of a field that was not given.
    pub defaults: &'a dyn Fn(DefaultId) -> Result<Value, Vec<Diagnostic>>,
    /// Holds an object against a requirement of its type.
    pub requirements: &'a HoldsRequirement<'a>,
    /// The value belongs to a fact, and goes nowhere.
    ///
    /// What waits for apply then needs no record of the call.
    pub judging: bool,
    /// The value is evaluated without an environment: what nobody has given is a symbol.
    pub symbolic: bool,
    /// The files beside the module, where it can read any.
    pub files: Option<&'a dyn ModuleFiles>,
    /// The origin of the expectation.
    ///
    /// The declaration of the parameter, or the field of the type.
    pub expected_at: Option<Span>,
}

impl<'a> TypeContext<'a> {
    /// Returns surroundings without place, names and defaults.
    pub fn new(facts: &'a dyn CloudFacts) -> Self {
        Self {
            facts,
            place: None,
            names: &Vec::new,
            defaults: &|_| Err(Vec::new()),
            requirements: &|_, _| Ok(()),
            judging: false,
            symbolic: false,
            files: None,
            expected_at: None,
        }
    }

    /// Returns the surroundings with an origin of the expectation, if there is one.
    #[must_use]
    pub fn expected_at(self, span: Option<Span>) -> Self {
        Self { expected_at: span.or(self.expected_at), ..self }
    }

    /// Returns the name in scope that is nearest to a word.
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
