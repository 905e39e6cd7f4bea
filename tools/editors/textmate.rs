//! Converts the filled template to TextMate's JSON.
//!
//! The template is TOML, whose literal strings keep regular expressions readable; forms that repeat in TextMate's form
//! (numbered captures, `.gpb` at the end of each scope, `include`) are shorter there.

use serde_json::{Map, Value as Json, json};
use toml::{Table, Value};

/// Returns the grammar as JSON.
///
/// # Errors
/// A sentence that names the mistake in the template.
pub fn json(template: &str) -> Result<String, String> {
    let template: Table = template.parse().map_err(|error| format!("the TextMate template: {error}"))?;
    let rules = template.get("rules").and_then(Value::as_table).ok_or("the TextMate template has no `rules`")?;
    let mut repository = Map::new();
    for (name, list) in rules {
        let list = list.as_array().ok_or_else(|| format!("`rules.{name}` is not a list"))?;
        let patterns: Vec<Json> = list.iter().map(|rule| pattern(name, rule)).collect::<Result<_, _>>()?;
        repository.insert(name.clone(), json!({ "patterns": patterns }));
    }
    for (name, rule) in &repository {
        missing(rule, &repository).map_or(Ok(()), |include| Err(format!("`rules.{name}` includes `{include}`")))?;
    }
    let whole = json!({
        "information_for_contributors": "Generated from grammar/gpb.pest and tools/editors/textmate.toml.",
        "name": "gpb",
        "scopeName": "source.gpb",
        "fileTypes": ["gpb"],
        "patterns": [{ "include": "#entries" }],
        "repository": repository,
    });
    serde_json::to_string_pretty(&whole).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn pattern(owner: &str, rule: &Value) -> Result<Json, String> {
    if let Some(name) = rule.as_str() {
        return Ok(include(name));
    }
    let table = rule.as_table().ok_or_else(|| format!("a rule of `{owner}` is neither a name nor a table"))?;
    let mut out = Map::new();
    for (key, value) in table {
        let (key, value) = match (key.as_str(), value) {
            ("match" | "begin" | "end", Value::String(regex)) => (key.clone(), json!(regex)),
            ("name", Value::String(name)) => (key.clone(), json!(scope(name))),
            ("content", Value::String(name)) => ("contentName".into(), json!(scope(name))),
            ("captures", Value::Array(list)) => (key.clone(), captures(list)),
            ("begin_captures", Value::Array(list)) => ("beginCaptures".into(), captures(list)),
            ("end_captures", Value::Array(list)) => ("endCaptures".into(), captures(list)),
            ("patterns", Value::Array(list)) => {
                let list: Vec<Json> = list.iter().map(|rule| pattern(owner, rule)).collect::<Result<_, _>>()?;
                (key.clone(), json!(list))
            }
            (other, _) => return Err(format!("a rule of `{owner}` has a `{other}` of an unknown kind")),
        };
        out.insert(key, value);
    }
    Ok(Json::Object(out))
}

fn include(name: &str) -> Json {
    json!({ "include": format!("#{name}") })
}

/// Returns the captures of a rule: the list's first entry is the scope of the first group; an empty entry gives none. A single entry for the whole match
/// begins with `0:`.
fn captures(list: &[Value]) -> Json {
    let mut out = Map::new();
    for (index, name) in list.iter().filter_map(Value::as_str).enumerate().filter(|(_, name)| !name.is_empty()) {
        let (number, name) = name.strip_prefix("0:").map_or((index + 1, name), |name| (0, name));
        out.insert(number.to_string(), json!({ "name": scope(name) }));
    }
    Json::Object(out)
}

fn scope(names: &str) -> String {
    names.split(' ').map(|name| format!("{name}.gpb")).collect::<Vec<_>>().join(" ")
}

/// Returns a name that is included and does not exist.
fn missing(rule: &Json, repository: &Map<String, Json>) -> Option<String> {
    match rule {
        Json::Array(list) => list.iter().find_map(|rule| missing(rule, repository)),
        Json::Object(fields) => fields.iter().find_map(|(key, value)| match (key.as_str(), value.as_str()) {
            ("include", Some(name)) => {
                (!repository.contains_key(name.trim_start_matches('#'))).then(|| name.to_owned())
            }
            _ => missing(value, repository),
        }),
        _ => None,
    }
}
