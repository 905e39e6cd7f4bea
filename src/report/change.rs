//! Prints one change of a plan for people.

use super::diff_lines::diff_lines;
use super::replacement_order::{CREATE_FIRST, DELETE_FIRST, KEPT, ReplacementOrder};
use super::styles::{Styles, paint};
use super::value::{ValuePrinter, display};
use super::value_diff::{ValueDiff, value_diff};
use anstyle::Style;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::deletion_locks::{DeletionLock, LockRelease};
use gpb_engine::plan::{Action, OWNER, PLACE, PropertyDifference, ResourceChange, STATE, TYPE, values};
use gpb_model::PropertyValue;
use gpb_model::{PropPath, WATCHED};
use serde_json::Value as Json;

/// Prints changes: the values, the styles and the need to name places.
#[derive(Clone, Copy)]
pub(super) struct ChangePrinter<'a> {
    /// The printer of values.
    pub view: ValuePrinter<'a>,
    /// The colours.
    pub styles: &'a Styles,
    /// The plan has resources in several places, so that each change names its own.
    pub several_places: bool,
    /// The order of the halves of each replacement.
    pub order: &'a ReplacementOrder,
}

impl ChangePrinter<'_> {
    /// Prints a change with its properties, indented by two.
    pub fn change(&self, change: &ResourceChange, out: &mut String) {
        let def = (self.view.types)(&change.ty);
        let def = def.as_deref();
        let create_first = self.order.is_create_first(change);
        let (symbol, style) = symbol(change, create_first, self.styles);
        let note = note(change, create_first, def);
        let head = format!("  {} {}", paint(style, symbol), self.subject(change));
        push(out, &if note.is_empty() { head } else { format!("{head}  {}", paint(style, note)) });
        if let Some(why) = &change.protected {
            push(out, &format!("      {}", paint(self.styles.alert, format_args!("! protected: {why}"))));
        }
        for user in &change.kept_users {
            push(
                out,
                &format!("      {}", paint(self.styles.alert, format_args!("! {user}, which is kept, stands in it"))),
            );
        }
        for lock in &change.deletion_locks {
            push(out, &format!("      {}", paint(self.styles.alert, format_args!("! {}", lock_note(change, lock)))));
        }
        match change.action {
            Action::Create => self.created(def, change, out),
            Action::Update | Action::Replace | Action::Adopt => {
                for difference in &change.differences {
                    self.difference(def, difference, &consequence(def, difference), out);
                }
            }
            Action::NoOp | Action::Read | Action::Delete | Action::Forget | Action::Retain => {}
        }
    }

    /// Prints the drift of one resource.
    pub fn drift(&self, change: &ResourceChange, out: &mut String) {
        let def = (self.view.types)(&change.ty);
        push(out, &format!("  {}", self.subject(change)));
        for difference in &change.drift {
            if difference.path.0.is_empty() {
                let id = difference.before.as_ref().and_then(Json::as_str).unwrap_or("");
                let line = format!("      {}", paint(self.styles.delete, format_args!("- {id} is gone")));
                push(out, &format!("{line}{}", self.tail(&warning(change, difference))));
            } else {
                self.difference(def.as_deref(), difference, &warning(change, difference), out);
            }
        }
    }

    /// Returns the address with type, identifier and place.
    fn subject(&self, change: &ResourceChange) -> String {
        let what = match &change.id {
            Some(id) => format!("{} {}", change.ty, super::value::visible(id)),
            None => change.ty.clone(),
        };
        let place = if self.several_places { format!(" in {}", change.place.region) } else { String::new() };
        format!(
            "{} {}",
            paint(self.styles.strong, &change.address),
            paint(self.styles.dim, format_args!("({what}{place})"))
        )
    }

    /// Prints the properties of a resource to create, aligned.
    fn created(&self, def: Option<&TypeDef>, change: &ResourceChange, out: &mut String) {
        let shown: Vec<(String, Vec<String>)> = change
            .desired
            .iter()
            .map(|(name, value)| {
                let path = PropPath::default().child(name);
                (display(def, &path), self.view.lines(def, def.and_then(|def| def.shape_at(&path)), value))
            })
            .collect();
        let single = shown.iter().filter(|(_, lines)| lines.len() == 1);
        let width = single.map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, lines) in shown {
            let pad = if lines.len() == 1 { width } else { 0 };
            self.block('+', self.styles.create, &format!("{name:pad$} = "), &lines, "", out);
        }
    }

    /// Prints one difference: added, removed or changed.
    fn difference(&self, def: Option<&TypeDef>, difference: &PropertyDifference, tail: &str, out: &mut String) {
        let name = place_name(def, &difference.path);
        let shape = def.and_then(|def| def.shape_at(&difference.path));
        let before = difference.before.as_ref();
        let was_secret = before.is_some_and(gpb_engine::state::is_redacted);
        let head = format!("{name} = ");
        match (before.and_then(values::lift), &difference.after) {
            (_, Some(after)) if was_secret || (before.is_some() && matches!(after, PropertyValue::Secret(_))) => {
                self.block('~', self.styles.update, &head, &["(secret, changed)".into()], tail, out);
            }
            (None, Some(after)) => {
                self.block('+', self.styles.create, &head, &self.view.lines(def, shape, after), tail, out);
            }
            (Some(before), None) => {
                self.block('-', self.styles.delete, &head, &self.view.lines(def, shape, &before), tail, out);
            }
            (Some(before), Some(after)) => self.both(def, difference, [&before, after], tail, out),
            (None, None) => self.block('-', self.styles.delete, &name, &[String::new()], tail, out),
        }
    }

    /// Prints a property that has a value before and after.
    fn both(
        &self,
        def: Option<&TypeDef>,
        difference: &PropertyDifference,
        [before, after]: [&PropertyValue; 2],
        tail: &str,
        out: &mut String,
    ) {
        let name = place_name(def, &difference.path);
        let shape = def.and_then(|def| def.shape_at(&difference.path));
        let diff = match &difference.before {
            Some(json) => value_diff(def, (&difference.path, shape), json, after),
            None => ValueDiff::Changed(before.clone(), after.clone()),
        };
        let head = format!("{name} = ");
        if diff.is_same() {
            // The same to the eye: what differs is a secret inside.
            return self.block('~', self.styles.update, &head, &["(secret inside, changed)".into()], tail, out);
        }
        if let (Some(before), Some(after)) = (diff.before(), diff.after()) {
            let is_simple = |value: &PropertyValue| !matches!(value, PropertyValue::Map(_) | PropertyValue::List(_));
            let (old, new) = (self.view.lines(def, shape, &before), self.view.lines(def, shape, &after));
            if let ([old], [new]) = (old.as_slice(), new.as_slice())
                && old != new
                && (is_simple(&before) || is_simple(&after) || old.chars().count() + new.chars().count() < 60)
            {
                let line = format!("{old} -> {new}");
                return self.block('~', self.styles.update, &head, &[line], tail, out);
            }
        }
        push(out, &format!("      {} {name}:{}", paint(self.styles.update, '~'), self.tail(tail)));
        for line in diff_lines(self.view, def, shape, &diff, self.styles) {
            push(out, &format!("          {line}"));
        }
    }

    /// Returns the remark at the end of a line.
    fn tail(&self, tail: &str) -> String {
        if tail.is_empty() {
            String::new()
        } else {
            format!("  {}", paint(self.styles.replace, format_args!("// {tail}")))
        }
    }

    /// Prints lines after a mark, the first between head and tail.
    fn block(&self, mark: char, style: Style, head: &str, lines: &[String], tail: &str, out: &mut String) {
        for (index, line) in lines.iter().enumerate() {
            let (mark, head, tail) = if index == 0 { (mark, head, self.tail(tail)) } else { (' ', "", String::new()) };
            push(out, &format!("      {} {head}{line}{tail}", paint(style, mark)));
        }
    }
}

