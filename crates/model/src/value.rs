//! Values as the evaluator holds them: cheap to clone, each with the place it was written.
//!
//! A value that is known only after apply is a [`Unknown`]: the [`model::PropertyValue`] that will compute it, and its type.

use crate as model;
use crate::Address;
use crate::PropPath;
use crate::ty::Type;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit::{Amount, Quantity};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::fmt;
use std::sync::Arc;

/// A value and where it was written. Two values are equal when they mean the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct PropertyValue {
    pub kind: ValueKind,
    pub span: Span,
    size: ValueSize,
}

impl PartialEq for PropertyValue {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// How much there is inside a value, kept while it is built: shared parts count each time, so a value that is small in
/// memory and endless when walked is refused before anything walks it.
#[derive(Debug, Clone, Copy, Default)]
struct ValueSize {
    nodes: u32,
    depth: u16,
}

/// The most parts a value may have.
pub const MAX_NODES: u32 = 1 << 19;
/// The most levels of lists and maps in a value.
pub const MAX_DEPTH: u16 = 200;
/// The most parts of a value that is unknown until apply; those are copied, not shared.
pub const MAX_HOLE_NODES: u32 = 1 << 14;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 4 << 20;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    Bool(bool),
    Number(Decimal),
    Quantity(Quantity),
    Text(Arc<str>),
    Word(BareWord),
    List(Arc<Vec<PropertyValue>>),
    Map(Arc<PropertyMap>),
    Range(Arc<ValueRange>),
    Secret(Arc<model::SecretSource>),
    Place(Arc<model::Place>),
    Resource(Arc<ResourceHandle>),
    Instance(InstanceHandle),
    Unknown(Unknown),
    /// An optional value that was not given.
    Absent,
}

/// A map or an object, in the order it was written.
pub type PropertyMap = IndexMap<Arc<str>, ValueEntry, foldhash::fast::RandomState>;

/// The value under a key, and where the key stands.
#[derive(Debug, Clone)]
pub struct ValueEntry {
    pub key: Span,
    pub value: PropertyValue,
}

impl PartialEq for ValueEntry {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A bare word that is no name in scope.
#[derive(Debug, Clone)]
pub struct BareWord {
    pub text: Arc<str>,
    /// Where it was written, wherever it is used.
    pub written: Span,
    /// The words it was chosen from, once a type has read it; until then only an expected type can say what it means.
    pub among: Option<Arc<[Arc<str>]>>,
}

impl BareWord {
    /// Adds the place of a word that means nothing where it is used: the word itself, and the use where that is another.
    pub fn labelled(&self, diagnostic: Diagnostic, used: Span, text: &str) -> Diagnostic {
        let diagnostic = diagnostic.with_label(self.written, text);
        if self.written == used { diagnostic } else { diagnostic.with_label(used, "used here") }
    }

    /// The diagnostic for a word that is no name and that nothing expects.
    pub fn unknown(&self, used: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error("GPB1105", format!("`{}` is not a name in scope", self.text));
        self.labelled(diagnostic, used, "not a name in scope").help("a string is written in quotes")
    }
}

impl PartialEq for BareWord {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A closed range.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueRange {
    pub low: PropertyValue,
    pub high: PropertyValue,
}

/// A resource, as expressions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceHandle {
    pub address: Address,
    /// gpb's name of the type: `aws.sqs.queue`.
    pub ty: Arc<str>,
    pub place: Arc<model::Place>,
}

/// A layer or a component's instance; the number means something to the evaluator alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceHandle {
    pub id: u32,
    /// What it is, for messages: `aurora`, `layer data`.
    pub what: Arc<str>,
}

/// A value that is unknown until apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    pub value: Arc<model::Value>,
    pub ty: Type,
}

impl Unknown {
    /// What depends on it, to whoever asks only what is known: as unknown, and of a type of its own.
    pub fn spread(&self, ty: Type, span: Span) -> PropertyValue {
        PropertyValue::new(ValueKind::Unknown(Unknown { value: self.value.clone(), ty }), span)
    }
}

