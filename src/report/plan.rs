//! Prints a plan for people.

use super::change::{ChangePrinter, push};
use super::replacement_order::ReplacementOrder;
use super::styles::{Styles, paint};
use super::value::ValuePrinter;
use gpb_catalog::TypeLookup;
use gpb_engine::plan::{Action, Plan, ResourceChange, values};
use gpb_model::{Address, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The number of changes of each kind in a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PlanSummary {
    /// The number of resources to create.
    pub create: usize,
    /// The number of resources to update in place.
    pub update: usize,
    /// The number of resources to replace.
    pub replace: usize,
    /// The number of resources to delete.
    pub delete: usize,
    /// The number of resources of an interrupted run to adopt.
    pub adopt: usize,
    /// The number of resources to forget.
    pub forget: usize,
    /// The number of resources to let go of, which stay on AWS; replaced ones of which the old one stays included.
    pub retain: usize,
    /// The number of resources that only move to another address.
    pub moved: usize,
    /// The number of existing resources to read during apply.
    pub read: usize,
    /// The number of resources without a change.
    pub unchanged: usize,
    /// The number of changes outside gpb that are warnings.
    pub drift_warnings: usize,
    /// The number of protected resources among those to replace or delete.
    ///
    /// With any, the plan is refused.
    pub protected: usize,
}

impl PlanSummary {
    /// Counts the changes of a plan.
    pub fn new(plan: &Plan) -> PlanSummary {
        let mut summary = PlanSummary::default();
        for change in &plan.changes {
            *match change.action {
                Action::Create => &mut summary.create,
                Action::Update => &mut summary.update,
                Action::Replace => &mut summary.replace,
                Action::Delete => &mut summary.delete,
                Action::Adopt => &mut summary.adopt,
                Action::Forget => &mut summary.forget,
                Action::Retain => &mut summary.retain,
                Action::Read => &mut summary.read,
                Action::NoOp if change.moved_from.is_some() => &mut summary.moved,
                Action::NoOp => &mut summary.unchanged,
            } += 1;
            summary.drift_warnings += change.drift_warnings.len();
            summary.protected += usize::from(change.protected.is_some());
            summary.retain += usize::from(change.action != Action::Retain && change.retains());
        }
        summary
    }
}

impl fmt::Display for PlanSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PlanSummary { create, update, replace, delete, unchanged, .. } = self;
        write!(f, "{create} to create, {update} to update, {replace} to replace, {delete} to delete")?;
        for (count, what) in
            [(self.adopt, "adopt"), (self.forget, "forget"), (self.retain, "keep"), (self.moved, "move")]
        {
            if count > 0 {
                write!(f, ", {count} to {what}")?;
            }
        }
        write!(f, ", {unchanged} unchanged.")
    }
}

/// Prints the whole plan: what it is of, drift, changes layer by layer, outputs and the summary.
pub fn human(plan: &Plan, types: TypeLookup<'_>, styles: &Styles) -> String {
    let kinds: BTreeMap<&Address, &str> = plan.changes.iter().map(|c| (&c.address, c.ty.as_str())).collect();
    let places: BTreeSet<&Place> = plan.changes.iter().map(|change| &change.place).collect();
    let order = ReplacementOrder::new(plan);
    let view = ValuePrinter { types, kinds: &kinds };
    let page = ChangePrinter { view, styles, several_places: places.len() > 1, order: &order };
    let mut out = String::new();
    push(&mut out, &paint(styles.strong, super::heading::of_plan(plan)));
    out.push('\n');
    if !plan.observed {
        push(
            &mut out,
            &paint(styles.alert, "Made from the state alone: the cloud was not read. This plan cannot be applied."),
        );
        out.push('\n');
    }
    if !plan.inputs.is_empty() {
        push(&mut out, &paint(styles.strong, "Given from outside:"));
        for input in &plan.inputs {
            push(&mut out, &format!("  {input}"));
        }
        out.push('\n');
    }
    drift(plan, &page, &mut out);
    if !plan.overrides.is_empty() {
        push(&mut out, &paint(styles.strong, "Overridden by the environment:"));
        for line in &plan.overrides {
            push(&mut out, &format!("  {line}"));
        }
        out.push('\n');
    }
    layers(plan, &page, &mut out);
    withheld(plan, &page, &mut out);
    outputs(plan, &page, &mut out);
    let summary = PlanSummary::new(plan);
    if plan.is_empty() && !plan.withheld.is_empty() {
        push(&mut out, &paint(styles.strong, "No changes of what could be read."));
    } else if plan.is_empty() {
        push(&mut out, &paint(styles.strong, unchanged(summary.unchanged, plan.changed_outputs().len())));
    } else {
        push(&mut out, &format!("{} {summary}", paint(styles.strong, "Plan:")));
    }
    if summary.drift_warnings > 0 {
        let (count, noun) = (summary.drift_warnings, if summary.drift_warnings == 1 { "warning" } else { "warnings" });
        let text = format!("{count} {noun}: see \"Changed outside gpb\" above.");
        push(&mut out, &paint(styles.alert, text));
    }
    order.legend(plan, styles, &mut out);
    if summary.protected > 0 {
        let (count, verb) = (summary.protected, if summary.protected == 1 { "is" } else { "are" });
        let text = format!("{count} of them {verb} protected: this plan is refused without `--unprotect`.");
        push(&mut out, &paint(styles.alert, text));
    }
    out
}

