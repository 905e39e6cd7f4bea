//! Fields of the types that facts have.

use super::prose::prose;
use super::reader::{FactReader, FieldError};
use gpb_model::Address;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::prelude::ToPrimitive;
use std::fmt;
use std::sync::Arc;

const NUMBER: &str = "a number";
const STRING: &str = "a string";

impl<'m> FactReader<'m, '_> {
    /// Reads a number, or the amount of a quantity in the base unit of its dimension.
    ///
    /// Seconds, bytes.
    ///
    /// # Errors
    /// When it is missing, unknown until apply or of another type.
    pub fn number(&mut self, name: &str) -> Result<f64, FieldError> {
        self.required(name, NUMBER, number)
    }

    /// Reads a number where it is given, as [`FactReader::number`] does.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn optional_number(&mut self, name: &str) -> Result<Option<f64>, FieldError> {
        self.optional(name, NUMBER, number)
    }

    /// Reads a string or a bare word.
    ///
    /// # Errors
    /// When it is missing, unknown until apply or of another type.
    pub fn text(&mut self, name: &str) -> Result<&'m Arc<str>, FieldError> {
        self.required(name, STRING, Value::as_text)
    }

    /// Reads a string or a bare word where it is given.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<&'m Arc<str>>, FieldError> {
        self.optional(name, STRING, Value::as_text)
    }

    /// Reads a sentence for people, as [`prose`] writes it.
    ///
    /// # Errors
    /// When it is missing, or cannot stand in a sentence.
    pub fn prose(&mut self, name: &str) -> Result<String, FieldError> {
        self.required(name, STRING, prose)
    }

    /// Reads a sentence for people where it is given.
    ///
    /// # Errors
    /// When it cannot stand in a sentence.
    pub fn optional_prose(&mut self, name: &str) -> Result<Option<String>, FieldError> {
        self.optional(name, STRING, prose)
    }

    /// Reads one sentence or a list of them; none where the field is not given.
    ///
    /// # Errors
    /// When one of them cannot stand in a sentence.
    pub fn proses(&mut self, name: &str) -> Result<Vec<String>, FieldError> {
        let sentences = |value: &Value| one_or_several(value, prose);
        Ok(self.optional(name, "a string, or a list of strings", sentences)?.unwrap_or_default())
    }

    /// Reads one of a few words.
    ///
    /// # Errors
    /// When it is missing, unknown until apply or another word.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<T, FieldError> {
        self.required(name, OneOf(words), |value| meaning(value, words))
    }

    /// Reads one of a few words where it is given.
    ///
    /// # Errors
    /// When it is another word.
    pub fn optional_word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, FieldError> {
        self.optional(name, OneOf(words), |value| meaning(value, words))
    }

    /// Reads one of a few words, or a list of one or more of them.
    ///
    /// # Errors
    /// When it is missing, unknown until apply, an empty list, or another word.
    pub fn words<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Vec<T>, FieldError> {
        let several = |value: &'m Value| one_or_several(value, |one| meaning(one, words));
        self.required(name, OneOf(words), |value| several(value).filter(|found| !found.is_empty()))
    }

    /// Reads `true` or `false`; `usual` where it is not given.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn flag(&mut self, name: &str, usual: bool) -> Result<bool, FieldError> {
        let flag = |value: &Value| match value.kind {
            ValueKind::Bool(flag) => Some(flag),
            _ => None,
        };
        Ok(self.optional(name, "`true` or `false`", flag)?.unwrap_or(usual))
    }

    /// Reads a list; an empty one where it is not given.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn list(&mut self, name: &str) -> Result<&'m [Value], FieldError> {
        Ok(self.optional(name, "a list", Value::as_list)?.unwrap_or_default())
    }

    /// Reads a list of strings, without those that are unknown until apply.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn texts(&mut self, name: &str) -> Result<Vec<&'m Arc<str>>, FieldError> {
        let is_known = |value: &&Value| !matches!(value.kind, ValueKind::Unknown(_) | ValueKind::Absent);
        let texts =
            |value: &'m Value| value.as_list()?.iter().filter(is_known).map(Value::as_text).collect::<Option<Vec<_>>>();
        Ok(self.optional(name, "a list of strings", texts)?.unwrap_or_default())
    }

    /// Reads a list of resources, each once.
    ///
    /// Resources that are unknown until apply are left out.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn resources(&mut self, name: &str) -> Result<Vec<Address>, FieldError> {
        let resources = |value: &Value| {
            let mut found: Vec<Address> = Vec::new();
            for item in value.as_list()? {
                match &item.kind {
                    ValueKind::Resource(handle) if found.contains(&handle.address) => {}
                    ValueKind::Resource(handle) => found.push(handle.address.clone()),
                    ValueKind::Unknown(_) => {}
                    _ => return None,
                }
            }
            Some(found)
        };
        Ok(self.optional(name, "a list of resources", resources)?.unwrap_or_default())
    }

    /// Reads an object where it is given.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn optional_object(&mut self, name: &str) -> Result<Option<FactReader<'m, '_>>, FieldError> {
        let object = |value: &'m Value| value.as_map().map(|_| value);
        match self.optional(name, "an object", object)? {
            Some(value) => self.within(name, value).map(Some),
            None => Ok(None),
        }
    }
}

/// Names the words that a field may hold, for messages.
struct OneOf<'a, T>(&'a [(&'a str, T)]);

impl<T> fmt::Display for OneOf<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of ")?;
        for (index, (word, _)) in self.0.iter().enumerate() {
            write!(f, "{}`{word}`", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

fn meaning<T: Copy>(value: &Value, words: &[(&str, T)]) -> Option<T> {
    let text = value.as_text()?;
    words.iter().find(|(word, _)| **word == **text).map(|(_, meaning)| *meaning)
}

fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Number(number) => number.to_f64(),
        ValueKind::Quantity(quantity) => quantity.amount.to_f64(),
        _ => None,
    }
}

fn one_or_several<'m, T>(value: &'m Value, parse: impl Fn(&'m Value) -> Option<T>) -> Option<Vec<T>> {
    match value.as_list() {
        Some(items) => items.iter().map(parse).collect(),
        None => parse(value).map(|one| vec![one]),
    }
}