/// Returns the warnings about a difference outside gpb.
fn warning(change: &ResourceChange, difference: &PropertyDifference) -> String {
    let about = change.drift_warnings.iter().filter(|warning| warning.path == difference.path);
    let whys: Vec<&str> = about.map(|warning| warning.why.as_str()).collect();
    if whys.is_empty() { String::new() } else { format!("warning: {}", whys.join("; ")) }
}

/// Returns the consequence of a change of this property for its resource.
fn consequence(def: Option<&TypeDef>, difference: &PropertyDifference) -> String {
    // Where a change only may need a new resource the value decides, and one that is known is changed in place: the cloud
    // has an operation for it, or the plan is refused.
    let is_open = difference.after.as_ref().is_some_and(|after| !after.is_known());
    let conditional = is_open
        && def.is_some_and(|def| {
            def.conditional_create_only.iter().any(|one| one.covers(&difference.path) || difference.path.covers(one))
        });
    match (difference.forces_replacement, conditional) {
        (true, _) => "forces replacement".to_owned(),
        (false, true) => "may be replaced: that depends on the value".to_owned(),
        _ => String::new(),
    }
}

/// Returns remarks on a change: a replacement's reason, a loss, a move.
fn note(change: &ResourceChange, create_first: bool, def: Option<&TypeDef>) -> String {
    let mut notes = Vec::new();
    if change.action == Action::Replace {
        let places: Vec<String> = change.forced_by.iter().map(|path| place_name(def, path)).collect();
        let order = match (change.retains(), create_first) {
            (true, _) => ", and the old one is kept",
            (false, true) => "",
            (false, false) => ", deleted before it is created",
        };
        notes.push(match places.as_slice() {
            [] => format!("replaced as asked{order}"),
            places => format!("must be replaced: {}{order}", places.join(", ")),
        });
    }
    match change.action {
        Action::Adopt => notes.push("an earlier run did not finish it: taken up again".to_owned()),
        Action::Retain => notes.push("kept: gpb lets go of it, and it stays on AWS".to_owned()),
        Action::Forget => notes.push("is gone: forgotten".to_owned()),
        Action::Read if change.id.is_none() => notes.push("read during apply".to_owned()),
        Action::Create if !change.drift.is_empty() => notes.push("is gone: created again".to_owned()),
        _ => {}
    }
    notes.extend(change.moved_from.as_ref().map(|old| format!("moved from {old}")));
    notes.join("; ")
}

