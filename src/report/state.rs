//! Prints a state for people.

use super::change::push;
use super::styles::{Styles, paint};
use super::value::{ValuePrinter, display};
use gpb_catalog::TypeLookup;
use gpb_engine::plan::{masked, values};
use gpb_engine::state::{ResourceRecord, StateSnapshot};
use gpb_model::Address;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Prints a table of all resources: layer, address, type and identifier.
pub fn list(snapshot: &StateSnapshot, styles: &Styles) -> String {
    let mut records: Vec<&ResourceRecord> = snapshot.resources.values().collect();
    records.sort_by(|a, b| (a.layer.is_none(), &a.layer, &a.address).cmp(&(b.layer.is_none(), &b.layer, &b.address)));
    let rows: Vec<[&str; 4]> = records
        .into_iter()
        .map(|record| [record.layer.as_deref().unwrap_or("-"), record.address.as_str(), &record.ty, &record.id])
        .collect();
    let mut out = String::new();
    push(&mut out, &paint(styles.strong, super::heading::of_state(snapshot)));
    out + "\n" + &table(["LAYER", "ADDRESS", "TYPE", "ID"], &rows, styles)
}

/// Prints one resource: type, place, applied properties, those the cloud set.
///
/// `None` when the state has no such address.
pub fn show(snapshot: &StateSnapshot, address: &Address, types: TypeLookup<'_>, styles: &Styles) -> Option<String> {
    let record = snapshot.resources.get(address)?;
    let def = types(&record.ty);
    let def = def.as_deref();
    let kinds = BTreeMap::new();
    let view = ValuePrinter { types, kinds: &kinds };
    let mut out = String::new();
    push(&mut out, &paint(styles.strong, super::heading(&snapshot.scope, [&record.place])));
    out.push('\n');
    push(&mut out, &format!("{} ({})", paint(styles.strong, &record.address), record.ty));
    let account = record.place.account.as_deref().map(|account| format!(" of {account}")).unwrap_or_default();
    push(&mut out, &format!("  id         = {}", record.id));
    push(&mut out, &format!("  place      = {}{account}", record.place.region));
    if let Some(layer) = &record.layer {
        push(&mut out, &format!("  layer      = {layer}"));
    }
    if !record.depends_on.is_empty() {
        let names: Vec<&str> = record.depends_on.iter().map(Address::as_str).collect();
        push(&mut out, &format!("  depends on = {}", names.join(", ")));
    }
    if let Some(protect) = record.protect {
        push(&mut out, &format!("  protect    = {}", if protect { "always" } else { "never" }));
    }
    if let Some(why) = &record.tainted {
        push(&mut out, &paint(styles.alert, format_args!("  not finished: {why}")));
    }
    let observed = masked(&record.observed, &record.applied);
    let besides = observed.iter().filter(|(name, _)| !record.applied.contains_key(*name)).collect::<Vec<_>>();
    let sections = [("Applied", record.applied.iter().collect()), ("Set by the cloud", besides)];
    for (title, properties) in sections.into_iter().filter(|(_, properties)| !properties.is_empty()) {
        push(&mut out, &format!("\n{}", paint(styles.strong, format_args!("{title}:"))));
        for (name, json) in properties {
            let name_shown = display(def, &PropPath::default().child(name));
            property(&view, def, &name_shown, name, json, &mut out);
        }
    }
    Some(out)
}

/// Prints one property.
fn property(
    view: &ValuePrinter<'_>,
    def: Option<&gpb_catalog::TypeDef>,
    name: &str,
    aws: &str,
    json: &Json,
    out: &mut String,
) {
    let Some(value) = values::lift(json) else { return };
    let shape = def.and_then(|def| def.shape_at(&PropPath::default().child(aws)));
    for (index, line) in view.lines(def, shape, &value).into_iter().enumerate() {
        push(out, &if index == 0 { format!("  {name} = {line}") } else { format!("  {line}") });
    }
}

/// Prints a table with aligned columns.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[&str; N]], styles: &Styles) -> String {
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[&str; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{:width$}", super::value::visible(cell)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut out = String::new();
    push(&mut out, &paint(styles.dim, line(&head)));
    for row in rows {
        push(&mut out, &line(row));
    }
    out
}
