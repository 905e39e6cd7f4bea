//! The rules of all services, read when the first resource of a service is met.

use super::message::RuleText;
use super::parse;
use super::path::RulePath;
use super::requirement::Requirement;
use super::rule::Rule;
use super::trigger::RulesOfType;
use gpb_base::stdlib::Library;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use toml::{Table, Value};

/// The folder of rules for types of several services, which they name with their service: `rds.db_instance`.
const SHARED: &str = "shared";

/// The rules of one service by type (`db_instance`), or the mistake in one of its files.
pub(super) type ServiceRuleTable = Result<BTreeMap<String, RulesOfType>, String>;

/// The rules of all services.
pub(super) struct RuleBook {
    services: BTreeMap<String, (Vec<RuleFile>, OnceLock<ServiceRuleTable>)>,
}

/// A file of rules, by its path in the library.
struct RuleFile {
    path: String,
    text: Arc<str>,
}

/// A file of rules as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    rule: Vec<WrittenRule>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRule {
    id: String,
    types: Vec<String>,
    each: Option<String>,
    when: Option<Table>,
    required: Option<Value>,
    forbidden: Option<Value>,
    exclusive: Option<Value>,
    one_of: Option<Value>,
    at_least_one: Option<Value>,
    require: Option<Table>,
    unique: Option<Value>,
    at: Option<String>,
    #[serde(default)]
    creation: bool,
    label: Option<String>,
    says: String,
    help: String,
    source: String,
    /// Properties that the rule refuses, for the tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for the tests"))]
    refuses: Value,
    /// Properties that the rule accepts, for the tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for the tests"))]
    accepts: Value,
    /// Other resources of the examples by name, each with `type` and `properties`.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for the tests"))]
    beside: Table,
}

impl RuleBook {
    /// Returns the rules of a library: `rules/<service>.toml`, or several files below `rules/<service>/`.
    pub fn of(library: &Library) -> Arc<RuleBook> {
        library.derived(|library| {
            let mut services: BTreeMap<String, (Vec<RuleFile>, OnceLock<ServiceRuleTable>)> = BTreeMap::new();
            for (path, text) in library.below("rules/", ".toml") {
                let name = path.trim_start_matches("rules/").trim_end_matches(".toml");
                let service = name.split_once('/').map_or(name, |(service, _)| service);
                let file = RuleFile { path: path.to_owned(), text: text.clone() };
                services.entry(service.to_owned()).or_default().0.push(file);
            }
            RuleBook { services }
        })
    }

    /// Returns the rules of a type (`aws.rds.db_instance`): those of its service and those shared, or the mistake in them.
    pub fn of_type(&self, ty: &str) -> impl Iterator<Item = Result<&RulesOfType, &str>> {
        let shared = ty.strip_prefix("aws.").map(|name| (SHARED, name));
        let own = shared.and_then(|(_, name)| name.split_once('.'));
        own.into_iter().chain(shared).filter_map(|(service, name)| {
            let (files, rules) = self.services.get(service)?;
            match rules.get_or_init(|| read(files)) {
                Ok(rules) => rules.get(name).map(Ok),
                Err(mistake) => Some(Err(mistake.as_str())),
            }
        })
    }

    /// Returns the names of the services.
    #[cfg(test)]
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }
}

fn read(files: &[RuleFile]) -> ServiceRuleTable {
    let mut by_type: BTreeMap<String, RulesOfType> = BTreeMap::new();
    for file in files {
        for written in written(&file.text).map_err(|mistake| format!("{}: {mistake}", file.path))? {
            let rule =
                written.compile().map_err(|mistake| format!("{}: rule `{}`: {mistake}", file.path, written.id))?;
            let rule = Arc::new(rule);
            for ty in written.types {
                by_type.entry(ty).or_default().add(rule.clone());
            }
        }
    }
    Ok(by_type)
}

/// Reads the rules of a file as they are written.
///
/// # Errors
/// The mistake in words, with its line.
pub(super) fn written(text: &str) -> Result<Vec<WrittenRule>, String> {
    toml::from_str::<WrittenFile>(text).map(|file| file.rule).map_err(|error| error.to_string())
}

impl WrittenRule {
    /// Compiles the rule.
    ///
    /// # Errors
    /// The mistake in words.
    pub fn compile(&self) -> Result<Rule, String> {
        let path = |text: &Option<String>| text.as_deref().map(RulePath::parse).transpose();
        Ok(Rule {
            id: self.id.clone(),
            each: path(&self.each)?,
            when: self.when.as_ref().map(parse::condition).transpose()?,
            requirement: self.requirement()?,
            at: path(&self.at)?,
            creation: self.creation,
            label: self.label.clone(),
            says: RuleText::parse(&self.says)?,
            help: RuleText::parse(&self.help)?,
            source: self.source.clone(),
        })
    }

    fn requirement(&self) -> Result<Requirement, String> {
        let paths = |value: &Option<Value>| value.as_ref().map(parse::paths).transpose();
        let mut found: Vec<Requirement> = [
            paths(&self.required)?.map(Requirement::Required),
            paths(&self.forbidden)?.map(Requirement::Forbidden),
            paths(&self.exclusive)?.map(Requirement::Exclusive),
            paths(&self.one_of)?.map(Requirement::OneOf),
            paths(&self.at_least_one)?.map(Requirement::AtLeastOne),
            self.require.as_ref().map(parse::condition).transpose()?.map(Requirement::Holds),
            self.unique.as_ref().map(parse::own_paths).transpose()?.map(Requirement::Unique),
        ]
        .into_iter()
        .flatten()
        .collect();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => {
                Err("exactly one of required, forbidden, exclusive, one_of, at_least_one, require, unique is given"
                    .into())
            }
        }
    }
}

#[cfg(test)]
impl WrittenRule {
    /// Returns the types it is for.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// Returns the other resources of its examples.
    pub fn beside(&self) -> &Table {
        &self.beside
    }

    /// Returns the properties that it refuses and those that it accepts.
    pub fn examples(&self) -> (&Value, &Value) {
        (&self.refuses, &self.accepts)
    }
}
