//! A value and the place it was written.

use super::kind::{BareWord, Unknown, ValueEntry, ValueKind, ValueMap};
use crate::address::Address;
use crate::path::PropPath;
use crate::property::{PropertyValue, Reference};
use crate::ty::Type;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit::Amount;
use rust_decimal::Decimal;
use std::sync::Arc;

/// A value and the place it was written.
///
/// Two values are equal when they mean the same, wherever they were written.
#[derive(Debug, Clone)]
pub struct Value {
    /// Its content.
    pub kind: ValueKind,
    /// The place it was written.
    pub span: Span,
    size: ValueSize,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The number of parts and levels inside a value, kept while it is built.
///
/// Shared parts count each time, so a value that is small in memory and endless when walked is refused before anything
/// walks it.
#[derive(Debug, Clone, Copy, Default)]
struct ValueSize {
    nodes: u32,
    depth: u16,
}

/// The most parts a value may have.
pub const MAX_NODES: u32 = 1 << 19;
/// The most levels of lists and maps in a value.
pub const MAX_DEPTH: u16 = 200;
/// The most parts of a value that is unknown until apply.
///
/// Those are copied, not shared.
pub const MAX_UNKNOWN_NODES: u32 = 1 << 14;
/// The longest string, in bytes.
pub const MAX_TEXT: usize = 4 << 20;

impl Value {
    /// Returns a value of that content.
    pub fn new(kind: ValueKind, span: Span) -> Self {
        let size = match &kind {
            ValueKind::List(items) => ValueSize::around(items.iter()),
            ValueKind::Map(entries) => ValueSize::around(entries.values().map(|entry| &entry.value)),
            ValueKind::Range(range) => ValueSize::around([&range.low, &range.high].into_iter()),
            ValueKind::Unknown(unknown) => ValueSize { nodes: nodes_of_unknown(&unknown.value), depth: 1 },
            _ => ValueSize { nodes: 1, depth: 1 },
        };
        Self { kind, span, size }
    }

    /// Returns the value, unless it is larger than any real one.
    ///
    /// # Errors
    /// GPB1130 when it has too many parts, nests too deeply, or is too long a string.
    pub fn bounded(self) -> Result<Self, Diagnostic> {
        let what = match &self.kind {
            _ if self.size.depth > MAX_DEPTH => format!("nests deeper than {MAX_DEPTH} levels"),
            _ if self.size.nodes > MAX_NODES => format!("has more than {MAX_NODES} parts"),
            ValueKind::Unknown(_) if self.size.nodes > MAX_UNKNOWN_NODES => {
                format!("is unknown until apply and has more than {MAX_UNKNOWN_NODES} parts")
            }
            ValueKind::Text(text) if text.len() > MAX_TEXT => format!("is longer than {MAX_TEXT} bytes"),
            _ => return Ok(self),
        };
        Err(too_large(&what, self.span))
    }

    /// Returns the number of parts of several values together.
    pub fn nodes_of(values: &[Value]) -> u32 {
        values.iter().fold(0, |sum: u32, value| sum.saturating_add(value.size.nodes))
    }

    /// Returns `true` or `false`.
    pub fn bool(value: bool, span: Span) -> Self {
        Self::new(ValueKind::Bool(value), span)
    }

    /// Returns a number without a unit.
    pub fn number(value: impl Into<Decimal>, span: Span) -> Self {
        Self::new(ValueKind::Number(value.into()), span)
    }

    /// Returns a number or a quantity.
    pub fn amount(amount: Amount, span: Span) -> Self {
        let kind = match amount {
            Amount::Number(number) => ValueKind::Number(number),
            Amount::Quantity(quantity) => ValueKind::Quantity(quantity),
        };
        Self::new(kind, span)
    }

    /// Returns the amount that a number or a quantity is.
    pub fn as_amount(&self) -> Option<Amount> {
        match self.kind {
            ValueKind::Number(number) => Some(Amount::Number(number)),
            ValueKind::Quantity(quantity) => Some(Amount::Quantity(quantity)),
            _ => None,
        }
    }

    /// Returns a string.
    pub fn text(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(ValueKind::Text(value.into()), span)
    }

    /// Returns a bare word that no type has read yet.
    pub fn word(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(ValueKind::Word(BareWord { text: value.into(), written: span, among: None }), span)
    }

    /// Returns a word that no type has to read.
    ///
    /// It is at a place where only a word can be.
    pub fn read_word(value: impl Into<Arc<str>>, span: Span) -> Self {
        let text: Arc<str> = value.into();
        let among = Some(Arc::from([text.clone()]));
        Self::new(ValueKind::Word(BareWord { text, written: span, among }), span)
    }

