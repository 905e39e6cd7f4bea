//! The acts of a life, as data: the life on the cloud that behaves as AWS does and the one over the wire play the same.
#![allow(dead_code, reason = "each of the two lives reads its part of an act")]

use serde::Deserialize;
use std::path::Path;

/// A change of a spec or of what was made of it; `sandbox.toml` says what each part means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub title: String,
    pub param: Option<String>,
    #[serde(default)]
    pub refused: bool,
    #[serde(default)]
    pub waits: bool,
    #[serde(default)]
    pub edits: Vec<(String, String)>,
    #[serde(default)]
    pub replace: Vec<String>,
    #[serde(default)]
    pub along: bool,
    #[serde(default)]
    pub again: bool,
}

#[derive(Deserialize)]
struct Acts {
    act: Vec<Act>,
}

/// Returns the acts of a life, in order.
pub fn acts(life: &str) -> Vec<Act> {
    parsed(&text("life", life, "toml"))
}

/// Returns the acts of a layer of services, in order.
pub fn service_acts(layer: &str) -> Vec<Act> {
    parsed(&text("services", layer, "toml"))
}

/// Returns the spec of a life that is not of the repository's own specs.
pub fn spec(life: &str) -> String {
    text("life", life, "gpb")
}

/// Returns the spec of a layer of services.
pub fn service_spec(layer: &str) -> String {
    text("services", layer, "gpb")
}

fn parsed(text: &str) -> Vec<Act> {
    let acts: Acts = toml::from_str(text).unwrap();
    acts.act
}

fn text(folder: &str, name: &str, extension: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    std::fs::read_to_string(folder.join(name).with_extension(extension)).unwrap()
}
