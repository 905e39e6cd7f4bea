//! What stands inside `${…}`.

use super::super::path::{Path, outside_brackets};
use super::super::spelling::{document, text_of};
use super::Lookup;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use std::str::FromStr;

/// Choices in order of preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub choices: Vec<Choice>,
    /// `!`: absence leaves out the object around.
    pub object: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub term: Term,
    functions: Vec<Function>,
    condition: Condition,
}

/// A word and the path behind it, or (without a word) a text that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub word: String,
    pub path: Option<Path>,
    pub literal: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    None,
    Then(String),
    Except(String),
    After(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
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

const FUNCTIONS: &[(&str, Function)] = &[
    ("json", Function::Json),
    ("parse_json", Function::ParseJson),
    ("text", Function::Text),
    ("number", Function::Number),
    ("base64", Function::Base64),
    ("base64_decode", Function::Base64Decode),
    ("list", Function::List),
    ("csv", Function::Csv),
    ("split", Function::Split),
    ("last", Function::Last),
    ("first", Function::First),
    ("lower", Function::Lower),
    ("upper", Function::Upper),
    ("not", Function::Not),
    ("keys", Function::Keys),
    ("count", Function::Count),
    ("rest", Function::Rest),
    ("trim_dot", Function::TrimDot),
];

impl Expression {
    pub fn evaluate(&self, from: &dyn Lookup) -> Option<Json> {
        self.choices.iter().find_map(|choice| choice.evaluate(from))
    }
}

impl Choice {
    fn evaluate(&self, from: &dyn Lookup) -> Option<Json> {
        let start = match &self.term.literal {
            Some(text) => Json::String(text.clone()),
            None => from.lookup(&self.term).filter(|value| !value.is_null())?,
        };
        let value = self.functions.iter().try_fold(start, |value, function| function.apply(value))?;
        match &self.condition {
            Condition::None => Some(value),
            Condition::Then(word) => (value != Json::Bool(false)).then(|| word.clone().into()),
            Condition::After(word) => text_of(&value).split_once(word).map(|(_, rest)| rest.into()),
            Condition::Except(word) => (text_of(&value) != *word).then_some(value),
        }
    }
}

impl Function {
    /// `None` when the value has no such form.
    pub fn apply(self, value: Json) -> Option<Json> {
        Some(match (self, value) {
            (Function::Json, Json::String(text)) => text.into(),
            (Function::Json, value) => value.to_string().into(),
            (Function::ParseJson, Json::String(text)) => document(&text)?,
            (Function::ParseJson, value) | (Function::List, value @ Json::Array(_)) => value,
            (Function::Number, value) => serde_json::from_str::<serde_json::Number>(&text_of(&value)).ok()?.into(),
            (Function::Base64, value) => STANDARD.encode(text_of(&value)).into(),
            (Function::Base64Decode, value) => String::from_utf8(STANDARD.decode(text_of(&value)).ok()?).ok()?.into(),
            (Function::List, value) => Json::Array(vec![value]),
            (Function::Csv, Json::Array(items)) => items.iter().map(text_of).collect::<Vec<_>>().join(",").into(),
            (Function::Text | Function::Csv, value) => text_of(&value).into(),
            (Function::Split, value) => text_of(&value).split(',').map(Json::from).collect(),
            (Function::Last, Json::Array(items)) => items.last()?.clone(),
            (Function::Last, value) => text_of(&value).rsplit(['/', ':']).next()?.into(),
            (Function::First, Json::Array(items)) => items.first()?.clone(),
            (Function::First, value) => text_of(&value).split(['/', ':']).next()?.into(),
            (Function::TrimDot, value) => text_of(&value).trim_end_matches('.').into(),
            (Function::Lower, value) => text_of(&value).to_lowercase().into(),
            (Function::Upper, value) => text_of(&value).to_uppercase().into(),
            (Function::Not, value) => (text_of(&value) != "true").into(),
            (Function::Keys, Json::Object(entries)) => entries.into_iter().map(|(key, _)| key).collect(),
            (Function::Rest, Json::Array(items)) => items.into_iter().skip(1).collect(),
            (Function::Count, Json::Array(items)) => items.len().into(),
            (Function::Count, Json::Object(entries)) => entries.len().into(),
            (Function::Keys | Function::Count | Function::Rest, _) => return None,
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

fn choice(text: &str) -> Result<Choice, String> {
    let text = text.trim();
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    if let Some(literal) = quoted.filter(|literal| !literal.contains('\'')) {
        let term = Term { word: String::new(), path: None, literal: Some(literal.to_owned()) };
        return Ok(Choice { term, functions: Vec::new(), condition: Condition::None });
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let (head, condition) = match words.as_slice() {
        [head] => (*head, Condition::None),
        [head, "then", word] => (*head, Condition::Then(word.trim_matches('\'').to_owned())),
        [head, "except", word] => (*head, Condition::Except(word.trim_matches('\'').to_owned())),
        [head, "after", word] => (*head, Condition::After(word.trim_matches('\'').to_owned())),
        [] => return Err("a `${}` is empty".to_owned()),
        _ => return Err(format!("`{text}` is none of `x`, `x then word`, `x except word` and `x after word`")),
    };
    let mut parts = head.split(':');
    let term = term(parts.next().unwrap_or_default())?;
    let functions = parts.map(function).collect::<Result<_, _>>()?;
    Ok(Choice { term, functions, condition })
}

fn term(text: &str) -> Result<Term, String> {
    let (word, rest) = text.split_once('.').map_or((text, None), |(word, rest)| (word, Some(rest)));
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(format!("`{text}` is not a name"));
    }
    let path = rest.map(Path::from_str).transpose().map_err(|error| error.to_string())?;
    Ok(Term { word: word.to_owned(), path, literal: None })
}

fn function(name: &str) -> Result<Function, String> {
    let known = FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function);
    known.ok_or_else(|| format!("there is no function `{name}`"))
}
