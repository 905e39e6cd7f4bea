//! The generated parts belong to the list and to the crates they are linked with.

use std::collections::BTreeMap;

/// Reads the list, which is written in one form: `service = [`, a quoted name a line, `]`.
fn listed() -> BTreeMap<String, Vec<String>> {
    let text = include_str!("../../operations.toml");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut service = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix("= [") {
            name.trim().clone_into(&mut service);
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

/// The `call`s of a file of bindings, as `service:Operation`.
fn called(text: &str) -> Vec<String> {
    let quoted = |rest: &str| rest.split_once('"').map(|(name, _)| name.to_owned());
    let service = text.split("service = \"").nth(1).and_then(quoted).unwrap_or_default();
    let calls = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let calls = calls.flat_map(|line| line.split("call = \"").skip(1)).filter_map(quoted);
    calls.map(|call| if call.contains(':') { call } else { format!("{service}:{call}") }).collect()
}

#[test]
fn every_call_of_a_binding_is_listed() {
    assert_eq!(
        called(
            "service = \"sqs\"\n# call = \"No\"\nread = { call = \"A\" }\nlist = [{ call = \"x:B\" }, { call = \"C\" }]"
        ),
        ["sqs:A", "x:B", "sqs:C"]
    );
    let listed = listed();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/aws");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        for call in called(&std::fs::read_to_string(&path).unwrap()) {
            let (service, operation) = call.split_once(':').unwrap();
            let known = listed.get(service).is_some_and(|names| names.iter().any(|name| name == operation));
            assert!(known, "{}: {call} is not in operations.toml; run tools/facade/generate.py", path.display());
        }
    }
}
