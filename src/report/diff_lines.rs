//! Prints the differences of two values line by line, each line with its mark.

use super::styles::{Styles, paint};
use super::value::{ValuePrinter, element, entry, name, pick, quoted};
use super::value_diff::ValueDiff;
use anstyle::Style;
use gpb_catalog::{Shape, TypeDef};
use gpb_model::PropertyValue;
use similar::{ChangeTag, TextDiff};

/// The number of unchanged lines shown around a change.
const CONTEXT: usize = 2;

/// A line of two values that are shown as one.
struct MarkedLine {
    /// ` `, `+` or `-`.
    mark: char,
    /// The text, each part with whether it is what changed within the line.
    parts: Vec<(bool, String)>,
    /// True for the first line of a structure that something differs in.
    leads: bool,
}

/// The place of a value: its type and shape, what stands before and after it.
#[derive(Clone, Copy)]
struct LinePlace<'a> {
    shape: Option<&'a Shape>,
    head: &'a str,
    tail: &'a str,
    depth: usize,
}

/// Returns the lines of a value with what differs in it, each marked, and of the rest a few around them.
///
/// Whatever a line that differs is in is shown too. Changes within a line are underlined.
pub(super) fn diff_lines(
    view: ValuePrinter<'_>,
    def: Option<&TypeDef>,
    shape: Option<&Shape>,
    diff: &ValueDiff,
    styles: &Styles,
) -> Vec<String> {
    let mut lines = Vec::new();
    let lister = DiffLister { view, def };
    lister.list(LinePlace { shape, head: "", tail: "", depth: 0 }, diff, &mut lines);
    let is_near = |at: usize| {
        let near = lines.get(at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len())).unwrap_or_default();
        near.iter().any(|line| line.mark != ' ')
    };
    let mut out = Vec::new();
    let mut is_cut = false;
    for (at, line) in lines.iter().enumerate() {
        if line.leads || is_near(at) {
            if is_cut {
                out.push(paint(styles.dim, "  …"));
            }
            out.push(painted(line, styles));
            is_cut = false;
        } else {
            is_cut = true;
        }
    }
    out
}

fn painted(line: &MarkedLine, styles: &Styles) -> String {
    let style: Style = match line.mark {
        '+' => styles.create,
        '-' => styles.delete,
        _ => styles.dim,
    };
    let mut out = paint(style, format_args!("{} ", line.mark));
    for (is_changed, part) in &line.parts {
        let is_plain = *styles == Styles::PLAIN;
        out.push_str(&paint(if *is_changed && !is_plain { style.underline() } else { style }, part));
    }
    out
}

struct DiffLister<'a> {
    view: ValuePrinter<'a>,
    def: Option<&'a TypeDef>,
}

impl DiffLister<'_> {
    fn list(&self, place: LinePlace<'_>, diff: &ValueDiff, out: &mut Vec<MarkedLine>) {
        let LinePlace { shape, head, tail, depth } = place;
        match diff {
            ValueDiff::Same(value) => self.whole(' ', place, value, out),
            ValueDiff::Added(value) => self.whole('+', place, value, out),
            ValueDiff::Removed(value) => self.whole('-', place, value, out),
            ValueDiff::Changed(before, after) => self.changed(place, [before, after], out),
            ValueDiff::Map(entries) => {
                let shape = pick_map(self.def, shape);
                let leads = !diff.is_same();
                out.push(line(' ', depth, &format!("{head}{{"), leads));
                for (key, one) in entries {
                    let head = format!("{} = ", name(shape, key));
                    let place = LinePlace { shape: entry(shape, key), head: &head, tail: "", depth: depth + 1 };
                    self.list(place, one, out);
                }
                out.push(line(' ', depth, &format!("}}{tail}"), false));
            }
            ValueDiff::List(items) => {
                let shape = pick(self.def, shape, &PropertyValue::List(Vec::new()));
                let leads = !diff.is_same();
                out.push(line(' ', depth, &format!("{head}["), leads));
                for one in items {
                    let place = LinePlace { shape: element(shape), head: "", tail: ",", depth: depth + 1 };
                    self.list(place, one, out);
                }
                out.push(line(' ', depth, &format!("]{tail}"), false));
            }
        }
    }

    fn whole(&self, mark: char, place: LinePlace<'_>, value: &PropertyValue, out: &mut Vec<MarkedLine>) {
        let lines = self.view.spread(self.def, place.shape, value);
        out.extend(around(&lines, place).iter().map(|text| line(mark, place.depth, text, false)));
    }

    fn changed(&self, place: LinePlace<'_>, [before, after]: [&PropertyValue; 2], out: &mut Vec<MarkedLine>) {
        let shown = |value| self.view.spread(self.def, place.shape, value);
        let (mut old, mut new) = (shown(before), shown(after));
        if let (PropertyValue::Text(before), PropertyValue::Text(after)) = (before, after)
            && (old == new || (old.len() > 1) != (new.len() > 1))
        {
            // What differs is not to be seen between lines: blanks at the end.
            (old, new) = (vec![quoted(before)], vec![quoted(after)]);
        }
        let (old, new) = (around(&old, place), around(&new, place));
        let text = |lines: &[String]| lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
        let (old, new) = (text(&old), text(&new));
        let diff = TextDiff::from_lines(&old, &new);
        for op in diff.ops() {
            // Without a deadline: the same plan is the same text on a slow machine.
            for change in diff.iter_inline_changes_deadline(op, None) {
                let mark = match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Insert => '+',
                    ChangeTag::Delete => '-',
                };
                let blanks = (false, "  ".repeat(place.depth));
                let parts = change.iter_strings_lossy();
                let parts = parts.map(|(is_changed, part)| (is_changed, part.trim_end_matches('\n').to_owned()));
                out.push(MarkedLine { mark, parts: std::iter::once(blanks).chain(parts).collect(), leads: false });
            }
        }
    }
}

/// Returns the shape of an object among those that its place allows.
fn pick_map<'a>(def: Option<&'a TypeDef>, shape: Option<&'a Shape>) -> Option<&'a Shape> {
    pick(def, shape, &PropertyValue::Map(gpb_model::PropertyMap::default()))
}

/// Puts the head before the first line and the tail after the last.
fn around(lines: &[String], place: LinePlace<'_>) -> Vec<String> {
    let last = lines.len().saturating_sub(1);
    let one = |(at, text): (usize, &String)| {
        let head = if at == 0 { place.head } else { "" };
        let tail = if at == last { place.tail } else { "" };
        format!("{head}{text}{tail}")
    };
    lines.iter().enumerate().map(one).collect()
}

fn line(mark: char, depth: usize, text: &str, leads: bool) -> MarkedLine {
    MarkedLine { mark, parts: vec![(false, format!("{}{text}", "  ".repeat(depth)))], leads }
}
