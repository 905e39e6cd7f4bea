//! Values as the evaluator holds them: cheap to clone, each with the place it was written.
//!
//! A value that is known only after apply is a [`Hole`]: the [`model::Value`] that will compute it, and its type.

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
pub struct Value {
    pub kind: Kind,
    pub span: Span,
    size: Size,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// How much there is inside a value, kept while it is built: shared parts count each time, so a value that is small in
/// memory and endless when walked is refused before anything walks it.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
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
pub enum Kind {
    Bool(bool),
    Number(Decimal),
    Quantity(Quantity),
    Text(Arc<str>),
    Word(Word),
    List(Arc<Vec<Value>>),
    Map(Arc<Map>),
    Range(Arc<Range>),
    Secret(Arc<model::Secret>),
    Place(Arc<model::Place>),
    Resource(Arc<ResourceHandle>),
    Instance(InstanceHandle),
    Hole(Hole),
    /// An optional value that was not given.
    Absent,
}

/// A map or an object, in the order it was written.
pub type Map = IndexMap<Arc<str>, Entry, foldhash::fast::RandomState>;

/// The value under a key, and where the key stands.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Span,
    pub value: Value,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A bare word that is no name in scope.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: Arc<str>,
    /// Where it was written, wherever it is used.
    pub written: Span,
    /// The words it was chosen from, once a type has read it; until then only an expected type can say what it means.
    pub among: Option<Arc<[Arc<str>]>>,
}

impl Word {
    /// Adds the place of a word that means nothing where it is used: the word itself, and the use where that is another.
    pub fn blamed(&self, diagnostic: Diagnostic, used: Span, text: &str) -> Diagnostic {
        let diagnostic = diagnostic.at(self.written, text);
        if self.written == used { diagnostic } else { diagnostic.at(used, "used here") }
    }

    /// The diagnostic for a word that is no name and that nothing expects.
    pub fn unknown(&self, used: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error("GPB1105", format!("`{}` is not a name in scope", self.text));
        self.blamed(diagnostic, used, "not a name in scope").help("text is written in quotes")
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A closed range.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    pub low: Value,
    pub high: Value,
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
pub struct Hole {
    pub value: Arc<model::Value>,
    pub ty: Type,
}

impl Hole {
    /// What depends on it, to whoever asks only what is known: as unknown, and of a type of its own.
    pub fn spread(&self, ty: Type, span: Span) -> Value {
        Value::new(Kind::Hole(Hole { value: self.value.clone(), ty }), span)
    }
}

impl Value {
    pub fn new(kind: Kind, span: Span) -> Self {
        let size = match &kind {
            Kind::List(items) => Size::around(items.iter()),
            Kind::Map(entries) => Size::around(entries.values().map(|entry| &entry.value)),
            Kind::Range(range) => Size::around([&range.low, &range.high].into_iter()),
            Kind::Hole(hole) => Size { nodes: nodes(&hole.value, MAX_HOLE_NODES + 1), depth: 1 },
            _ => Size { nodes: 1, depth: 1 },
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
            Kind::Hole(_) if self.size.nodes > MAX_HOLE_NODES => {
                format!("is unknown until apply and has more than {MAX_HOLE_NODES} parts")
            }
            Kind::Text(text) if text.len() > MAX_TEXT => format!("is longer than {MAX_TEXT} bytes"),
            _ => return Ok(self),
        };
        Err(too_large(&what, self.span))
    }

    /// The parts of several values together.
    pub fn nodes_of(values: &[Value]) -> u32 {
        values.iter().fold(0, |sum: u32, value| sum.saturating_add(value.size.nodes))
    }

    pub fn bool(value: bool, span: Span) -> Self {
        Self::new(Kind::Bool(value), span)
    }

    pub fn number(value: impl Into<Decimal>, span: Span) -> Self {
        Self::new(Kind::Number(value.into()), span)
    }

    pub fn amount(amount: Amount, span: Span) -> Self {
        let kind = match amount {
            Amount::Number(number) => Kind::Number(number),
            Amount::Quantity(quantity) => Kind::Quantity(quantity),
        };
        Self::new(kind, span)
    }

    /// Returns the amount that a number or a quantity is.
    pub fn as_amount(&self) -> Option<Amount> {
        match self.kind {
            Kind::Number(number) => Some(Amount::Number(number)),
            Kind::Quantity(quantity) => Some(Amount::Quantity(quantity)),
            _ => None,
        }
    }

    pub fn text(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Kind::Text(value.into()), span)
    }

    /// A bare word that no type has read yet.
    pub fn word(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self::new(Kind::Word(Word { text: value.into(), written: span, among: None }), span)
    }

    /// A word that stands where only a word can, so that no type has to read it.
    pub fn read_word(value: impl Into<Arc<str>>, span: Span) -> Self {
        let text: Arc<str> = value.into();
        let among = Some(Arc::from([text.clone()]));
        Self::new(Kind::Word(Word { text, written: span, among }), span)
    }

    pub fn list(items: Vec<Value>, span: Span) -> Self {
        Self::new(Kind::List(Arc::new(items)), span)
    }

    pub fn map(entries: Map, span: Span) -> Self {
        Self::new(Kind::Map(Arc::new(entries)), span)
    }

    /// `postgresql "15.17"` is the object `{ tag, value }`.
    pub fn tagged(tag: impl Into<Arc<str>>, tag_span: Span, value: Value) -> Self {
        let span = tag_span.to(value.span);
        let mut entries = Map::default();
        entries.insert("tag".into(), Entry { key: tag_span, value: Value::text(tag, tag_span) });
        entries.insert("value".into(), Entry { key: value.span, value });
        Self::map(entries, span)
    }

    /// A value unknown until apply.
    pub fn hole(value: model::Value, ty: Type, span: Span) -> Self {
        Self::new(Kind::Hole(Hole { value: Arc::new(value), ty }), span)
    }

    /// A property of a resource that is known only when the resource is.
    pub fn reference(to: Address, path: PropPath, ty: Type, span: Span) -> Self {
        Self::hole(model::Value::Ref(model::Reference { to, path }), ty, span)
    }

    pub fn absent(span: Span) -> Self {
        Self::new(Kind::Absent, span)
    }

    /// The same value, as if written elsewhere: what a name stands for is blamed where the name is used.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.kind, Kind::Absent)
    }

