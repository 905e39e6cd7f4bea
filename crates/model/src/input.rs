//! Inputs: what a program is given from outside.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that a program was given from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    /// The name of the parameter, or of the environment variable.
    pub name: String,
    /// The origin of the value.
    pub source: InputSource,
    /// The file it was read from, as it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The text that was given; of a file, its SHA-256 in hexadecimal digits. None where a variable is not set.
    pub value: Option<String>,
}

/// The origin of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputSource {
    /// `--set NAME=VALUE`
    Set,
    /// `--set-file NAME=PATH`
    File,
    /// `env("NAME")`
    Environment,
}

impl fmt::Display for Input {
    /// Writes the input as a plan shows it: `image = "app:1.2" (--set)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (self.source, &self.value, &self.path) {
            (InputSource::Set, value, _) => write!(f, "{name} = {:?} (--set)", value.as_deref().unwrap_or_default()),
            (InputSource::File, _, path) => write!(f, "{name} (--set-file {})", path.as_deref().unwrap_or_default()),
            (InputSource::Environment, Some(value), _) => write!(f, "{name} = {value:?} (environment)"),
            (InputSource::Environment, None, _) => write!(f, "{name} is not set (environment)"),
        }
    }
}
