//! Colours: passed in, so that a report knows nothing of terminals.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// How each kind of thing is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    pub create: Style,
    pub update: Style,
    pub replace: Style,
    pub delete: Style,
    /// Notes and what is not known yet.
    pub dim: Style,
    pub strong: Style,
    /// What needs a person's eye: drift, protection.
    pub alert: Style,
}

impl Styles {
    /// No colour: what files and snapshots hold.
    pub const PLAIN: Styles = {
        let none = Style::new();
        Styles { create: none, update: none, replace: none, delete: none, dim: none, strong: none, alert: none }
    };

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

/// The text in a style.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
