//! What a program means: the resources of one environment, with their properties resolved as far as a compiler can.
//!
//! The model is the compiler's result and the input of everything behind it. Properties are in AWS's spelling; what is
//! not known until apply stands as a hole ([`Value::Ref`]) inside its structure.

mod fact;
mod goals;
pub mod graph;
mod path;
mod property;
mod spans;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod ty;
pub mod value;

pub use fact::{ASKED_ANYWAY, Applicability, Evidence, Fact, FactEvaluator, FactFields, FactFieldsId};
pub use goals::{Budget, Derivation, Domain, Goals, Need, RecoveryTarget};
pub use path::PropPath;
pub use property::{Reference, SecretSource, Value, ValueMap};
pub use spans::Spans;

use gpb_base::source::Span;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A resource's identity: the path of names that leads to it, `network.subnet["us-east-1a"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Address(pub Arc<str>);

impl From<String> for Address {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.as_ref().to_owned()
    }
}

impl Address {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What follows a scope in an address, `""`, `.cluster` or `["a"]`; `None` for what is neither the scope itself nor in it.
pub fn below<'a>(scope: &str, address: &'a str) -> Option<&'a str> {
    address.strip_prefix(scope).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether an address is the scope or lies in it. The empty scope is everything.
pub fn covers(scope: &str, address: &str) -> bool {
    scope.is_empty() || below(scope, address).is_some()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The whole result of compiling one environment.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub environment: Environment,
    /// In order of declaration.
    pub layers: Vec<Layer>,
    /// In order of declaration; addresses are unique.
    pub resources: Vec<Resource>,
    pub outputs: BTreeMap<String, Output>,
    pub moves: Vec<Move>,
    /// The `override`s of the environment, for every plan to list.
    pub overrides: Vec<Override>,
    pub goals: Goals,
    /// By resource in the order of `resources`, and for each as its facts are written.
    pub facts: Vec<Fact>,
}

/// One environment of a program, compiled.
#[derive(Debug)]
pub struct CompiledEnvironment {
    pub model: Model,
    /// The same environment as it is at each budget that names a driver's value, in the order of the model's budgets.
    pub tiers: Vec<UsageTier>,
}

/// An environment under another usage: `budget at 100k users` asks what it is with `usage.users` of 100,000.
#[derive(Debug)]
pub struct UsageTier {
    pub driver: String,
    pub value: Decimal,
    pub model: Model,
}

#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub name: String,
    pub stack: String,
    /// The environment's own account and region; resources may be placed elsewhere.
    pub place: Place,
    pub mode: Mode,
    pub span: Span,
    /// The stack's parameters as the environment sets them, as text for people.
    pub params: BTreeMap<String, String>,
}

/// How careful gpb is: stateful resources of a live environment are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Sandbox,
    Live,
}

/// Where a resource lives. Each distinct place has one client.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// Twelve digits; absent means whatever account the credentials belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    pub region: String,
    /// The role to assume there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    pub name: String,
    pub uses: Vec<String>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub struct Resource {
    pub address: Address,
    /// gpb's name of the type: `aws.sqs.queue`.
    pub ty: Arc<str>,
    /// Read and not managed (`existing`): `properties` say which one is meant.
    pub existing: bool,
    pub place: Arc<Place>,
    /// The layer it was declared in.
    pub layer: Option<Arc<str>>,
    /// The component instances around it, outermost first: `data.main`.
    pub components: Vec<String>,
    pub properties: ValueMap,
    /// Where each property was written, by path; a path without an entry was written where its parent was.
    pub spans: Spans,
    /// Named by `after`; references make the other edges.
    pub after: Vec<Address>,
    /// Where `after` names each of them.
    pub after_spans: BTreeMap<Address, Span>,
    pub lifecycle: Lifecycle,
    /// The declaration's head.
    pub span: Span,
    /// What `for` bound and `///` said, for people.
    pub doc: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// `protect always` / `protect never`; without it, the type and the mode decide.
    pub protect: Option<bool>,
    /// Properties whose drift is left alone once the resource exists.
    pub ignore: Vec<PropPath>,
    /// `replace create_first` / `replace delete_first`; without it, the catalog decides.
    pub replace: Option<Replacement>,
}

#[derive(Debug, Clone)]
pub struct Output {
    pub value: Value,
    pub span: Span,
    pub doc: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub from: Address,
    pub to: Address,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub address: Address,
    /// The properties it set, in AWS's spelling.
    pub properties: Vec<String>,
    pub span: Span,
}

/// The order of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    CreateThenDelete,
    DeleteThenCreate,
}
