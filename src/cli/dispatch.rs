//! The entry point: from the arguments of the process to its exit code.
#![expect(clippy::disallowed_methods, reason = "the command measures itself for its logs")]

use crate::cli::args::{Cli, Command, PricesCommand};
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::terminal::{self, Terminal};
use crate::cli::{
    apply, compile, cost, drill, explain, file_loader, fmt, given, graph, inspect, logs, plan, prices, recovery,
    simulate, state, test, vendor,
};
use crate::lsp;
use clap::{CommandFactory, Parser};
use gpb_base::stdlib::Library;
use gpb_lang::ProgramInputs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use tracing::{info, info_span};

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
    let given = match given::inputs(&cli.common, &cli.command) {
        Ok(given) => given,
        Err(why) => {
            let session = Session { common: cli.common, term, library, given: ProgramInputs::NONE, streams };
            return session.fail(&why).into();
        }
    };
    let mut session = Session { common: cli.common, term, library, given, streams };
    match logs::install(&session.common) {
        // Lines of the log and lines that are redrawn would overwrite each other.
        Ok(is_logging) => session.term.interactive &= !is_logging,
        Err(why) => return session.fail(&why).into(),
    }
    let exit = logged(&session, &cli.command);
    if exit == Exit::Done && terminal::lost() {
        terminal::warn("error: standard output cannot be written\n");
        return Exit::Error.into();
    }
    exit.into()
}

/// Runs a command in a span with its name, and logs how it ended.
fn logged(session: &Session, command: &Command) -> Exit {
    let (name, spec) = described(command);
    let spec = spec.map(|spec| spec.display().to_string());
    let span = info_span!("command", command = name, spec, environment = session.common.env.as_deref());
    let started = Instant::now();
    span.in_scope(|| {
        info!(version = env!("CARGO_PKG_VERSION"), cloud = session.cloud_name(), "command started");
        let exit = dispatch(session, command);
        info!(exit_code = exit.code(), duration_ms = logs::milliseconds(started), "command finished");
        exit
    })
}

/// Returns a command's name, and the spec or plan it was given.
fn described(command: &Command) -> (&'static str, Option<&Path>) {
    match command {
        Command::Check { specs } => ("check", specs.first().map(AsRef::as_ref)),
        Command::Plan { spec, .. } => ("plan", spec.as_deref()),
        Command::Apply { target, .. } => ("apply", target.as_deref()),
        Command::Destroy { spec, .. } => ("destroy", Some(spec)),
        Command::Show { plan } => ("show", plan.as_deref()),
        Command::State { .. } => ("state", None),
        Command::Output { spec, .. } => ("output", Some(spec)),
        Command::Cost { specs, .. } => ("cost", specs.first().map(AsRef::as_ref)),
        Command::Test { spec, .. } => ("test", spec.as_deref()),
        Command::Prices { .. } => ("prices", None),
        Command::Graph { spec, .. } => ("graph", Some(spec)),
        Command::Fmt { .. } => ("fmt", None),
        Command::Vendor { .. } => ("vendor", None),
        Command::Lsp => ("lsp", None),
        Command::Recovery { spec, .. } => ("recovery", Some(spec)),
        Command::Drill { spec, .. } => ("drill", Some(spec)),
        Command::Simulate { spec, .. } => ("simulate", Some(spec)),
        Command::Explain { .. } => ("explain", None),
        Command::Completions { .. } => ("completions", None),
    }
}

/// Calls the function of a command.
fn dispatch(session: &Session, command: &Command) -> Exit {
    match command {
        Command::Check { specs } => compile::check(session, specs),
        Command::Plan { spec, out, detailed_exitcode, replace, unprotect } => {
            plan::run(session, spec.as_deref(), out.as_deref(), *detailed_exitcode, (replace, unprotect))
        }
        Command::Apply { target, yes, replace, unprotect } => {
            apply::run(session, target.as_deref(), *yes, (replace, unprotect))
        }
        Command::Destroy { spec, yes, unprotect } => apply::destroy(session, spec, *yes, unprotect),
        Command::Show { plan } => inspect::show(session, plan.as_deref()),
        Command::State { command } => state::run(session, command),
        Command::Output { spec, name } => inspect::output(session, spec, name.as_deref()),
        Command::Cost { specs, at, on, diff } => {
            cost::run(session, &cost::CostRequest { specs, at: at.as_deref(), on: on.as_deref(), diff: *diff })
        }
        Command::Test { spec, filter, junit, on } => {
            let request = test::TestRequest { filter: filter.as_deref(), junit: junit.as_deref(), on: on.as_deref() };
            test::run(session, spec.as_deref(), &request)
        }
        Command::Prices { command: None, words, region } => prices::list(session, words, region.as_deref()),
        Command::Prices { command: Some(PricesCommand::Refresh { into, only }), .. } => {
            prices::refresh(session, into, only)
        }
        Command::Graph { spec, format } => graph::run(session, spec, *format),
        Command::Fmt { paths, check, upgrade } => fmt::run(session, paths, *check, *upgrade),
        Command::Vendor { root, check, update } => vendor::run(session, root, *check, *update),
        Command::Lsp => match lsp::serve(session.library.clone(), given::of_editor()) {
            Ok(()) => Exit::Done,
            Err(why) => session.fail(&why),
        },
        Command::Recovery { spec, domain, explain } => recovery::run(session, spec, *domain, explain.as_deref()),
        Command::Drill { spec, domain } => drill::run(session, spec, *domain),
        Command::Simulate { spec, asked } => simulate::run(session, spec, asked),
        Command::Explain { subject } => explain::run(session, subject),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "gpb", &mut text);
            terminal::print(&String::from_utf8_lossy(&text));
            Exit::Done
        }
    }
}
