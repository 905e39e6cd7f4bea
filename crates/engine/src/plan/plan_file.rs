//! The plan as a file.

use super::Plan;
use gpb_base::diag::Diagnostic;

/// The form of saved plans this program writes and reads.
pub const FORMAT: u32 = 1;

/// A file that is no plan this program can keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedPlanError {
    #[error("this is not a saved plan: {0}")]
    NotAPlan(String),
    #[error("this plan is of form {found}; this gpb reads form {FORMAT}")]
    Format { found: u64 },
    #[error("this plan was made by gpb {found}; this is gpb {}", env!("CARGO_PKG_VERSION"))]
    Version { found: String },
}

impl From<SavedPlanError> for Diagnostic {
    fn from(error: SavedPlanError) -> Self {
        Diagnostic::error("GPB7005", error.to_string()).help("make the plan again with `gpb plan … --out FILE`")
    }
}

/// The plan as its file holds it. The same plan gives the same bytes.
pub fn to_json(plan: &Plan) -> String {
    let mut text = serde_json::to_string_pretty(plan).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads a saved plan. One of another gpb is refused: a plan promises what will be done, and another program may do it
/// differently.
pub fn from_json(text: &str) -> Result<Plan, SavedPlanError> {
    let bad = |error: serde_json::Error| SavedPlanError::NotAPlan(error.to_string());
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
