//! Compares two structures or texts line by line.

use super::styles::{Styles, paint};
use gpb_catalog::{Shape, TypeDef};
use gpb_engine::plan::compare;
use gpb_model::PropertyValue;
use serde_json::{Map, Value as Json};
use similar::{ChangeTag, TextDiff};

/// The number of unchanged lines shown around a change.
const CONTEXT: usize = 2;

/// Returns the lines that differ, each marked, with a few around them.
///
/// Changes within a line are underlined.
pub(super) fn differing_lines(before: &[String], after: &[String], styles: &Styles) -> Vec<String> {
    let text = |lines: &[String]| lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
    let (before, after) = (text(before), text(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut out = Vec::new();
    let groups = diff.grouped_ops(CONTEXT);
    let starts_late = groups.first().and_then(|group| group.first()).is_some_and(|op| op.old_range().start > 0);
    if starts_late {
        out.push(paint(styles.dim, "  …"));
    }
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            out.push(paint(styles.dim, "  …"));
        }
        for op in group {
            // Without a deadline: the same plan is the same text on a slow machine.
            for change in diff.iter_inline_changes_deadline(op, None) {
                let (mark, style) = match change.tag() {
                    ChangeTag::Equal => (' ', styles.dim),
                    ChangeTag::Insert => ('+', styles.create),
                    ChangeTag::Delete => ('-', styles.delete),
                };
                let mut line = paint(style, format_args!("{mark} "));
                for (emphasized, part) in change.iter_strings_lossy() {
                    let is_plain = *styles == Styles::PLAIN;
                    let style = if emphasized && !is_plain { style.underline() } else { style };
                    line.push_str(&paint(style, part.trim_end_matches('\n')));
                }
                out.push(line);
            }
        }
    }
    out
}

/// Arranges the old value so that a line by line comparison shows only changes.
///
/// Elements of unordered lists are aligned with those they become, and of objects only the keys of the new value are kept,
/// unless the others are the whole difference.
pub(super) fn arranged(def: Option<&TypeDef>, shape: Option<&Shape>, before: &Json, after: &PropertyValue) -> Json {
    let trimmed = arrange(def, shape, before, after, true);
    match after.to_json() {
        Some(plain) if plain == trimmed => arrange(def, shape, before, after, false),
        _ => trimmed,
    }
}

/// Arranges one level; `trim` drops keys that the new value does not have.
fn arrange(def: Option<&TypeDef>, shape: Option<&Shape>, before: &Json, after: &PropertyValue, trim: bool) -> Json {
    let shape = def.zip(shape).map(|(def, shape)| def.resolve(shape));
    match (before, after) {
        (Json::Object(was), PropertyValue::Map(will)) if !gpb_engine::state::is_redacted(before) => {
            let is_document = matches!(shape, Some(Shape::Json));
            let kept = was.iter().filter(|(key, _)| is_document || !trim || will.contains_key(key.as_str()));
            let entries = kept.map(|(key, json)| {
                let inner = will.get(key.as_str()).map(|value| arrange(def, inside(shape, key), json, value, trim));
                (key.clone(), inner.unwrap_or_else(|| json.clone()))
            });
            Json::Object(entries.collect::<Map<_, _>>())
        }
        (Json::Array(was), PropertyValue::List(will)) => {
            let (item, is_ordered) = match shape {
                Some(Shape::List(list)) => (Some(&*list.item), list.ordered),
                _ => (None, true),
            };
            let pairs = if is_ordered {
                let both = |index| ((index < will.len()).then_some(index), (index < was.len()).then_some(index));
                (0..was.len().max(will.len())).map(both).collect()
            } else {
                let (mine, theirs): (Vec<_>, Vec<_>) = (will.iter().collect(), was.iter().collect());
                let plain: Vec<Option<Json>> = will.iter().map(PropertyValue::to_json).collect();
                compare::align(&mine, &theirs, &mut |a, b| {
                    let there = was.get(b).zip(will.get(a)).map(|(there, will)| arrange(def, item, there, will, true));
                    there.is_some() && there == plain.get(a).cloned().flatten()
                })
            };
            let elements = pairs.into_iter().filter_map(|(mine, theirs)| {
                let json = was.get(theirs?)?;
                let arranged = mine.and_then(|mine| will.get(mine)).map(|value| arrange(def, item, json, value, trim));
                Some(arranged.unwrap_or_else(|| json.clone()))
            });
            Json::Array(elements.collect())
        }
        (Json::String(text), PropertyValue::Map(_) | PropertyValue::List(_)) => {
            compare::parse_document(text).unwrap_or_else(|| before.clone())
        }
        _ => before.clone(),
    }
}

/// Returns the shape of an entry.
fn inside<'a>(shape: Option<&'a Shape>, key: &str) -> Option<&'a Shape> {
    match shape? {
        Shape::Object(object) => object.by_aws(key).map(|property| &property.shape),
        Shape::Map { value, .. } => Some(value),
        _ => None,
    }
}
