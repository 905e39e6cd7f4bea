//! The verdict on a recovery target.

use serde::Serialize;
use std::fmt;

/// The standing of a target, ordered from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A bound holds it.
    Proven,
    /// The figures that are published as typical meet it.
    Plausible,
    /// Nothing published says so, or the deciding property is unknown until apply.
    Unproven,
    /// It cannot be met.
    Refuted,
}

impl Verdict {
    /// Returns the word that reports and JSON have for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Proven => "proven",
            Verdict::Plausible => "plausible",
            Verdict::Unproven => "unproven",
            Verdict::Refuted => "refuted",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
