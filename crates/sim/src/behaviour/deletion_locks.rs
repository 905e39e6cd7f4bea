//! The deletion locks of the hostile cloud: its own refusals of deletions, as they can be known before.

use super::condition::RuleCondition;
use super::rules::RuleCall;
use super::turn::Turn;
use crate::resource_table::SimResource;
use gpb_engine::cloud::deletion_locks::{DeletionLock, LockRelease};
use gpb_engine::cloud::{CloudError, Properties, property_paths};
use gpb_model::PropPath;
use serde_json::Value as Json;

impl Turn<'_> {
    /// Returns what would make the cloud refuse to delete a resource.
    pub fn deletion_locks(&self, resource: &SimResource) -> Result<Vec<DeletionLock>, CloudError> {
        let lock = |condition: &RuleCondition| DeletionLock {
            reason: "its deletion protection is on".to_owned(),
            release: LockRelease::Call { property: condition.path.clone() },
        };
        let mut found: Vec<DeletionLock> = self.protections(resource)?.into_iter().map(lock).collect();
        let rule = self.rules(&resource.ty).and_then(|rules| rules.contents.as_ref());
        if rule.is_some() && self.life(resource)?.contents {
            let help = "delete all that it holds first".to_owned();
            found.push(DeletionLock { reason: "it is not empty".to_owned(), release: LockRelease::Manual { help } });
        }
        Ok(found)
    }

    /// Returns the properties of a resource with its protection off, and the places that this changes.
    pub fn unprotected(&self, resource: &SimResource) -> Result<(Properties, Vec<PropPath>), CloudError> {
        let mut properties = self.target(resource)?;
        let mut changed = Vec::new();
        for condition in self.protections(resource)? {
            if let Some(value) = properties.get_mut(condition.path.head()) {
                switch_off(value, condition);
                changed.push(condition.path.clone());
            }
        }
        Ok((properties, changed))
    }

    /// Returns the switches that refuse a deletion now: conditions on one property of the resource's own.
    fn protections(&self, resource: &SimResource) -> Result<Vec<&RuleCondition>, CloudError> {
        let target = self.target(resource)?;
        let rules = self.rules(&resource.ty).map_or(&[][..], |rules| &rules.refuse);
        let refuses = rules.iter().filter(|rule| rule.on.contains(&RuleCall::Delete));
        let holds = |when: &&[RuleCondition]| self.holds(&resource.account, &resource.region, &target, None, when);
        let switches = refuses.map(|rule| rule.when.as_slice()).filter(holds).filter_map(|when| match when {
            [one] if one.of.is_none() && !one.not && one.path.segments().count() == 1 => Some(one),
            _ => None,
        });
        Ok(switches.filter(|one| one.is.as_ref().is_some_and(is_on) || one.has.is_some()).collect())
    }
}

/// Sets what a condition asks for to its opposite.
fn switch_off(value: &mut Json, condition: &RuleCondition) {
    if condition.is.is_some() {
        *value = off(value);
    }
    let Some(Json::Array(parts)) = &condition.has else { return };
    for element in value.as_array_mut().into_iter().flatten() {
        for part in parts {
            if !property_paths::contains(element, part) {
                continue;
            }
            let switches = part.as_object().into_iter().flatten().filter(|(_, value)| is_on(value));
            for (name, value) in switches.map(|(name, value)| (name.clone(), off(value))).collect::<Vec<_>>() {
                if let Some(member) = element.get_mut(&name) {
                    *member = value;
                }
            }
        }
    }
}

fn is_on(value: &Json) -> bool {
    *value == Json::Bool(true) || value.as_str() == Some("true")
}

fn off(value: &Json) -> Json {
    if value.is_string() { "false".into() } else { false.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn switches_are_turned_off_where_they_stand() {
        let check = |condition: &str, mut value: Json, expected: Json| {
            switch_off(&mut value, &toml::from_str(condition).unwrap());
            assert_eq!(value, expected, "{condition}");
        };
        check("path = 'On'\nis = true", json!(true), json!(false));
        check("path = 'On'\nis = true", json!("true"), json!("false"));
        let attributes = |value: &str| json!([{ "Key": "idle", "Value": "true" }, { "Key": "lock", "Value": value }]);
        let lock = "path = 'Attributes'\nhas = [{ Key = 'lock', Value = 'true' }]";
        check(lock, attributes("true"), attributes("false"));
    }
}
