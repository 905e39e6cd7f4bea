//! Freshness: what this run has just made or changed may not be known to other services yet.
//!
//! A refusal for what is wrong, forbidden or missing is then not believed before the settle times of all that it is
//! built on have passed. A name that this run has just given free may be held for a while as well.

use super::run::ApplyRun;
use crate::cloud::{CloudError, CloudErrorKind};
use crate::plan::ResourceChange;
use gpb_model::Address;
use std::collections::BTreeSet;
use std::time::Duration;

/// The time for which a service may still hold the name of what was deleted.
const NAME_RELEASE: Duration = Duration::from_mins(2);

impl ApplyRun<'_> {
    /// Returns true when a failure may only mean that a dependency is not known everywhere yet.
    pub fn may_be_early(&self, change: &ResourceChange, error: &CloudError, now: Duration) -> bool {
        // What gpb refuses itself does not depend on what others know.
        if error.code.starts_with("GPB") {
            return false;
        }
        let gives_way = || self.deleted_at(&change.address).is_some_and(|gone| now < gone.saturating_add(NAME_RELEASE));
        match error.kind {
            CloudErrorKind::Invalid | CloudErrorKind::Denied | CloudErrorKind::NotFound => {
                now < self.settled_at(change) || gives_way()
            }
            CloudErrorKind::AlreadyExists => gives_way(),
            _ => false,
        }
    }

    /// Returns the time at which all that a change is built on has settled, by the run's clock.
    fn settled_at(&self, change: &ResourceChange) -> Duration {
        let mut open: Vec<&Address> = change.depends_on.iter().collect();
        let mut seen = BTreeSet::new();
        let mut latest = Duration::ZERO;
        while let Some(address) = open.pop() {
            let Some(dependency) = self.change_at(address).filter(|_| seen.insert(address)) else { continue };
            let settles = || self.apply.types.get(&dependency.ty).and_then(|def| def.lifecycle.settles);
            if let Some(changed) = self.changed_at(address) {
                latest = latest.max(changed.saturating_add(settles().unwrap_or_default()));
            }
            open.extend(&dependency.depends_on);
        }
        latest
    }
}
