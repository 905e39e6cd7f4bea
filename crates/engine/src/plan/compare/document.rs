//! Compares documents by meaning: JSON as a string or as a structure, and the policies in them.

use super::scalar;
use serde_json::{Map, Value as Json};

/// Checks that two documents mean the same, each as a structure or as its string.
pub fn equal(a: &Json, b: &Json) -> bool {
    a == b || same(&canonical(a), &canonical(b))
}

/// Parses a string that holds a JSON structure; policies come back percent-encoded from some services.
pub fn parse(text: &str) -> Option<Json> {
    let trimmed = text.trim_start();
    let decoded;
    let text = if trimmed.starts_with("%7B") || trimmed.starts_with("%7b") || trimmed.starts_with("%5B") {
        decoded = percent_decode(trimmed)?;
        decoded.as_str()
    } else {
        trimmed
    };
    let json = text.starts_with(['{', '[']).then(|| serde_json::from_str::<Json>(text).ok()).flatten();
    json.filter(|json| json.is_object() || json.is_array())
}

/// Returns one spelling for all documents that mean the same, as far as a structure can show it.
pub fn canonical(json: &Json) -> Json {
    match json {
        Json::String(text) => parse(text).map_or_else(|| json.clone(), |inner| canonical(&inner)),
        Json::Array(items) => Json::Array(items.iter().map(canonical).collect()),
        Json::Object(entries) if is_policy(entries) => policy(entries),
        Json::Object(entries) => {
            let kept = entries.iter().filter(|(_, value)| !value.is_null());
            Json::Object(kept.map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        _ => json.clone(),
    }
}

/// Structures with lenient scalars: a number in quotes is that number.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => scalar::json_equal(a, b),
    }
}

/// Checks for a policy: it is known by its statements, objects with an effect.
fn is_policy(entries: &Map<String, Json>) -> bool {
    let is_statement = |json: &Json| json.get("Effect").is_some_and(Json::is_string);
    match entries.get("Statement") {
        Some(Json::Array(items)) => !items.is_empty() && items.iter().all(is_statement),
        Some(statement) => is_statement(statement),
        None => false,
    }
}

fn policy(entries: &Map<String, Json>) -> Json {
    let mut out = Map::new();
    for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
        let value = match key.as_str() {
            "Statement" => set(value, &|statement| canonical_statement(statement)),
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    // The version AWS assumes.
    out.entry("Version").or_insert_with(|| "2008-10-17".into());
    Json::Object(out)
}

fn canonical_statement(statement: &Json) -> Json {
    let Some(entries) = statement.as_object() else { return statement.clone() };
    let mut out = Map::new();
    for (key, value) in entries {
        let value = match key.as_str() {
            _ if value.is_null() => continue,
            "Sid" if value.as_str() == Some("") => continue,
            "Condition" if value.as_object().is_some_and(Map::is_empty) => continue,
            // Case does not matter in actions.
            "Action" | "NotAction" => {
                set(value, &|one| one.as_str().map_or_else(|| one.clone(), |text| text.to_ascii_lowercase().into()))
            }
            "Resource" | "NotResource" => set(value, &Json::clone),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => condition(value),
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    Json::Object(out)
}

fn principal(value: &Json) -> Json {
    let Some(entries) = value.as_object() else { return value.clone() };
    let kinds: Map<String, Json> =
        entries.iter().map(|(kind, who)| (kind.clone(), set(who, &|one| account_of_root(one)))).collect();
    // `{"AWS": "*"}` and `"*"` are both anyone.
    let anyone = Json::Array(vec!["*".into()]);
    if kinds.len() == 1 && kinds.get("AWS") == Some(&anyone) { "*".into() } else { Json::Object(kinds) }
}

/// An account is named by its twelve digits or by the ARN of its root.
fn account_of_root(one: &Json) -> Json {
    let account = one.as_str().and_then(|text| {
        let (partition, rest) = text.strip_prefix("arn:")?.split_once(":iam::")?;
        let account = rest.strip_suffix(":root")?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (is_account && !partition.contains(':')).then_some(account)
    });
    account.map_or_else(|| one.clone(), Into::into)
}

fn condition(value: &Json) -> Json {
    let text = |one: &Json| scalar::json_key(one).filter(|_| !one.is_string()).map_or_else(|| one.clone(), Json::from);
    let keys = |operator: &Json| match operator.as_object() {
        // Case does not matter in condition keys.
        Some(keys) => {
            Json::Object(keys.iter().map(|(key, values)| (key.to_ascii_lowercase(), set(values, &text))).collect())
        }
        None => operator.clone(),
    };
    match value.as_object() {
        Some(operators) => Json::Object(operators.iter().map(|(name, keyed)| (name.clone(), keys(keyed))).collect()),
        None => value.clone(),
    }
}

/// One or many, in any order, as a sorted list without repetitions.
fn set(value: &Json, each: &dyn Fn(&Json) -> Json) -> Json {
    let mut items: Vec<Json> = match value {
        Json::Array(items) => items.iter().map(each).collect(),
        one => vec![each(one)],
    };
    items.sort_by_cached_key(Json::to_string);
    items.dedup();
    Json::Array(items)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| (byte? as char).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}
