//! Fills in unknown values: what is known by now takes the place of references, calls and secrets.
//!
//! There is one walk over values. The plan fills in what exists already and leaves the rest unknown; the run fills in
//! everything, or fails. What each of them knows is its `ValueSource`.

use crate::plan::values;
use compact_str::CompactString;
use gpb_model::{PropPath, PropertyValue, Reference, SecretSource};
use serde_json::Value as Json;

/// Computes a pure function of the language from known arguments; the error says why it cannot.
pub type CallFunctions = dyn Fn(&str, &[Json]) -> Result<Json, String> + Send + Sync;

/// The answer of a source about a reference, a call or a secret.
pub(crate) enum SourceValue {
    /// The value.
    Known(PropertyValue),
    /// It is known to be absent.
    Null,
    /// It stays unknown.
    Unknown,
}

impl From<&Json> for SourceValue {
    fn from(json: &Json) -> Self {
        values::lift(json).map_or(SourceValue::Null, SourceValue::Known)
    }
}

/// A source of values for unknowns. An error ends the walk.
pub(crate) trait ValueSource {
    /// Sees each value that is neither a list nor a map, before it is filled in; `false` leaves it out.
    fn includes(&mut self, _path: &PropPath, _leaf: &PropertyValue) -> bool {
        true
    }

    /// Looks up a property of another resource.
    fn reference(&mut self, reference: &Reference) -> Result<SourceValue, String>;

    /// Computes a call at a place, whose arguments are all known.
    fn call(&mut self, path: &PropPath, function: &str, args: &[Json]) -> Result<SourceValue, String>;

    /// Looks up the value of a secret.
    fn secret(&mut self, secret: &SecretSource) -> Result<SourceValue, String>;

    /// Decides about a known part of a concatenation that is not a scalar: an error, or it stays where it is.
    fn cannot_join(&mut self, part: &Json) -> Result<(), String>;
}

/// Fills in a value; `None` when it is absent or left out.
///
/// # Errors
/// The first error of the source.
pub(crate) fn fill(
    value: &PropertyValue,
    path: &PropPath,
    source: &mut dyn ValueSource,
) -> Result<Option<PropertyValue>, String> {
    match value {
        PropertyValue::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                list.extend(fill(item, &path.child(&index.to_string()), source)?);
            }
            Ok(Some(PropertyValue::List(list)))
        }
        PropertyValue::Map(entries) => {
            let mut filled = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                if let Some(value) = fill(value, &path.child(key), source)? {
                    filled.push((key.clone(), value));
                }
            }
            Ok(Some(PropertyValue::Map(filled.into_iter().collect())))
        }
        leaf if source.includes(path, leaf) => fill_leaf(leaf, path, source),
        _ => Ok(None),
    }
}

/// Fills in a value that stands as a whole: parts of it have no place of their own.
fn fill_leaf(
    value: &PropertyValue,
    path: &PropPath,
    source: &mut dyn ValueSource,
) -> Result<Option<PropertyValue>, String> {
    let lookup = match value {
        PropertyValue::Ref(reference) => source.reference(reference)?,
        PropertyValue::Secret(secret) => source.secret(secret)?,
        PropertyValue::Concat(parts) => return concat(parts, path, source).map(Some),
        PropertyValue::Call { function, args } => {
            let mut filled = Vec::with_capacity(args.len());
            for arg in args {
                filled.push(fill_leaf(arg, path, source)?);
            }
            let known = |arg: &Option<PropertyValue>| arg.as_ref().map_or(Some(Json::Null), PropertyValue::to_json);
            match filled.iter().map(known).collect::<Option<Vec<Json>>>() {
                Some(known) => source.call(path, function, &known)?,
                None => SourceValue::Unknown,
            }
            .or_else(|| PropertyValue::Call {
                function: function.clone(),
                args: filled.into_iter().flatten().collect(),
            })
        }
        PropertyValue::List(items) => {
            let items = items.iter().map(|item| fill_leaf(item, path, source)).collect::<Result<Vec<_>, _>>()?;
            SourceValue::Known(PropertyValue::List(items.into_iter().flatten().collect()))
        }
        PropertyValue::Map(entries) => {
            let mut filled = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                filled.extend(fill_leaf(value, path, source)?.map(|value| (key.clone(), value)));
            }
            SourceValue::Known(PropertyValue::Map(filled.into_iter().collect()))
        }
        PropertyValue::Bool(_) | PropertyValue::Int(_) | PropertyValue::Number(_) | PropertyValue::Text(_) => {
            SourceValue::Known(value.clone())
        }
    };
    Ok(match lookup {
        SourceValue::Known(value) => Some(value),
        SourceValue::Null => None,
        SourceValue::Unknown => Some(value.clone()),
    })
}

impl SourceValue {
    /// Returns what is known, or else a value that still has unknowns.
    fn or_else(self, unknown: impl FnOnce() -> PropertyValue) -> SourceValue {
        match self {
            SourceValue::Unknown => SourceValue::Known(unknown()),
            known => known,
        }
    }
}

/// Joins the parts of a string as far as they are known.
fn concat(parts: &[PropertyValue], path: &PropPath, source: &mut dyn ValueSource) -> Result<PropertyValue, String> {
    let mut pending = Vec::with_capacity(parts.len());
    for part in parts {
        match fill_leaf(part, path, source)? {
            Some(part) => pending.push(part),
            None => source.cannot_join(&Json::Null)?,
        }
    }
    let mut joined: Vec<PropertyValue> = Vec::with_capacity(pending.len());
    pending.reverse();
    while let Some(part) = pending.pop() {
        if let PropertyValue::Concat(inner) = part {
            pending.extend(inner.into_iter().rev());
            continue;
        }
        let Some(text) = scalar_text(&part) else {
            if let Some(json) = part.to_json() {
                source.cannot_join(&json)?;
            }
            joined.push(part);
            continue;
        };
        match joined.last_mut() {
            Some(PropertyValue::Text(before)) => before.push_str(&text),
            _ => joined.push(PropertyValue::Text(text)),
        }
    }
    Ok(match joined.as_slice() {
        [] => PropertyValue::Text(CompactString::default()),
        [PropertyValue::Text(_)] => joined.remove(0),
        _ => PropertyValue::Concat(joined),
    })
}

fn scalar_text(value: &PropertyValue) -> Option<CompactString> {
    match value {
        PropertyValue::Text(text) => Some(text.clone()),
        PropertyValue::Bool(bool) => Some(bool.to_string().into()),
        PropertyValue::Int(int) => Some(int.to_string().into()),
        PropertyValue::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
