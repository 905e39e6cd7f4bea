//! Measures the structural promises of a cargo workspace, and says which of them are broken.
//!
//! [`workspace`] asks cargo for the crates, [`source`] reads their files without the tests, and each measurement is one
//! module: [`shared_names`], [`missing_docs`], [`units`], [`openers`], [`cycles`], and under [`layers`] the edges between
//! crates and between folders. What is allowed stands in `tools/audit/audit.toml`, which [`rules`] reads.
#![warn(missing_docs)]

pub mod cycles;
pub mod error;
pub mod imports;
pub mod layers;
pub mod measurement;
pub mod missing_docs;
pub mod openers;
pub mod public;
pub mod rules;
pub mod shared_names;
pub mod source;
pub mod suggest;
pub mod units;
pub mod workspace;

pub use error::AuditError;
pub use measurement::Measurement;

use imports::CrateImports;
use rules::AuditRules;
use std::path::Path;
use workspace::OwnCrate;

/// Holds everything that the measurements read, loaded once.
pub struct Audit {
    /// The crates of the workspace, by name.
    pub crates: Vec<OwnCrate>,
    /// The imports of each crate, in the order of `crates`.
    pub imports: Vec<CrateImports>,
    /// The committed exceptions and allowed edges.
    pub rules: AuditRules,
    /// The text of `ARCHITECTURE.md`.
    pub architecture: String,
}

impl Audit {
    /// Loads the workspace that contains `dir`.
    ///
    /// # Errors
    /// When cargo does not describe a workspace there, or a file cannot be read or parsed.
    pub fn load(dir: &Path) -> Result<Self, AuditError> {
        let workspace = workspace::Layout::of(dir)?;
        let rules = AuditRules::parse(&source::read(&workspace.root.join("tools/audit/audit.toml"))?)?;
        let architecture = source::read(&workspace.root.join("ARCHITECTURE.md"))?;
        let crates = workspace.load(&rules.test_features)?;
        let imports = crates.iter().map(CrateImports::of).collect();
        Ok(Self { crates, imports, rules, architecture })
    }

    /// Takes every measurement, in the order of the README.
    pub fn measure(&self) -> Vec<Measurement> {
        vec![
            shared_names::measure(&self.crates, &self.rules),
            missing_docs::measure(&self.crates),
            units::measure(&self.crates, &self.rules),
            openers::measure(&self.crates),
            cycles::measure(&self.imports),
            layers::crates::measure(&self.crates, &self.rules),
            layers::folders::measure(&self.imports, &self.rules),
            layers::architecture::measure(&self.architecture, &self.rules),
        ]
    }
}
