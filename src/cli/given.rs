//! The inputs of a program from outside: `--set`, `--set-file`, and the environment of the process.

use crate::cli::args::{Command, CommonArgs, StateCommand};
use crate::cli::terminal;
use crate::files;
use gpb_lang::builtins::sha256;
use gpb_lang::{ProgramInputs, SetInput};
use gpb_model::{Input, InputSource};
use std::path::Path;

/// Returns what the command line and the environment give a program.
///
/// # Errors
/// The reason for which it cannot be read, or that the command reads no program.
pub fn inputs(common: &CommonArgs, command: &Command) -> Result<ProgramInputs, String> {
    let option = match (common.set.as_slice(), common.set_file.as_slice()) {
        ([], []) => None,
        ([], _) => Some("--set-file"),
        _ => Some("--set"),
    };
    if let Some(option) = option {
        refused(option, command).map_or(Ok(()), Err)?;
    }
    let set = common.set.iter().map(|(name, text)| SetInput { name: name.clone(), text: text.clone(), file: None });
    let mut set: Vec<SetInput> = set.collect();
    for (name, path) in &common.set_file {
        set.push(of_file(name, path)?);
    }
    Ok(ProgramInputs { set, variables: terminal::variables(), is_open: false })
}

/// Returns what the environment gives a program that is edited. It may be run where more is set.
pub fn of_editor() -> ProgramInputs {
    ProgramInputs { variables: terminal::variables(), is_open: true, ..ProgramInputs::NONE }
}

/// Returns the inputs that a plan was made with, as far as the command line gave them; the rest is as it is now.
///
/// # Errors
/// A file cannot be read.
pub fn of_plan(inputs: &[Input]) -> Result<ProgramInputs, String> {
    let mut set = Vec::new();
    for input in inputs {
        match (input.source, &input.value, &input.path) {
            (InputSource::Set, Some(text), _) => {
                set.push(SetInput { name: input.name.clone(), text: text.clone(), file: None });
            }
            (InputSource::File, _, Some(path)) => set.push(of_file(&input.name, path)?),
            _ => {}
        }
    }
    Ok(ProgramInputs { set, variables: terminal::variables(), is_open: false })
}

/// Returns the value of an input of a plan as it is now.
pub fn now(input: &Input) -> Option<String> {
    match (input.source, &input.path) {
        (InputSource::Environment, _) => terminal::variable(&input.name),
        (_, Some(path)) => files::text(Path::new(path)).ok().map(|text| sha256(&text)),
        (_, None) => input.value.clone(),
    }
}

fn of_file(name: &str, path: &str) -> Result<SetInput, String> {
    let text =
        files::text(Path::new(path)).map_err(|why| format!("`--set-file {name}={path}` cannot be read: {why}"))?;
    Ok(SetInput { name: name.to_owned(), text: text.to_string(), file: Some(path.to_owned()) })
}

/// Returns why a command takes no inputs, where it does not.
fn refused(option: &str, command: &Command) -> Option<String> {
    let name = match command {
        Command::Show { .. } => "show",
        Command::Fmt { .. } => "fmt",
        Command::Prices { .. } => "prices",
        Command::Explain { .. } => "explain",
        Command::Completions { .. } => "completions",
        Command::Lsp => "lsp",
        Command::Vendor { .. } => "vendor",
        Command::Check { .. }
        | Command::Plan { .. }
        | Command::Apply { .. }
        | Command::Destroy { .. }
        | Command::Test { .. }
        | Command::Cost { .. }
        | Command::Graph { .. }
        | Command::Recovery { .. }
        | Command::Drill { .. }
        | Command::Simulate { .. }
        | Command::State { command: StateCommand::Import { .. } }
        | Command::Output { .. } => return None,
        Command::State { .. } => "state",
    };
    Some(format!("`{option}` gives a parameter its value, and `gpb {name}` compiles no spec"))
}
