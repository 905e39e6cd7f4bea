//! Checks that rules name types and properties that exist.

use super::Behaviour;
use super::condition::RuleCondition;
use super::rules::TypeRules;
use gpb_engine::cloud::TypeSource;
use gpb_model::PropPath;

impl Behaviour {
    /// Lists the names in rules that lead nowhere, each with its row.
    pub(crate) fn unsound(&self, types: &dyn TypeSource) -> Vec<String> {
        let mut wrong = Vec::new();
        for ty in self.types() {
            let rules = self.of(&ty).into_iter();
            let named: Vec<(String, PropPath)> = rules.flat_map(|rules| names(&ty, rules)).collect();
            for (of, path) in named {
                let known = types.get(&of).is_some_and(|def| path.head().is_empty() || def.shape_at(&path).is_some());
                if !known {
                    wrong.push(format!("{ty}: {of} {path}"));
                }
            }
        }
        wrong
    }
}

/// Lists the places that a row names, each with its type.
fn names(ty: &str, rules: &TypeRules) -> Vec<(String, PropPath)> {
    let mut named = vec![(ty.to_owned(), PropPath::default())];
    let own = |path: &PropPath| (ty.to_owned(), path.clone());
    let head = |name: &String| (ty.to_owned(), PropPath(name.as_str().into()));
    named.extend(rules.status.iter().map(|rule| own(&rule.property)));
    named.extend(rules.lists.iter().filter_map(|rule| rule.by_name.as_ref()).map(own));
    named.extend(rules.settle.iter().flat_map(|rule| &rule.properties).map(head));
    named.extend(rules.no_change.iter().flat_map(|rule| &rule.properties).map(head));
    named.extend(rules.revises.iter().flat_map(|rule| &rule.properties).map(head));
    named.extend(rules.normal.iter().map(|rule| own(&rule.path)));
    named.extend(rules.later.iter().map(|rule| own(&rule.path)));
    named.extend(rules.exclusive.iter().flat_map(|rule| &rule.paths).map(own));
    named.extend(rules.held.iter().flat_map(|rule| &rule.paths).map(own));
    named.extend(rules.revises.iter().map(|rule| own(&rule.path)));
    named.extend(rules.secret.iter().map(|rule| own(&rule.name)));
    for rule in &rules.within {
        named.extend([own(&rule.path), own(&rule.by), (rule.of.clone(), rule.at.clone())]);
    }
    for rule in &rules.needs {
        named.extend([own(&rule.path), (rule.of.clone(), PropPath::default())]);
    }
    for rule in &rules.in_use {
        named.extend(rule.by.iter().map(|by| user(by)));
        named.extend(rule.via.iter().map(own));
    }
    named.extend(rules.lingers.iter().flat_map(|rule| &rule.holds).map(|of| (of.clone(), PropPath::default())));
    named.extend(rules.takes_along.iter().map(|rule| (rule.ty.clone(), rule.path.clone())));
    for rule in &rules.spawns {
        named.extend(rule.properties.keys().map(|name| (rule.ty.clone(), PropPath(name.as_str().into()))));
        named.extend(rule.beside.iter().map(|(of, _)| (of.clone(), PropPath::default())));
    }
    for condition in conditions(rules) {
        named.push(own(&condition.path));
        named.extend(condition.of.iter().map(|of| (of.clone(), condition.at.clone())));
        named.extend(condition.unnamed_by.iter().map(|by| user(by)));
    }
    named
}

fn conditions(rules: &TypeRules) -> impl Iterator<Item = &RuleCondition> {
    let courses = [&rules.create, &rules.update, &rules.delete].into_iter().flatten().flat_map(|rule| &rule.when);
    let values = rules.normal.iter().flat_map(|rule| &rule.when).chain(rules.later.iter().flat_map(|rule| &rule.when));
    let refused =
        rules.refuse.iter().flat_map(|rule| &rule.when).chain(rules.in_use.iter().flat_map(|rule| &rule.when));
    let made = rules.spawns.iter().flat_map(|rule| &rule.when).chain(rules.failures.iter().flat_map(|rule| &rule.when));
    let exclusive = rules.exclusive.iter().flat_map(|rule| &rule.when);
    courses.chain(values).chain(refused).chain(exclusive).chain(made)
}

/// Splits `aws.ec2.subnet:VpcId` into the type and the place.
fn user(by: &str) -> (String, PropPath) {
    let (ty, path) = by.split_once(':').unwrap_or((by, ""));
    (ty.to_owned(), PropPath(path.into()))
}
