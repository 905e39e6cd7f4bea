//! References: those to resources that exist and stay become values, the others stay holes.

use super::{CallFn, replacement, values};
use crate::cloud::Properties;
use compact_str::CompactString;
use foldhash::HashMap;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::{Address, Reference, Value, ValueMap};
use serde_json::Value as Json;
use std::sync::Arc;

/// What becomes of a resource, for those who refer to it.
#[derive(Debug)]
pub(super) enum PlannedState {
    /// It exists and keeps its identity.
    Stays {
        id: String,
        /// With secrets masked.
        observed: Properties,
        desired: Arc<ValueMap>,
        /// The places that will change.
        changed: Vec<PropPath>,
    },
    /// It will be made: what the cloud decides of it is not known yet.
    Appears {
        desired: Arc<ValueMap>,
        def: Option<Arc<TypeDef>>,
        /// The identifier of what goes in its favour.
        instead_of: Option<String>,
    },
    /// It exists, but was not read.
    Unseen,
}

/// The fates of the resources decided so far. Looked up only, never gone through.
#[derive(Debug, Default)]
pub(super) struct PlannedStates(HashMap<Address, PlannedState>);

/// A function of the language that failed on its arguments.
pub(super) struct CallFailure {
    pub path: PropPath,
    pub function: String,
    pub message: String,
}

impl PlannedStates {
    pub fn decide(&mut self, address: Address, fate: PlannedState) {
        self.0.insert(address, fate);
    }

    /// Whether a reference leads to something that exists but was not read.
    pub fn is_unseen(&self, reference: &Reference) -> bool {
        matches!(self.0.get(&reference.to), Some(PlannedState::Unseen))
    }

    /// The value with all references resolved that can be.
    pub fn resolve(&self, value: &Value, path: &PropPath, call: CallFn<'_>, failed: &mut Vec<CallFailure>) -> Value {
        match value {
            Value::Ref(reference) => self.look_up(reference).unwrap_or_else(|| value.clone()),
            Value::List(items) => {
                let items = items.iter().zip(0usize..);
                Value::List(items.map(|(v, i)| self.resolve(v, &path.child(&i.to_string()), call, failed)).collect())
            }
            Value::Map(entries) => {
                let entries = entries.iter();
                Value::Map(entries.map(|(k, v)| (k.clone(), self.resolve(v, &path.child(k), call, failed))).collect())
            }
            Value::Concat(parts) => join(parts.iter().map(|part| self.resolve(part, path, call, failed)).collect()),
            Value::Call { function, args } => {
                let args: Vec<Value> = args.iter().map(|arg| self.resolve(arg, path, call, failed)).collect();
                let known: Option<Vec<Json>> = args.iter().map(values::to_json).collect();
                match known.map(|known| call(function, &known)) {
                    Some(Ok(json)) => values::lift(&json).unwrap_or_else(|| Value::Text(CompactString::default())),
                    Some(Err(message)) => {
                        failed.push(CallFailure { path: path.clone(), function: function.clone(), message });
                        Value::Call { function: function.clone(), args }
                    }
                    None => Value::Call { function: function.clone(), args },
                }
            }
            Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Text(_) | Value::Secret(_) => value.clone(),
        }
    }

    fn look_up(&self, reference: &Reference) -> Option<Value> {
        let path = &reference.path;
        match self.0.get(&reference.to)? {
            PlannedState::Unseen => None,
            PlannedState::Stays { id, observed, desired, changed } => {
                if path.0.is_empty() {
                    return Some(Value::Text(id.as_str().into()));
                }
                let wanted = desired_value(desired, path);
                let is_changing = changed.iter().any(|one| one.covers(path) || path.covers(one));
                if is_changing || wanted.is_some_and(values::has_secret) {
                    return wanted.filter(|value| value.is_known()).cloned();
                }
                let mut segments = path.segments();
                let first = PropPath::unescape(segments.next()?);
                let there = observed.get(&first).and_then(|json| values::json_at(json, &mut segments));
                match there.filter(|json| !values::has_hashed(json)) {
                    Some(json) => values::lift(json),
                    None => wanted.filter(|value| value.is_known()).cloned(),
                }
            }
            PlannedState::Appears { desired, def, instead_of } => {
                let def = def.as_ref()?;
                let id = replacement::identifier(def, desired);
                // What is attached to a resource that is made anew has to be attached anew, though its name stays the same:
                // then what names it stays a hole.
                let is_same = |old: &String| id.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(old));
                let is_namesake = instead_of.as_ref().is_some_and(is_same);
                if path.0.is_empty() {
                    return id.filter(|_| !is_namesake).map(|id| Value::Text(id.into()));
                }
                let names = def.primary_identifier.iter().chain(def.additional_identifiers.iter().flatten());
                let mut holes = def.read_only.iter().chain(names.filter(|_| is_namesake));
                let is_hole = holes.any(|unknown| unknown.covers(path) || path.covers(unknown));
                desired_value(desired, path).filter(|value| value.is_known() && !is_hole).cloned()
            }
        }
    }
}

fn desired_value<'a>(desired: &'a ValueMap, path: &PropPath) -> Option<&'a Value> {
    let mut segments = path.segments();
    let first = desired.get(PropPath::unescape(segments.next()?).as_str())?;
    values::value_at(first, &mut segments)
}

/// The parts of a text joined as far as they are known.
fn join(parts: Vec<Value>) -> Value {
    let mut joined: Vec<Value> = Vec::with_capacity(parts.len());
    let mut pending: Vec<Value> = parts.into_iter().rev().collect();
    while let Some(part) = pending.pop() {
        if let Value::Concat(inner) = part {
            pending.extend(inner.into_iter().rev());
            continue;
        }
        let Some(text) = text_of(&part) else {
            joined.push(part);
            continue;
        };
        match joined.last_mut() {
            Some(Value::Text(before)) => before.push_str(&text),
            _ => joined.push(Value::Text(text.into())),
        }
    }
    match joined.as_slice() {
        [] => Value::Text(CompactString::default()),
        [Value::Text(_)] => joined.remove(0),
        _ => Value::Concat(joined),
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Int(int) => Some(int.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
