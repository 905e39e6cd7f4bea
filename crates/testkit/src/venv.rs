//! The Python environment of the emulators, made once per target folder.

use std::fs::{self, File};
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, str};

/// The packages with their versions, kept with the tests.
const REQUIREMENTS: &str = include_str!("../../../tests/emulators/requirements.txt");

/// Returns the environment's folder, and makes it when it is not there.
///
/// `GPB_EMULATORS` names one that is ready; else it is made below the target folder, with the pinned versions from the
/// package index. Tests that run at once wait for the first of them.
///
/// # Errors
/// A failed installation.
pub fn venv() -> io::Result<PathBuf> {
    if let Some(ready) = env::var_os("GPB_EMULATORS") {
        return Ok(PathBuf::from(ready));
    }
    let root = target().join("emulators");
    fs::create_dir_all(&root)?;
    let lock = File::create(root.join("lock"))?;
    lock.lock()?;
    let (folder, stamp) = (root.join("venv"), root.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(folder);
    }
    install(&root, &folder)?;
    // The stamp is written last: an installation that was cut short is begun anew.
    fs::write(&stamp, REQUIREMENTS)?;
    Ok(folder)
}

/// Returns the path of the environment's interpreter.
///
/// # Errors
/// A failed installation.
pub fn python() -> io::Result<PathBuf> {
    Ok(venv()?.join("bin").join("python"))
}

/// Returns the folder that Cargo builds in.
pub(crate) fn target() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from)
}

fn install(root: &Path, folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let list = root.join("requirements.txt");
    fs::write(&list, REQUIREMENTS)?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--root-user-action=ignore", "-r"])
        .arg(&list))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output().map_err(|error| Error::new(error.kind(), format!("{command:?}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = str::from_utf8(&output.stderr).unwrap_or("(not text)");
    Err(Error::other(format!("{command:?} failed with {}:\n{said}", output.status)))
}