    /// Text, whether quoted or a word.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Word(word) => Some(&word.text),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether every part is known now.
    pub fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Hole(_) => false,
            Kind::List(items) => items.iter().all(Value::is_known),
            Kind::Map(entries) => entries.values().all(|entry| entry.value.is_known()),
            Kind::Range(range) => range.low.is_known() && range.high.is_known(),
            _ => true,
        }
    }

    /// The first secret inside, at any depth.
    pub fn find_secret(&self) -> Option<&Value> {
        match &self.kind {
            Kind::Secret(_) => Some(self),
            Kind::Hole(hole) => holds_secret(&hole.value).then_some(self),
            Kind::List(items) => items.iter().find_map(Value::find_secret),
            Kind::Map(entries) => entries.values().find_map(|entry| entry.value.find_secret()),
            _ => None,
        }
    }

    /// The words inside that no type has read.
    pub fn unread_words(&self) -> Vec<&Word> {
        match &self.kind {
            Kind::Word(word) if word.among.is_none() => vec![word],
            Kind::List(items) => items.iter().flat_map(Value::unread_words).collect(),
            Kind::Map(entries) => entries.values().flat_map(|entry| entry.value.unread_words()).collect(),
            _ => Vec::new(),
        }
    }

    /// What it is, with its article, for messages: "a duration", "a list".
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Bool(_) => "a bool".into(),
            Kind::Number(_) => "a number".into(),
            Kind::Quantity(quantity) => quantity.dimension.described().into(),
            Kind::Text(_) => "text".into(),
            Kind::Word(word) => format!("the word `{}`", word.text),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "an object".into(),
            Kind::Range(range) => match &range.high.kind {
                Kind::Quantity(quantity) => format!("a range of {}", quantity.dimension),
                _ => "a range".into(),
            },
            Kind::Secret(_) => "a secret".into(),
            Kind::Place(_) => "a place".into(),
            Kind::Resource(resource) => format!("a resource (`{}`)", resource.ty),
            Kind::Instance(instance) => format!("`{}`", instance.what),
            Kind::Hole(hole) => format!("a `{}` that is unknown until apply", hole.ty),
            Kind::Absent => "nothing".into(),
        }
    }
}

impl fmt::Display for Value {
    /// Writes the value as a person would.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(number) => write!(f, "{}", number.normalize()),
            Kind::Quantity(quantity) => write!(f, "{quantity}"),
            Kind::Text(text) => write!(f, "{text:?}"),
            Kind::Word(word) => f.write_str(&word.text),
            Kind::List(items) => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Kind::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, entry)| format!("{key} = {}", entry.value)).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
            Kind::Range(range) => write!(f, "{}..{}", range.low, range.high),
            Kind::Secret(_) => f.write_str("(secret)"),
            Kind::Place(place) => match &place.account {
                Some(account) => write!(f, "{} in {account}", place.region),
                None => f.write_str(&place.region),
            },
            Kind::Resource(handle) => write!(f, "{}", handle.address),
            Kind::Instance(handle) => f.write_str(&handle.what),
            Kind::Hole(_) => f.write_str("(known after apply)"),
            Kind::Absent => f.write_str("(absent)"),
        }
    }
}

impl Size {
    fn around<'a>(parts: impl Iterator<Item = &'a Value>) -> Size {
        parts.fold(Size { nodes: 1, depth: 1 }, |size, part| Size {
            nodes: size.nodes.saturating_add(part.size.nodes),
            depth: size.depth.max(part.size.depth.saturating_add(1)),
        })
    }
}

/// The diagnostic for a value that no program needs; `what` is what it does: "has more than … parts".
pub fn too_large(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB1130", format!("this value {what}"))
        .at(span, "becomes too large here")
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
