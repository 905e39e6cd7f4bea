//! What a model is held to: each check is a pure function of the model and the facts in it, and gives verdicts with diagnostics.

pub mod cost;
pub mod recovery;
pub mod scaling;
