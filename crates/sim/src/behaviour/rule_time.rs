//! Times of rules: `500ms`, `30s`, `10min`, `2h`, `30d`.

use serde::{Deserialize, Deserializer, de};
use std::time::Duration;

/// A time, as a behaviour file writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RuleTime(pub Duration);

impl RuleTime {
    /// Checks whether nobody waits for so long: it is a date in somebody's calendar.
    pub fn is_calendar(self) -> bool {
        self.0 >= Duration::from_hours(24)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text.get(..digits)?.parse().ok()?;
        let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs);
        match text.get(digits..)? {
            "ms" => Some(Duration::from_millis(number)),
            "s" => seconds(1),
            "min" => seconds(60),
            "h" => seconds(3600),
            "d" => seconds(86_400),
            _ => None,
        }
        .map(Self)
    }
}

impl<'de> Deserialize<'de> for RuleTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not a time; write a number and ms, s, min, h or d")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        let seconds = |text: &str| RuleTime::parse(text).map(|time| time.0.as_secs_f64());
        assert_eq!(seconds("500ms"), Some(0.5));
        assert_eq!(seconds("30s"), Some(30.0));
        assert_eq!(seconds("10min"), Some(600.0));
        assert_eq!(seconds("2h"), Some(7200.0));
        assert_eq!(seconds("30d"), Some(2_592_000.0));
        for bad in ["", "30", "s", "1.5s", "-1s", "5 s", "99999999999999999999s", "18446744073709551615d"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
