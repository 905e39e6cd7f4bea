//! Names what a report is about: environment, stack, account, region and cloud.

use gpb_engine::plan::Plan;
use gpb_engine::state::{StateScope, StateSnapshot};
use gpb_model::Place;
use std::collections::BTreeSet;

/// Returns the line that begins every report, `Environment live of shop: account 123456789012, us-east-1, AWS`.
///
/// Of several places, each account and each region is named once.
pub fn heading<'a>(scope: &StateScope, places: impl IntoIterator<Item = &'a Place>) -> String {
    let (mut accounts, mut regions) = (BTreeSet::new(), BTreeSet::new());
    for place in places {
        accounts.extend(place.account.as_deref());
        regions.extend(Some(place.region.as_str()).filter(|region| !region.is_empty()));
    }
    let mut parts = Vec::new();
    if !accounts.is_empty() {
        let noun = if accounts.len() == 1 { "account" } else { "accounts" };
        parts.push(format!("{noun} {}", joined(accounts)));
    }
    if !regions.is_empty() {
        parts.push(joined(regions));
    }
    parts.push(cloud(&scope.cloud).to_owned());
    format!("Environment {} of {}: {}", scope.environment, scope.stack, parts.join(", "))
}

/// Returns the heading of a plan.
pub(super) fn of_plan(plan: &Plan) -> String {
    let account = account(plan).map(Into::into);
    heading(&plan.scope, [&Place { account, ..plan.place.clone() }])
}

/// Returns the heading of a state, with the places of its resources.
pub(super) fn of_state(snapshot: &StateSnapshot) -> String {
    heading(&snapshot.scope, snapshot.resources.values().map(|record| &record.place))
}

/// Returns the account of a plan: the environment's, or else the one that the credentials belong to.
pub(super) fn account(plan: &Plan) -> Option<&str> {
    plan.place.account.as_deref().or(plan.basis.account.as_deref())
}

/// Returns the name of a cloud for people.
fn cloud(name: &str) -> &str {
    match name {
        "aws" => "AWS",
        "sim" => "simulated cloud",
        other => other,
    }
}

fn joined(names: BTreeSet<&str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(" and ")
}
