//! The acts of the sandbox's life.

use serde::Deserialize;
use std::path::Path;

/// A change of the text; `acts.toml` says what each part means.
#[derive(Debug, Clone, Deserialize)]
pub struct Act {
    pub title: String,
    pub param: Option<String>,
    #[serde(default)]
    pub refused: bool,
    #[serde(default)]
    pub waits: bool,
    pub edits: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Acts {
    act: Vec<Act>,
}

/// Returns the acts, in order.
pub fn acts() -> Vec<Act> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/life/acts.toml");
    let acts: Acts = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    acts.act
}
