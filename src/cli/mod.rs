//! The command line: reads files, calls the stages, prints what they give.

mod apply;
mod args;
mod cloud_choice;
mod compile;
mod cost;
mod cost_delta;
mod drill;
mod exit;
mod explain;
mod file_loader;
mod fmt;
mod graph;
mod inspect;
mod plan;
mod prices;
mod progress;
mod recovery;
mod simulate;
mod state_folder;
mod terminal;

use crate::lsp;
use args::{Cli, Command, CommonArgs, PricesCommand};
use clap::{CommandFactory, Parser};
use exit::Exit;
use gpb_base::diag::{Diagnostic, Severity, render};
use gpb_base::source::SourceMap;
use gpb_base::stdlib::Library;
use std::future::Future;
use std::process::ExitCode;
use terminal::Terminal;

/// What every command works with.
pub struct Session {
    common: CommonArgs,
    term: Terminal,
    library: Library,
    /// JSON is written a line an event, not as one document.
    streams: bool,
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Clap's own code for a wrong command line is 2, which here means "changes pending".
            let _ = error.print();
            return if error.use_stderr() { Exit::Error.into() } else { Exit::Done.into() };
        }
    };
    let term = Terminal::new(cli.common.color);
    let library = match cli.common.stdlib.as_deref().map(file_loader::library).transpose() {
        Ok(library) => library.unwrap_or_else(Library::embedded),
        Err(why) => {
            terminal::warn(&format!("error: {why}\n"));
            return Exit::Error.into();
        }
    };
    let streams = matches!(cli.command, Command::Apply { .. } | Command::Destroy { .. });
    let exit = Session { common: cli.common, term, library, streams }.run(&cli.command);
    if exit == Exit::Done && terminal::lost() {
        terminal::warn("error: standard output cannot be written\n");
        return Exit::Error.into();
    }
    exit.into()
}

impl Session {
    fn run(&self, command: &Command) -> Exit {
        match command {
            Command::Check { spec } => compile::check(self, spec),
            Command::Plan { spec, out, detailed_exitcode, unprotect } => {
                plan::run(self, spec.as_deref(), out.as_deref(), *detailed_exitcode, unprotect)
            }
            Command::Apply { target, yes, unprotect } => apply::run(self, target.as_deref(), *yes, unprotect),
            Command::Destroy { spec, yes, unprotect } => apply::destroy(self, spec, *yes, unprotect),
            Command::Show { plan } => inspect::show(self, plan.as_deref()),
            Command::State { command } => inspect::state(self, command),
            Command::Output { spec, name } => inspect::output(self, spec, name.as_deref()),
            Command::Cost { specs, at, on, diff } => {
                cost::run(self, &cost::CostRequest { specs, at: at.as_deref(), on: on.as_deref(), diff: *diff })
            }
            Command::Prices { command: None, words, region } => prices::list(self, words, region.as_deref()),
            Command::Prices { command: Some(PricesCommand::Refresh { into, only }), .. } => {
                prices::refresh(self, into, only)
            }
            Command::Graph { spec, format } => graph::run(self, spec, *format),
            Command::Fmt { paths, check } => fmt::run(self, paths, *check),
            Command::Lsp => match lsp::serve(self.library.clone()) {
                Ok(()) => Exit::Done,
                Err(why) => self.fail(&why),
            },
            Command::Recovery { spec, domain, explain } => recovery::run(self, spec, *domain, explain.as_deref()),
            Command::Drill { spec, domain } => drill::run(self, spec, *domain),
            Command::Simulate { spec, asked } => simulate::run(self, spec, asked),
            Command::Explain { subject } => explain::run(self, subject),
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(*shell, &mut Cli::command(), "gpb", &mut text);
                terminal::print(&String::from_utf8_lossy(&text));
                Exit::Done
            }
        }
    }

    /// The same session for another environment than the command line names.
    fn of_environment(&self, name: &str) -> Session {
        let common = CommonArgs { env: Some(name.to_owned()), ..self.common.clone() };
        Session { common, term: self.term, library: self.library.clone(), streams: self.streams }
    }

    /// Runs what waits for clouds.
    fn block_on<T>(&self, work: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(|error| self.fail(&format!("no threads to work with: {error}")))?.block_on(work)
    }

    /// Says why a command cannot go on.
    fn fail(&self, why: &str) -> Exit {
        if self.common.json {
            self.emit("error", serde_json::json!({ "error": why }));
        } else {
            terminal::warn(&format!("error: {why}\n"));
        }
        Exit::Error
    }

    /// Prints the one JSON document of a command.
    #[allow(clippy::unused_self)] // What is printed, and how, is the session's matter.
    fn document(&self, document: &serde_json::Value) {
        terminal::print(&format!("{document:#}\n"));
    }

    /// Prints what a command ends with when it cannot go on: the document, or the last line.
    fn emit(&self, event: &str, mut document: serde_json::Value) {
        if self.streams {
            document["event"] = event.into();
            terminal::print(&format!("{document}\n"));
        } else {
            self.document(&document);
        }
    }

    /// Prints diagnostics: for people to standard error, for machines as the document.
    fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if self.common.json {
            self.emit("diagnostics", diagnostics_document(diagnostics, sources));
        } else {
            self.show(diagnostics, sources);
        }
    }

    /// Prints diagnostics for people, with a count at the end when there are several.
    fn show(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if diagnostics.is_empty() {
            return;
        }
        let mut text = render::human(diagnostics, sources, self.term.err);
        let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        if errors + warnings > 1 {
            text.push_str(&counted(errors, warnings));
            text.push('\n');
        }
        terminal::warn(&text);
    }
}

/// The JSON document of a command that ends with diagnostics.
fn diagnostics_document(diagnostics: &[Diagnostic], sources: &SourceMap) -> serde_json::Value {
    let list: Vec<_> = diagnostics.iter().map(|diagnostic| render::json(diagnostic, sources)).collect();
    serde_json::json!({ "ok": !diagnostics.iter().any(Diagnostic::is_error), "diagnostics": list })
}

fn counted(errors: usize, warnings: usize) -> String {
    let of = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    [of(errors, "error"), of(warnings, "warning")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
