//! Checks that resources stay within the quotas of AWS at maximum scale.

use super::figures;
use super::scalable::Scaling;
use super::shared_capacity::{Quota, QuotaScope};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Model, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most resources named in one message.
const NAMED: usize = 4;

/// Returns the quotas that the resources of a model exceed together.
pub fn check(model: &Model, quotas: &[Quota], scalings: &[Scaling]) -> Vec<Diagnostic> {
    let places: BTreeMap<&Address, &Place> = model.resources.iter().map(|one| (&one.address, &*one.place)).collect();
    let existing: BTreeSet<&Address> =
        model.resources.iter().filter(|one| one.existing).map(|one| &one.address).collect();
    let mut groups: BTreeMap<(Arc<str>, String), Vec<&Quota>> = BTreeMap::new();
    for quota in quotas.iter().filter(|quota| !existing.contains(&quota.of)) {
        let place = places.get(&quota.of);
        let account = place.and_then(|place| place.account.as_deref()).unwrap_or_default();
        let key = match quota.scope {
            QuotaScope::Resource => quota.of.to_string(),
            QuotaScope::Account => account.to_owned(),
            QuotaScope::Region => format!("{account}/{}", place.map_or("", |place| place.region.as_str())),
        };
        let key = quota.within.iter().fold(key, |key, part| format!("{key}/{part}"));
        groups.entry((quota.name.clone(), key)).or_default().push(quota);
    }
    groups.values().filter_map(|group| quota_exceeded(group, &places, scalings)).collect()
}

fn quota_exceeded(group: &[&Quota], places: &BTreeMap<&Address, &Place>, scalings: &[Scaling]) -> Option<Diagnostic> {
    let uses: f64 = group.iter().map(|quota| quota.uses).sum();
    let strictest = group.iter().min_by(|a, b| a.limit.total_cmp(&b.limit))?;
    let limit = strictest.limit;
    if uses <= limit {
        return None;
    }
    let mut users: Vec<&&Quota> = group.iter().filter(|quota| quota.uses > 0.0).collect();
    users.sort_by(|a, b| b.uses.total_cmp(&a.uses).then_with(|| a.of.cmp(&b.of)));
    let place = match strictest.scope {
        QuotaScope::Region => match &strictest.within {
            Some(part) => format!(" in {part}"),
            None => places.get(&strictest.of).map(|place| format!(" in {}", place.region)).unwrap_or_default(),
        },
        _ => String::new(),
    };
    let named: Vec<String> = users.iter().take(NAMED).map(|quota| format!("`{}`", quota.of)).collect();
    let others = match users.len().saturating_sub(NAMED) {
        0 => figures::list(&named),
        more => format!("{} and {more} more", named.join(", ")),
    };
    let message = format!(
        "{others} may use {} {}{place}; AWS allows {}",
        figures::number(uses),
        strictest.what,
        figures::number(limit)
    );
    let mut diagnostic = Diagnostic::error("GPB6011", message);
    let mut labelled = BTreeSet::new();
    for quota in users.iter().take(NAMED).filter(|quota| labelled.insert(quota.spots.span_of("uses"))) {
        diagnostic =
            diagnostic.with_label(quota.spots.span_of("uses"), format!("{} of them", figures::number(quota.uses)));
    }
    Some(diagnostic.help(fixes(strictest, &users, uses, scalings)))
}

fn fixes(quota: &Quota, users: &[&&Quota], uses: f64, scalings: &[Scaling]) -> String {
    let mut ways = Vec::new();
    if let Some(raised) = &quota.raised {
        let needed = uses + (granted(quota) - quota.limit);
        ways.push(format!(
            "have AWS raise the quota and write `usage {{ {raised} = {} }}` in the environment",
            figures::number(needed.ceil())
        ));
    }
    // What is counted is counted by the units where both are read from the same place.
    let by_units = |scaling: &&Scaling, quota: &Quota| {
        scaling.of == quota.of && scaling.spots.span_of("maximum") == quota.spots.span_of("uses")
    };
    if let [only] = users
        && let Some(scaling) = scalings.iter().find(|scaling| by_units(scaling, only) && scaling.maximum > 0.0)
    {
        let fits = (quota.limit / (only.uses / scaling.maximum)).floor();
        if fits >= scaling.minimum {
            ways.push(format!("make the maximum {}", scaling.count_noun(fits)));
        }
    } else {
        let factor = quota.limit / uses;
        let fits = users.iter().filter_map(|user| {
            let scaling = scalings.iter().find(|scaling| by_units(scaling, user) && !scaling.is_fixed)?;
            let most = (scaling.maximum * factor).floor();
            (most >= scaling.minimum).then(|| format!("`{}` {}", scaling.of, scaling.count_noun(most)))
        });
        let fits: Vec<String> = fits.collect();
        if fits.len() == users.len() {
            ways.push(format!("make the maxima smaller: {}", figures::list(&fits)));
        }
    }
    let mut text = ways.join(", or ");
    if let Some(source) = &quota.source {
        text = if text.is_empty() { format!("see {source}") } else { format!("{text}; see {source}") };
    }
    text
}

/// Returns the quota as AWS counts it.
///
/// The number that the environment declares as granted for the limit to hold.
///
/// Facts keep a part of some quotas back.
fn granted(quota: &Quota) -> f64 {
    quota.granted.unwrap_or(quota.limit)
}
