//! The expressions inside `${…}`.

use crate::name_matching::{document, text_of};
use crate::path::{MemberPath, PathStep, outside_brackets};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gpb_base::archive::{self, ArchiveEntry};
use serde_json::Value as Json;
use std::net::IpAddr;
use std::str::FromStr;

/// Finds the values of `${…}`.
pub trait Lookup {
    /// Returns the value of a word and the path behind it (`out`, `Vpc.VpcId`).
    fn lookup(&self, term: &TemplateTerm) -> Option<Json>;
}

/// Choices in order of preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// The choices; the first that is present counts.
    pub choices: Vec<ExpressionChoice>,
    /// `!`: absence leaves out the object around.
    pub object: bool,
}

/// A term, the functions applied to it, and a condition on the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionChoice {
    /// The term.
    pub term: TemplateTerm,
    functions: Vec<TemplateFunction>,
    condition: ChoiceCondition,
}

/// A word and the path behind it, or a literal string without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateTerm {
    /// The word: a property, or one of the reserved words; empty for a literal.
    pub word: String,
    /// The path behind the word, `VpcId` of `out.VpcId`.
    pub path: Option<MemberPath>,
    /// The literal string.
    pub literal: Option<String>,
}

/// The condition of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ChoiceCondition {
    None,
    Then(String),
    Except(String),
    After(String),
    /// True or false: the value is one of these words.
    Is(Vec<String>),
    /// The first elements of a list, as many as the term says.
    Limit(TemplateTerm),
    /// The elements of a list that start with the word.
    Starting(String),
    /// The elements of a list but the one that the term says.
    Without(TemplateTerm),
    /// The text as the content of a zip archive's entries, in base64; one that is an archive already as it is.
    Zip(Vec<String>),
    /// The text with each `${name}` in it replaced by the value of that name in an object.
    Fill(TemplateTerm),
}

/// A function of templates, written behind a colon: `${Id:split:first}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateFunction {
    /// The value as a JSON string.
    Json,
    /// The value of a JSON string.
    ParseJson,
    /// The value as a string.
    Text,
    /// The value as a number.
    Number,
    /// The base64 of a string.
    Base64,
    /// The string of a base64.
    Base64Decode,
    /// One value as a list.
    List,
    /// The elements joined by commas.
    Csv,
    /// The parts between commas.
    Split,
    /// The last element, or the part behind the last `/` or `:`.
    Last,
    /// The first element, or the part before the first `/` or `:`.
    First,
    /// The string in lower case.
    Lower,
    /// The string in upper case.
    Upper,
    /// True, unless the value is true.
    Not,
    /// The keys of an object.
    Keys,
    /// The number of elements or members.
    Count,
    /// A list without its first element.
    Rest,
    /// The string without a dot at its end.
    TrimDot,
    /// A domain name as DNS services give it back: lower case, other characters as `\052`, no dot at the end.
    DnsName,
    /// A range of addresses in its canonical form, without bits behind the prefix.
    Cidr,
}

/// The functions by the names that templates use.
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
    ("dns_name", TemplateFunction::DnsName),
    ("cidr", TemplateFunction::Cidr),
];

impl Expression {
    /// Returns the value of the first choice that is present.
    pub fn evaluate(&self, from: &dyn Lookup) -> Option<Json> {
        self.choices.iter().find_map(|choice| choice.evaluate(from))
    }
}

impl ExpressionChoice {
    /// Lists the terms that the choice refers to.
    pub fn terms(&self) -> impl Iterator<Item = &TemplateTerm> {
        let other = match &self.condition {
            ChoiceCondition::Limit(term) | ChoiceCondition::Fill(term) | ChoiceCondition::Without(term) => Some(term),
            _ => None,
        };
        std::iter::once(&self.term).chain(other)
    }

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
            ChoiceCondition::Is(words) => Some(words.contains(&text_of(&value)).into()),
            ChoiceCondition::Starting(word) => {
                Some(value.as_array()?.iter().filter(|one| text_of(one).starts_with(word)).cloned().collect())
            }
            ChoiceCondition::Without(other) => {
                let other = from.lookup(other).map(|other| text_of(&other));
                Some(value.as_array()?.iter().filter(|one| Some(text_of(one)) != other).cloned().collect())
            }
            ChoiceCondition::Fill(values) => {
                let Some(Json::Object(values)) = from.lookup(values) else { return Some(value) };
                let fill = |text: String, (name, value): (&String, &Json)| {
                    text.replace(&format!("${{{name}}}"), &text_of(value))
                };
                Some(values.iter().fold(text_of(&value), fill).into())
            }
            ChoiceCondition::Zip(names) => {
                let text = text_of(&value);
                if let Some((_, base64)) = archive::of_text(&text) {
                    return Some(base64.into());
                }
                let content = text.as_bytes();
                let entries = names.iter().map(|name| ArchiveEntry { name, content, executable: false });
                Some(STANDARD.encode(archive::zip(&entries.collect::<Vec<_>>())?).into())
            }
            ChoiceCondition::Limit(count) => {
                let count = from.lookup(count).and_then(|count| text_of(&count).parse::<usize>().ok())?;
                Some(value.as_array()?.iter().take(count).cloned().collect())
            }
        }
    }
}

