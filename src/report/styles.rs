//! Colours, passed in so that a report does not depend on a terminal.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// The style of each kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// Additions.
    pub create: Style,
    /// Changes in place.
    pub update: Style,
    /// Replacements.
    pub replace: Style,
    /// Deletions.
    pub delete: Style,
    /// Notes and unknown values.
    pub dim: Style,
    /// Titles and addresses.
    pub strong: Style,
    /// Drift, protection, and anything else that needs attention.
    pub alert: Style,
}

impl Styles {
    /// No colours: for files and pipes.
    pub const PLAIN: Styles = {
        let none = Style::new();
        Styles { create: none, update: none, replace: none, delete: none, dim: none, strong: none, alert: none }
    };

    /// The colours for a terminal.
    pub const COLOR: Styles = Styles {
        create: AnsiColor::Green.on_default(),
        update: AnsiColor::Yellow.on_default(),
        replace: AnsiColor::Magenta.on_default(),
        delete: AnsiColor::Red.on_default(),
        dim: Style::new().dimmed(),
        strong: Style::new().bold(),
        alert: AnsiColor::Red.on_default().bold(),
    };
}

/// Returns a text in a style.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
