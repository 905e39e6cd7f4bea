//! Tries a binding against an emulator: create, read, update, read, delete, read; or lists what a binding covers.
//!
//! `bind-probe TYPE PROPERTIES [--update PROPERTIES] [--endpoint URL] [--python PATH] [--region R] [--keep]`, or
//! `bind-probe --audit TYPE-OR-NAMESPACE`. Properties are JSON in AWS's spelling.

#![allow(clippy::disallowed_methods, reason = "a tool reads its environment")]

#[path = "../tests/support/bridge.rs"]
mod bridge;

use bridge::Bridge;
use gpb_aws::{AwsCloud, Bindings, lint};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::{
    Cloud, CloudError, CreateRequest, FindRequest, Progress, ProgressSink, Properties, ResourceKey, UpdateRequest,
};
use gpb_model::Place;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::sync::Arc;

struct Printed;

#[async_trait::async_trait]
impl ProgressSink for Printed {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        println!("  … {progress:?}");
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).cloned().unwrap_or_else(|| default.to_owned())
    };
    let audited = option("--audit", "");
    if !audited.is_empty() {
        return audit(&audited);
    }
    let [ty, desired, ..] = arguments.as_slice() else { return Err("say a type and its properties".into()) };
    let python = option("--python", &std::env::var("GPB_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    let log = |operation: &str, input: &Json, answer: &_| match answer {
        Ok(output) => println!("    {operation} {input}\n      -> {output}"),
        Err(error) => println!("    {operation} {input}\n      -> error {error}"),
    };
    let bridge = Bridge::start(&python, &option("--endpoint", "http://127.0.0.1:5555"), Box::new(log))?;
    let cloud = AwsCloud::new(Arc::new(bridge), Arc::new(bindings()?));
    let place = Place { region: option("--region", "us-east-1").into(), ..Place::default() };
    let changed = option("--update", "");
    let keep = arguments.iter().any(|argument| argument == "--keep");
    probe(&cloud, &place, ty, serde_json::from_str(desired)?, &changed, keep).await
}

async fn probe(
    cloud: &AwsCloud,
    place: &Place,
    ty: &str,
    desired: Properties,
    changed: &str,
    keep: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let token = format!("probe-{}", std::process::id());
    println!("create");
    let create = CreateRequest { ty, place, desired: &desired, label: "probe", token: &token };
    let made = cloud.create(create, &Printed).await?;
    show("created", &desired, &made.properties, &made.id);
    let key = ResourceKey { ty: ty.to_owned(), place: place.clone(), id: made.id.clone() };
    println!("find after an interruption");
    let found = cloud.find(FindRequest { ty, place, matching: &desired, token: Some(&token), sent: true }).await;
    println!("  = {:?}", found.map(|all| all.into_iter().map(|one| one.id).collect::<Vec<_>>()));
    if !changed.is_empty() {
        let mut after = desired.clone();
        let changes: Properties = serde_json::from_str(changed)?;
        let changed: Vec<PropPath> = changes.keys().map(|name| PropPath(name.as_str().into())).collect();
        for (name, value) in changes {
            if value.is_null() {
                after.remove(&name)
            } else {
                after.insert(name, value)
            };
        }
        println!("update");
        let before = &made.properties;
        let (reasserted, token) = (&[], "probe-update");
        let update = UpdateRequest { key: &key, before, desired: &after, changed: &changed, reasserted, token };
        let seen = cloud.update(update, &Printed).await?;
        show("updated", &after, &seen.properties, &seen.id);
    }
    println!("read_many");
    for answer in cloud.read_many(&[key.clone(), key.clone()]).await {
        println!("  = {}", answer?.map_or_else(|| "nothing".to_owned(), |seen| seen.id));
    }
    if !keep {
        println!("delete");
        cloud.delete(&key, "probe-delete", &Printed).await?;
        println!("  = read: {:?}", cloud.read(&key).await?.map(|seen| seen.id));
    }
    Ok(())
}

/// Prints desired properties beside those that are there.
fn show(what: &str, desired: &Properties, seen: &Properties, id: &str) {
    println!("  = {what} {id}\n    {}", Json::Object(seen.clone()));
    for (name, value) in desired {
        let there = seen.get(name);
        if there != Some(value) {
            println!(
                "  ! {name}: asked {value}, there {}",
                there.map_or_else(|| "nothing".to_owned(), Json::to_string)
            );
        }
    }
}

/// The bindings as they lie in the source folder, so that an edit needs no build.
fn bindings() -> std::io::Result<Bindings> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib/aws");
    let mut files = Vec::new();
    for (folder, prefix) in [(folder.join("generated"), "aws/generated/"), (folder, "aws/")] {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((format!("{prefix}{name}"), Arc::from(std::fs::read_to_string(&path)?)));
            }
        }
    }
    Ok(Bindings::new(files.into_iter().collect::<Library>(), Arc::new(Catalog::embedded())))
}

fn audit(what: &str) -> Result<(), Box<dyn std::error::Error>> {
    let bindings = bindings()?;
    for name in bindings.names() {
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                println!("{error}");
                continue;
            }
        };
        if name != what && !name.starts_with(&format!("{what}.")) {
            continue;
        }
        println!("{name}");
        let bound = match bindings.get(&name) {
            Ok(bound) => bound,
            Err(error) => {
                println!("  {error}");
                continue;
            }
        };
        for line in lint::audit(&bound) {
            let lacks = [
                (line.lacks_create(), "CANNOT BE SET"),
                (line.lacks_update(bound.def.updatable), "CANNOT BE CHANGED"),
                (line.lacks_read(), "IS NOT READ"),
            ];
            let lacks: Vec<&str> = lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, text)| text).collect();
            let ways = [("set", &line.create), ("changed", &line.update), ("read", &line.read)];
            let ways: Vec<String> = ways
                .iter()
                .filter(|(_, by)| !by.is_empty())
                .map(|(verb, by)| format!("{verb} by {}", by.join(", ")))
                .collect();
            println!("  {:<32} {}  {}", line.property, ways.join("; "), lacks.join(", "));
        }
    }
    Ok(())
}