    /// Returns a word that is one of those a type knows.
    pub fn word_among<'a>(value: &str, words: impl IntoIterator<Item = &'a str>, span: Span) -> Self {
        let among = Some(words.into_iter().map(Arc::from).collect());
        Self::new(ValueKind::Word(BareWord { text: value.into(), written: span, among }), span)
    }

    /// Returns a list.
    pub fn list(items: Vec<Value>, span: Span) -> Self {
        Self::new(ValueKind::List(Arc::new(items)), span)
    }

    /// Returns a map or an object.
    pub fn map(entries: ValueMap, span: Span) -> Self {
        Self::new(ValueKind::Map(Arc::new(entries)), span)
    }

    /// Returns a tagged value: `postgresql "15.17"` is the object `{ tag, value }`.
    pub fn tagged(tag: impl Into<Arc<str>>, tag_span: Span, value: Value) -> Self {
        let span = tag_span.to(value.span);
        let mut entries = ValueMap::default();
        entries.insert("tag".into(), ValueEntry { key: tag_span, value: Value::text(tag, tag_span) });
        entries.insert("value".into(), ValueEntry { key: value.span, value });
        Self::map(entries, span)
    }

    /// Returns a value that is unknown until apply.
    pub fn new_unknown(value: PropertyValue, ty: Type, span: Span) -> Self {
        Self::new(ValueKind::Unknown(Unknown { value: Arc::new(value), ty }), span)
    }

    /// Returns a property of a resource that is known only when the resource is.
    pub fn reference(to: Address, path: PropPath, ty: Type, span: Span) -> Self {
        Self::new_unknown(PropertyValue::Ref(Reference { to, path }), ty, span)
    }

    /// Returns an optional value that was not given.
    pub fn absent(span: Span) -> Self {
        Self::new(ValueKind::Absent, span)
    }

    /// Returns the same value as if written elsewhere.
    ///
    /// A mistake in a name's value is reported where the name is used.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// Checks whether it is an optional value that was not given.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, ValueKind::Absent)
    }

    /// Returns the string or the word it is.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ValueKind::Text(text) => Some(text),
            ValueKind::Word(word) => Some(&word.text),
            _ => None,
        }
    }

    /// Returns the items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.kind {
            ValueKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the entries of a map or an object.
    pub fn as_map(&self) -> Option<&ValueMap> {
        match &self.kind {
            ValueKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Checks whether every part is known now.
    pub fn is_known(&self) -> bool {
        match &self.kind {
            ValueKind::Unknown(_) => false,
            ValueKind::List(items) => items.iter().all(Value::is_known),
            ValueKind::Map(entries) => entries.values().all(|entry| entry.value.is_known()),
            ValueKind::Range(range) => range.low.is_known() && range.high.is_known(),
            _ => true,
        }
    }

    /// Returns the first secret inside, at any depth.
    pub fn find_secret(&self) -> Option<&Value> {
        match &self.kind {
            ValueKind::Secret(_) => Some(self),
            ValueKind::Unknown(unknown) => unknown.value.holds_secret().then_some(self),
            ValueKind::List(items) => items.iter().find_map(Value::find_secret),
            ValueKind::Map(entries) => entries.values().find_map(|entry| entry.value.find_secret()),
            _ => None,
        }
    }

    /// Returns the words inside that no type has read.
    pub fn unread_words(&self) -> Vec<&BareWord> {
        match &self.kind {
            ValueKind::Word(word) if word.among.is_none() => vec![word],
            ValueKind::List(items) => items.iter().flat_map(Value::unread_words).collect(),
            ValueKind::Map(entries) => entries.values().flat_map(|entry| entry.value.unread_words()).collect(),
            _ => Vec::new(),
        }
    }
}

impl ValueSize {
    fn around<'a>(parts: impl Iterator<Item = &'a Value>) -> ValueSize {
        parts.fold(ValueSize { nodes: 1, depth: 1 }, |size, part| ValueSize {
            nodes: size.nodes.saturating_add(part.size.nodes),
            depth: size.depth.max(part.size.depth.saturating_add(1)),
        })
    }
}

/// Returns the diagnostic for a value that no program needs.
///
/// `what` is its predicate: "has more than … parts".
pub fn too_large(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB1130", format!("this value {what}"))
        .with_label(span, "becomes too large here")
        .help("every program must come to an end: split the value, or move it into a file the resource reads")
}

/// Returns the number of parts of an unknown value.
///
/// It is counted just beyond the most it may have.
fn nodes_of_unknown(value: &PropertyValue) -> u32 {
    value.walk().take(MAX_UNKNOWN_NODES as usize + 1).fold(0, |count, _| count + 1)
}
