//! Reads a load from a table of times and rates.

use super::curve::{CurveShape, LoadCurve};
use super::curve_text::{LONGEST, rate_of, time_of, to_seconds};

/// A row of a table that cannot be read; lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct RowError {
    /// The line number, from 1.
    pub line: usize,
    /// The reason, as a clause: "times must grow from row to row".
    pub why: String,
}

impl LoadCurve {
    /// Reads two columns.
    ///
    /// A time (`90`, `90s`, `5min`, `13:30`) and the load from then on.
    ///
    /// The load is `1000` (a minute) or `20/s`. A first row of another form is a heading; the last row ends the load.
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
        if seconds < SHORTEST {
            return Err(RowError {
                line: text.lines().count().max(1),
                why: "the table must reach a minute or more".to_owned(),
            });
        }
        Ok(LoadCurve { label: label.to_owned(), seconds, shape: CurveShape::Rows(rows) })
    }
}

/// The shortest table, in seconds.
const SHORTEST: u64 = 60;

fn row(line: &str) -> Result<(u64, f64), String> {
    let mut cells = line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"'));
    let (Some(time), Some(load), None) = (cells.next(), cells.next(), cells.next()) else {
        return Err("a row has two cells: a time and a load".to_owned());
    };
    Ok((to_seconds(time_of(time)?), rate_of(load)?))
}
