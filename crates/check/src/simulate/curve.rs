//! Describes a load over time by a shape or by rows.

use super::curve_text::{LONGEST, rate_of, time_of, to_seconds};
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// The seconds of a day.
const DAY: f64 = 86_400.0;

/// A load over time, in requests a minute.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCurve {
    /// The description it was made from.
    pub label: String,
    /// The length, in seconds.
    pub seconds: u64,
    /// The load at each time.
    pub(super) shape: CurveShape,
}

/// The shapes of a load.
///
/// Loads in requests a minute, times in seconds since the start.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CurveShape {
    Day {
        base: f64,
        peak: f64,
        at: f64,
    },
    Flat {
        rate: f64,
    },
    Ramp {
        from: f64,
        to: f64,
        over: f64,
    },
    Step {
        from: f64,
        to: f64,
        at: f64,
    },
    Spike {
        base: f64,
        peak: f64,
        at: f64,
        lasts: f64,
    },
    /// Each row holds until the next.
    Rows(Vec<(u64, f64)>),
}

impl LoadCurve {
    /// Returns the load at a second since the start, in requests a minute.
    pub fn load_at(&self, second: f64) -> f64 {
        match &self.shape {
            CurveShape::Day { base, peak, at } => {
                // The distance to the peak, around the clock: half a day at most.
                let apart = (second.rem_euclid(DAY) - at).abs();
                let far = apart.min(DAY - apart) / (DAY / 2.0);
                // A smooth hill, made without a cosine: those differ from machine to machine.
                let hill = 1.0 - far * far * (3.0 - 2.0 * far);
                base + (peak - base) * hill
            }
            CurveShape::Flat { rate } => *rate,
            CurveShape::Ramp { from, to, over } => from + (to - from) * (second / over.max(1.0)).min(1.0),
            CurveShape::Step { from, to, at } => {
                if second < *at {
                    *from
                } else {
                    *to
                }
            }
            CurveShape::Spike { base, peak, at, lasts } => {
                if second >= *at && second < at + lasts {
                    *peak
                } else {
                    *base
                }
            }
            CurveShape::Rows(rows) => {
                let after = rows.partition_point(|(start, _)| start.to_f64().is_some_and(|start| start <= second));
                let row = rows.get(after.saturating_sub(1));
                row.map_or(0.0, |(_, load)| *load)
            }
        }
    }

    /// Returns a constant load of `rate` requests a minute that lasts some seconds.
    pub fn flat(rate: f64, seconds: u64) -> LoadCurve {
        LoadCurve { label: format!("flat rate={rate}/min"), seconds, shape: CurveShape::Flat { rate } }
    }

    /// Reads a description such as `day peak=5000/min base=500/min`.
    ///
    /// The shapes are those of [`LoadCurve::HELP`].
    ///
    /// # Errors
    /// A sentence that says what is wrong and what may be written.
    pub fn described(text: &str) -> Result<LoadCurve, String> {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default();
        let mut given = BTreeMap::new();
        for word in words {
            let Some((key, value)) = word.split_once('=') else {
                return Err(format!("`{word}` is not of the form `name=value`; {}", Self::HELP));
            };
            if given.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(format!("`{key}` is given twice"));
            }
        }
        let mut given = CurveParams(given);
        let usual_length = if name == "day" { DAY } else { 7_200.0 };
        let length = given.seconds("length")?.unwrap_or(usual_length);
        let shape = match name {
            "day" => CurveShape::Day {
                base: given.rate("base")?,
                peak: given.rate("peak")?,
                at: given.seconds("at")?.unwrap_or(14.0 * 3_600.0).rem_euclid(DAY),
            },
            "flat" => CurveShape::Flat { rate: given.rate("rate")? },
            "ramp" => CurveShape::Ramp {
                from: given.rate("from")?,
                to: given.rate("to")?,
                over: given.seconds("over")?.unwrap_or(length / 2.0),
            },
            "step" => CurveShape::Step {
                from: given.rate("from")?,
                to: given.rate("to")?,
                at: given.seconds("at")?.unwrap_or(length / 4.0),
            },
            "spike" => CurveShape::Spike {
                base: given.rate("base")?,
                peak: given.rate("peak")?,
                at: given.seconds("at")?.unwrap_or(length / 4.0),
                lasts: given.seconds("for")?.unwrap_or(600.0),
            },
            other => return Err(format!("there is no shape `{other}`; {}", Self::HELP)),
        };
        if let Some(name) = given.0.keys().next() {
            return Err(format!("this shape has no `{name}`; {}", Self::HELP));
        }
        if !(60.0..=LONGEST).contains(&length) {
            return Err("the length must be from 1min to 31d".to_owned());
        }
        Ok(LoadCurve {
            label: text.split_whitespace().collect::<Vec<_>>().join(" "),
            seconds: to_seconds(length),
            shape,
        })
    }

    /// The shapes that a description can have, for messages.
    pub const HELP: &'static str = "the shapes are `day peak=… base=… [at=14h]`, `flat rate=…`, `ramp from=… to=… [over=…]`, \
        `step from=… to=… [at=…]` and `spike base=… peak=… [at=…] [for=10min]`, each with `[length=…]`; loads are written `5000/min`";
}

/// The values that a shape was given, taken out as they are used.
struct CurveParams(BTreeMap<String, String>);

impl CurveParams {
    fn rate(&mut self, name: &str) -> Result<f64, String> {
        let Some(text) = self.0.remove(name) else { return Err(format!("`{name}` is missing; {}", LoadCurve::HELP)) };
        rate_of(&text)
    }

    fn seconds(&mut self, name: &str) -> Result<Option<f64>, String> {
        self.0.remove(name).map(|text| time_of(&text)).transpose()
    }
}
