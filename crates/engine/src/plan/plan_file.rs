//! The plan, and its form as a file.

use super::change::ResourceChange;
use super::step::PlanStep;
use super::values;
use super::withheld::WithheldChange;
use crate::state::StateScope;
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Input, Place, PropertyMap, PropertyValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format of saved plans this program writes and reads.
///
/// 2: with `steps`, the order of the run. 3: with steps that turn deletion protection off.
pub const FORMAT: u32 = 3;

/// Everything one apply will do. It is saved, shown, and kept as a promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The number of this file's format, [`FORMAT`].
    pub format: u32,
    /// The state it is for.
    pub scope: StateScope,
    /// The environment's own account and region, for the reader. Each change names its own.
    #[serde(default)]
    pub place: Place,
    /// The inputs it was made from, as hashes and numbers.
    pub basis: PlanBasis,
    /// The changes, one a resource, no-ops included, in the order they are shown: by layer, then by address.
    pub changes: Vec<ResourceChange>,
    /// The order in which the changes are made: each step after all it waits for.
    pub steps: Vec<PlanStep>,
    /// The outputs after apply, as far as they are known.
    pub outputs: PropertyMap,
    /// The outputs as the state has them. Secret ones are not kept.
    #[serde(default)]
    pub outputs_before: BTreeMap<String, serde_json::Value>,
    /// The `override`s in force, for the reader.
    pub overrides: Vec<String>,
    /// The values that the program was given from outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// True when the cloud was read; a plan that was not observed cannot be applied.
    pub observed: bool,
    /// The resources that are left alone because they, or what they depend on, could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<WithheldChange>,
}

/// The inputs of a plan, as hashes and numbers; apply refuses when any of them has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBasis {
    /// The hash of the model, in hexadecimal digits.
    pub model: String,
    /// The lineage of the state.
    pub lineage: String,
    /// The serial of the state: the number of changes since it was made.
    pub serial: u64,
    /// The hash of what was observed of each resource that will change.
    pub observed: BTreeMap<Address, String>,
    /// The account the credentials belonged to.
    pub account: Option<String>,
    /// The version of gpb.
    pub gpb: String,
}

impl Plan {
    /// Returns true when apply has nothing to do.
    pub fn is_empty(&self) -> bool {
        !self.changes.iter().any(ResourceChange::is_pending)
    }

    /// Returns true when something that exists is deleted or replaced.
    pub fn deletes(&self) -> bool {
        self.changes.iter().any(ResourceChange::deletes)
    }

    /// Returns the names of the outputs that will change, as far as that is known now; sorted.
    pub fn changed_outputs(&self) -> Vec<&str> {
        let same = |before| values::lift(before).as_ref().and_then(PropertyValue::to_json);
        let differs = |(name, value): &(&CompactString, &PropertyValue)| match self.outputs_before.get(name.as_str()) {
            Some(before) => value.to_json().is_some_and(|value| Some(value) != same(before)),
            None => !value.holds_secret(),
        };
        let gone = self.outputs_before.keys().filter(|name| !self.outputs.contains_key(name.as_str()));
        let mut names: Vec<&str> = self
            .outputs
            .iter()
            .filter(differs)
            .map(|(name, _)| name.as_str())
            .chain(gone.map(String::as_str))
            .collect();
        names.sort_unstable();
        names
    }
}

/// A file that is not a plan this program can apply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedPlanError {
    /// It is not a plan at all.
    #[error("this is not a saved plan: {0}")]
    NotAPlan(String),
    /// It has another format.
    #[error("this plan is of format {found}; this gpb reads format {FORMAT}")]
    Format {
        /// The number of the file's format.
        found: u64,
    },
    /// Another version of gpb made it.
    #[error("this plan was made by gpb {found}; this is gpb {}", env!("CARGO_PKG_VERSION"))]
    Version {
        /// The version that made it.
        found: String,
    },
}

impl From<SavedPlanError> for Diagnostic {
    fn from(error: SavedPlanError) -> Self {
        Diagnostic::error("GPB7005", error.to_string())
            .help("make the plan again: `gpb plan SPEC`, with `--out FILE` for a file of its own")
    }
}

/// Returns the plan as its file holds it. The same plan gives the same bytes.
pub fn to_json(plan: &Plan) -> String {
    let mut text = serde_json::to_string_pretty(plan).unwrap_or_default();
    text.push('\n');
    text
}

/// Returns the reason why a text is not read as a plan, in words for whoever wrote or copied the file.
pub fn why_not_a_plan(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => format!("it ends in the middle ({place})"),
        serde_json::error::Category::Syntax => format!("it is not JSON ({place})"),
        serde_json::error::Category::Data | serde_json::error::Category::Io => "it is JSON of another form".to_owned(),
    }
}

/// Reads a saved plan.
///
/// One of another gpb is refused: a plan promises what will be done, and another program may do it differently.
///
/// # Errors
/// When it is not a plan, or is of another format or of another version of gpb.
pub fn from_json(text: &str) -> Result<Plan, SavedPlanError> {
    let bad = |error: serde_json::Error| SavedPlanError::NotAPlan(why_not_a_plan(&error));
    let json: serde_json::Value = serde_json::from_str(text).map_err(bad)?;
    let format = json.get("format").and_then(serde_json::Value::as_u64);
    let found = format.ok_or_else(|| SavedPlanError::NotAPlan("it has no `format`".to_owned()))?;
    if found != u64::from(FORMAT) {
        return Err(SavedPlanError::Format { found });
    }
    let plan: Plan = serde_json::from_value(json).map_err(bad)?;
    if plan.basis.gpb != env!("CARGO_PKG_VERSION") {
        return Err(SavedPlanError::Version { found: plan.basis.gpb });
    }
    Ok(plan)
}