impl TemplateFunction {
    /// Applies the function; `None` when the value has no such form.
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
            (TemplateFunction::DnsName, value) => dns_name(&text_of(&value)).into(),
            (TemplateFunction::Cidr, value) => canonical_range(&text_of(&value)).into(),
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

/// Spells a domain name as Route 53 gives it back.
///
/// Source: docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html.
fn dns_name(text: &str) -> String {
    let mut name = String::new();
    for byte in text.trim_end_matches('.').bytes() {
        match byte.to_ascii_lowercase() {
            plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'\\') => name.push(char::from(plain)),
            other => {
                name.push('\\');
                name.extend([other >> 6, other >> 3 & 7, other & 7].map(|digit| char::from(b'0' + digit)));
            }
        }
    }
    name
}

/// Returns a range of addresses without the bits behind its prefix; any other text as it is.
fn canonical_range(text: &str) -> String {
    let parsed = text.split_once('/').and_then(|(address, length)| {
        let length: u32 = length.parse().ok()?;
        let kept = |bits: u32| bits.checked_sub(length);
        let canonical = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(kept(32)?).unwrap_or_default();
                IpAddr::V4((u32::from(v4) & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(kept(128)?).unwrap_or_default();
                IpAddr::V6((u128::from(v6) & mask).into())
            }
        };
        Some(format!("{canonical}/{length}"))
    });
    parsed.unwrap_or_else(|| text.to_owned())
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
        [head, "is", words] => (*head, ChoiceCondition::Is(words.split('/').map(str::to_owned).collect())),
        [head, "starting", word] => (*head, ChoiceCondition::Starting((*word).to_owned())),
        [head, "without", other] => (*head, ChoiceCondition::Without(term(other)?)),
        [head, "zip", names] => (*head, ChoiceCondition::Zip(names.split('/').map(str::to_owned).collect())),
        [head, "fill", values] => (*head, ChoiceCondition::Fill(term(values)?)),
        [head, "limit", count] => (*head, ChoiceCondition::Limit(term(count)?)),
        [] => return Err("a `${}` is empty".to_owned()),
        _ => {
            let forms = "`x`, `x then word`, `x except word`, `x after word`, `x is word`, `x starting word`, \
                         `x without y`, `x zip name`, `x fill y` and `x limit y`";
            return Err(format!("`{text}` is not one of {forms}"));
        }
    };
    let mut parts = head.split(':');
    let term = term(parts.next().unwrap_or_default())?;
    let functions = parts.map(function).collect::<Result<_, _>>()?;
    Ok(ExpressionChoice { term, functions, condition })
}

impl TemplateTerm {
    /// Parses a word and the path behind it.
    ///
    /// # Errors
    /// The mistake.
    pub fn parse(text: &str) -> Result<TemplateTerm, String> {
        term(text)
    }

    /// Returns the property that the term is about: of `before.X.Y` and of `X.Y`, `X`.
    pub fn property(&self) -> Option<String> {
        if !COMPARED.contains(&self.word.as_str()) {
            return (!self.word.is_empty()).then(|| self.word.clone());
        }
        match self.path.as_ref()?.steps().first()? {
            PathStep::Name(name) => Some(name.clone()),
            _ => None,
        }
    }

    /// Checks that the term is about a change of a property: what is added, modified, removed.
    pub fn is_of_change(&self) -> bool {
        matches!(self.word.as_str(), "added" | "modified" | "removed")
    }

    /// Checks that the term is about all properties at once: as they shall be, or as they change.
    pub fn is_of_all(&self) -> bool {
        matches!(self.word.as_str(), "desired" | "patch")
    }

    /// Checks that the term is about what a read shows, now or before the first change.
    pub fn is_of_read(&self) -> bool {
        matches!(self.word.as_str(), "read" | "object")
            || (self.word == "before" && self.property().is_some_and(|name| matches!(name.as_str(), "read" | "object")))
    }
}

/// The words whose paths start with a property, as an update compares it.
pub const COMPARED: &[&str] = &["before", "changed", "added", "modified", "removed", "kept"];

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
