//! Templates: texts with `${…}` and trees of them, filled from what an operation knows.

mod expression;

pub use expression::{Expression, Function, Term};

use super::spelling::text_of;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// Where `${…}` finds its values.
pub trait Lookup {
    /// The value behind a word and the path after it (`out`, `Vpc.VpcId`).
    fn lookup(&self, term: &Term) -> Option<Json>;
}

/// A text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole(Expression),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{template}` is not a template: {why}")]
pub struct BadTemplate {
    pub template: String,
    pub why: String,
}

/// What became of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Filled {
    Value(Json),
    /// A part is absent, so the member is left out.
    Absent,
    /// A part marked `!` is absent, so the object around it is left out.
    AbsentObject,
}

impl Filled {
    pub fn value(self) -> Option<Json> {
        match self {
            Filled::Value(value) => Some(value),
            Filled::Absent | Filled::AbsentObject => None,
        }
    }
}

impl Template {
    pub fn fill(&self, from: &dyn Lookup) -> Filled {
        if let [Piece::Hole(hole)] = self.0.as_slice() {
            return match hole.evaluate(from) {
                Some(value) => Filled::Value(value),
                None if hole.object => Filled::AbsentObject,
                None => Filled::Absent,
            };
        }
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(hole) => match hole.evaluate(from) {
                    Some(value) => out.push_str(&text_of(&value)),
                    None if hole.object => return Filled::AbsentObject,
                    None => return Filled::Absent,
                },
            }
        }
        Filled::Value(out.into())
    }

    /// Every word that a hole refers to.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.0
            .iter()
            .flat_map(|piece| match piece {
                Piece::Text(_) => [].iter(),
                Piece::Hole(hole) => hole.choices.iter(),
            })
            .map(|choice| &choice.term)
    }
}

impl TryFrom<String> for Template {
    type Error = BadTemplate;

    fn try_from(text: String) -> Result<Template, BadTemplate> {
        let bad = |why: String| BadTemplate { template: text.clone(), why };
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, tail) = after.split_once('}').ok_or_else(|| bad("a `${` is not closed".to_owned()))?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Hole(inside.parse().map_err(bad)?));
            rest = tail;
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Template(pieces))
    }
}

/// JSON whose texts are templates.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Json")]
pub enum Tree {
    Text(Template),
    Object(Vec<(String, Tree)>),
    List(Vec<Tree>),
    Plain(Json),
}

impl Default for Tree {
    fn default() -> Self {
        Tree::Object(Vec::new())
    }
}

impl TryFrom<Json> for Tree {
    type Error = BadTemplate;

    fn try_from(json: Json) -> Result<Tree, BadTemplate> {
        Ok(match json {
            Json::String(text) => Tree::Text(text.try_into()?),
            Json::Array(items) => Tree::List(items.into_iter().map(Tree::try_from).collect::<Result<_, _>>()?),
            Json::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| Ok((key, Tree::try_from(value)?)));
                Tree::Object(entries.collect::<Result<_, BadTemplate>>()?)
            }
            plain => Tree::Plain(plain),
        })
    }
}

/// The key that spreads an object into the one around it.
const SPREAD: &str = "...";

impl Tree {
    pub fn fill(&self, from: &dyn Lookup) -> Filled {
        match self {
            Tree::Text(template) => template.fill(from),
            Tree::Plain(json) => Filled::Value(json.clone()),
            Tree::List(items) => fill_list(items, from),
            Tree::Object(entries) => fill_object(entries, from),
        }
    }

    /// Every word that a hole refers to.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Tree::Text(template) => template.terms().collect(),
            Tree::Plain(_) => Vec::new(),
            Tree::List(items) => items.iter().flat_map(Tree::terms).collect(),
            Tree::Object(entries) => entries.iter().flat_map(|(_, tree)| tree.terms()).collect(),
        }
    }

    /// The members of the outermost object.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries: &[(String, Tree)] = if let Tree::Object(entries) = self { entries } else { &[] };
        entries.iter().map(|(key, _)| key.as_str()).filter(|key| *key != SPREAD)
    }
}

