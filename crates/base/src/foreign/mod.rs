//! The words of other tools and languages, each with gpb's own.
//!
//! Whoever comes from Terraform, CloudFormation or a programming language writes their words first. The tables say what to
//! write instead; the stages look a word up only once it means nothing.

mod functions;
mod names;
mod pasted;
mod properties;
mod statements;
mod types;
mod units;

pub use functions::function;
pub use names::{is_absence, name, synonym, truth, value};
pub use pasted::pasted;
pub use properties::property;
pub use statements::statement;
pub use types::type_name;
pub use units::unit;

/// A word that another tool or language has, and what gpb has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignWord {
    /// The word, as it is written there.
    pub word: &'static str,
    /// The tool or the language it is of, as a message says it: `Terraform's`.
    pub whose: &'static str,
    /// The form in gpb, as an imperative or a sentence without a full stop.
    pub own: &'static str,
    /// The word that takes its place as it stands; empty where more has to change.
    pub replacement: &'static str,
}

impl ForeignWord {
    /// Returns the help of a message about the word.
    pub fn help(&self) -> String {
        format!("`{}` is {}; {}", self.word, self.whose, self.own)
    }
}

const fn word(word: &'static str, whose: &'static str, own: &'static str, replacement: &'static str) -> ForeignWord {
    ForeignWord { word, whose, own, replacement }
}

fn find(table: &'static [ForeignWord], name: &str) -> Option<&'static ForeignWord> {
    table.iter().find(|entry| entry.word == name)
}

#[cfg(test)]
mod tests;
