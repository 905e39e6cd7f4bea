//! A model as text, for people who read tests.

use gpb_model::{Model, Place, PropertyValue, Resource};
use std::fmt::Write as _;

pub fn model(model: &Model) -> String {
    let mut out = String::new();
    let environment = &model.environment;
    let _ = writeln!(
        out,
        "environment {} of {} {:?} {}",
        environment.name,
        environment.stack,
        environment.mode,
        place(&environment.place)
    );
    for (name, value) in &environment.params {
        let _ = writeln!(out, "  param {name} = {value}");
    }
    for layer in &model.layers {
        let _ = writeln!(out, "layer {} uses [{}]", layer.name, layer.uses.join(", "));
    }
    for resource in &model.resources {
        one(&mut out, resource, &environment.place);
    }
    for (name, output) in &model.outputs {
        let _ = writeln!(out, "output {name} = {}", value(&output.value));
    }
    for moved in &model.moves {
        let _ = writeln!(out, "moved {} to {}", moved.from, moved.to);
    }
    for overridden in &model.overrides {
        let _ = writeln!(out, "override {} [{}]", overridden.address, overridden.properties.join(", "));
    }
    out
}

fn one(out: &mut String, resource: &Resource, home: &Place) {
    let existing = if resource.existing { "existing " } else { "" };
    let _ = write!(out, "{existing}{} {}", resource.address, resource.ty);
    if *resource.place != *home {
        let _ = write!(out, " in {}", place(&resource.place));
    }
    if let Some(layer) = &resource.layer {
        let _ = write!(out, " layer={layer}");
    }
    if !resource.components.is_empty() {
        let _ = write!(out, " components={:?}", resource.components);
    }
    out.push('\n');
    for (name, property) in &resource.properties {
        let _ = writeln!(out, "  {name} = {}", value(property));
    }
    if !resource.after.is_empty() {
        let after: Vec<&str> = resource.after.iter().map(gpb_model::Address::as_str).collect();
        let _ = writeln!(out, "  after {}", after.join(", "));
    }
    for (from, property) in &resource.reads {
        let _ = writeln!(out, "  reads {from} in {}", property.0);
    }
    let lifecycle = &resource.lifecycle;
    if *lifecycle != gpb_model::Lifecycle::default() {
        let ignore: Vec<&str> = lifecycle.ignore.iter().map(|path| path.0.as_str()).collect();
        let _ = writeln!(out, "  protect {:?} ignore {ignore:?} replace {:?}", lifecycle.protect, lifecycle.replace);
    }
}

fn place(place: &Place) -> String {
    let mut out = place.region.to_string();
    let (account, role, profile) = (place.account.as_deref(), place.role.as_deref(), place.profile.as_deref());
    for (name, text) in [("account", account), ("role", role), ("profile", profile)] {
        if let Some(text) = text {
            let _ = write!(out, " {name}={text}");
        }
    }
    out
}

fn value(value: &PropertyValue) -> String {
    serde_json::Value::from(value.clone()).to_string()
}
