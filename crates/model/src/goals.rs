//! What an environment is held to: recovery targets, budgets, usage. The checks compare it with what the facts say.

use super::Address;
use crate::value::PropertyValue;
use gpb_base::source::Span;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Everything the program demands of an environment.
#[derive(Debug, Clone, Default)]
pub struct Goals {
    /// In order of declaration.
    pub targets: Vec<RecoveryTarget>,
    pub derived: Vec<Derivation>,
    pub budgets: Vec<Budget>,
    pub needs: Vec<Need>,
    /// What drives the expected figures of the whole environment (`users`), as its `usage` block says.
    pub usage: BTreeMap<String, PropertyValue>,
    /// What each resource is expected to be used for, as its own `usage` block says; only what is written.
    pub resource_usage: BTreeMap<Address, BTreeMap<String, PropertyValue>>,
}

/// A failure domain: what is lost at once. The four that AWS Resilience Hub uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Domain {
    /// A bad deployment, logical corruption, a wrong delete.
    Software,
    /// One machine, one instance.
    Node,
    /// One availability zone.
    Zone,
    Region,
}

impl Domain {
    pub const ALL: [Domain; 4] = [Domain::Software, Domain::Node, Domain::Zone, Domain::Region];

    pub fn as_str(self) -> &'static str {
        match self {
            Domain::Software => "software",
            Domain::Node => "node",
            Domain::Zone => "zone",
            Domain::Region => "region",
        }
    }

    pub fn from_word(word: &str) -> Option<Domain> {
        Domain::ALL.into_iter().find(|domain| domain.as_str() == word)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `recover from zone { rpo 0s  rto 1min  decide 5min  guaranteed true }`
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveryTarget {
    /// What it is demanded of: everything whose address is this or lies below it. Empty: the whole environment.
    pub scope: String,
    pub domain: Domain,
    /// How much may be lost, in seconds; absent where only the other is demanded.
    pub rpo: Option<(Decimal, Span)>,
    /// How long it may take, in seconds.
    pub rto: Option<(Decimal, Span)>,
    /// How long people take to decide on a failover that needs a person, in seconds.
    pub decide: Option<(Decimal, Span)>,
    /// Only a bound will do, not what is typical.
    pub guaranteed: bool,
    /// The statement's head.
    pub span: Span,
}

/// `derived from data.main`: what is kept here can be made again from there.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// Everything at or below this address.
    pub scope: String,
    pub from: Address,
    /// How long making it again takes, in seconds.
    pub rebuild: Option<Decimal>,
    pub span: Span,
}

/// `budget at 100k users $10_000..$25_000 per month`
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The driver and its value: `users`, 100000. Without it, the usage of the environment holds.
    pub at: Option<(String, Decimal)>,
    /// In dollars a month. A budget of one figure is from nothing to that figure.
    pub low: Decimal,
    pub high: Decimal,
    pub span: Span,
}

/// `needs 20 connections of data.main.cluster`: what each unit of a resource takes of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The resource that needs it.
    pub by: Address,
    pub amount: Decimal,
    /// What is needed, as the other's `offers` fact names it.
    pub what: String,
    pub of: Address,
    pub span: Span,
}
