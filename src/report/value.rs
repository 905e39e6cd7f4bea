//! Prints values in gpb's spelling: on one line where they fit, else on several.

use gpb_base::archive;
use gpb_catalog::TypeLookup;
use gpb_catalog::{Shape, TypeDef};
use gpb_model::PropPath;
use gpb_model::{Address, PropertyValue, Reference};
use std::collections::BTreeMap;

/// Prints values: the catalog for names of properties, and the types of resources.
#[derive(Clone, Copy)]
pub(super) struct ValuePrinter<'a> {
    /// The catalog's types by name.
    pub types: TypeLookup<'a>,
    /// The type of each resource, for the names of properties that are referred to.
    pub kinds: &'a BTreeMap<&'a Address, &'a str>,
}

/// A function that prints a part of a structure.
type PartPrinter<'a> = dyn Fn(Option<&TypeDef>, Option<&Shape>, &PropertyValue) -> Vec<String> + 'a;

/// The maximum length of a value on one line, in characters.
const INLINE: usize = 80;

impl ValuePrinter<'_> {
    /// Prints a value as lines, the first without indentation.
    pub fn lines(&self, def: Option<&TypeDef>, shape: Option<&Shape>, value: &PropertyValue) -> Vec<String> {
        let inline = self.inline(def, shape, value);
        if let Some(inline) = inline.filter(|inline| inline.chars().count() <= INLINE) {
            return vec![inline];
        }
        self.broken(def, shape, value, &|def, shape, value| self.lines(def, shape, value))
    }

    /// Prints a value with every structure spread over lines, for comparison.
    pub fn spread(&self, def: Option<&TypeDef>, shape: Option<&Shape>, value: &PropertyValue) -> Vec<String> {
        self.broken(def, shape, value, &|def, shape, value| self.spread(def, shape, value))
    }

    /// Prints a value on several lines, the parts of a structure by `part`.
    fn broken(
        &self,
        def: Option<&TypeDef>,
        shape: Option<&Shape>,
        value: &PropertyValue,
        part: &PartPrinter<'_>,
    ) -> Vec<String> {
        let shape = pick(def, shape, value);
        match value {
            PropertyValue::Map(entries) if !entries.is_empty() => {
                let mut lines = vec!["{".to_owned()];
                for (key, value) in entries {
                    let inner = part(def, entry(shape, key), value);
                    nest(&mut lines, &format!("{} = ", name(shape, key)), inner, "");
                }
                lines.push("}".to_owned());
                lines
            }
            PropertyValue::List(items) if !items.is_empty() => {
                let mut lines = vec!["[".to_owned()];
                for item in items {
                    nest(&mut lines, "", part(def, element(shape), item), ",");
                }
                lines.push("]".to_owned());
                lines
            }
            PropertyValue::Text(text) if text.trim_end().contains('\n') => {
                let mut lines = vec!["\"\"\"".to_owned()];
                lines.extend(text.lines().map(|line| format!("  {}", visible(line))));
                lines.push("\"\"\"".to_owned());
                lines
            }
            _ => vec![self.inline(def, shape, value).unwrap_or_default()],
        }
    }

    /// Prints a value on one line; `None` where that would be unreadable.
    fn inline(&self, def: Option<&TypeDef>, shape: Option<&Shape>, value: &PropertyValue) -> Option<String> {
        let shape = pick(def, shape, value);
        Some(match value {
            PropertyValue::Text(text) if text.trim_end().contains('\n') => return None,
            PropertyValue::Text(text) => quoted(text),
            PropertyValue::Bool(bool) => bool.to_string(),
            PropertyValue::Int(int) => int.to_string(),
            PropertyValue::Number(number) => number.to_string(),
            PropertyValue::Secret(_) => "(secret)".to_owned(),
            PropertyValue::Ref(_) | PropertyValue::Call { .. } => self.unknown(value),
            PropertyValue::Concat(parts) => self.concat(parts),
            PropertyValue::List(items) => {
                let items = items.iter().map(|item| self.inline(def, element(shape), item));
                format!("[{}]", items.collect::<Option<Vec<_>>>()?.join(", "))
            }
            PropertyValue::Map(entries) if entries.is_empty() => "{}".to_owned(),
            PropertyValue::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    Some(format!("{} = {}", name(shape, key), self.inline(def, entry(shape, key), value)?))
                });
                format!("{{ {} }}", entries.collect::<Option<Vec<_>>>()?.join(", "))
            }
        })
    }

    /// Prints an unknown value: `(known after apply: network.vpc.id)`.
    fn unknown(&self, value: &PropertyValue) -> String {
        let mut references = Vec::new();
        value.references(&mut references);
        let mut names: Vec<String> = references.into_iter().map(|reference| self.reference(reference)).collect();
        names.dedup();
        match names.as_slice() {
            [] => "(known after apply)".to_owned(),
            names => format!("(known after apply: {})", names.join(", ")),
        }
    }

    /// Prints an interpolated string.
    fn concat(&self, parts: &[PropertyValue]) -> String {
        let parts = parts.iter().map(|part| match part {
            PropertyValue::Text(text) => escaped(text),
            PropertyValue::Secret(_) => "(secret)".to_owned(),
            other => self.unknown(other),
        });
        format!("\"{}\"", parts.collect::<String>())
    }

    /// Prints a reference: an address and a property.
    fn reference(&self, reference: &Reference) -> String {
        let property = if reference.path.0.is_empty() {
            "id".to_owned()
        } else {
            let def = self.kinds.get(&reference.to).and_then(|ty| (self.types)(ty));
            display(def.as_deref(), &reference.path)
        };
        format!("{}.{property}", reference.to)
    }
}

