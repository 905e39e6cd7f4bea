//! Runs the real binary in a folder of its own, and programs in memory.

use gpb_base::source::{FileContent, Loader, UnreadableFile};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// Returns the root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A single program in memory, under any name; files that it imports do not exist, and two texts lie beside it.
pub struct InMemoryLoader(pub String);

impl Loader for InMemoryLoader {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        if from.is_empty() { Ok((path.to_owned(), self.0.as_str().into())) } else { Err("no such file".to_owned()) }
    }

    fn read(&self, _from: &str, path: &str, _most: usize) -> Result<FileContent, UnreadableFile> {
        let text = match path {
            "motd.txt" => "Welcome to ${name}.\n",
            "nested.txt" => "${file(\"motd.txt\")}\n",
            _ if path.starts_with("..") => return Err(UnreadableFile::outside("it leads out of the workspace")),
            _ => return Err(UnreadableFile::new("no such file")),
        };
        Ok(FileContent { path: path.to_owned(), bytes: text.as_bytes().into() })
    }
}

/// A temporary folder with specs, where commands run.
pub struct Folder {
    dir: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// The result of a command: exit code, standard output, standard error.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Returns a folder with a copy of the repository's `specs/`.
    pub fn with_specs() -> Self {
        let folder = Self::new();
        std::fs::create_dir(folder.path("specs")).unwrap();
        for entry in std::fs::read_dir(root().join("specs")).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, folder.path("specs").join(from.file_name().unwrap())).unwrap();
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Replaces a text that must occur in a file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no `{from}`");
        self.write(name, &text.replace(from, to));
    }

    /// Sets an environment variable for all commands from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.into(), value.into()));
    }

    /// Returns the command, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpb"));
        command.args(arguments).current_dir(self.dir.path());
        for name in ["GPB_CLOUD", "GPB_STATE", "GPB_STDLIB", "GPB_SIM", "GPB_LOG", "NO_COLOR"] {
            command.env_remove(name);
        }
        command.env("COLUMNS", "100").env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn gpb(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs a command and asserts its exit code.
    pub fn expect(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.gpb(arguments);
        assert_eq!(ran.code, code, "gpb {}\n{}", arguments.join(" "), ran.text());
        ran
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Returns exit code, output and errors together, as snapshots hold them.
    pub fn text(&self) -> String {
        let mut text = format!("exit: {}\n", self.code);
        for (name, part) in [("out", &self.out), ("err", &self.err)] {
            if !part.is_empty() {
                let _ = write!(text, "--- {name}\n{part}");
            }
        }
        text
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}", self.text()))
    }
}
