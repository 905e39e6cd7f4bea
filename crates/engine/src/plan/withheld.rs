//! The parts that a plan leaves out: resources that could not be read, and those that cannot be changed without them.
//!
//! 1. What could not be read is left out.
//! 2. So is what depends on something left out, as it is declared or as the state remembers it.
//! 3. So is what goes (deleted, or replaced) while something left out was built on it.

use super::change::{Action, ResourceChange};
use super::inputs::PlanInputs;
use super::plan_file::Plan;
use crate::state::deposed_from;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A resource that a plan leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldChange {
    /// The address of the resource.
    pub address: Address,
    /// The type, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The reason why it could not be read; `None` where it was.
    pub unread: Option<String>,
    /// The resource without which it cannot be changed, itself left out; `None` where it could not be read itself.
    pub because: Option<Address>,
}

/// Returns that a plan is not all that was asked for; `None` where it leaves nothing out.
pub fn incomplete(plan: &Plan) -> Option<Diagnostic> {
    let count = plan.withheld.len();
    let unread = plan.withheld.iter().filter(|one| one.unread.is_some()).count();
    let message = match (count, unread) {
        (0, _) => return None,
        (1, _) => "1 resource is left alone: it could not be read".to_owned(),
        _ if count == unread => format!("{count} resources are left alone: they could not be read"),
        _ => format!("{count} resources are left alone: {unread} could not be read, the others depend on that"),
    };
    Some(Diagnostic::error("GPB7040", message).help("mend what kept them from being read, and plan again"))
}

/// Returns why a plan that was made before may not be applied now: it changes what can no longer be read.
pub fn unread_since(plan: &Plan, unread: &BTreeMap<Address, String>) -> Option<Diagnostic> {
    let is_unread = |change: &&ResourceChange| change.is_pending() && unread_reason(change, unread).is_some();
    let names: Vec<&str> = plan.changes.iter().filter(is_unread).map(|change| change.address.as_str()).collect();
    let message = format!("this plan changes what cannot be read now: {}", names.join(", "));
    let help = "mend what keeps it from being read, or make a new plan: it leaves alone what cannot be read";
    (!names.is_empty()).then(|| Diagnostic::error("GPB7041", message).help(help))
}

/// Takes out of the changes what is to be left alone, in the order of addresses.
pub(super) fn withhold(
    changes: &mut Vec<ResourceChange>,
    inputs: &PlanInputs<'_>,
    built_on: &BTreeMap<&Address, &[Address]>,
) -> Vec<WithheldChange> {
    let unread = &inputs.options.unread;
    if unread.is_empty() {
        return Vec::new();
    }
    let closure = Closure { changes, inputs, built_on };
    let reasons = closure.reasons();
    let mut withheld = Vec::new();
    changes.retain(|change| {
        let Some(because) = reasons.get(&change.address) else { return true };
        let why = unread_reason(change, unread);
        withheld.push(WithheldChange {
            address: change.address.clone(),
            ty: change.ty.clone(),
            unread: why.cloned(),
            because: because.clone(),
        });
        false
    });
    withheld.sort_by(|one, other| one.address.cmp(&other.address));
    withheld
}

fn unread_reason<'u>(change: &ResourceChange, unread: &'u BTreeMap<Address, String>) -> Option<&'u String> {
    unread.get(&change.address).or_else(|| unread.get(change.moved_from.as_ref()?))
}

struct Closure<'a> {
    changes: &'a [ResourceChange],
    inputs: &'a PlanInputs<'a>,
    built_on: &'a BTreeMap<&'a Address, &'a [Address]>,
}

impl Closure<'_> {
    /// Returns by address what each is left out for; `None` for what could not be read itself.
    fn reasons(&self) -> BTreeMap<Address, Option<Address>> {
        let unread = self.changes.iter().filter(|change| unread_reason(change, &self.inputs.options.unread).is_some());
        let mut reasons: BTreeMap<Address, Option<Address>> = BTreeMap::new();
        let mut open: Vec<Address> = unread.map(|change| change.address.clone()).collect();
        reasons.extend(open.iter().map(|address| (address.clone(), None)));
        let (users, going) = (self.users(), self.going());
        while let Some(address) = open.pop() {
            let used = self.needs(&address);
            let leaving = used.iter().filter_map(|used| going.get(used)).flatten();
            for next in users.get(&address).into_iter().flatten().chain(leaving) {
                if !reasons.contains_key(*next) {
                    reasons.insert((*next).clone(), Some(address.clone()));
                    open.push((*next).clone());
                }
            }
        }
        reasons
    }

    /// Returns what a resource needs, by its declaration and by the state.
    fn needs(&self, address: &Address) -> BTreeSet<Address> {
        let declared = self.inputs.graph.dependencies(address).map(|(to, _)| to.clone());
        let remembered = self.built_on.get(address).copied().unwrap_or_default().iter().cloned();
        declared.chain(remembered).collect()
    }

    fn users(&self) -> BTreeMap<Address, Vec<&Address>> {
        let mut users: BTreeMap<Address, Vec<&Address>> = BTreeMap::new();
        for change in self.changes {
            for needed in self.needs(&change.address) {
                users.entry(needed).or_default().push(&change.address);
            }
        }
        users
    }

    /// Returns the changes in which something goes, by the address that others know it by.
    fn going(&self) -> BTreeMap<Address, Vec<&Address>> {
        let mut going: BTreeMap<Address, Vec<&Address>> = BTreeMap::new();
        let goes =
            |change: &&ResourceChange| matches!(change.action, Action::Delete | Action::Replace | Action::Retain);
        for change in self.changes.iter().filter(goes) {
            let known_as = deposed_from(&change.address).unwrap_or_else(|| change.address.clone());
            going.entry(known_as).or_default().push(&change.address);
        }
        going
    }
}
