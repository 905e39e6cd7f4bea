//! Prints the measurements of the workspace, and fails when a bound is broken.
//!
//! `--report` prints only, `--all` prints every place, `--table` prints the edges as they are, ready for `audit.toml` and
//! `ARCHITECTURE.md`.

use gpb_audit::{Audit, AuditError, suggest};
use std::path::Path;
use std::process::ExitCode;

/// The number of places printed for each measurement unless `--all` asks for every one.
const PLACES: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = arguments.iter().find(|word| !matches!(word.as_str(), "--report" | "--all" | "--table")) {
        eprintln!("unknown argument `{unknown}`; known are --report, --all and --table");
        return ExitCode::from(2);
    }
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Prints what the arguments ask for; the exit code is 1 when a bound is broken.
fn run(arguments: &[String]) -> Result<ExitCode, AuditError> {
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    let audit = Audit::load(Path::new("."))?;
    if asked("--table") {
        print!("{}", suggest::tables(&audit));
        return Ok(ExitCode::SUCCESS);
    }
    let measurements = audit.measure();
    let limit = if asked("--all") { usize::MAX } else { PLACES };
    for measurement in &measurements {
        println!("{}", measurement.text(limit));
    }
    let broken = measurements.iter().any(|measurement| measurement.broken) && !asked("--report");
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
