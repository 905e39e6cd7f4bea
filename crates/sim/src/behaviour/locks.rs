//! Deletion locks by the rules: refusals that are known before a deletion is tried.

use super::naming::handles;
use super::rules::RuleCall;
use super::turn::{OWN_TOKEN, Turn};
use crate::resource_table::SimResource;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::deletion_locks::{DeletionLock, LockRelease};
use gpb_engine::cloud::{CloudError, Properties, ResourceKey};

impl Turn<'_> {
    /// Lists what would make the deletion of a resource be refused, though all that is `leaving` is deleted too.
    pub fn deletion_locks(
        &self,
        def: &TypeDef,
        resource: &SimResource,
        leaving: &[ResourceKey],
    ) -> Result<Vec<DeletionLock>, CloudError> {
        let Some(rules) = self.rules(&resource.ty) else { return Ok(Vec::new()) };
        let mut locks = Vec::new();
        for rule in rules.refuse.iter().filter(|rule| rule.on.contains(&RuleCall::Delete)) {
            let holds = self.holds(&resource.account, &resource.region, &resource.properties, None, &rule.when);
            if let (true, Some(lock)) = (holds, &rule.lock) {
                let release = LockRelease::Call { property: lock.path.clone() };
                locks.push(DeletionLock { reason: lock.reason.clone(), release });
            }
        }
        if let Some(rule) = &rules.contents
            && self.life(resource)?.contents
        {
            let release = LockRelease::Manual { help: rule.help.clone() };
            locks.push(DeletionLock { reason: rule.reason.clone(), release });
        }
        let names = handles(def, resource);
        for rule in &rules.in_use {
            let Some(lock) = &rule.lock else { continue };
            let mut staying = Vec::new();
            for by in &rule.by {
                let is_leaving = |user: &SimResource| leaving.iter().any(|key| key.ty == user.ty && key.id == user.id);
                let users = self.users(by, &resource.account, &resource.region, &names, resource.number)?.into_iter();
                staying.extend(users.filter(|user| !is_leaving(user)).map(|user| user.id));
            }
            if !staying.is_empty() {
                let reason = format!("{} ({})", lock.reason, staying.join(", "));
                locks.push(DeletionLock { reason, release: LockRelease::Manual { help: lock.help.clone() } });
            }
        }
        for rule in rules.in_use.iter().filter(|rule| !rule.clears_own && rule.lock.is_none()) {
            for by in &rule.by {
                let user = self.user(by, &resource.account, &resource.region, &names, resource.number)?;
                // What gpb made is for the order of the plan; what AWS made is in nobody's plan.
                if let Some(user) = user.filter(|user| user.token.starts_with(OWN_TOKEN)) {
                    let help = format!("delete {} {}, which AWS made by itself", user.ty, user.id);
                    let reason = format!("{} {} uses it", user.ty, user.id);
                    locks.push(DeletionLock { reason, release: LockRelease::Manual { help } });
                }
            }
        }
        Ok(locks)
    }

    /// Turns off the locks in the values of a resource.
    pub fn unlock(&self, resource: &SimResource, properties: &mut Properties) {
        let rules = self.rules(&resource.ty).map_or(&[][..], |rules| &rules.refuse);
        for rule in rules.iter().filter(|rule| rule.on.contains(&RuleCall::Delete)) {
            if let Some(lock) = &rule.lock {
                lock.off.apply(properties, &lock.path, &|_| None);
            }
        }
    }
}
