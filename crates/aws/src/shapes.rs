//! The shapes of API operations, as far as bindings use them: generated data below `aws/generated/`.

use super::name_matching::same;
use super::path::MemberPath;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The operations of one service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The SDK's name of the service.
    pub service: String,
    /// The operations by name.
    pub operations: BTreeMap<String, ApiOperation>,
    shapes: BTreeMap<String, RawShape>,
}

/// The input and the output of an operation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiOperation {
    input: Option<String>,
    output: Option<String>,
    /// The pages of its answers, where it has any.
    pub page: Option<Pagination>,
    /// AWS's own waiters that ask it, by name.
    #[serde(default)]
    pub waiters: BTreeMap<String, Waiter>,
}

/// A waiter of AWS's own: the states of an operation's answer that mean ready and failed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiter {
    /// The path to the state, from the root of the output.
    pub path: MemberPath,
    /// The states that mean ready.
    pub ready: Vec<Json>,
    /// The states that mean that it never will be.
    #[serde(default)]
    pub failed: Vec<Json>,
    /// The time between two looks, in seconds.
    pub delay: u64,
    /// The largest number of looks.
    pub attempts: u64,
}

impl Waiter {
    /// Returns the longest time that it waits.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.delay.saturating_mul(self.attempts))
    }
}

/// The pages of an operation's answers, by members of its input and output.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    /// The members of the input that take the token of the next page.
    pub input: Vec<String>,
    /// The members of the output that give it.
    pub output: Vec<String>,
    /// The lists that grow from page to page.
    pub items: Vec<String>,
    /// The member of the output that is true as long as more pages follow.
    pub more: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawShape {
    List(String),
    Map(String),
    #[serde(untagged)]
    Structure(StructureShape),
}

/// A structure: its members by name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureShape {
    #[serde(default)]
    members: BTreeMap<String, String>,
    /// The members that the API requires.
    #[serde(default)]
    pub required: Vec<String>,
    /// The members that are idempotency tokens.
    #[serde(default)]
    pub tokens: Vec<String>,
}

/// The type of a member.
#[derive(Debug, Clone, Copy)]
pub enum MemberShape<'a> {
    /// A structure.
    Structure(&'a StructureShape, &'a Api),
    /// A list of the named shape.
    List(&'a str, &'a Api),
    /// A map of strings to the named shape.
    Map(&'a str, &'a Api),
    /// A string.
    Text,
    /// Bytes, as a base64 string.
    Blob,
    /// A time, as a string in RFC 3339.
    Time,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Any JSON, or a shape that is not known: values pass as they are.
    Document,
}

impl Api {
    /// Returns the shape of an operation's input.
    pub fn input(&self, operation: &str) -> MemberShape<'_> {
        self.side(operation, |found| found.input.as_deref())
    }

    /// Returns the shape of an operation's output.
    pub fn output(&self, operation: &str) -> MemberShape<'_> {
        self.side(operation, |found| found.output.as_deref())
    }

    fn side<'a>(&'a self, operation: &str, side: impl Fn(&'a ApiOperation) -> Option<&'a str>) -> MemberShape<'a> {
        static NOTHING: StructureShape =
            StructureShape { members: BTreeMap::new(), required: Vec::new(), tokens: Vec::new() };
        let name = self.operations.get(operation).and_then(side);
        name.map_or(MemberShape::Structure(&NOTHING, self), |name| self.shape(name))
    }

    /// Returns the shape of a name; an unknown one is a document.
    pub fn shape<'a>(&'a self, name: &str) -> MemberShape<'a> {
        match name {
            "string" => MemberShape::Text,
            "blob" => MemberShape::Blob,
            "timestamp" => MemberShape::Time,
            "boolean" => MemberShape::Bool,
            "integer" => MemberShape::Int,
            "float" => MemberShape::Float,
            _ => match self.shapes.get(name) {
                Some(RawShape::Structure(structure)) => MemberShape::Structure(structure, self),
                Some(RawShape::List(item)) => MemberShape::List(item, self),
                Some(RawShape::Map(value)) => MemberShape::Map(value, self),
                None => MemberShape::Document,
            },
        }
    }
}

impl StructureShape {
    /// Returns the API's spelling of a member, and its shape.
    pub fn member<'a>(&'a self, name: &str, api: &'a Api) -> Option<(&'a str, MemberShape<'a>)> {
        let exact = self.members.get_key_value(name);
        let found = exact.or_else(|| self.members.iter().find(|(member, _)| same(member, name)));
        found.map(|(member, shape)| (member.as_str(), api.shape(shape)))
    }

    /// Lists the names of the members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// Checks that the API requires a member.
    pub fn is_required(&self, name: &str) -> bool {
        self.required.iter().any(|required| required == name)
    }
}

impl<'a> MemberShape<'a> {
    /// Returns the shape of a list's or a map's elements.
    pub fn element(self) -> Option<MemberShape<'a>> {
        match self {
            MemberShape::List(name, api) | MemberShape::Map(name, api) => Some(api.shape(name)),
            _ => None,
        }
    }

    /// Returns a structure's member in the API's spelling.
    ///
    /// Documents and maps have every member.
    pub fn member(self, name: &str) -> Option<(String, MemberShape<'a>)> {
        match self {
            MemberShape::Structure(structure, api) => {
                structure.member(name, api).map(|(member, shape)| (member.to_owned(), shape))
            }
            MemberShape::Map(value, api) => Some((name.to_owned(), api.shape(value))),
            MemberShape::Document => Some((name.to_owned(), MemberShape::Document)),
            _ => None,
        }
    }

    /// Returns the members of a list's elements that are a key and a value.
    pub fn pair(self) -> Option<(&'a str, &'a str)> {
        let MemberShape::List(item, api) = self else { return None };
        let MemberShape::Structure(structure, _) = api.shape(item) else { return None };
        let find = |names: [&str; 2]| names.into_iter().find_map(|name| structure.member(name, api));
        Some((find(["Key", "TagKey"])?.0, find(["Value", "TagValue"])?.0))
    }

    /// Returns the members of a `{ Quantity, Items }` wrapper.
    pub fn counted(self) -> Option<(&'a str, &'a str, MemberShape<'a>)> {
        let MemberShape::Structure(structure, api) = self else { return None };
        let (items, shape) = structure.member("Items", api)?;
        Some((structure.member("Quantity", api)?.0, items, shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = r#"{"service":"x","operations":{"Make":{"input":"In"}},"shapes":{
        "In":{"members":{"Name":"string","tags":"Tags","Set":"Set"},"required":["Name"],"tokens":["Name"]},
        "Tags":{"list":"Tag"},"Tag":{"members":{"key":"string","value":"string"}},
        "Set":{"members":{"Quantity":"integer","Items":"Names"}},"Names":{"list":"string"}}}"#;

    #[test]
    fn shapes_are_walked_by_name() {
        let api: Api = serde_json::from_str(API).unwrap();
        let (name, tags) = api.input("Make").member("Tags").unwrap();
        assert_eq!((name.as_str(), tags.pair()), ("tags", Some(("key", "value"))));
        let (_, set) = api.input("Make").member("set").unwrap();
        assert!(matches!(set.counted(), Some(("Quantity", "Items", MemberShape::List(..)))));
        assert!(api.input("Make").member("nope").is_none());
        assert!(api.output("Make").member("nope").is_none(), "an operation without output has no members");
    }
}
