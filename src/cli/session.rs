//! The session: what the commands of one process share, and how they report.

use crate::cli::{args::CommonArgs, exit::Exit, terminal, terminal::Terminal};
use crate::report::check_summary;
use gpb_base::diag::{Diagnostic, render};
use gpb_base::source::SourceMap;
use gpb_base::stdlib::Library;
use gpb_lang::ProgramInputs;
use std::future::Future;

/// Holds the common options, the terminal and the standard library of a command.
pub struct Session {
    /// The options of every command.
    pub common: CommonArgs,
    /// The terminal that the command writes to.
    pub term: Terminal,
    /// The standard library: embedded, or the folder of `--stdlib`.
    pub library: Library,
    /// The values of parameters and the environment variables that programs are given.
    pub given: ProgramInputs,
    /// JSON is written a line an event, not as one document.
    pub streams: bool,
}

impl Session {
    /// Returns the same session for another environment than the command line names, and other inputs.
    pub fn of_environment(&self, name: &str, given: ProgramInputs) -> Session {
        let common = CommonArgs { env: Some(name.to_owned()), ..self.common.clone() };
        Session { common, term: self.term, library: self.library.clone(), given, streams: self.streams }
    }

    /// Runs what waits for clouds.
    ///
    /// # Errors
    /// The exit code of the work, or the one for a runtime that cannot start, after the reason has been printed.
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(|error| self.fail(&format!("the threads cannot be started: {error}")))?.block_on(work)
    }

    /// Prints why a command cannot go on, and returns its exit code.
    pub fn fail(&self, why: &str) -> Exit {
        if self.common.json {
            self.emit("error", serde_json::json!({ "error": why }));
        } else {
            terminal::warn(&format!("error: {why}\n"));
        }
        Exit::Error
    }

    /// Prints the one JSON document of a command.
    #[expect(clippy::unused_self, reason = "what is printed, and how, is the session's matter")]
    pub fn document(&self, document: &serde_json::Value) {
        terminal::print(&format!("{document:#}\n"));
    }

    /// Prints the document, or the last line, of a command that cannot go on.
    fn emit(&self, event: &str, mut document: serde_json::Value) {
        if self.streams {
            document["event"] = event.into();
            terminal::print(&format!("{document}\n"));
        } else {
            self.document(&document);
        }
    }

    /// Prints diagnostics: for people to standard error, for machines as the document.
    pub fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if self.common.json {
            self.emit("diagnostics", diagnostics_document(diagnostics, sources));
        } else {
            self.show(diagnostics, sources);
        }
    }

    /// Prints diagnostics for people, with a count at the end when there are several.
    pub fn show(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if diagnostics.is_empty() {
            return;
        }
        let mut text = render::human(diagnostics, sources, self.term.err);
        let (errors, warnings) = check_summary::severities(diagnostics);
        if errors + warnings > 1 {
            text.push_str(&check_summary::counted(errors, warnings));
            text.push('\n');
        }
        terminal::warn(&text);
    }
}

/// Returns the JSON document of a command that ends with diagnostics.
pub fn diagnostics_document(diagnostics: &[Diagnostic], sources: &SourceMap) -> serde_json::Value {
    let list: Vec<_> = diagnostics.iter().map(|diagnostic| render::json(diagnostic, sources)).collect();
    serde_json::json!({ "ok": !diagnostics.iter().any(Diagnostic::is_error), "diagnostics": list })
}
