//! The services of the platform's map, a layer at a time (`tests/services`): made, changed in place, lost, made again and taken away.

use super::acts::{service_acts, service_spec};
use super::fixture::WireFixture;
use super::life::WireLife;
use crate::support::root;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string};

#[derive(Deserialize)]
struct Map {
    layer: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    spec: String,
    service: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    /// The types of which one resource is deleted behind gpb's back.
    #[serde(default)]
    lost: Vec<String>,
}

/// Returns the types that a layer loses resources of, as the map says.
fn lost(spec: &str) -> Vec<String> {
    let map: Map = toml::from_str(&read_to_string(root().join("tests/services/services.toml")).unwrap()).unwrap();
    let layer = map.layer.into_iter().find(|layer| layer.spec == spec).unwrap();
    layer.service.into_iter().flat_map(|service| service.lost).collect()
}

/// Returns AWS's names of the types that a spec makes, by gpb's, that Cloud Control lists without being told a parent.
fn listable(world: &WireFixture, file: &str) -> Vec<(String, String)> {
    let plan = world.folder.expect(0, &["plan", file, "--json"]).json();
    let named: BTreeSet<&str> =
        plan["changes"].as_array().unwrap().iter().map(|change| change["type"].as_str().unwrap()).collect();
    let mut found = Vec::new();
    for file in read_dir(root().join("stdlib/catalog/generated/aws")).unwrap() {
        let types: Json = serde_json::from_str(&read_to_string(file.unwrap().path()).unwrap()).unwrap();
        for (aws, facts) in types.as_object().unwrap() {
            let name = facts["name"].as_str().unwrap();
            if named.contains(name) && facts["list_needs"].is_null() && lists(facts) {
                found.push((name.to_owned(), aws.clone()));
            }
        }
    }
    found.sort();
    found
}

fn lists(facts: &Json) -> bool {
    let is_free = |handlers: &Vec<Json>| handlers.iter().any(|handler| handler == "list");
    !facts["permissions"]["list"].is_null() || facts["free_handlers"].as_array().is_some_and(is_free)
}

fn identifiers(world: &WireFixture, aws: &str) -> Vec<Json> {
    let listed = world.boto("cloudcontrol", "list_resources", &json!({ "TypeName": aws }));
    let described = listed["ResourceDescriptions"].as_array().cloned().unwrap_or_default();
    described.into_iter().map(|resource| resource["Identifier"].clone()).collect()
}

/// Deletes one resource of a type, and waits until it is gone.
fn lose(world: &WireFixture, aws: &str) {
    let identifier = identifiers(world, aws).swap_remove(0);
    world.boto("cloudcontrol", "delete_resource", &json!({ "TypeName": aws, "Identifier": &identifier }));
    while identifiers(world, aws).contains(&identifier) {}
}

fn play(spec: &str) {
    let world = WireFixture::new();
    let file = format!("{spec}.gpb");
    let text = service_spec(spec);
    world.folder.write(&file, &world.with_certificates(&text));
    let life = WireLife::new(&world, &file, &[&file]);
    let types = listable(&world, &file);
    let made = || -> Vec<&str> {
        types.iter().filter(|(_, aws)| !identifiers(&world, aws).is_empty()).map(|(name, _)| name.as_str()).collect()
    };
    let before = world.inventory();
    assert_eq!(made(), [""; 0]);

    life.live(&service_acts(spec));
    let all = made();
    let lost = lost(spec);
    for ty in &lost {
        assert!(all.contains(&ty.as_str()), "{ty} is not there");
        let (_, aws) = types.iter().find(|(name, _)| name == ty).unwrap();
        lose(&world, aws);
    }
    if !lost.is_empty() {
        let drift = world.folder.expect(2, &["plan", &file, "--detailed-exitcode"]);
        assert!(drift.out.contains(&format!("{} to create", lost.len())), "{}", drift.text());
        life.apply(&[]).unwrap();
        assert_eq!(made(), all);
    }

    life.destroy();
    assert_eq!(world.inventory(), before);
    assert_eq!(made(), [""; 0]);
}

#[test]
fn the_edge_lives_over_the_wire() {
    play("edge");
}

#[test]
fn interfaces_and_their_users_live_over_the_wire() {
    play("api");
}

#[test]
fn what_computes_lives_over_the_wire() {
    play("compute");
}

#[test]
fn what_keeps_data_lives_over_the_wire() {
    play("data");
}

#[test]
fn what_carries_messages_lives_over_the_wire() {
    play("streaming");
}

#[test]
fn workflows_live_over_the_wire() {
    play("orchestration");
}

#[test]
fn what_keeps_secrets_lives_over_the_wire() {
    play("security");
}

#[test]
fn what_notifies_lives_over_the_wire() {
    play("notifications");
}

#[test]
fn what_observes_lives_over_the_wire() {
    play("observability");
}

#[test]
fn what_learns_lives_over_the_wire() {
    play("ml");
}
