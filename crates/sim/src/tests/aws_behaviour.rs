//! The behaviour of AWS in the standard library: whole, sourced, and of things that exist.

use super::super::Behaviour;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use std::collections::BTreeSet;

fn bound_types(library: &Library) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for (path, text) in library.below("aws/", ".toml") {
        let service = path.trim_start_matches("aws/").trim_end_matches(".toml");
        let file: toml::Table = toml::from_str(text).unwrap();
        let names = file.get("types").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        types.extend(names.map(|name| format!("aws.{service}.{name}")));
    }
    types
}

#[test]
fn every_bound_type_has_a_row() {
    let library = Library::embedded();
    let rows: BTreeSet<String> = Behaviour::aws(&library).unwrap().types().into_iter().collect();
    let bound = bound_types(&library);
    assert!(bound.len() >= 48, "{}", bound.len());
    let without: Vec<_> = bound.difference(&rows).collect();
    assert!(without.is_empty(), "add rows below stdlib/sim/behaviour for {without:?}");
}

#[test]
fn rules_name_types_and_properties_that_exist() {
    let behaviour = Behaviour::aws(&Library::embedded()).unwrap();
    let catalog = Catalog::embedded();
    assert_eq!(behaviour.unsound(catalog), Vec::<String>::new());
}

#[test]
fn every_source_is_a_public_address() {
    let library = Library::embedded();
    for (path, text) in library.below("sim/behaviour/", ".toml") {
        for line in text.lines().filter(|line| line.contains("source = ")) {
            for source in line.split("source = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let public = ["https://docs.aws.amazon.com/", "https://github.com/"]
                    .iter()
                    .any(|start| source.starts_with(start));
                assert!(public, "{path}: {source}");
            }
        }
    }
}

/// Things the simulated cloud does not have, so that nothing in it can be locked so.
const NOT_SIMULATED: &[&str] = &["DescribeCapacityProviders", "DescribeDBClusters"];

/// Contents that a binding asks for before a deletion are known to the simulated cloud too: a plan is refused on both.
#[test]
fn contents_that_lock_on_aws_lock_here_too() {
    let library = Library::embedded();
    let behaviour = Behaviour::aws(&library).unwrap();
    let mut compared = 0;
    for (path, text) in library.below("aws/", ".toml") {
        let service = path.trim_start_matches("aws/").trim_end_matches(".toml");
        let file: toml::Table = toml::from_str(text).unwrap();
        for (name, row) in file.get("types").and_then(toml::Value::as_table).into_iter().flatten() {
            let rules = behaviour.of(&format!("aws.{service}.{name}")).unwrap();
            for lock in row.get("locks").and_then(toml::Value::as_array).into_iter().flatten() {
                let Some(call) = lock.get("call").and_then(toml::Value::as_str) else { continue };
                let member = lock.get("members").and_then(|members| members.get("type")).and_then(toml::Value::as_str);
                let is_of = |by: &String| by.split(':').next() == member;
                let found = match member {
                    Some(_) => rules.in_use.iter().any(|rule| rule.lock.is_some() && rule.by.iter().any(is_of)),
                    None => rules.contents.is_some() || NOT_SIMULATED.contains(&call),
                };
                assert!(found, "aws.{service}.{name}: {call} is a lock in {path}, and none below sim/behaviour");
                compared += 1;
            }
        }
    }
    assert!(compared >= 6, "{compared}");
}