impl PropertyValue {
    pub fn new(kind: ValueKind, span: Span) -> Self {
        let size = match &kind {
            ValueKind::List(items) => ValueSize::around(items.iter()),
            ValueKind::Map(entries) => ValueSize::around(entries.values().map(|entry| &entry.value)),
            ValueKind::Range(range) => ValueSize::around([&range.low, &range.high].into_iter()),
            ValueKind::Unknown(unknown) => ValueSize { nodes: nodes(&unknown.value, MAX_HOLE_NODES + 1), depth: 1 },
            _ => ValueSize { nodes: 1, depth: 1 },
        };
        Self { kind, span, size }
    }

    /// The value, unless it is larger than any real one.
    ///
    /// # Errors
    /// When it has too many parts, nests too deeply, or is too long a text.
    pub fn bounded(self) -> Result<Self, Diagnostic> {
        let what = match &self.kind {
            _ if self.size.depth > MAX_DEPTH => format!("nests deeper than {MAX_DEPTH} levels"),
            _ if self.size.nodes > MAX_NODES => format!("has more than {MAX_NODES} parts"),
            ValueKind::Unknown(_) if self.size.nodes > MAX_HOLE_NODES => {
                format!("is unknown until apply and has more than {MAX_HOLE_NODES} parts")
            }
            ValueKind::Text(text) if text.len() > MAX_TEXT => format!("is longer than {MAX_TEXT} bytes"),
            _ => return Ok(self),
        };
        Err(too_large(&what, self.span))
    }

    /// The parts of several values together.
    pub fn nodes_of(values: &[PropertyValue]) -> u32 {
        values.iter().fold(0, |sum: u32, value| sum.saturating_add(value.size.nodes))
    }

    pub fn bool(value: bool, span: Span) -> Self {
        Self::new(ValueKind::Bool(value), span)
    }

    pub fn number(value: impl Into<Decimal>, span: Span) -> Self {
        Self::new(ValueKind::Number(value.into()), span)
    }

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

    pub fn text(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(ValueKind::Text(value.into()), span)
    }

    /// A bare word that no type has read yet.
    pub fn word(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(ValueKind::Word(BareWord { text: value.into(), written: span, among: None }), span)
    }

    /// A word that stands where only a word can, so that no type has to read it.
    pub fn read_word(value: impl Into<Arc<str>>, span: Span) -> Self {
        let text: Arc<str> = value.into();
        let among = Some(Arc::from([text.clone()]));
        Self::new(ValueKind::Word(BareWord { text, written: span, among }), span)
    }

    pub fn list(items: Vec<PropertyValue>, span: Span) -> Self {
        Self::new(ValueKind::List(Arc::new(items)), span)
    }

    pub fn map(entries: PropertyMap, span: Span) -> Self {
        Self::new(ValueKind::Map(Arc::new(entries)), span)
    }

    /// `postgresql "15.17"` is the object `{ tag, value }`.
    pub fn tagged(tag: impl Into<Arc<str>>, tag_span: Span, value: PropertyValue) -> Self {
        let span = tag_span.to(value.span);
        let mut entries = PropertyMap::default();
        entries.insert("tag".into(), ValueEntry { key: tag_span, value: PropertyValue::text(tag, tag_span) });
        entries.insert("value".into(), ValueEntry { key: value.span, value });
        Self::map(entries, span)
    }

    /// A value unknown until apply.
    pub fn new_unknown(value: model::Value, ty: Type, span: Span) -> Self {
        Self::new(ValueKind::Unknown(Unknown { value: Arc::new(value), ty }), span)
    }

    /// A property of a resource that is known only when the resource is.
    pub fn reference(to: Address, path: PropPath, ty: Type, span: Span) -> Self {
        Self::new_unknown(model::Value::Ref(model::Reference { to, path }), ty, span)
    }

    pub fn absent(span: Span) -> Self {
        Self::new(ValueKind::Absent, span)
    }

