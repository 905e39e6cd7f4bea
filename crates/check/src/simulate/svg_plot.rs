//! Draws a run as SVG.
//!
//! The load, the load that could be carried, the units, and the times a target was missed.

use super::simulation_run::{LoadSample, SimulationRun};
use super::text_table::clock;
use crate::scaling::figures;
use crate::units::{Seconds, seconds_as_float};
use std::fmt::Write as _;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 56.0;
/// The lines across, the lowest aside.
const LINES: u32 = 4;
/// The points of a line, at most: more than the picture is wide cannot be seen.
const POINTS: usize = 480;

/// The largest values of the axes of the picture.
struct PlotArea {
    /// The length of the run, in seconds.
    seconds: f64,
    /// The highest load, in requests a minute.
    load: f64,
    /// The largest number of units.
    units: f64,
}

impl PlotArea {
    fn x(&self, second: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * second / self.seconds.max(1.0)
    }

    fn y(value: f64, most: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / most.max(1e-9)).clamp(0.0, 1.0)
    }
}

/// Returns a picture of a run as an SVG document.
pub fn svg(run: &SimulationRun) -> String {
    let size = run.moments.len().div_ceil(POINTS).max(1);
    let moments: Vec<LoadSample> = run.moments.iter().step_by(size).copied().collect();
    let most = |of: fn(&LoadSample) -> f64| run.moments.iter().map(of).fold(1.0, f64::max);
    let units = nice(most(|one| one.wanted));
    let carried = run.full_at.map_or(0.0, |full| full * most(|one| one.running));
    let frame = PlotArea {
        seconds: seconds_as_float(run.summary.seconds),
        load: nice(most(|one| one.load).max(carried)),
        units,
    };
    let mut out = String::new();
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif" font-size="12">"#
    );
    let _ = writeln!(out, r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>"##);
    let title = format!("{}: {}..{} {}", run.of, figures::number(run.minimum), figures::number(run.maximum), run.unit);
    let _ = writeln!(out, r##"<text x="{LEFT}" y="22" font-size="15" fill="#111827">{}</text>"##, escaped(&title));
    let _ = writeln!(out, r##"<text x="{LEFT}" y="40" fill="#6b7280">{}</text>"##, escaped(&run.load));
    bands(run, &frame, &mut out);
    axes(run, &frame, &mut out);
    area(&moments, &frame, &mut out);
    if let Some(full) = run.full_at {
        let points = line(&moments, &frame, true, |one| PlotArea::y(one.running * full, frame.load));
        let _ = writeln!(out, r##"<polyline fill="none" stroke="#059669" stroke-width="1.5" points="{points}"/>"##);
    }
    let points = line(&moments, &frame, true, |one| PlotArea::y(one.wanted, frame.units));
    let _ = writeln!(out, r##"<polyline fill="none" stroke="#7c3aed" stroke-width="2" points="{points}"/>"##);
    legend(run, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Draws the times in which a target was missed, behind everything.
fn bands(run: &SimulationRun, frame: &PlotArea, out: &mut String) {
    let mut start = 0;
    let mut open: Option<u64> = None;
    let mut drawn = |from: u64, to: u64| {
        let (x, end) = (frame.x(seconds_as_float(from)), frame.x(seconds_as_float(to)));
        let height = HEIGHT - TOP - BOTTOM;
        let _ = writeln!(
            out,
            r##"<rect x="{x:.1}" y="{TOP}" width="{:.1}" height="{height}" fill="#fecaca" fill-opacity="0.6"/>"##,
            end - x
        );
    };
    for moment in &run.moments {
        let is_over = moment.seconds_over_target > Seconds(0.0);
        match (open, is_over) {
            (None, true) => open = Some(start),
            (Some(from), false) => {
                drawn(from, start);
                open = None;
            }
            _ => {}
        }
        start = moment.second;
    }
    if let Some(from) = open {
        drawn(from, start);
    }
}

fn axes(run: &SimulationRun, frame: &PlotArea, out: &mut String) {
    let end = WIDTH - RIGHT;
    for number in 0..=LINES {
        let part = f64::from(number) / f64::from(LINES);
        let y = PlotArea::y(part, 1.0);
        let _ = writeln!(out, r##"<line x1="{LEFT}" y1="{y:.1}" x2="{end}" y2="{y:.1}" stroke="#e5e7eb"/>"##);
        let label = y + 4.0;
        let load = figures::number(frame.load * part);
        let units = figures::number(frame.units * part);
        let _ = writeln!(
            out,
            r##"<text x="{}" y="{label:.1}" text-anchor="end" fill="#2563eb">{load}</text>"##,
            LEFT - 8.0
        );
        let _ = writeln!(out, r##"<text x="{}" y="{label:.1}" fill="#7c3aed">{units}</text>"##, end + 8.0);
    }
    let y = HEIGHT - BOTTOM + 18.0;
    for number in 0..=6_u64 {
        let second = run.summary.seconds * number / 6;
        let x = frame.x(seconds_as_float(second));
        let _ =
            writeln!(out, r##"<text x="{x:.1}" y="{y}" text-anchor="middle" fill="#6b7280">{}</text>"##, clock(second));
    }
}

fn area(moments: &[LoadSample], frame: &PlotArea, out: &mut String) {
    let points = line(moments, frame, false, |one| PlotArea::y(one.load, frame.load));
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return };
    let floor = HEIGHT - BOTTOM;
    let (from, to) = (frame.x(seconds_as_float(first.second)), frame.x(seconds_as_float(last.second)));
    let _ = writeln!(
        out,
        r##"<polygon fill="#93c5fd" fill-opacity="0.5" stroke="#2563eb" points="{from:.1},{floor} {points} {to:.1},{floor}"/>"##
    );
}

/// Returns the points of a line; a stepped one holds each value until the next.
fn line(moments: &[LoadSample], frame: &PlotArea, is_stepped: bool, y: impl Fn(&LoadSample) -> f64) -> String {
    let mut points = String::new();
    let mut before: Option<f64> = None;
    for moment in moments {
        let (x, y) = (frame.x(seconds_as_float(moment.second)), y(moment));
        if let Some(before) = before.filter(|before| is_stepped && (before - y).abs() > 0.01) {
            let _ = write!(points, "{x:.1},{before:.1} ");
        }
        let _ = write!(points, "{x:.1},{y:.1} ");
        before = Some(y);
    }
    points.trim_end().to_owned()
}

fn legend(run: &SimulationRun, out: &mut String) {
    let mut entries = vec![("#2563eb", "load, requests a minute".to_owned())];
    if run.full_at.is_some() {
        entries.push(("#059669", "what can be carried".to_owned()));
    }
    entries.push(("#7c3aed", format!("{} (right)", run.unit)));
    entries.push(("#ef4444", "over target".to_owned()));
    let y = HEIGHT - 14.0;
    let mut x = LEFT;
    for (colour, text) in entries {
        let _ = writeln!(out, r#"<rect x="{x}" y="{}" width="12" height="4" fill="{colour}"/>"#, y - 6.0);
        let _ = writeln!(out, r##"<text x="{}" y="{y}" fill="#374151">{}</text>"##, x + 18.0, escaped(&text));
        x += 200.0;
    }
}

/// Returns the next round figure: 1, 2, 2.5 or 5 times a power of ten.
fn nice(value: f64) -> f64 {
    let mut size = 1.0;
    while size < 1e15 {
        for factor in [1.0, 2.0, 2.5, 5.0] {
            if size * factor >= value {
                return size * factor;
            }
        }
        size *= 10.0;
    }
    value
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
