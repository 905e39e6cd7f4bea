//! Packs the catalog of resource types.
#![allow(clippy::disallowed_methods)] // A build script is there to read and write files.

#[path = "../../build/files.rs"]
mod files;

use files::files;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let stdlib = root.join("../../stdlib");
    let mut lifecycles = lifecycles(&stdlib.join("lifecycle"))?;
    add_made_names(&stdlib.join("aws"), &mut lifecycles)?;
    pack_catalog(
        &stdlib.join("catalog/generated"),
        lifecycles,
        documents(&stdlib.join("catalog/documents.toml"))?,
        &out,
    )
}

/// Returns the properties that hold a document although their schema says string, by AWS's name of the type.
fn documents(file: &Path) -> io::Result<BTreeMap<String, Vec<String>>> {
    println!("cargo::rerun-if-changed={}", file.display());
    toml::from_str(&fs::read_to_string(file)?).map_err(|error| io::Error::other(format!("{}: {error}", file.display())))
}

/// Gives properties of a type the shape of a document.
///
/// # Errors
/// The name of a property that the type has not.
fn set_documents(facts: &mut Json, aws: &str, names: &[String]) -> io::Result<()> {
    let properties = facts.pointer_mut("/root/properties").and_then(Json::as_object_mut);
    let mut properties: Vec<(&String, &mut Json)> = properties.into_iter().flatten().collect();
    for name in names {
        let known = properties.iter_mut().find(|(written, _)| written.split(' ').next() == Some(name.as_str()));
        let Some((_, shape)) = known else {
            return Err(io::Error::other(format!("stdlib/catalog/documents.toml: {aws} has no property {name}")));
        };
        **shape = json!("json");
    }
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("text_documents".to_owned(), json!(names));
    }
    Ok(())
}

/// Returns what the files of a folder say of the life of each type, by gpb's name.
///
/// A table of `ec2.toml` is the type of that name in the service: `[subnet]` is `aws.ec2.subnet`.
fn lifecycles(folder: &Path) -> io::Result<BTreeMap<String, Json>> {
    let mut found = BTreeMap::new();
    for file in files(folder, &["toml"])? {
        let service = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let types: BTreeMap<String, Json> = toml::from_str(&fs::read_to_string(&file)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
        found.extend(types.into_iter().map(|(ty, facts)| (format!("aws.{service}.{ty}"), facts)));
    }
    Ok(found)
}

/// Adds the names that bindings make where none is given to what is chosen for a type.
fn add_made_names(folder: &Path, lifecycles: &mut BTreeMap<String, Json>) -> io::Result<()> {
    for file in files(folder, &["toml"])? {
        let service = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let binding: Json = toml::from_str(&fs::read_to_string(&file)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
        for (ty, bound) in binding.get("types").and_then(Json::as_object).into_iter().flatten() {
            let name = bound.get("name").and_then(|name| name.get("property").or(Some(name)));
            let Some(name) = name.filter(|name| name.is_string()) else { continue };
            let lifecycle = lifecycles.entry(format!("aws.{service}.{ty}")).or_insert_with(|| json!({}));
            let chosen = lifecycle.as_object_mut().map(|facts| facts.entry("chosen").or_insert_with(|| json!([])));
            if let Some(chosen) = chosen.and_then(Json::as_array_mut) {
                chosen.push(name.clone());
            }
        }
    }
    Ok(())
}

/// Writes the catalog as one blob of types, and a sorted index of them.
///
/// Each type is compressed by itself, so that reading one decodes one.
fn pack_catalog(
    folder: &Path,
    mut lifecycles: BTreeMap<String, Json>,
    mut documents: BTreeMap<String, Vec<String>>,
    out: &Path,
) -> io::Result<()> {
    let mut types = Vec::new();
    for file in files(folder, &["json"])? {
        let service: BTreeMap<String, Json> = serde_json::from_slice(&fs::read(&file)?)?;
        for (aws, mut facts) in service {
            let name = facts.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
            if let (Some(lifecycle), Some(facts)) = (lifecycles.remove(&name), facts.as_object_mut()) {
                facts.insert("lifecycle".to_owned(), lifecycle);
            }
            if let Some(names) = documents.remove(&aws) {
                set_documents(&mut facts, &aws, &names)?;
            }
            types.push((name, aws, facts.to_string()));
        }
    }
    if let Some(unknown) = lifecycles.keys().next() {
        return Err(io::Error::other(format!("stdlib/lifecycle: there is no type {unknown}")));
    }
    if let Some(unknown) = documents.keys().next() {
        return Err(io::Error::other(format!("stdlib/catalog/documents.toml: there is no type {unknown}")));
    }
    types.sort();
    let mut blob = Vec::new();
    let mut index = String::from("pub(super) static ENTRIES: &[CatalogEntry] = &[\n");
    for (name, aws, text) in &types {
        let (start, size) = (blob.len(), text.len());
        blob.extend(lz4_flex::block::compress(text.as_bytes()));
        let end = blob.len();
        let _ = writeln!(
            index,
            "CatalogEntry {{ name: {name:?}, aws: {aws:?}, start: {start}, end: {end}, size: {size} }},"
        );
    }
    let mut by_aws: Vec<usize> = (0..types.len()).collect();
    by_aws.sort_by_key(|at| types.get(*at).map(|(_, aws, _)| aws));
    let _ = writeln!(index, "];\npub(super) static BY_AWS: &[usize] = &{by_aws:?};");
    let actions = fs::read(folder.join("iam_actions.txt"))?;
    fs::write(out.join("iam_actions.bin"), lz4_flex::block::compress_prepend_size(&actions))?;
    println!("cargo::rerun-if-changed={}", folder.join("iam_actions.txt").display());
    fs::write(out.join("catalog.bin"), blob)?;
    fs::write(out.join("catalog.rs"), index)
}
