//! Templates: strings with `${…}` and trees of them, filled with the values of an operation.

mod expression;

pub use expression::{COMPARED, Expression, ExpressionChoice, Lookup, TemplateFunction, TemplateTerm};

use super::name_matching::text_of;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A string with interpolations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template(Vec<TemplatePart>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Interpolation(Expression),
}

/// A template that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{template}` is not a template: {reason}")]
pub struct TemplateError {
    /// The template.
    pub template: String,
    /// The reason.
    pub reason: String,
}

/// The result of filling a template.
#[derive(Debug, Clone, PartialEq)]
pub enum FillResult {
    /// The value.
    Value(Json),
    /// A part is absent, so the member is left out.
    Absent,
    /// A part marked `!` is absent, so the object around it is left out.
    AbsentObject,
}

impl FillResult {
    /// Returns the value, if there is one.
    pub fn value(self) -> Option<Json> {
        match self {
            FillResult::Value(value) => Some(value),
            FillResult::Absent | FillResult::AbsentObject => None,
        }
    }
}

impl Template {
    /// Fills the template; a single interpolation keeps its type, several are joined.
    pub fn fill(&self, from: &dyn Lookup) -> FillResult {
        if let [TemplatePart::Interpolation(expression)] = self.0.as_slice() {
            return match expression.evaluate(from) {
                Some(value) => FillResult::Value(value),
                None if expression.object => FillResult::AbsentObject,
                None => FillResult::Absent,
            };
        }
        let mut out = String::new();
        for part in &self.0 {
            match part {
                TemplatePart::Text(text) => out.push_str(text),
                TemplatePart::Interpolation(expression) => match expression.evaluate(from) {
                    Some(value) => out.push_str(&text_of(&value)),
                    None if expression.object => return FillResult::AbsentObject,
                    None => return FillResult::Absent,
                },
            }
        }
        FillResult::Value(out.into())
    }

    /// Lists every word that an interpolation refers to.
    pub fn terms(&self) -> impl Iterator<Item = &TemplateTerm> {
        self.0
            .iter()
            .flat_map(|part| match part {
                TemplatePart::Text(_) => [].iter(),
                TemplatePart::Interpolation(expression) => expression.choices.iter(),
            })
            .flat_map(ExpressionChoice::terms)
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Template, TemplateError> {
        let bad = |reason: String| TemplateError { template: text.clone(), reason };
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, tail) = after.split_once('}').ok_or_else(|| bad("a `${` is not closed".to_owned()))?;
            if !before.is_empty() {
                parts.push(TemplatePart::Text(before.to_owned()));
            }
            parts.push(TemplatePart::Interpolation(inside.parse().map_err(bad)?));
            rest = tail;
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Ok(Template(parts))
    }
}

/// JSON whose strings are templates.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Json")]
pub enum TemplateTree {
    /// A template.
    Text(Template),
    /// An object, in the order of the file.
    Object(Vec<(String, TemplateTree)>),
    /// A list.
    List(Vec<TemplateTree>),
    /// A number, true, false or null.
    Plain(Json),
}

impl Default for TemplateTree {
    fn default() -> Self {
        TemplateTree::Object(Vec::new())
    }
}

impl TryFrom<Json> for TemplateTree {
    type Error = TemplateError;

    fn try_from(json: Json) -> Result<TemplateTree, TemplateError> {
        Ok(match json {
            Json::String(text) => TemplateTree::Text(text.try_into()?),
            Json::Array(items) => {
                TemplateTree::List(items.into_iter().map(TemplateTree::try_from).collect::<Result<_, _>>()?)
            }
            Json::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| Ok((key, TemplateTree::try_from(value)?)));
                TemplateTree::Object(entries.collect::<Result<_, TemplateError>>()?)
            }
            plain => TemplateTree::Plain(plain),
        })
    }
}

/// The key that spreads an object into the one around it.
const SPREAD: &str = "...";
/// The key of an object in a list that is made once an element of that value.
const EACH: &str = "*";

impl TemplateTree {
    /// Fills the tree; an object or a list of absent parts is absent.
    pub fn fill(&self, from: &dyn Lookup) -> FillResult {
        match self {
            TemplateTree::Text(template) => template.fill(from),
            TemplateTree::Plain(json) => FillResult::Value(json.clone()),
            TemplateTree::List(items) => fill_list(items, from),
            TemplateTree::Object(entries) => fill_object(entries, from),
        }
    }

