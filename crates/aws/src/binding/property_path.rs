//! Paths of properties, as bindings write them: `VpcConfig.SubnetIds`, `Rules.*.Source`.

use gpb_model::PropPath;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A path of properties; the steps are separated by dots, as in templates and in paths of the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct PropertyPath(pub PropPath);

impl TryFrom<String> for PropertyPath {
    type Error = String;

    fn try_from(text: String) -> Result<PropertyPath, String> {
        refuse_slashes(&text)?;
        if text.split('.').any(str::is_empty) {
            return Err(format!("`{text}` is not a path of properties: a step is empty"));
        }
        Ok(PropertyPath(PropPath(text.replace('.', "/").into())))
    }
}

/// Refuses a path that is written with slashes.
///
/// # Errors
/// The path as it should be written.
pub fn refuse_slashes(text: &str) -> Result<(), String> {
    if text.contains('/') {
        let dotted = text.trim_matches('/').replace('/', ".");
        return Err(format!(
            "`{text}` is not a path of properties: its steps are separated by dots; did you mean `{dotted}`?"
        ));
    }
    Ok(())
}

/// Reads a list of property paths into the engine's own form.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let paths = Vec::<PropertyPath>::deserialize(deserializer)?;
    Ok(paths.into_iter().map(|PropertyPath(path)| path.0.to_string()).collect())
}

/// Reads a table by property paths.
pub(super) fn table<'de, D, T>(deserializer: D) -> Result<BTreeMap<PropPath, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let table = BTreeMap::<PropertyPath, T>::deserialize(deserializer)?;
    Ok(table.into_iter().map(|(PropertyPath(path), value)| (path, value)).collect())
}

/// Reads a table by property paths, where there is one.
pub(super) fn some_table<'de, D, T>(deserializer: D) -> Result<Option<BTreeMap<PropPath, T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    table(deserializer).map(Some)
}

/// Reads the conditions of a call: values by the names of what is tested.
pub(super) fn conditions<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let table = BTreeMap::<String, T>::deserialize(deserializer)?;
    match table.keys().find_map(|name| refuse_slashes(name).err()) {
        Some(message) => Err(serde::de::Error::custom(message)),
        None => Ok(table),
    }
}

/// Reads a list of names of what a condition tests.
pub(super) fn tested<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    match names.iter().find_map(|name| refuse_slashes(name).err()) {
        Some(message) => Err(serde::de::Error::custom(message)),
        None => Ok(names),
    }
}
