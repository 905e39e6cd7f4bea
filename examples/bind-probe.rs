//! Tries a binding against an emulator: create, read, update, read, delete, read; or checks bindings, or lists what one covers.
//!
//! `bind-probe TYPE PROPERTIES [--update PROPERTIES] [--brief] [--timeout SECONDS] [--endpoint URL] [--python PATH] [--region R]
//! [--emulator NAME] [--keep]`, `bind-probe --check [TYPE-OR-NAMESPACE]` or `bind-probe --audit TYPE-OR-NAMESPACE`. Properties are JSON in AWS's
//! spelling.
//!
//! `tests/emulators/allowances.toml` answers what an emulator lacks; `--emulator` (`moto` by default) says whose.
//!
//! Ends with status 0 when all went as asked, 1 when a mistake was found or what is there is not what was asked for, 3 after the
//! timeout.

#![allow(clippy::disallowed_methods, reason = "a tool reads its environment")]

#[path = "../tests/support/bridge.rs"]
mod bridge;

use bridge::Bridge;
use gpb_aws::binding::PropertySide;
use gpb_aws::{AwsCloud, BindingError, Bindings, BoundType, Invoke, InvokeError, lint};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::{
    Cloud, CloudError, CreateRequest, FindRequest, ObservedResource, Progress, ProgressSink, Properties, ResourceKey,
    UpdateRequest,
};
use gpb_model::Place;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

struct Printed {
    is_brief: bool,
}

#[async_trait::async_trait]
impl ProgressSink for Printed {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        if !self.is_brief {
            println!("  … {progress:?}");
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns false when something is not as it should be.
async fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).cloned().unwrap_or_else(|| default.to_owned())
    };
    let audited = option("--audit", "");
    if !audited.is_empty() {
        return audit(&audited).map(|()| true);
    }
    if arguments.first().is_some_and(|first| first == "--check") {
        return check(&option("--check", ""));
    }
    let [ty, desired, ..] = arguments.as_slice() else { return Err("say a type and its properties".into()) };
    let python = option("--python", &std::env::var("GPB_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    let is_brief = arguments.iter().any(|argument| argument == "--brief");
    let log = move |operation: &str, input: &Json, answer: &_| match answer {
        Ok(_) if is_brief => println!("    {operation}"),
        Err(error) if is_brief => println!("    {operation} -> error {error}"),
        Ok(output) => println!("    {operation} {input}\n      -> {output}"),
        Err(error) => println!("    {operation} {input}\n      -> error {error}"),
    };
    let bridge = Bridge::start(&python, &option("--endpoint", "http://127.0.0.1:5555"), Box::new(log))?;
    let lenient = Lenient { bridge, stand_ins: stand_ins(&option("--emulator", "moto"))? };
    let cloud = AwsCloud::new(Arc::new(lenient), Arc::new(bindings()?));
    let place = Place { region: option("--region", "us-east-1").into(), ..Place::default() };
    let changed = option("--update", "");
    let keep = arguments.iter().any(|argument| argument == "--keep");
    let mistakes = cloud.bindings().mistakes(ty);
    if !mistakes.is_empty() {
        print_all(&mistakes);
        return Ok(false);
    }
    let desired: Properties = serde_json::from_str(desired)?;
    let trial = probe(&cloud, &place, ty, desired, &changed, keep, Printed { is_brief });
    let seconds: u64 = option("--timeout", "600").parse()?;
    let Ok(answer) = tokio::time::timeout(Duration::from_secs(seconds), trial).await else {
        eprintln!("error: not over after {seconds} s");
        std::process::exit(3);
    };
    answer
}

fn print_all(mistakes: &[BindingError]) {
    for mistake in mistakes {
        println!("{mistake}");
    }
}

/// An emulator, and answers for the operations that it lacks.
struct Lenient {
    bridge: Bridge,
    stand_ins: BTreeMap<String, Json>,
}

#[async_trait::async_trait]
impl Invoke for Lenient {
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        let answer = self.bridge.invoke(place, service, operation, input).await;
        match (answer, self.stand_ins.get(&format!("{service}:{operation}"))) {
            (Err(_), Some(answer)) => Ok(answer.clone()),
            (answer, _) => answer,
        }
    }
}

