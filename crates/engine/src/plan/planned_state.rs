//! Resolves references: those to resources that exist and stay become values, the others stay unknown.

use super::{replacement, values};
use crate::cloud::SharedProperties;
use crate::state::holds_redacted;
use crate::unknown::{CallFunctions, SourceValue, ValueSource, fill};
use compact_str::CompactString;
use foldhash::HashMap;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::{Address, PropertyMap, PropertyValue, Reference, SecretSource};
use serde_json::Value as Json;
use std::sync::Arc;

/// The state of a resource after the plan, for those who refer to it.
#[derive(Debug)]
pub(super) enum PlannedState {
    /// It exists and keeps its identity.
    Stays {
        id: String,
        /// With secrets masked.
        observed: SharedProperties,
        desired: Arc<PropertyMap>,
        def: Option<Arc<TypeDef>>,
        /// The places that will change.
        changed: Vec<PropPath>,
    },
    /// It will be made: what the cloud decides of it is not known yet.
    Appears {
        desired: Arc<PropertyMap>,
        def: Option<Arc<TypeDef>>,
        /// The identifier of what goes in its favour.
        instead_of: Option<String>,
    },
    /// It exists, but was not read.
    Unseen,
}

/// The states of the resources decided so far. Looked up only, never iterated over.
#[derive(Debug, Default)]
pub(super) struct PlannedStates(HashMap<Address, PlannedState>);

/// A function of the language that failed on its arguments.
pub(super) struct CallFailure {
    /// The property.
    pub path: PropPath,
    /// The name of the function.
    pub function: String,
    /// The reason of the failure.
    pub message: String,
}

impl PlannedStates {
    /// Sets what becomes of a resource.
    pub fn decide(&mut self, address: Address, state: PlannedState) {
        self.0.insert(address, state);
    }

    /// Returns true when a reference leads to something that exists but was not read.
    pub fn is_unseen(&self, reference: &Reference) -> bool {
        matches!(self.0.get(&reference.to), Some(PlannedState::Unseen))
    }

    /// Returns the type of a resource that is made anew in place of one that goes.
    pub fn made_anew(&self, address: &Address) -> Option<&str> {
        match self.0.get(address)? {
            PlannedState::Appears { def, instead_of: Some(_), .. } => Some(&def.as_ref()?.name),
            _ => None,
        }
    }

    /// Returns the value with everything filled in that is known now.
    pub fn resolve(
        &self,
        value: &PropertyValue,
        path: &PropPath,
        call: &CallFunctions,
        failed: &mut Vec<CallFailure>,
    ) -> PropertyValue {
        let filled = fill(value, path, &mut PlanSource { states: self, functions: call, failed });
        // This source never fails, and says of nothing that it is absent.
        filled.ok().flatten().unwrap_or_else(|| value.clone())
    }

    fn look_up(&self, reference: &Reference) -> Option<PropertyValue> {
        let path = &reference.path;
        match self.0.get(&reference.to)? {
            PlannedState::Unseen => None,
            PlannedState::Stays { id, observed, desired, def, changed } => {
                if path.0.is_empty() {
                    return Some(PropertyValue::Text(id.as_str().into()));
                }
                if def.as_ref().is_some_and(|def| will_move(def, path, changed)) {
                    return None;
                }
                let wanted = desired_value(desired, path);
                let is_changing = changed.iter().any(|one| one.covers(path) || path.covers(one));
                if is_changing || wanted.is_some_and(PropertyValue::holds_secret) {
                    return wanted.filter(|value| value.is_known()).cloned();
                }
                let mut segments = path.segments();
                let first = PropPath::unescape(segments.next()?);
                let there = observed.get(&first).and_then(|json| values::json_at(json, &mut segments));
                match there.filter(|json| !holds_redacted(json)) {
                    Some(json) => values::lift(json),
                    None => wanted.filter(|value| value.is_known()).cloned(),
                }
            }
            PlannedState::Appears { desired, def, instead_of } => {
                let def = def.as_ref()?;
                let id = replacement::identifier(def, desired);
                // What is attached to a resource that is made anew has to be attached anew, though its name stays the same:
                // then what names it stays unknown.
                let is_same = |old: &String| id.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(old));
                let is_namesake = instead_of.as_ref().is_some_and(is_same);
                if path.0.is_empty() {
                    return id.filter(|_| !is_namesake).map(|id| PropertyValue::Text(id.into()));
                }
                let names = def.primary_identifier.iter().chain(def.additional_identifiers.iter().flatten());
                let mut unknowns = def.read_only.iter().chain(names.filter(|_| is_namesake));
                let is_unknown = unknowns.any(|unknown| unknown.covers(path) || path.covers(unknown));
                desired_value(desired, path).filter(|value| value.is_known() && !is_unknown).cloned()
            }
        }
    }
}

/// Checks that a change in place moves an output: what it will be is known once the change is made.
fn will_move(def: &TypeDef, path: &PropPath, changed: &[PropPath]) -> bool {
    let touches = |one: &PropPath| changed.iter().any(|other| one.covers(other) || other.covers(one));
    let mut volatile = def.lifecycle.volatile.iter();
    volatile.any(|(output, causes)| (output.covers(path) || path.covers(output)) && causes.iter().any(touches))
}

fn desired_value<'a>(desired: &'a PropertyMap, path: &PropPath) -> Option<&'a PropertyValue> {
    let mut segments = path.segments();
    let first = desired.get(PropPath::unescape(segments.next()?).as_str())?;
    values::value_at(first, &mut segments)
}

/// The source of the plan: what exists and stays, and what a spec gives of what will be created.
struct PlanSource<'a> {
    states: &'a PlannedStates,
    functions: &'a CallFunctions,
    failed: &'a mut Vec<CallFailure>,
}

impl ValueSource for PlanSource<'_> {
    fn reference(&mut self, reference: &Reference) -> Result<SourceValue, String> {
        Ok(self.states.look_up(reference).map_or(SourceValue::Unknown, SourceValue::Known))
    }

    fn call(&mut self, path: &PropPath, function: &str, args: &[Json]) -> Result<SourceValue, String> {
        Ok(match (self.functions)(function, args) {
            Ok(json) => {
                SourceValue::Known(values::lift(&json).unwrap_or_else(|| PropertyValue::Text(CompactString::default())))
            }
            Err(message) => {
                self.failed.push(CallFailure { path: path.clone(), function: function.to_owned(), message });
                SourceValue::Unknown
            }
        })
    }

    fn secret(&mut self, _: &SecretSource) -> Result<SourceValue, String> {
        Ok(SourceValue::Unknown)
    }

    fn cannot_join(&mut self, _: &Json) -> Result<(), String> {
        Ok(())
    }
}
