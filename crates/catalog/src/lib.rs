//! The catalog of AWS resource types: every CloudFormation type's properties and semantics, embedded and decoded one type
//! at a time.

pub mod actions;
mod decode;
pub mod drift_rules;
mod embedded;
pub mod lifecycle;
mod nearest;
pub mod policy_names;
pub mod regions;
pub mod secret_places;
pub mod typed;
pub mod types;
pub mod validate;
pub mod value_form;

#[cfg(test)]
mod tests;

pub use embedded::Catalog;
pub use lifecycle::{NameScope, RaisedVersion, ScaledProperty, TypeLifecycle};
pub use nearest::nearest;
pub use types::{
    ListShape, NestedType, ObjectRule, ObjectShape, Property, Shape, Tagging, TextShape, TypeDef, TypeLookup,
    display_path,
};
pub use validate::{Violation, ViolationKind, check, check_json, matches, quoted};
pub use value_form::ValueForm;