    /// The same value, as if written elsewhere: what a name stands for is blamed where the name is used.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.kind, ValueKind::Absent)
    }

    /// Text, whether quoted or a word.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ValueKind::Text(text) => Some(text),
            ValueKind::Word(word) => Some(&word.text),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[PropertyValue]> {
        match &self.kind {
            ValueKind::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&PropertyMap> {
        match &self.kind {
            ValueKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether every part is known now.
    pub fn is_known(&self) -> bool {
        match &self.kind {
            ValueKind::Unknown(_) => false,
            ValueKind::List(items) => items.iter().all(PropertyValue::is_known),
            ValueKind::Map(entries) => entries.values().all(|entry| entry.value.is_known()),
            ValueKind::Range(range) => range.low.is_known() && range.high.is_known(),
            _ => true,
        }
    }

    /// The first secret inside, at any depth.
    pub fn find_secret(&self) -> Option<&PropertyValue> {
        match &self.kind {
            ValueKind::Secret(_) => Some(self),
            ValueKind::Unknown(unknown) => holds_secret(&unknown.value).then_some(self),
            ValueKind::List(items) => items.iter().find_map(PropertyValue::find_secret),
            ValueKind::Map(entries) => entries.values().find_map(|entry| entry.value.find_secret()),
            _ => None,
        }
    }

    /// The words inside that no type has read.
    pub fn unread_words(&self) -> Vec<&BareWord> {
        match &self.kind {
            ValueKind::Word(word) if word.among.is_none() => vec![word],
            ValueKind::List(items) => items.iter().flat_map(PropertyValue::unread_words).collect(),
            ValueKind::Map(entries) => entries.values().flat_map(|entry| entry.value.unread_words()).collect(),
            _ => Vec::new(),
        }
    }

    /// What it is, with its article, for messages: "a duration", "a list".
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
            ValueKind::Unknown(hole) => format!("a `{}` that is unknown until apply", hole.ty),
            ValueKind::Absent => "nothing".into(),
        }
    }
}

impl fmt::Display for PropertyValue {
    /// Writes the value as a person would.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Bool(value) => write!(f, "{value}"),
            ValueKind::Number(number) => write!(f, "{}", number.normalize()),
            ValueKind::Quantity(quantity) => write!(f, "{quantity}"),
            ValueKind::Text(text) => write!(f, "{text:?}"),
            ValueKind::Word(word) => f.write_str(&word.text),
            ValueKind::List(items) => {
                let items: Vec<String> = items.iter().map(PropertyValue::to_string).collect();
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

impl ValueSize {
    fn around<'a>(parts: impl Iterator<Item = &'a PropertyValue>) -> ValueSize {
        parts.fold(ValueSize { nodes: 1, depth: 1 }, |size, part| ValueSize {
            nodes: size.nodes.saturating_add(part.size.nodes),
            depth: size.depth.max(part.size.depth.saturating_add(1)),
        })
    }
}

/// The diagnostic for a value that no program needs; `what` is what it does: "has more than … parts".
pub fn too_large(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB1130", format!("this value {what}"))
        .with_label(span, "becomes too large here")
        .help("every program must come to an end: split the value, or move it into a file the resource reads")
}

/// Whether a secret is anywhere in a model's value.
fn holds_secret(value: &model::Value) -> bool {
    match value {
        model::Value::Secret(_) => true,
        model::Value::List(items) | model::Value::Concat(items) | model::Value::Call { args: items, .. } => {
            items.iter().any(holds_secret)
        }
        model::Value::Map(entries) => entries.values().any(holds_secret),
        _ => false,
    }
}

/// The parts of a model's value, counted no further than `limit`.
fn nodes(value: &model::Value, limit: u32) -> u32 {
    let mut count = 0_u32;
    let mut left = vec![value];
    while let Some(next) = left.pop() {
        count += 1;
        if count >= limit {
            break;
        }
        match next {
            model::Value::List(items) | model::Value::Concat(items) | model::Value::Call { args: items, .. } => {
                left.extend(items);
            }
            model::Value::Map(entries) => left.extend(entries.values()),
            _ => {}
        }
    }
    count
}
