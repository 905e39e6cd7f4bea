//! Prints a run as a table.

use super::simulation_run::{LoadSample, SimulationRun};
use crate::scaling::figures;
use crate::units::{Fraction, Seconds, count_as_float, seconds_as_float};
use std::fmt::Write as _;

/// The rows of the table, at most.
const ROWS: usize = 24;

/// Returns a table of a run with its summary, for a terminal.
pub fn table(run: &SimulationRun) -> String {
    let mut out = String::new();
    let _ =
        writeln!(out, "{}: {}..{} {}", run.of, figures::number(run.minimum), figures::number(run.maximum), run.unit);
    if let Some(full) = run.full_at {
        let _ = writeln!(out, "each carries {} requests a minute when it is full", figures::number(full));
    }
    let _ = writeln!(out, "load: {}, ±{}%, seed {}\n", run.load, figures::number(run.noise.0 * 100.0), run.seed);
    let _ = writeln!(
        out,
        "{:>8}  {:>10}  {:>8}  {:>8}  {:>6}  {:>11}",
        "time", "load", "wanted", "running", "full", "over target"
    );
    for row in rows(run) {
        let full = row.fullness.map_or_else(|| "-".to_owned(), |part| format!("{:.0}%", part.0 * 100.0));
        let over = if row.seconds_over_target > Seconds(0.0) {
            figures::duration(row.seconds_over_target)
        } else {
            "-".to_owned()
        };
        let _ = writeln!(
            out,
            "{:>8}  {:>10}  {:>8}  {:>8}  {full:>6}  {over:>11}",
            clock(row.second),
            format!("{:.0}/min", row.load),
            figures::number(row.wanted),
            figures::number(row.running),
        );
    }
    out.push('\n');
    summary(run, &mut out);
    out
}

fn summary(run: &SimulationRun, out: &mut String) {
    let sum = &run.summary;
    let part = |seconds: Seconds| seconds.0 * 100.0 / seconds_as_float(sum.seconds).max(1.0);
    let _ = writeln!(
        out,
        "{}: {} at least, {} on average, {} at most; {} hours of them",
        run.unit,
        figures::number(sum.least_units),
        figures::number(sum.mean_units),
        figures::number(sum.most_units),
        figures::number(sum.unit_hours),
    );
    let _ = writeln!(out, "changes: {} up, {} down", sum.outs, sum.ins);
    let _ = writeln!(
        out,
        "over target: {} ({:.1}% of the time)",
        lasted(sum.seconds_over_target),
        part(sum.seconds_over_target)
    );
    if run.full_at.is_some() {
        let _ = writeln!(
            out,
            "overloaded: {} ({:.1}% of the time), {} requests beyond what could be carried",
            lasted(sum.seconds_overloaded),
            part(sum.seconds_overloaded),
            figures::number(sum.requests_beyond.round()),
        );
    }
    let _ = match sum.cost {
        Some(cost) => writeln!(out, "cost: ${cost:.2}"),
        None => writeln!(out, "cost: unpriced"),
    };
}

/// Combines the samples of a run into as many rows as one can read.
fn rows(run: &SimulationRun) -> Vec<LoadSample> {
    let size = run.moments.len().div_ceil(ROWS).max(1);
    run.moments.chunks(size).filter_map(combine).collect()
}

fn combine(moments: &[LoadSample]) -> Option<LoadSample> {
    let last = moments.last()?;
    let load = moments.iter().map(|one| one.load).sum::<f64>() / count_as_float(moments.len());
    let fullness = moments.iter().map(|one| one.fullness.map(|part| part.0)).sum::<Option<f64>>();
    Some(LoadSample {
        second: last.second,
        load,
        fullness: fullness.map(|sum| Fraction(sum / count_as_float(moments.len()))),
        seconds_over_target: moments.iter().map(|one| one.seconds_over_target).sum(),
        ..*last
    })
}

/// Formats a second since the start as a time: `13:30`, `13:30:05`.
pub fn clock(second: u64) -> String {
    let (hours, minutes) = (second / 3_600, second / 60 % 60);
    match second % 60 {
        0 => format!("{hours:02}:{minutes:02}"),
        seconds => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// Formats a length of time in its two largest units.
fn lasted(seconds: Seconds) -> String {
    let seconds = seconds.0;
    let (hours, minutes, rest) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0, seconds % 60.0);
    if hours > 0.0 {
        format!("{hours:.0}h {minutes:.0}min")
    } else if minutes > 0.0 {
        format!("{minutes:.0}min {rest:.0}s")
    } else {
        format!("{rest:.0}s")
    }
}
