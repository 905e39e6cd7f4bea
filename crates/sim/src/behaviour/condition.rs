//! Conditions of rules, over the properties of a request and of what it names.

use super::version::is_lower;
use gpb_engine::cloud::{Properties, property_paths};
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::Value as Json;

/// A test of the values at one place; every key that is written must hold for one of them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RuleCondition {
    /// The place in the properties.
    pub path: PropPath,
    /// The type of a resource that the value names; the test is of its values at `at`.
    pub of: Option<String>,
    /// The place in the other resource.
    pub at: PropPath,
    /// The value; `true` and `"true"` are the same, as in AWS's answers.
    pub is: Option<Json>,
    /// The values, one of which it must be.
    pub one_of: Vec<Json>,
    /// A part of the value.
    pub has: Option<Json>,
    /// The beginning of the text.
    pub starts: Option<String>,
    /// The end of the text, or of the change.
    pub ends: Option<String>,
    /// Users, as `aws.ec2.subnet:VpcId`: there must be values, and no user names one of them.
    pub unnamed_by: Option<String>,
    /// Set where the place must hold something, cleared where it must not.
    pub set: Option<bool>,
    /// Set where the value must be another one than before.
    pub changes: bool,
    /// Set where the value must be a lower version than before.
    pub lowers: bool,
    /// Set where the test must fail.
    pub not: bool,
}

/// The sides that conditions look at.
#[derive(Clone, Copy)]
pub(crate) struct ConditionSides<'a> {
    /// The values of the request, or of the resource.
    pub now: &'a Properties,
    /// The values before; none for a creation.
    pub before: Option<&'a Properties>,
    /// Returns the properties of the resource of a type that a string names.
    pub look: &'a dyn Fn(&str, &str) -> Option<Properties>,
    /// Checks whether a user names a string.
    pub is_named: &'a dyn Fn(&str, &str) -> bool,
}

impl ConditionSides<'_> {
    /// Checks that all conditions hold.
    pub fn all(&self, conditions: &[RuleCondition]) -> bool {
        conditions.iter().all(|condition| self.holds(condition))
    }

    fn holds(&self, condition: &RuleCondition) -> bool {
        let values = self.values(self.now, condition);
        let mut holds = match condition.set {
            Some(set) => values.is_empty() != set,
            None => true,
        };
        if condition.changes || condition.lowers {
            let before = self.before.map(|before| self.values(before, condition));
            holds &= before.as_ref().is_some_and(|before| *before != values);
            let text = |values: &[Json]| values.first().and_then(Json::as_str).map(str::to_owned);
            let lower = || is_lower(&text(&values)?, &text(before.as_deref()?)?).then_some(());
            holds &= !condition.lowers || lower().is_some();
        }
        if let Some(by) = &condition.unnamed_by {
            let named = |value: &Json| value.as_str().is_some_and(|text| (self.is_named)(by, text));
            holds &= !values.is_empty() && !values.iter().any(named);
        }
        if condition.tests_values() {
            holds &= values.iter().any(|value| condition.fits(value));
        }
        holds != condition.not
    }

    fn values(&self, properties: &Properties, condition: &RuleCondition) -> Vec<Json> {
        let values = property_paths::all(properties, &condition.path).into_iter();
        let Some(ty) = &condition.of else { return values.cloned().collect() };
        let named = values.filter_map(|value| (self.look)(ty, value.as_str()?));
        let mut found = Vec::new();
        // However many name it, a value is there once: another subnet of the same network changes nothing.
        for value in
            named.flat_map(|other| property_paths::all(&other, &condition.at).into_iter().cloned().collect::<Vec<_>>())
        {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        found
    }
}

impl RuleCondition {
    fn tests_values(&self) -> bool {
        self.is.is_some()
            || !self.one_of.is_empty()
            || self.has.is_some()
            || self.starts.is_some()
            || self.ends.is_some()
    }

    fn fits(&self, value: &Json) -> bool {
        let text = value.as_str().unwrap_or_default();
        self.is.as_ref().is_none_or(|is| same(is, value))
            && (self.one_of.is_empty() || self.one_of.iter().any(|is| same(is, value)))
            && self.has.as_ref().is_none_or(|part| property_paths::contains(value, part))
            && self.starts.as_ref().is_none_or(|start| text.starts_with(start.as_str()))
            && self.ends.as_ref().is_none_or(|end| text.ends_with(end.as_str()))
    }
}

fn same(wanted: &Json, value: &Json) -> bool {
    let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    wanted == value || (!wanted.is_object() && text(wanted) == text(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_look_at_values_at_what_they_name_and_at_what_was() {
        let properties = |json: Json| json.as_object().cloned().unwrap_or_default();
        let now = properties(json!({"On": true, "V": "16.2", "L": [{"Key": "a", "Value": "true"}], "Uses": "t-1"}));
        let before = properties(json!({"On": true, "V": "16.10"}));
        let other = properties(json!({"Images": [{"Image": "app:missing"}]}));
        let look = |ty: &str, id: &str| (ty == "aws.test.task" && id == "t-1").then(|| other.clone());
        let is_named = |by: &str, id: &str| by == "aws.test.user:Uses" && id == "t-1";
        let sides = ConditionSides { now: &now, before: Some(&before), look: &look, is_named: &is_named };
        let check = |text: &str, expected: bool| {
            let condition: RuleCondition = toml::from_str(text).unwrap();
            assert_eq!(sides.all(&[condition]), expected, "{text}");
        };
        check("path = 'On'\nis = true", true);
        check("path = 'On'\nis = 'true'", true);
        check("path = 'On'\nis = true\nnot = true", false);
        check("path = 'Off'\nset = false", true);
        check("path = 'L'\nhas = [{ Key = 'a', Value = 'true' }]", true);
        check("path = 'L'\nhas = [{ Key = 'a', Value = 'false' }]", false);
        check("path = 'V'\nlowers = true", true);
        check("path = 'On'\nchanges = true", false);
        check("path = 'Uses'\nof = 'aws.test.task'\nat = 'Images/*/Image'\nends = ':missing'", true);
        check("path = 'Uses'\nunnamed_by = 'aws.test.user:Uses'", false);
        check("path = 'Uses'\nunnamed_by = 'aws.test.user:Other'", true);
        check("path = 'None'\nunnamed_by = 'aws.test.user:Other'", false);
        check("path = 'Uses'\nof = 'aws.test.other'\nat = 'Images/*/Image'\nends = ':missing'", false);
    }
}
