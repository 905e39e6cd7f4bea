//! The result of one measurement, and its text.

use std::fmt;

/// Holds one figure, the bound it is held to, and the places behind it.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// The name of the measurement, such as `Import cycles`.
    pub title: &'static str,
    /// The figure as text, such as `25 files in the largest cycle`.
    pub figure: String,
    /// The bound as text, such as `at most 3 files`; none where the figure is only printed.
    pub bound: Option<&'static str>,
    /// Says that the figure is beyond its bound.
    pub broken: bool,
    /// The places that make up the figure, one a line.
    pub places: Vec<String>,
}

impl Measurement {
    /// Makes a measurement that holds when it found no place at all.
    pub fn none_allowed(title: &'static str, figure: String, places: Vec<String>) -> Self {
        Self { title, figure, bound: Some("none"), broken: !places.is_empty(), places }
    }

    /// Returns the text for people, with at most `limit` places.
    pub fn text(&self, limit: usize) -> String {
        let mut text = self.to_string();
        for place in self.places.iter().take(limit) {
            text.push_str("\n    ");
            text.push_str(place);
        }
        let more = self.places.len().saturating_sub(limit);
        if more > 0 {
            text.push_str("\n    … and ");
            text.push_str(&more.to_string());
            text.push_str(" more; --all prints them");
        }
        text
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.bound, self.broken) {
            (None, _) => "    ",
            (Some(_), true) => "FAIL",
            (Some(_), false) => "ok  ",
        };
        write!(f, "{mark} {}: {}", self.title, self.figure)?;
        match self.bound {
            Some(bound) => write!(f, " (bound: {bound})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Measurement;

    #[test]
    fn a_list_beyond_the_limit_says_how_many_it_leaves_out() {
        let places = ["a", "b", "c"].map(String::from).to_vec();
        let measurement = Measurement::none_allowed("Names", "3 names".into(), places);
        assert_eq!(
            measurement.text(2),
            "FAIL Names: 3 names (bound: none)\n    a\n    b\n    … and 1 more; --all prints them"
        );
        assert!(!measurement.text(3).contains("more"));
    }

    #[test]
    fn no_place_is_no_failure() {
        let measurement = Measurement::none_allowed("Names", "0 names".into(), Vec::new());
        assert_eq!(measurement.text(2), "ok   Names: 0 names (bound: none)");
    }
}