    /// Lists every word that an interpolation refers to.
    pub fn terms(&self) -> Vec<&TemplateTerm> {
        match self {
            TemplateTree::Text(template) => template.terms().collect(),
            TemplateTree::Plain(_) => Vec::new(),
            TemplateTree::List(items) => items.iter().flat_map(TemplateTree::terms).collect(),
            TemplateTree::Object(entries) => entries.iter().flat_map(|(_, tree)| tree.terms()).collect(),
        }
    }

    /// Lists the members of the outermost object.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries: &[(String, TemplateTree)] = if let TemplateTree::Object(entries) = self { entries } else { &[] };
        entries.iter().map(|(key, _)| key.as_str()).filter(|key| *key != SPREAD)
    }

    /// Lists the outermost members with what they are made of.
    pub fn members(&self) -> impl Iterator<Item = (&str, &TemplateTree)> {
        let entries: &[(String, TemplateTree)] = if let TemplateTree::Object(entries) = self { entries } else { &[] };
        entries.iter().map(|(key, tree)| (key.as_str(), tree)).filter(|(key, _)| *key != SPREAD)
    }

    /// Returns the places of `*` that stand in no list, where they would be a member's name.
    pub fn misplaced_each(&self, in_list: bool) -> bool {
        match self {
            TemplateTree::Object(entries) => {
                entries.iter().any(|(key, tree)| (key == EACH && !in_list) || tree.misplaced_each(false))
            }
            TemplateTree::List(items) => items.iter().any(|item| item.misplaced_each(true)),
            TemplateTree::Text(_) | TemplateTree::Plain(_) => false,
        }
    }
}

/// A list all of whose elements are absent is absent.
fn fill_list(items: &[TemplateTree], from: &dyn Lookup) -> FillResult {
    let mut out = Vec::new();
    for item in items {
        if let TemplateTree::Object(entries) = item
            && let Some((_, elements)) = entries.iter().find(|(key, _)| key == EACH)
        {
            out.extend(fill_each(elements, entries, from));
            continue;
        }
        match item.fill(from) {
            FillResult::Value(value) => out.push(value),
            FillResult::Absent => {}
            // `!` means the object around: a list passes it on, an object inside the list has already kept it.
            FillResult::AbsentObject => return FillResult::AbsentObject,
        }
    }
    if out.is_empty() && !items.is_empty() { FillResult::Absent } else { FillResult::Value(Json::Array(out)) }
}

/// Fills an object once an element, which is `${item}`; an element whose parts are all absent is left out.
fn fill_each(elements: &TemplateTree, entries: &[(String, TemplateTree)], from: &dyn Lookup) -> Vec<Json> {
    let elements = match elements.fill(from) {
        FillResult::Value(Json::Array(items)) => items,
        FillResult::Value(one) => vec![one],
        FillResult::Absent | FillResult::AbsentObject => Vec::new(),
    };
    let rest: Vec<(String, TemplateTree)> = entries.iter().filter(|(key, _)| key != EACH).cloned().collect();
    let one = |item: Json| fill_object(&rest, &ItemLookup { item, around: from }).value();
    elements.into_iter().filter_map(one).collect()
}

/// The values of an element and those around it.
struct ItemLookup<'a> {
    item: Json,
    around: &'a dyn Lookup,
}

impl Lookup for ItemLookup<'_> {
    fn lookup(&self, term: &TemplateTerm) -> Option<Json> {
        match (term.word.as_str(), &term.path) {
            ("item", Some(path)) => path.get(&self.item, &self.item),
            ("item", None) => Some(self.item.clone()),
            _ => self.around.lookup(term),
        }
    }
}

/// An object all of whose members are absent is absent.
fn fill_object(entries: &[(String, TemplateTree)], from: &dyn Lookup) -> FillResult {
    let mut out = Map::new();
    for (key, tree) in entries {
        match (tree.fill(from), key.as_str()) {
            (FillResult::Value(Json::Object(spread)), SPREAD) => {
                for (key, value) in spread {
                    out.entry(key).or_insert(value);
                }
            }
            (FillResult::Value(value), _) => {
                out.insert(key.clone(), value);
            }
            (FillResult::Absent, _) => {}
            (FillResult::AbsentObject, _) => return FillResult::Absent,
        }
    }
    if out.is_empty() && !entries.is_empty() { FillResult::Absent } else { FillResult::Value(Json::Object(out)) }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "cases read better without `&`")]
mod tests {
    use super::*;
    use base64::Engine as _;
    use serde_json::json;