fn stand_ins(emulator: &str) -> Result<BTreeMap<String, Json>, Box<dyn std::error::Error>> {
    let text = include_str!("../tests/emulators/allowances.toml");
    let all: BTreeMap<String, BTreeMap<String, Json>> = toml::from_str(text)?;
    Ok(all.get(emulator).cloned().unwrap_or_default())
}

/// Prints every mistake in the bindings that a name means; without a name, in all.
fn check(what: &str) -> Result<bool, Box<dyn std::error::Error>> {
    let bindings = bindings()?;
    let mut is_sound = true;
    for name in bindings.names() {
        let mistakes = match name {
            Ok(name) if !what.is_empty() && name != what && !name.starts_with(&format!("{what}.")) => continue,
            Ok(name) => bindings.mistakes(&name),
            Err(error) => vec![error],
        };
        is_sound &= mistakes.is_empty();
        print_all(&mistakes);
    }
    Ok(is_sound)
}

async fn probe(
    cloud: &AwsCloud,
    place: &Place,
    ty: &str,
    desired: Properties,
    changed: &str,
    keep: bool,
    sink: Printed,
) -> Result<bool, Box<dyn std::error::Error>> {
    let is_brief = sink.is_brief;
    let bound = cloud.bindings().get(ty)?;
    let mut is_as_asked = true;
    let token = format!("probe-{}", std::process::id());
    println!("create");
    let create = CreateRequest { ty, place, desired: &desired, label: "probe", token: &token };
    let made = cloud.create(create, &sink).await?;
    is_as_asked &= show("created", &bound, &desired, &made, is_brief);
    let key = ResourceKey { ty: ty.to_owned(), place: place.clone(), id: made.id.clone() };
    println!("find after an interruption");
    let found = cloud
        .find(FindRequest { ty, place, matching: &desired, token: Some(&token), label: Some("probe"), sent: true })
        .await;
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
        let seen = cloud.update(update, &sink).await?;
        is_as_asked &= show("updated", &bound, &after, &seen, is_brief);
    }
    println!("read_many");
    for answer in cloud.read_many(&[key.clone(), key.clone()]).await {
        println!("  = {}", answer?.map_or_else(|| "nothing".to_owned(), |seen| seen.id));
    }
    if !keep {
        println!("delete");
        cloud.delete(&key, "probe-delete", &sink).await?;
        let left = cloud.read(&key).await?.map(|seen| seen.id);
        println!("  = read: {left:?}");
        is_as_asked &= left.is_none();
    }
    Ok(is_as_asked)
}

/// Prints desired properties beside those that are there; returns true when all that reads show are as asked.
fn show(what: &str, bound: &BoundType, desired: &Properties, seen: &ObservedResource, is_brief: bool) -> bool {
    println!("  = {what} {}", seen.id);
    if !is_brief {
        println!("    {}", Json::Object(seen.properties.clone()));
    }
    let mut is_as_asked = true;
    for (name, value) in desired {
        let path = PropPath(name.as_str().into());
        let place = bound.binding.properties.get(&path);
        let is_unread =
            bound.def.is_write_only(&path) || place.is_some_and(|place| place.read == PropertySide::Nowhere);
        let there = seen.properties.get(name);
        if !is_unread && !there.is_some_and(|there| shows(bound, &path, value, there)) {
            is_as_asked = false;
            let there = there.map_or_else(|| "nothing".to_owned(), Json::to_string);
            println!("  ! {name}: asked {value}, there {there}");
        }
    }
    is_as_asked
}

/// Checks that a value has all that was asked for, in the form that AWS gives it back.
fn shows(bound: &BoundType, path: &PropPath, asked: &Json, there: &Json) -> bool {
    match (asked, there) {
        (Json::Object(asked), Json::Object(there)) => asked
            .iter()
            .all(|(name, value)| there.get(name).is_some_and(|there| shows(bound, &path.child(name), value, there))),
        (Json::Array(asked), Json::Array(there)) => {
            asked.iter().all(|one| there.iter().any(|there| shows(bound, &path.child("*"), one, there)))
        }
        (Json::String(asked), Json::String(there)) => {
            asked == there || bound.def.form(path).is_some_and(|form| form.is_same(asked, there))
        }
        (asked, there) => asked == there,
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
        for part in lint::lost_parts(&bound) {
            let what = if part.on_read { "IS DROPPED ON READ by" } else { "CANNOT BE SENT by" };
            println!("  {} {what} {}", part.path.0.replace('/', "."), part.call);
        }
    }
    Ok(())
}
