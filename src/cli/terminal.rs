//! The terminal: colour, width, output, prompts.
#![expect(clippy::disallowed_methods, reason = "this file reads the environment")]

use crate::cli::args::Color;
use crate::cli::visible::visible;
use crate::report::Styles;
use gpb_base::diag::render::Style;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// The properties of the terminal that output depends on.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Results, on standard output, are coloured; standard error is decided by itself.
    pub out_color: bool,
    /// The style of diagnostics, on standard error.
    pub err: Style,
    /// Standard error is a terminal and has no logs: progress may be redrawn.
    pub interactive: bool,
}

impl Terminal {
    /// Reads the terminal's properties from the environment.
    pub fn new(color: Color) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colored = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !no_color,
        };
        let interactive = io::stderr().is_terminal();
        OUT_IS_TERMINAL.store(io::stdout().is_terminal(), Ordering::Relaxed);
        let unicode = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .is_some_and(|value| value.to_uppercase().replace('-', "").contains("UTF8"));
        let width = std::env::var("COLUMNS").ok().and_then(|value| value.parse().ok()).unwrap_or(100);
        Self {
            out_color: colored(io::stdout().is_terminal()),
            err: Style { color: colored(interactive), unicode: unicode && interactive, width },
            interactive,
        }
    }
}

impl Terminal {
    /// Returns the styles of plans and states on standard output.
    pub fn styles(&self) -> &'static Styles {
        if self.out_color { &Styles::COLOR } else { &Styles::PLAIN }
    }
}

/// Returns an environment variable, where it is set to UTF-8 text.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns all environment variables that are UTF-8 text.
pub fn variables() -> BTreeMap<String, String> {
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text).collect()
}

/// Writes to standard output what people read, with escapes in the place of what a terminal would obey.
pub fn print(text: &str) {
    print_exact(&visible(text));
}

/// Writes to standard output what another program reads, to the byte.
///
/// A reader that is gone (`gpb show | head`) or a terminal that is no more is no error: an apply goes on without it.
pub fn print_exact(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
        && !OUT_IS_TERMINAL.load(Ordering::Relaxed)
    {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Returns true when output was lost, as on a full disk.
///
/// A closed pipe does not count.
pub fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Standard output was a terminal when the command began.
static OUT_IS_TERMINAL: AtomicBool = AtomicBool::new(false);

/// Output was lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes to standard error; a failure there has no place to be reported.
pub fn warn(text: &str) {
    let _ = io::stderr().lock().write_all(visible(text).as_bytes());
}

/// Asks for the word `yes`.
///
/// Where standard input is not a terminal, the answer is no.
pub fn confirm(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    warn(&format!("{question} Only `yes` is taken for yes: "));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}