/// Returns the summary of a plan that changes no resource.
fn unchanged(kept: usize, outputs: usize) -> String {
    let (noun, verb) = if kept == 1 { ("resource", "is") } else { ("resources", "are") };
    match outputs {
        0 => format!("No changes: {kept} {noun} {verb} as declared."),
        1 => format!("Only 1 output changes: {kept} {noun} {verb} as declared."),
        count => format!("Only {count} outputs change: {kept} {noun} {verb} as declared."),
    }
}

/// Prints the drift of all resources.
fn drift(plan: &Plan, page: &ChangePrinter<'_>, out: &mut String) {
    let drifted: Vec<&ResourceChange> = plan.changes.iter().filter(|change| !change.drift.is_empty()).collect();
    if drifted.is_empty() {
        return;
    }
    push(out, &paint(page.styles.alert, "Changed outside gpb:"));
    for change in drifted {
        page.drift(change, out);
    }
    out.push('\n');
}

/// Prints the changes, layer by layer.
fn layers(plan: &Plan, page: &ChangePrinter<'_>, out: &mut String) {
    let is_shown =
        |change: &&ResourceChange| change.is_pending() || (change.action == Action::Read && change.id.is_none());
    let mut layer: Option<Option<&str>> = None;
    for change in plan.changes.iter().filter(is_shown) {
        let mine = change.layer.as_deref();
        if layer != Some(mine) {
            if layer.is_some() {
                out.push('\n');
            }
            push(out, &paint(page.styles.strong, mine.unwrap_or("(no layer)")));
            layer = Some(mine);
        }
        page.change(change, out);
    }
    if layer.is_some() {
        out.push('\n');
    }
}

/// Prints what is left alone, each with the reason.
fn withheld(plan: &Plan, page: &ChangePrinter<'_>, out: &mut String) {
    if plan.withheld.is_empty() {
        return;
    }
    push(out, &paint(page.styles.alert, "Left alone:"));
    for one in &plan.withheld {
        let why = match (&one.unread, &one.because) {
            (Some(why), _) => format!("cannot be read: {why}"),
            (None, Some(because)) => format!("depends on {because}"),
            (None, None) => "cannot be read".to_owned(),
        };
        push(out, &format!("  {} ({}): {}", one.address, one.ty, super::value::visible(&why)));
    }
    out.push('\n');
}

/// Prints the new outputs.
///
/// Where nothing else changes, it prints only those that change, with their old values.
fn outputs(plan: &Plan, page: &ChangePrinter<'_>, out: &mut String) {
    let gone = || plan.outputs_before.keys().map(String::as_str).filter(|name| !plan.outputs.contains_key(*name));
    let mut names: Vec<&str> = if plan.is_empty() {
        plan.changed_outputs()
    } else {
        plan.outputs.keys().map(AsRef::as_ref).chain(gone()).collect()
    };
    names.sort_unstable();
    if names.is_empty() {
        return;
    }
    push(out, &paint(page.styles.strong, "Outputs:"));
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for name in names {
        let is_gone = !plan.outputs.contains_key(name);
        let before = plan.outputs_before.get(name).filter(|_| plan.is_empty() || is_gone).and_then(values::lift);
        let lines = match (before, plan.outputs.get(name)) {
            (None, None) => continue,
            (None, Some(value)) => page.view.lines(None, None, value),
            (Some(before), None) => changed_lines(page.view.lines(None, None, &before), vec!["(gone)".to_owned()]),
            (Some(before), Some(value)) => {
                changed_lines(page.view.lines(None, None, &before), page.view.lines(None, None, value))
            }
        };
        for (index, line) in lines.into_iter().enumerate() {
            push(out, &if index == 0 { format!("  {name:width$} = {line}") } else { format!("  {line}") });
        }
    }
    out.push('\n');
}

/// Joins the lines of the old and the new value by an arrow.
fn changed_lines(mut before: Vec<String>, after: Vec<String>) -> Vec<String> {
    let mut after = after.into_iter();
    if let (Some(last), Some(first)) = (before.last_mut(), after.next()) {
        last.push_str(" -> ");
        last.push_str(&first);
    }
    before.extend(after);
    before
}
