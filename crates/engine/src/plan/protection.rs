//! Protection: what holds data is not replaced or deleted by accident.

use super::change::{Action, ResourceChange};
use super::deletion_locks::lock_refusals;
use super::keep;
use super::plan_file::Plan;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_model::{Address, Mode, Model};

/// The resource that a protection is about.
pub(super) struct ProtectionSubject<'a> {
    /// Its address.
    pub address: &'a Address,
    /// Its type, in gpb's name.
    pub ty: &'a str,
    /// Its identifier.
    pub id: Option<&'a str>,
    /// Its type in the catalog.
    pub def: Option<&'a TypeDef>,
    /// The protection as declared, or as it was when the declaration is gone or says nothing.
    pub protect: Option<bool>,
    /// True when it stays on AWS when it is replaced.
    pub keep: bool,
    /// The mode of the environment.
    pub mode: Mode,
}

/// Returns why a resource is not to be lost, and what would be; `None` when it may go.
///
/// `protect never` always opens, `protect always` always closes; without either, what holds data in a live environment
/// is closed.
pub(super) fn reason(stake: &ProtectionSubject<'_>, action: Action) -> Option<String> {
    let verb = match action {
        Action::Replace => "replacing",
        Action::Delete => "deleting",
        _ => return None,
    };
    let holds_data = stake.def.is_some_and(|def| def.stateful);
    let why = match (stake.protect, stake.mode) {
        (Some(true), _) => "it is declared `protect always`",
        (None, Mode::Live) if holds_data => "it holds data and the environment is live",
        _ => return None,
    };
    let what = stake.id.map_or_else(|| stake.ty.to_owned(), |id| format!("{} `{id}`", stake.ty));
    let lost = match (stake.keep, holds_data) {
        (true, true) => "begins with an empty one, and gpb lets go of the old one, which is kept",
        (true, false) => "lets go of the old one, which is kept",
        (false, true) => "loses all it holds",
        (false, false) => "ends it",
    };
    Some(format!("{why}; {verb} {} ({what}) {lost}", stake.address))
}

/// Returns a refusal for each resource that the plan would replace or delete and gpb protects, or the cloud does.
pub fn refusals(plan: &Plan, model: Option<&Model>) -> Vec<Diagnostic> {
    let protected = plan.changes.iter().filter_map(|change| Some((change, change.protected.as_deref()?)));
    let refuse = |(change, why): (&ResourceChange, &str)| {
        let verb = if change.action == Action::Delete { "deleted" } else { "replaced" };
        let message = format!("`{}` is protected and would be {verb}: {why}", change.address);
        let resource = model.and_then(|model| model.resources.iter().find(|r| r.address == change.address));
        let mut diagnostic = Diagnostic::error("GPB7010", message);
        if let Some(resource) = resource {
            diagnostic = diagnostic.with_label(resource.span, format!("this resource would be {verb}"));
            for path in &change.forced_by {
                if let Some(span) = resource.spans.get(path) {
                    diagnostic = diagnostic.with_label(*span, "this change needs a new resource");
                }
            }
        }
        diagnostic.help(format!(
            "if that is meant, say so: `--unprotect '{}'` (or `--unprotect all` for everything this plan would lose)",
            change.address
        ))
    };
    let held = keep::refusals(plan, model);
    protected.map(refuse).chain(held).chain(lock_refusals(plan, model)).collect()
}
