//! The generated parts belong to the list and to the crates they are linked with.

use std::collections::BTreeMap;

/// Reads the list, which is written in one form: `service = [`, a quoted name a line, `]`.
fn listed() -> BTreeMap<String, Vec<String>> {
    let text = include_str!("../../operations.toml");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut service = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix("= [") {
            service = name.trim().to_owned();
        } else if let Some(name) = line.strip_prefix('"').and_then(|rest| rest.strip_suffix("\",")) {
            found.entry(service.clone()).or_default().push(name.to_owned());
        }
    }
    found
}

#[test]
fn every_listed_operation_is_generated_and_no_other() {
    let made: BTreeMap<String, Vec<String>> = gpb_aws_facade::operations()
        .into_iter()
        .map(|(service, operations)| (service.to_owned(), operations.into_iter().map(str::to_owned).collect()))
        .collect();
    let listed: BTreeMap<_, _> = listed().into_iter().filter(|(service, _)| made.contains_key(service)).collect();
    assert_eq!(listed, made, "run tools/facade/generate.py");
}

#[test]
fn the_linked_crates_are_those_the_parts_were_generated_for() {
    for (service, versions) in gpb_aws_facade::versions() {
        assert_eq!(versions.generated, versions.linked, "{service}: run tools/facade/generate.py");
    }
}
