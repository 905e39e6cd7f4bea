//! The model of a program: the resources of one environment, with their properties resolved as far as a compiler can.
//!
//! The model is the compiler's result and the input of every later stage. Properties are in AWS's spelling; a part that is
//! not known until apply is an unknown ([`PropertyValue::Ref`]) inside its structure.

mod address;
mod environment;
mod evidence;
mod fact;
mod goals;
pub mod graph;
mod input;
mod model;
mod names;
mod number;
mod path;
mod policy;
mod property;
mod property_json;
mod resource;
mod spans;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod ty;
pub mod value;

pub use address::{Address, below, covers};
pub use environment::{Environment, Mode, Place};
pub use evidence::Evidence;
pub use fact::{ASKED_ANYWAY, Applicability, Fact, FactEvaluator, FactFields, FactFieldsId};
pub use goals::{Budget, Derivation, Domain, Goals, Need, RecoveryTarget};
pub use input::{Input, InputSource};
pub use model::{AuthoredSite, CompiledEnvironment, Layer, Model, Move, Output, Override, Removal, UsageLevel};
pub use names::{AccountId, Region, TypeName};
pub use number::Number;
pub use path::PropPath;
pub use policy::{PolicyFinding, PolicyRule, PolicySeverity, Waiver};
pub use property::{PropertyMap, PropertyValue, Reference, SecretSource};
pub use property_json::ValueError;
pub use resource::{Lifecycle, Replacement, Resource, WATCHED, WatchedValue};
pub use spans::Spans;
