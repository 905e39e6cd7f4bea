//! The state folder: the state and the plan last shown.
#![expect(clippy::disallowed_methods, reason = "this file reads and writes plans")]

use crate::cli::{Session, args::CloudName, exit::Exit, file_loader::io_message};
use gpb_base::diag::Diagnostic;
use gpb_engine::plan;
use gpb_engine::plan::Plan;
use gpb_engine::state::{SqliteStore, StateScope, StateSnapshot, StateStore};
use gpb_model::Model;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A saved plan, with the spec it was made from.
///
/// So apply can detect a change of the spec.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredPlan<P = serde_json::Value> {
    /// The path of the spec.
    pub spec: PathBuf,
    /// The name of the planned environment.
    pub environment: String,
    /// The plan deletes everything.
    pub destroy: bool,
    /// The addresses whose protection was lifted, as on the command line.
    pub unprotect: Vec<String>,
    /// The addresses of what is made anew, as on the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replace: Vec<String>,
    /// The plan itself, in its stored format.
    pub plan: P,
}

impl Session {
    /// Returns the store of states in the state folder.
    pub fn store(&self) -> SqliteStore {
        SqliteStore::new(&self.common.state)
    }

    /// Returns the name of the cloud in states and plans.
    pub fn cloud_name(&self) -> &'static str {
        match self.common.cloud {
            CloudName::Sim => "sim",
            CloudName::Aws => "aws",
        }
    }

    /// Returns the scope of the state that belongs to a model.
    pub fn scope(&self, model: &Model) -> StateScope {
        StateScope {
            cloud: self.cloud_name().to_owned(),
            stack: model.environment.stack.clone(),
            environment: model.environment.name.clone(),
        }
    }

    /// Saves a plan as the one last shown, and in `out` where given.
    ///
    /// # Errors
    /// The exit code, after the reason has been printed.
    pub fn store_plan(&self, kept: &StoredPlan<&Plan>, out: Option<&Path>) -> Result<(), Exit> {
        let last = self.common.state.join(LAST_PLAN);
        for path in std::iter::once(last.as_path()).chain(out) {
            write_private(path, kept).map_err(|why| self.fail(&why))?;
        }
        Ok(())
    }

    /// Returns why a saved plan is not the one that `--env` asks for.
    pub fn other_environment(&self, kept: &StoredPlan) -> Option<Diagnostic> {
        let asked = self.common.env.as_deref().filter(|asked| *asked != kept.environment)?;
        let (held, spec) = (&kept.environment, kept.spec.display());
        let message = format!("the saved plan is for the environment `{held}`, and `--env {asked}` was asked for");
        let help = format!(
            "run `gpb plan {spec} --env {asked}` first, or `gpb apply {spec} --env {asked}`; each environment has a state of its own"
        );
        Some(Diagnostic::error("GPB7042", message).help(help))
    }

    /// Loads the plan last shown, or one from a file.
    ///
    /// # Errors
    /// The exit code, after the reason has been printed.
    pub fn load_plan(&self, path: Option<&Path>) -> Result<(StoredPlan, Plan), Exit> {
        let last = self.common.state.join(LAST_PLAN);
        let path = path.unwrap_or(&last);
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound if path == last => {
                self.fail("no plan has been made here yet: run `gpb plan SPEC` first, or name a spec")
            }
            _ => self.fail(&format!("`{}` cannot be read: {}", path.display(), io_message(&error))),
        })?;
        let refuse = |error: plan::SavedPlanError| {
            let mut diagnostic = Diagnostic::from(error);
            diagnostic.message = format!("`{}`: {}", path.display(), diagnostic.message);
            self.diagnostics(&[diagnostic], &gpb_base::source::SourceMap::default());
            Exit::Refused
        };
        let kept: StoredPlan = serde_json::from_str(&text).map_err(|error| {
            let why = if text.trim().is_empty() { "it is empty".to_owned() } else { plan::why_not_a_plan(&error) };
            refuse(plan::SavedPlanError::NotAPlan(why))
        })?;
        let plan = plan::from_json(&kept.plan.to_string()).map_err(refuse)?;
        Ok((kept, plan))
    }
}

/// Reads the state of a cloud, where it has one alone: most likely that is the one that will be asked for, and it can be
/// read while the spec is still being compiled.
///
/// What cannot be read is `None`: whoever asks for the state then is told why.
pub fn only_state(store: &impl StateStore, cloud: &str) -> Option<StateSnapshot> {
    let mut scopes = store.scopes().ok()?.into_iter().filter(|scope| scope.cloud == cloud);
    let scope = scopes.next().filter(|_| scopes.next().is_none())?;
    store.snapshot(&scope).ok()
}

/// The file of the plan last shown, in the state folder.
const LAST_PLAN: &str = "plan.json";

/// Writes a JSON file that only its owner can read.
///
/// It writes a new file, makes it durable and renames it, so that none is half-written.
fn write_private(path: &Path, document: &impl Serialize) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("`{}` cannot be written: {}", path.display(), io_message(&error));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private_folder(folder).map_err(cannot)?;
    }
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let write = || -> std::io::Result<()> {
        // As it is made: a large plan need not be in memory as text too.
        let mut file = BufWriter::with_capacity(1 << 16, options.open(&beside)?);
        serde_json::to_writer_pretty(&mut file, document)?;
        file.write_all(b"\n")?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&beside);
        cannot(error)
    })
}

/// Creates a folder that only its owner can enter, unless it exists.
///
/// # Errors
/// When it cannot be created.
pub fn private_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}