/// A list all of whose elements are absent is absent.
fn fill_list(items: &[Tree], from: &dyn Lookup) -> Filled {
    let mut out = Vec::new();
    for item in items {
        match item.fill(from) {
            Filled::Value(value) => out.push(value),
            Filled::Absent => {}
            // `!` means the object around: a list passes it on, an object inside the list has already kept it.
            Filled::AbsentObject => return Filled::AbsentObject,
        }
    }
    if out.is_empty() && !items.is_empty() { Filled::Absent } else { Filled::Value(Json::Array(out)) }
}

/// An object all of whose members are absent is absent.
fn fill_object(entries: &[(String, Tree)], from: &dyn Lookup) -> Filled {
    let mut out = Map::new();
    for (key, tree) in entries {
        match (tree.fill(from), key.as_str()) {
            (Filled::Value(Json::Object(spread)), SPREAD) => {
                for (key, value) in spread {
                    out.entry(key).or_insert(value);
                }
            }
            (Filled::Value(value), _) => {
                out.insert(key.clone(), value);
            }
            (Filled::Absent, _) => {}
            (Filled::AbsentObject, _) => return Filled::Absent,
        }
    }
    if out.is_empty() && !entries.is_empty() { Filled::Absent } else { Filled::Value(Json::Object(out)) }
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value)] // Cases read better without `&`.
mod tests {
    use super::*;
    use serde_json::json;

    struct Known(Json);

    impl Lookup for Known {
        fn lookup(&self, term: &Term) -> Option<Json> {
            let found = self.0.get(&term.word)?;
            term.path.as_ref().map_or_else(|| Some(found.clone()), |path| path.get(found, found))
        }
    }

    fn check(template: Json, expected: Option<Json>) {
        let known = Known(json!({
            "VpcId": "vpc-1", "region": "us-east-1", "Fifo": true, "Off": false, "Doc": { "a": 1 }, "Ids": ["x", "y"],
            "Arn": "arn:aws:x:y:z:kind/name", "Text": "a,b",
        }));
        let found = Tree::try_from(template.clone()).unwrap().fill(&known).value();
        assert_eq!(found, expected, "{template}");
    }

    #[test]
    fn one_hole_keeps_its_type_and_several_join() {
        check(json!("${Doc}"), Some(json!({ "a": 1 })));
        check(json!("${Doc.a}"), Some(json!(1)));
        check(json!("x-${VpcId}-${Doc.a}"), Some(json!("x-vpc-1-1")));
        check(json!("plain"), Some(json!("plain")));
    }

    #[test]
    fn absence_leaves_out_the_member_or_the_object() {
        check(json!({ "A": "${None}", "B": 1 }), Some(json!({ "B": 1 })));
        check(json!({ "A": { "Value": "${None}" } }), None);
        check(
            json!({ "Filters": [{ "Name": "a", "Values": ["${None!}"] }, { "Name": "b", "Values": ["${VpcId!}"] }] }),
            Some(json!({ "Filters": [{ "Name": "b", "Values": ["vpc-1"] }] })),
        );
        check(json!({}), Some(json!({})));
    }

    #[test]
    fn choices_conditions_and_functions() {
        check(json!("${None|VpcId}"), Some(json!("vpc-1")));
        check(json!("${None | 'fixed'}"), Some(json!("fixed")));
        check(json!("${Fifo then .fifo}"), Some(json!(".fifo")));
        check(json!("${Off then .fifo}"), None);
        check(json!("${region except us-east-1}"), None);
        check(json!("${region except eu-west-1}"), Some(json!("us-east-1")));
        check(json!("${Arn after :kind/}"), Some(json!("name")));
        check(json!("${Doc:json}"), Some(json!(r#"{"a":1}"#)));
        check(json!("${Arn:last}"), Some(json!("name")));
        check(json!("${Ids:csv:split:first}"), Some(json!("x")));
        check(json!("${Text:base64:base64_decode}"), Some(json!("a,b")));
        check(json!({ "...": "${Doc}", "a": 2, "b": 3 }), Some(json!({ "a": 2, "b": 3 })));
    }

    #[test]
    fn bad_templates_say_why() {
        for text in ["${", "${a:nope}", "${}", "${a when b}", "${a.}"] {
            assert!(Template::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
