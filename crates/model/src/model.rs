//! The whole result of compiling one environment.

use crate::address::Address;
use crate::environment::Environment;
use crate::fact::Fact;
use crate::goals::Goals;
use crate::input::Input;
use crate::path::PropPath;
use crate::policy::PolicyFinding;
use crate::property::PropertyValue;
use crate::resource::Resource;
use crate::value::Value;
use gpb_base::source::Span;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The whole result of compiling one environment.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The environment.
    pub environment: Environment,
    /// In order of declaration.
    pub layers: Vec<Layer>,
    /// In order of declaration; addresses are unique.
    pub resources: Vec<Resource>,
    /// The values it exports, by name.
    pub outputs: BTreeMap<String, Output>,
    /// The declared renames, in order of declaration.
    pub moves: Vec<Move>,
    /// The statements about resources that are no longer declared, in order.
    pub removals: Vec<Removal>,
    /// The `override`s of the environment, for every plan to list.
    pub overrides: Vec<Override>,
    /// The inputs from outside: what was set, in order, then the environment variables that were read, by name.
    pub inputs: Vec<Input>,
    /// Recovery targets, budgets, usage.
    pub goals: Goals,
    /// By resource in the order of `resources`, and for each as its facts are written.
    pub facts: Vec<Fact>,
    /// The values of the stack's parameters, by name; those that are absent are left out.
    pub params: BTreeMap<String, Value>,
    /// The outputs and parameters of layers and components, by address; for tests alone.
    pub parts: BTreeMap<String, Value>,
    /// The resources that break a policy, by policy in the order they are written.
    pub findings: Vec<PolicyFinding>,
    /// The policies that hold in the environment, by the places of their names, sorted.
    pub policies: Vec<Span>,
    /// The places where the program's author wrote what stands in the library: of a resource, and of its properties.
    ///
    /// Only resources of the library's components have an entry.
    pub authored: BTreeMap<Address, AuthoredSite>,
}

/// The places where a program's author wrote a resource of a library component, and what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthoredSite {
    /// The use of the component.
    pub declared: Span,
    /// The arguments that properties came from.
    pub properties: Vec<(PropPath, Span)>,
}

impl Model {
    /// Returns the place that the program's author wrote for a property, where the resource is of the library.
    pub fn authored(&self, address: &Address, property: &PropPath) -> Option<Span> {
        let site = self.authored.get(address)?;
        let written = site.properties.iter().find(|(path, _)| path.covers(property));
        Some(written.map_or(site.declared, |(_, span)| *span))
    }
}

/// One environment of a program, compiled.
#[derive(Debug)]
pub struct CompiledEnvironment {
    /// The environment under its own usage.
    pub model: Model,
    /// The same environment at each budget that names a driver's value.
    ///
    /// In the order of the model's budgets.
    pub usage_levels: Vec<UsageLevel>,
}

/// An environment under another usage.
///
/// `budget at 100k users` compiles it with `usage.users` of 100,000.
#[derive(Debug)]
pub struct UsageLevel {
    /// The driver: `users`.
    pub driver: String,
    /// The number of units of the driver.
    pub value: Decimal,
    /// The environment under that usage.
    pub model: Model,
}

/// A named part of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The names of the layers it sees.
    pub uses: Vec<String>,
    /// Its `///` comment.
    pub doc: Option<String>,
    /// The declaration's head.
    pub span: Span,
}

/// A value that the environment exports.
#[derive(Debug, Clone)]
pub struct Output {
    /// The value; its unknowns are resolved by apply.
    pub value: PropertyValue,
    /// The place of the declaration.
    pub span: Span,
    /// Its `///` comment.
    pub doc: Option<String>,
}

/// A declared rename: `moved old to new`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The address of the past.
    pub from: Address,
    /// The address of now.
    pub to: Address,
    /// The place of the statement.
    pub span: Span,
}

/// A statement about a resource that is no longer declared: `removed old { keep true }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its address, or that of a component or a layer it lay in.
    pub address: Address,
    /// True when it stays on AWS, false when it is deleted; `None` leaves that to what was declared of it.
    pub keep: Option<bool>,
    /// The place of the statement.
    pub span: Span,
}

/// The properties of one resource that an environment overrides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The resource.
    pub address: Address,
    /// The properties it set, in AWS's spelling.
    pub properties: Vec<String>,
    /// The place of the statement.
    pub span: Span,
}
