//! The committed rules: exceptions with their reasons, words of units, and allowed edges.

use crate::AuditError;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Maps a crate or folder to those it may depend on.
pub type EdgeTable = BTreeMap<String, BTreeSet<String>>;

/// Holds what `audit.toml` says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRules {
    /// Features that only tests turn on: code behind them is test code.
    #[serde(default)]
    pub test_features: Vec<String>,
    /// Words that say the unit of a number, without the plural's `s`; two words may stand together.
    #[serde(default)]
    pub unit_words: Vec<String>,
    /// Names that several types may share, each with its reason.
    #[serde(default)]
    pub shared_names: BTreeMap<String, String>,
    /// The crates, each with the crates of the workspace that it may depend on.
    #[serde(default)]
    pub crates: EdgeTable,
    /// The folders of a crate, each with the folders that it may import from.
    #[serde(default)]
    pub folders: BTreeMap<String, EdgeTable>,
}

impl AuditRules {
    /// Reads the rules from the text of `audit.toml`.
    ///
    /// # Errors
    /// When the text is not TOML of that shape.
    pub fn parse(text: &str) -> Result<Self, AuditError> {
        Ok(toml::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::AuditRules;

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(AuditRules::parse("unit_wrods = []").is_err());
    }

    #[test]
    fn edges_are_read_by_name() {
        let rules = AuditRules::parse("[crates]\ngpb = ['gpb-base']\n[folders.gpb]\ncli = ['lsp']").unwrap();
        assert!(rules.crates["gpb"].contains("gpb-base"));
        assert!(rules.folders["gpb"]["cli"].contains("lsp"));
    }
}
