//! The goals of an environment: recovery targets, budgets, usage. The checks compare them with the facts.

use crate::address::Address;
use crate::policy::Waiver;
use crate::value::Value;
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
    /// The data that can be rebuilt from other data, in order of declaration.
    pub derived: Vec<Derivation>,
    /// The limits of the cost, in order of declaration.
    pub budgets: Vec<Budget>,
    /// The capacity that units take of other resources, in order of declaration.
    pub needs: Vec<Need>,
    /// The drivers of the expected figures of the whole environment: `users`.
    ///
    /// Its `usage` block sets them.
    pub usage: BTreeMap<String, Value>,
    /// The expected usage of each resource, as its own `usage` block sets it.
    ///
    /// Only what is written.
    pub resource_usage: BTreeMap<Address, BTreeMap<String, Value>>,
    /// The policies that need not hold for a time, in order of declaration.
    pub waivers: Vec<Waiver>,
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
    /// One region, with all its zones.
    Region,
}

impl Domain {
    /// All domains, the narrowest first.
    pub const ALL: [Domain; 4] = [Domain::Software, Domain::Node, Domain::Zone, Domain::Region];

    /// Returns its word in the language: `zone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Domain::Software => "software",
            Domain::Node => "node",
            Domain::Zone => "zone",
            Domain::Region => "region",
        }
    }

    /// Returns the domain that a word of the language names.
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
    /// The part of the environment that has to meet it.
    ///
    /// Every resource at or below this address. Empty: all.
    pub scope: String,
    /// The failure domain that is lost.
    pub domain: Domain,
    /// The most data that may be lost, in seconds before the loss.
    ///
    /// Absent where only the other is demanded.
    pub rpo: Option<(Decimal, Span)>,
    /// The longest that the recovery may take, in seconds.
    pub rto: Option<(Decimal, Span)>,
    /// The time people take to decide on a failover that needs a person, in seconds.
    pub decide: Option<(Decimal, Span)>,
    /// Only a bound will do, not what is typical.
    pub guaranteed: bool,
    /// The statement's head.
    pub span: Span,
}

/// `derived from data.main`: the data kept here can be rebuilt from the data there.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// Everything at or below this address.
    pub scope: String,
    /// The resource that keeps the original.
    pub from: Address,
    /// The time to rebuild it, in seconds.
    pub rebuild: Option<Decimal>,
    /// The place of the statement.
    pub span: Span,
}

/// `budget at 100k users $10_000..$25_000 per month`
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The driver and its number of units: `users`, 100000.
    ///
    /// Without it, the usage of the environment holds.
    pub at: Option<(String, Decimal)>,
    /// Its lower end, in US dollars a month; zero for a budget of one figure.
    pub low: Decimal,
    /// Its upper end, in US dollars a month.
    pub high: Decimal,
    /// The place of the statement.
    pub span: Span,
}

/// The capacity that each unit of a resource takes of another.
///
/// `needs 20 connections of data.main.cluster`
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The resource that needs it.
    pub by: Address,
    /// The number of them that one unit takes.
    pub amount: Decimal,
    /// The capacity, as the other's `offers` fact names it: `connections`.
    pub what: String,
    /// The resource that offers it.
    pub of: Address,
    /// The place of the statement.
    pub span: Span,
}
