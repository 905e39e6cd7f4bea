//! Paths into the inputs and outputs of API operations: `Vpcs.0.Tags`, `Subnets.*.SubnetIdentifier`.

use super::name_matching::{member, text_of};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A member, compared without case and punctuation.
    Name(String),
    /// A position, counted from zero; negative ones count from the end.
    Index(i64),
    /// Every element.
    Each,
    /// The element whose member has that value.
    Where {
        /// The member.
        key: String,
        /// The value, which may be a template.
        value: String,
    },
}

/// A path, as bindings write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MemberPath {
    /// It starts at the root of an output.
    pub absolute: bool,
    /// The alternatives; the first that exists counts.
    pub alternatives: Vec<Vec<PathStep>>,
}

/// A path that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path: {reason}")]
pub struct PathError {
    /// The path.
    pub path: String,
    /// The reason.
    pub reason: &'static str,
}

impl MemberPath {
    /// Returns the path to the object itself.
    pub fn here() -> MemberPath {
        MemberPath { absolute: false, alternatives: vec![Vec::new()] }
    }

    /// Returns the path to a member.
    pub fn name(name: impl Into<String>) -> MemberPath {
        MemberPath { absolute: false, alternatives: vec![vec![PathStep::Name(name.into())]] }
    }

    /// Checks that the path is the object itself.
    pub fn is_here(&self) -> bool {
        self.alternatives.iter().all(Vec::is_empty)
    }

    /// Returns the steps that writing uses: those of the first alternative.
    pub fn steps(&self) -> &[PathStep] {
        self.alternatives.first().map_or(&[], Vec::as_slice)
    }

    /// Returns the path with the templates in its `[Key=…]` filled.
    #[must_use]
    pub fn bind(&self, fill: &dyn Fn(&str) -> Option<String>) -> MemberPath {
        let mut bound = self.clone();
        for step in bound.alternatives.iter_mut().flatten() {
            if let PathStep::Where { value, .. } = step
                && value.contains("${")
            {
                *value = fill(value).unwrap_or_default();
            }
        }
        bound
    }

    /// Returns the value at the path; null is absent.
    pub fn get(&self, here: &Json, root: &Json) -> Option<Json> {
        let start = if self.absolute { root } else { here };
        self.alternatives.iter().find_map(|steps| follow(start, steps))
    }
}

fn follow(value: &Json, steps: &[PathStep]) -> Option<Json> {
    let [step, rest @ ..] = steps else { return Some(value.clone()).filter(|value| !value.is_null()) };
    match step {
        PathStep::Name(name) => follow(member(value.as_object()?, name)?, rest),
        PathStep::Index(index) => follow(at(value.as_array()?, *index)?, rest),
        PathStep::Each => {
            let elements: Vec<&Json> = match value {
                Json::Array(items) => items.iter().collect(),
                Json::Object(entries) => entries.values().collect(),
                _ => return None,
            };
            Some(elements.into_iter().filter_map(|element| follow(element, rest)).collect())
        }
        PathStep::Where { key, value: wanted } => {
            let found = value.as_array()?.iter().find(|element| has(element, key, wanted))?;
            follow(found, rest)
        }
    }
}

fn at(items: &[Json], index: i64) -> Option<&Json> {
    let position = if index < 0 { i64::try_from(items.len()).ok()?.checked_add(index)? } else { index };
    items.get(usize::try_from(position).ok()?)
}

fn has(element: &Json, key: &str, wanted: &str) -> bool {
    let object: Option<&Map<String, Json>> = element.as_object();
    object.and_then(|object| member(object, key)).is_some_and(|value| text_of(value) == wanted)
}

impl TryFrom<String> for MemberPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<MemberPath, PathError> {
        let (absolute, rest) = text.strip_prefix('/').map_or((false, text.as_str()), |rest| (true, rest));
        let alternatives = outside_brackets(rest, '|').into_iter().map(steps).collect::<Result<_, _>>();
        alternatives
            .map(|alternatives| MemberPath { absolute, alternatives })
            .map_err(|reason| PathError { path: text.clone(), reason })
    }
}

impl std::str::FromStr for MemberPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<MemberPath, PathError> {
        text.to_owned().try_into()
    }
}

fn steps(text: &str) -> Result<Vec<PathStep>, &'static str> {
    let text = text.trim();
    if text.is_empty() || text == "." {
        return if text.is_empty() { Err("it is empty") } else { Ok(Vec::new()) };
    }
    let mut found = Vec::new();
    for part in outside_brackets(text, '.') {
        let (name, filter) = match part.split_once('[') {
            Some((name, filter)) => (name, Some(filter.strip_suffix(']').ok_or("a `[` is not closed")?)),
            None => (part, None),
        };
        match name {
            "" if filter.is_some() => {}
            "" => return Err("a step is empty"),
            "*" => found.push(PathStep::Each),
            _ if name.starts_with('\'') => found.push(PathStep::Name(name.trim_matches('\'').to_owned())),
            _ => found.push(name.parse().map_or_else(|_| PathStep::Name(name.to_owned()), PathStep::Index)),
        }
        if let Some(filter) = filter {
            let (key, value) = filter.split_once('=').ok_or("a filter is `[Key=value]`")?;
            found.push(PathStep::Where { key: key.to_owned(), value: value.to_owned() });
        }
    }
    Ok(found)
}

/// Splits at a separator outside `[…]`, `{…}` and `'…'`.
pub fn outside_brackets(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    for (index, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ if c == separator && depth <= 0 && !quoted => {
                parts.extend(text.get(start..index));
                start = index + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "cases read better without `&`")]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(path: &str, expected: Json) {
        let value = json!({
            "Vpcs": [{ "VpcId": "a", "tags": [{ "Key": "x", "Value": "1" }, { "Key": "y.z", "Value": "2" }] }, { "VpcId": "b" }],
            "a.b": true, "Nothing": null,
        });
        let found = path.parse::<MemberPath>().unwrap().get(&value, &json!({ "Root": 1 }));
        assert_eq!(found.unwrap_or(Json::Null), expected, "{path}");
    }

    #[test]
    fn paths_lead_to_values() {
        check("Vpcs.0.VpcId", json!("a"));
        check("vpcs.-1.vpcId", json!("b"));
        check("Vpcs.2.VpcId", Json::Null);
        check("Vpcs.*.VpcId", json!(["a", "b"]));
        check("Vpcs[VpcId=a].Tags[Key=y.z].Value", json!("2"));
        check("Missing|Vpcs.1.VpcId", json!("b"));
        check("'a.b'", json!(true));
        check("/Root", json!(1));
        check("Nothing", Json::Null);
        check("Vpcs.-9", Json::Null);
    }

    #[test]
    fn bad_paths_say_why() {
        for (path, reason) in [
            ("", "it is empty"),
            ("a..b", "a step is empty"),
            ("a[b", "a `[` is not closed"),
            ("a[b]", "a filter is `[Key=value]`"),
        ] {
            assert_eq!(path.parse::<MemberPath>().unwrap_err().reason, reason, "{path}");
        }
    }
}
