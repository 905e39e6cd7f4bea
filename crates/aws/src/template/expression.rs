//! What stands inside `${…}`.

use super::Lookup;
use crate::name_matching::{document, text_of};
use crate::path::{MemberPath, outside_brackets};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use std::str::FromStr;

/// Choices in order of preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub choices: Vec<ExpressionChoice>,
    /// `!`: absence leaves out the object around.
    pub object: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionChoice {
    pub term: TemplateTerm,
    functions: Vec<TemplateFunction>,
    condition: ChoiceCondition,
}

/// A word and the path behind it, or (without a word) a text that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateTerm {
    pub word: String,
    pub path: Option<MemberPath>,
    pub literal: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ChoiceCondition {
    None,
    Then(String),
    Except(String),
    After(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFunction {
    Json,
    ParseJson,
    Text,
    Number,
    Base64,
    Base64Decode,
    List,
    Csv,
    Split,
    Last,
    First,
    Lower,
    Upper,
    Not,
    Keys,
    Count,
    Rest,
    TrimDot,
}

const FUNCTIONS: &[(&str, TemplateFunction)] = &[
    ("json", TemplateFunction::Json),
    ("parse_json", TemplateFunction::ParseJson),
    ("text", TemplateFunction::Text),
    ("number", TemplateFunction::Number),
    ("base64", TemplateFunction::Base64),
    ("base64_decode", TemplateFunction::Base64Decode),
    ("list", TemplateFunction::List),
    ("csv", TemplateFunction::Csv),
    ("split", TemplateFunction::Split),
    ("last", TemplateFunction::Last),
    ("first", TemplateFunction::First),
    ("lower", TemplateFunction::Lower),
    ("upper", TemplateFunction::Upper),
    ("not", TemplateFunction::Not),
    ("keys", TemplateFunction::Keys),
    ("count", TemplateFunction::Count),
    ("rest", TemplateFunction::Rest),
    ("trim_dot", TemplateFunction::TrimDot),
];

impl Expression {
    pub fn evaluate(&self, from: &dyn Lookup) -> Option<Json> {
        self.choices.iter().find_map(|choice| choice.evaluate(from))
    }
}

impl ExpressionChoice {
    fn evaluate(&self, from: &dyn Lookup) -> Option<Json> {
        let start = match &self.term.literal {
            Some(text) => Json::String(text.clone()),
            None => from.lookup(&self.term).filter(|value| !value.is_null())?,
        };
        let value = self.functions.iter().try_fold(start, |value, function| function.apply(value))?;
        match &self.condition {
            ChoiceCondition::None => Some(value),
            ChoiceCondition::Then(word) => (value != Json::Bool(false)).then(|| word.clone().into()),
            ChoiceCondition::After(word) => text_of(&value).split_once(word).map(|(_, rest)| rest.into()),
            ChoiceCondition::Except(word) => (text_of(&value) != *word).then_some(value),
        }
    }
}

impl TemplateFunction {
    /// `None` when the value has no such form.
    pub fn apply(self, value: Json) -> Option<Json> {
        Some(match (self, value) {
            (TemplateFunction::Json, Json::String(text)) => text.into(),
            (TemplateFunction::Json, value) => value.to_string().into(),
            (TemplateFunction::ParseJson, Json::String(text)) => document(&text)?,
            (TemplateFunction::ParseJson, value) | (TemplateFunction::List, value @ Json::Array(_)) => value,
            (TemplateFunction::Number, value) => {
                serde_json::from_str::<serde_json::Number>(&text_of(&value)).ok()?.into()
            }
            (TemplateFunction::Base64, value) => STANDARD.encode(text_of(&value)).into(),
            (TemplateFunction::Base64Decode, value) => {
                String::from_utf8(STANDARD.decode(text_of(&value)).ok()?).ok()?.into()
            }
            (TemplateFunction::List, value) => Json::Array(vec![value]),
            (TemplateFunction::Csv, Json::Array(items)) => {
                items.iter().map(text_of).collect::<Vec<_>>().join(",").into()
            }
            (TemplateFunction::Text | TemplateFunction::Csv, value) => text_of(&value).into(),
            (TemplateFunction::Split, value) => text_of(&value).split(',').map(Json::from).collect(),
            (TemplateFunction::Last, Json::Array(items)) => items.last()?.clone(),
            (TemplateFunction::Last, value) => text_of(&value).rsplit(['/', ':']).next()?.into(),
            (TemplateFunction::First, Json::Array(items)) => items.first()?.clone(),
            (TemplateFunction::First, value) => text_of(&value).split(['/', ':']).next()?.into(),
            (TemplateFunction::TrimDot, value) => text_of(&value).trim_end_matches('.').into(),
            (TemplateFunction::Lower, value) => text_of(&value).to_lowercase().into(),
            (TemplateFunction::Upper, value) => text_of(&value).to_uppercase().into(),
            (TemplateFunction::Not, value) => (text_of(&value) != "true").into(),
            (TemplateFunction::Keys, Json::Object(entries)) => entries.into_iter().map(|(key, _)| key).collect(),
            (TemplateFunction::Rest, Json::Array(items)) => items.into_iter().skip(1).collect(),
            (TemplateFunction::Count, Json::Array(items)) => items.len().into(),
            (TemplateFunction::Count, Json::Object(entries)) => entries.len().into(),
            (TemplateFunction::Keys | TemplateFunction::Count | TemplateFunction::Rest, _) => return None,
        })
    }
}

impl FromStr for Expression {
    type Err = String;

    fn from_str(text: &str) -> Result<Expression, String> {
        let (text, object) = text.trim().strip_suffix('!').map_or((text.trim(), false), |text| (text, true));
        let choices = outside_brackets(text, '|').into_iter().map(choice).collect::<Result<_, _>>()?;
        Ok(Expression { choices, object })
    }
}

fn choice(text: &str) -> Result<ExpressionChoice, String> {
    let text = text.trim();
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(literal) = quoted.filter(|literal| !literal.contains('\'')) {
        let term = TemplateTerm { word: String::new(), path: None, literal: Some(literal.to_owned()) };
        return Ok(ExpressionChoice { term, functions: Vec::new(), condition: ChoiceCondition::None });
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let (head, condition) = match words.as_slice() {
        [head] => (*head, ChoiceCondition::None),
        [head, "then", word] => (*head, ChoiceCondition::Then(word.trim_matches('\'').to_owned())),
        [head, "except", word] => (*head, ChoiceCondition::Except(word.trim_matches('\'').to_owned())),
        [head, "after", word] => (*head, ChoiceCondition::After(word.trim_matches('\'').to_owned())),
        [] => return Err("a `${}` is empty".to_owned()),
        _ => return Err(format!("`{text}` is none of `x`, `x then word`, `x except word` and `x after word`")),
    };
    let mut parts = head.split(':');
    let term = term(parts.next().unwrap_or_default())?;
    let functions = parts.map(function).collect::<Result<_, _>>()?;
    Ok(ExpressionChoice { term, functions, condition })
}

fn term(text: &str) -> Result<TemplateTerm, String> {
    let (word, rest) = text.split_once('.').map_or((text, None), |(word, rest)| (word, Some(rest)));
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(format!("`{text}` is not a name"));
    }
    let path = rest.map(MemberPath::from_str).transpose().map_err(|error| error.to_string())?;
    Ok(TemplateTerm { word: word.to_owned(), path, literal: None })
}

fn function(name: &str) -> Result<TemplateFunction, String> {
    let known = FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function);
    known.ok_or_else(|| format!("there is no function `{name}`"))
}