    struct KnownValues(Json);

    impl Lookup for KnownValues {
        fn lookup(&self, term: &TemplateTerm) -> Option<Json> {
            let found = self.0.get(&term.word)?;
            term.path.as_ref().map_or_else(|| Some(found.clone()), |path| path.get(found, found))
        }
    }

    fn check(template: Json, expected: Option<Json>) {
        let known = KnownValues(json!({
            "VpcId": "vpc-1", "region": "us-east-1", "Fifo": true, "Off": false, "Doc": { "a": 1 }, "Ids": ["x", "y"],
            "Arn": "arn:aws:x:y:z:kind/name", "Text": "a,b",
        }));
        let found = TemplateTree::try_from(template.clone()).unwrap().fill(&known).value();
        assert_eq!(found, expected, "{template}");
    }

    #[test]
    fn one_interpolation_keeps_its_type_and_several_join() {
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
        check(json!("${Text is a,b}"), Some(json!(true)));
        check(json!("${region is eu-west-1/us-west-1}"), Some(json!(false)));
        check(json!("${Ids limit Doc.a}"), Some(json!(["x"])));
        check(json!("${Ids limit None}"), None);
        let text = json!({ "Definition": { "At": "${Queue}", "Other": "${Not}" }, "Values": { "Queue": "arn:q" } });
        let filled = TemplateTree::try_from(json!("${Definition:json fill Values}")).unwrap().fill(&KnownValues(text));
        assert_eq!(filled.value(), Some(json!(r#"{"At":"arn:q","Other":"${Not}"}"#)));
        check(json!("${Ids starting y}"), Some(json!(["y"])));
        check(json!("${Doc:json}"), Some(json!(r#"{"a":1}"#)));
        check(json!("${Arn:last}"), Some(json!("name")));
        check(json!("${Ids:csv:split:first}"), Some(json!("x")));
        check(json!("${Text:base64:base64_decode}"), Some(json!("a,b")));
        check(json!({ "...": "${Doc}", "a": 2, "b": 3 }), Some(json!({ "a": 2, "b": 3 })));
    }

    #[test]
    fn an_object_is_made_once_an_element() {
        check(
            json!({ "Updates": [{ "*": "${Ids}", "Update": { "Name": "${item}", "Vpc": "${VpcId}" } }, { "Last": 1 }] }),
            Some(json!({ "Updates": [
                { "Update": { "Name": "x", "Vpc": "vpc-1" } }, { "Update": { "Name": "y", "Vpc": "vpc-1" } }, { "Last": 1 },
            ] })),
        );
        check(json!({ "Updates": [{ "*": "${None}", "Update": "${item}" }] }), None);
        let misplaced = TemplateTree::try_from(json!({ "Update": { "*": "${Ids}", "Name": "${item}" } })).unwrap();
        assert!(misplaced.misplaced_each(false));
    }

    #[test]
    fn a_text_becomes_a_zip_of_one_entry() {
        let zipped = TemplateTree::try_from(json!("${VpcId zip index.py/index.js}")).unwrap();
        let known = KnownValues(json!({ "VpcId": "print(1)\n" }));
        let text = zipped.fill(&known).value().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
        assert!(bytes.starts_with(b"PK\x03\x04"), "{bytes:?}");
        let holds = |what: &str| bytes.windows(what.len()).filter(|part| *part == what.as_bytes()).count();
        assert_eq!((holds("print(1)\n"), holds("index.py"), holds("index.js")), (2, 2, 2));
        let archive = KnownValues(json!({ "VpcId": gpb_base::archive::to_text("00ff", "UEsDBA==") }));
        assert_eq!(zipped.fill(&archive).value(), Some(json!("UEsDBA==")));
    }

    #[test]
    fn names_and_ranges_are_spelled_as_services_give_them_back() {
        let spelled = |function: TemplateFunction, text: &str| function.apply(text.into()).unwrap();
        assert_eq!(spelled(TemplateFunction::DnsName, "*.Shop.Example."), "\\052.shop.example");
        for (given, canonical) in [
            ("10.9.0.5/16", "10.9.0.0/16"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("pl-1", "pl-1"),
        ] {
            assert_eq!(spelled(TemplateFunction::Cidr, given), canonical);
        }
    }

    #[test]
    fn bad_templates_say_why() {
        for text in ["${", "${a:nope}", "${}", "${a when b}", "${a.}"] {
            assert!(Template::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