/// Returns the symbol and the colour of an action.
fn symbol(change: &ResourceChange, create_first: bool, styles: &Styles) -> (&'static str, Style) {
    match change.action {
        Action::Create => ("+", styles.create),
        Action::Update => ("~", styles.update),
        Action::Replace if change.retains() => (KEPT, styles.replace),
        Action::Replace if create_first => (CREATE_FIRST, styles.replace),
        Action::Replace => (DELETE_FIRST, styles.replace),
        Action::Delete => ("-", styles.delete),
        Action::Adopt => ("<", styles.update),
        Action::Forget => ("x", styles.dim),
        Action::Retain => ("=", styles.dim),
        Action::Read => ("?", styles.dim),
        Action::NoOp => (">", styles.dim),
    }
}

/// Returns the name of a property; place and type have names of their own.
fn place_name(def: Option<&TypeDef>, path: &PropPath) -> String {
    match path.0.as_str() {
        PLACE => "place".to_owned(),
        TYPE => "type".to_owned(),
        OWNER => "owner".to_owned(),
        STATE => "state".to_owned(),
        _ if path.head() == WATCHED => {
            let label = path.segments().nth(1).map(PropPath::unescape).unwrap_or_default();
            format!("replace_when {label}")
        }
        _ => display(def, path),
    }
}

/// Appends a line without blanks at its end.
pub(super) fn push(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Returns what a deletion lock means for the plan.
fn lock_note(change: &ResourceChange, lock: &DeletionLock) -> String {
    match (&lock.release, change.unprotected) {
        (LockRelease::Call { .. }, true) => format!("{}: it is turned off first", lock.reason),
        (LockRelease::Unread, true) => format!("{}: it is tried all the same", lock.reason),
        _ => format!("cannot be deleted: {}", lock.reason),
    }
}
