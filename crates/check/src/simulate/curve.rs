//! A load over time: from a table, or from the description of a shape.

use gpb_base::source::Span;
use gpb_base::unit;
use gpb_base::unit::Dimension;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// The longest time simulated: a month.
const LONGEST: f64 = 31.0 * 86_400.0;
const DAY: f64 = 86_400.0;

/// Requests a minute over time.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCurve {
    /// How it was described.
    pub label: String,
    pub seconds: u64,
    shape: CurveShape,
}

#[derive(Debug, Clone, PartialEq)]
enum CurveShape {
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

/// A row of a table that cannot be read; lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct RowError {
    pub line: usize,
    pub why: String,
}

impl LoadCurve {
    /// The load at a second.
    pub fn load_at(&self, second: f64) -> f64 {
        match &self.shape {
            CurveShape::Day { base, peak, at } => {
                // How far the peak is, around the clock: half a day at most.
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

    pub fn flat(rate: f64, seconds: u64) -> LoadCurve {
        LoadCurve { label: format!("flat rate={rate}/min"), seconds, shape: CurveShape::Flat { rate } }
    }

    /// `day peak=5000/min base=500/min`; the shapes are those of [`LoadCurve::HELP`].
    ///
    /// # Errors
    /// A sentence that says what is wrong and what may be written.
    pub fn described(text: &str) -> Result<LoadCurve, String> {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default();
        let mut given = BTreeMap::new();
        for word in words {
            let Some((key, value)) = word.split_once('=') else {
                return Err(format!("`{word}` is no `name=value`; {}", Self::HELP));
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

    pub const HELP: &'static str = "the shapes are `day peak=… base=… [at=14h]`, `flat rate=…`, `ramp from=… to=… [over=…]`, \
        `step from=… to=… [at=…]` and `spike base=… peak=… [at=…] [for=10min]`, each with `[length=…]`; loads are written `5000/min`";

    /// Two columns: a time (`90`, `90s`, `5min`, `13:30`) and the load from then on (`1000`, a minute, or `20/s`). A first row that
    /// is not of that form is a heading; the last row says how long it all lasts.
    ///
    /// # Errors
    /// The first row that cannot be read.
    pub fn table(label: &str, text: &str) -> Result<LoadCurve, RowError> {
        let mut rows: Vec<(u64, f64)> = Vec::new();
        let mut is_first = true;
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line_number = number + 1;
            let bad = |why: &str| RowError { line: line_number, why: why.to_owned() };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let row = row(line);
            let was_first = std::mem::replace(&mut is_first, false);
            let (time, load) = match row {
                Ok(row) => row,
                Err(_) if was_first && !line.starts_with(|c: char| c.is_ascii_digit()) => continue,
                Err(why) => return Err(bad(&why)),
            };
            if rows.last().is_some_and(|(before, _)| *before >= time) {
                return Err(bad("times must grow from row to row"));
            }
            if time > to_seconds(LONGEST) {
                return Err(bad("31 days are the most"));
            }
            rows.push((time, load));
        }
        let seconds = rows.last().map_or(0, |(time, _)| *time);
        if seconds < NOTED_AT_LEAST {
            return Err(RowError {
                line: text.lines().count().max(1),
                why: "the table must reach a minute or more".to_owned(),
            });
        }
        Ok(LoadCurve { label: label.to_owned(), seconds, shape: CurveShape::Rows(rows) })
    }
}

const NOTED_AT_LEAST: u64 = 60;

fn row(line: &str) -> Result<(u64, f64), String> {
    let mut cells = line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"'));
    let (Some(time), Some(load), None) = (cells.next(), cells.next(), cells.next()) else {
        return Err("a row has two cells: a time and a load".to_owned());
    };
    Ok((to_seconds(time_of(time)?), rate_of(load)?))
}

/// What a shape was given, taken out as it is used.
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

/// A load: requests a minute, or with its unit.
fn rate_of(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no load: write `1000` (a minute), `1000/min` or `20/s`");
    let (amount, unit) = parts(text).ok_or_else(wrong)?;
    if unit.is_empty() {
        return amount.to_f64().ok_or_else(wrong);
    }
    let quantity = unit::quantity(amount, unit, Span::default()).map_err(|_| wrong())?;
    if quantity.dimension != Dimension::Rate {
        return Err(wrong());
    }
    // Rates are held by the hour.
    quantity.amount.to_f64().map(|hourly| hourly / 60.0).ok_or_else(wrong)
}

/// A time since the start: seconds, a duration, or a clock's.
fn time_of(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no time: write `90` (seconds), `90s`, `5min`, `2h` or `13:30`");
    if let Some((hours, minutes)) = text.split_once(':') {
        let (minutes, seconds) = minutes.split_once(':').unwrap_or((minutes, "0"));
        let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|value| *value <= most).ok_or_else(wrong);
        let total = number(hours, 744)? * 3_600 + number(minutes, 59)? * 60 + number(seconds, 59)?;
        return Ok(f64::from(total));
    }
    let (amount, unit) = parts(text).ok_or_else(wrong)?;
    if unit.is_empty() {
        return amount.to_f64().ok_or_else(wrong);
    }
    let quantity = unit::quantity(amount, unit, Span::default()).map_err(|_| wrong())?;
    if quantity.dimension != Dimension::Duration {
        return Err(wrong());
    }
    quantity.amount.to_f64().ok_or_else(wrong)
}

/// A number and what follows it; `k` and `M` are thousands and millions.
fn parts(text: &str) -> Option<(Decimal, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let number: Decimal = number.replace('_', "").parse().ok()?;
    let letters = rest.find('/').unwrap_or(rest.len());
    let (letter, unit) = rest.split_at_checked(letters)?;
    match (unit::thousands(number, letter), letter) {
        (Some(number), _) => Some((number, unit)),
        (None, "") => Some((number, unit)),
        (None, _) => Some((number, rest)),
    }
}

fn to_seconds(seconds: f64) -> u64 {
    seconds.round().clamp(0.0, LONGEST * 2.0).to_u64().unwrap_or(0)
}
