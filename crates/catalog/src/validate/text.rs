//! Validates strings: their length, their format, the words they may be.

use super::word_lists::{plural, quoted, some_of};
use super::{Validator, ViolationKind, regex};
use crate::nearest;
use crate::types::TextShape;

impl Validator<'_> {
    pub(super) fn text(&mut self, shape: &TextShape, text: &str) {
        if !shape.one_of.is_empty() {
            self.one_of(shape, text);
            return;
        }
        if self.length(shape, text) {
            return;
        }
        if let Some(format) = &shape.format {
            self.format(format, text);
        }
        if let Some(pattern) = &shape.pattern {
            self.check_pattern(pattern, text, "the value");
        }
    }

    fn one_of(&mut self, shape: &TextShape, text: &str) {
        let same = |word: &String| if shape.any_case { word.eq_ignore_ascii_case(text) } else { word == text };
        if shape.one_of.iter().any(same) {
            return;
        }
        let name = self.name();
        let meant = nearest(text, shape.one_of.iter().map(String::as_str));
        let help = match meant {
            Some(meant) => format!("did you mean {}? It is {}", quoted(meant), some_of(&shape.one_of)),
            None => some_of(&shape.one_of),
        };
        let violation = self
            .violation(ViolationKind::NotInEnum, format!("`{name}` may not be {}", quoted(text)))
            .help(help)
            .nearest(meant);
        self.found.push(violation);
    }

    fn length(&mut self, shape: &TextShape, text: &str) -> bool {
        let length = text.chars().count() as u64;
        let bound = match (shape.min_length, shape.max_length) {
            (Some(min), _) if length < min => format!("at least {}", plural(min, "character")),
            (_, Some(max)) if length > max => format!("at most {}", plural(max, "character")),
            _ => return false,
        };
        let name = self.name();
        self.report(ViolationKind::Bounds, format!("`{name}` must have {bound}, not {length}"));
        true
    }

    fn format(&mut self, format: &str, text: &str) {
        let (fits, expected) = match format {
            "ipv4-network" => (text.parse::<ipnet::Ipv4Net>().is_ok(), "an IPv4 address block like 10.0.0.0/16"),
            "ipv6-network" => (text.parse::<ipnet::Ipv6Net>().is_ok(), "an IPv6 address block like 2001:db8::/56"),
            _ => return,
        };
        if !fits {
            let name = self.name();
            self.report(ViolationKind::Format, format!("`{name}` must be {expected}, not {}", quoted(text)));
        }
    }

    pub(super) fn check_pattern(&mut self, pattern: &str, text: &str, what: &str) {
        if regex::may_match(pattern, text) {
            return;
        }
        let name = self.name();
        let violation = self
            .violation(ViolationKind::Pattern, format!("{what} {} does not have the form of `{name}`", quoted(text)))
            .help(format!("AWS asks that it match {pattern}"));
        self.found.push(violation);
    }
}