/// Returns a property path in gpb's spelling, as far as the type is known.
pub(super) fn display(def: Option<&TypeDef>, path: &PropPath) -> String {
    match def {
        Some(def) if !path.0.starts_with('@') => def.display(path),
        _ => path.segments().map(PropPath::unescape).collect::<Vec<_>>().join("."),
    }
}

/// Chooses the shape of a value from those that its property allows.
pub(super) fn pick<'a>(def: Option<&'a TypeDef>, shape: Option<&'a Shape>, value: &PropertyValue) -> Option<&'a Shape> {
    let def = def?;
    match def.resolve(shape?) {
        Shape::Any(alternatives) => alternatives.iter().map(|one| def.resolve(one)).find(|one| {
            matches!(
                (value, one),
                (PropertyValue::Map(_), Shape::Object(_) | Shape::Map { .. })
                    | (PropertyValue::List(_), Shape::List(_))
            )
        }),
        shape => Some(shape),
    }
}

/// Returns the shape of an entry.
pub(super) fn entry<'a>(shape: Option<&'a Shape>, key: &str) -> Option<&'a Shape> {
    match shape? {
        Shape::Object(object) => object.by_aws(key).map(|property| &property.shape),
        Shape::Map { value, .. } => Some(value),
        _ => None,
    }
}

/// Returns the shape of an element.
pub(super) fn element(shape: Option<&Shape>) -> Option<&Shape> {
    match shape? {
        Shape::List(list) => Some(&list.item),
        _ => None,
    }
}

/// Returns a key as it is written: a property's gpb name, or the key itself.
pub(super) fn name(shape: Option<&Shape>, key: &str) -> String {
    if let Some(Shape::Object(object)) = shape
        && let Some(property) = object.by_aws(key)
    {
        return property.name.to_string();
    }
    let is_word = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_word { key.to_owned() } else { quoted(key) }
}

/// Returns a string in quotes; of an archive its size and its hash.
pub(super) fn quoted(text: &str) -> String {
    archive::summary(text).unwrap_or_else(|| format!("\"{}\"", escaped(text)))
}

/// Escapes a string as it is written between quotes.
fn escaped(text: &str) -> String {
    visible(&text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t"))
}

/// Escapes the control characters of a line, which a terminal would obey.
pub(super) fn visible(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for letter in line.chars() {
        if letter.is_control() && letter != '\t' {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Appends indented lines, with a head before the first and a tail after the last.
fn nest(lines: &mut Vec<String>, head: &str, inner: Vec<String>, tail: &str) {
    let last = inner.len().saturating_sub(1);
    for (index, line) in inner.into_iter().enumerate() {
        let head = if index == 0 { head } else { "" };
        let tail = if index == last { tail } else { "" };
        lines.push(format!("  {head}{line}{tail}"));
    }
}
