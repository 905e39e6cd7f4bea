//! Values as people read them.

use super::kind::ValueKind;
use super::typed_value::Value;
use std::fmt;

impl Value {
    /// Returns its kind with its article, for messages: "a duration", "a list".
    pub fn describe(&self) -> String {
        match &self.kind {
            ValueKind::Bool(_) => "a bool".into(),
            ValueKind::Number(_) => "a number".into(),
            ValueKind::Quantity(quantity) => quantity.dimension.described().into(),
            ValueKind::Text(_) => "a string".into(),
            ValueKind::Word(word) => format!("the word `{}`", word.text),
            ValueKind::List(_) => "a list".into(),
            ValueKind::Map(_) => "an object".into(),
            ValueKind::Range(range) => match &range.high.kind {
                ValueKind::Quantity(quantity) => format!("a range of {}", quantity.dimension),
                _ => "a range".into(),
            },
            ValueKind::Secret(_) => "a secret".into(),
            ValueKind::Place(_) => "a place".into(),
            ValueKind::Resource(resource) => format!("a resource (`{}`)", resource.ty),
            ValueKind::Instance(instance) => format!("`{}`", instance.what),
            ValueKind::Unknown(unknown) if unknown.is_symbol() => format!("a `{}`", unknown.ty),
            ValueKind::Unknown(unknown) => format!("a `{}` that is unknown until apply", unknown.ty),
            ValueKind::Absent => "nothing".into(),
        }
    }
}

impl fmt::Display for Value {
    /// Writes the value as a person would.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Bool(value) => write!(f, "{value}"),
            ValueKind::Number(number) => write!(f, "{}", number.normalize()),
            ValueKind::Quantity(quantity) => write!(f, "{quantity}"),
            ValueKind::Text(text) => write!(f, "{text:?}"),
            ValueKind::Word(word) => f.write_str(&word.text),
            ValueKind::List(items) => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            ValueKind::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, entry)| format!("{key} = {}", entry.value)).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
            ValueKind::Range(range) => write!(f, "{}..{}", range.low, range.high),
            ValueKind::Secret(_) => f.write_str("(secret)"),
            ValueKind::Place(place) => match &place.account {
                Some(account) => write!(f, "{} in {account}", place.region),
                None => f.write_str(&place.region),
            },
            ValueKind::Resource(handle) => write!(f, "{}", handle.address),
            ValueKind::Instance(handle) => f.write_str(&handle.what),
            ValueKind::Unknown(_) => f.write_str("(known after apply)"),
            ValueKind::Absent => f.write_str("(absent)"),
        }
    }
}
