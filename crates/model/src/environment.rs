//! An environment, and the places its resources live in.

use crate::names::{AccountId, Region};
use gpb_base::source::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The environment that a model is of: its name, its stack, its place.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Its name: `live`.
    pub name: String,
    /// The name of the stack it is an instance of.
    pub stack: String,
    /// The environment's own account and region; resources may be placed elsewhere.
    pub place: Place,
    /// The protection of its stateful resources.
    pub mode: Mode,
    /// The declaration's head.
    pub span: Span,
    /// The stack's parameters as the environment sets them, as text for people.
    pub params: BTreeMap<String, String>,
}

/// The care that an environment takes.
///
/// Stateful resources of a live one are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing is protected unless it says so itself.
    #[default]
    Sandbox,
    /// Resources that hold data are protected unless they say otherwise.
    Live,
}

/// The place of a resource: account, region and access.
///
/// Each distinct place has one client.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// The account; absent means whatever account the credentials belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The region.
    pub region: Region,
    /// The role to assume there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The profile of AWS's configuration that holds the credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}
