//! Capability: what the interpreter will refuse of a planned change, found by its own rules and without a call.
//!
//! Values that are not known yet count as fitting: a condition that depends on one may hold, and where a member takes a
//! value of some kind, the unknown one is of that kind.

use super::create_update::places_changed;
use super::{AwsCloud, BindingRunner};
use crate::binding::{ApiCall, CallConditions, SendMode, Subresource};
use crate::lint;
use crate::map::MapError;
use crate::path::PathStep;
use crate::template::TemplateTerm;
use crate::template_scope::{CloudLocation, TemplateScope};
use gpb_catalog::{Shape, TypeDef};
use gpb_engine::cloud::Properties;
use gpb_engine::cloud::capability::{CapabilityGap, CapabilityRequest, GapSubject, PlannedOperation};
use gpb_model::{PropPath, PropertyMap, PropertyValue};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

impl AwsCloud {
    /// Returns what the bindings, or this build, cannot do of a planned change.
    pub(super) fn planned_gaps(&self, request: CapabilityRequest<'_>) -> Vec<CapabilityGap> {
        let bound = match self.bindings.get(request.ty) {
            Ok(bound) => bound,
            Err(error) => return vec![CapabilityGap { subject: GapSubject::Type, message: error.to_string() }],
        };
        let services: BTreeSet<&str> = lint::calls(&bound).into_iter().map(|call| bound.split(call).0).collect();
        let absent = services.into_iter().filter(|service| !self.invoke.carries(service)).map(|service| {
            let message = format!("this build has no SDK of `{service}`");
            CapabilityGap { subject: GapSubject::Service(service.to_owned()), message }
        });
        let mut found: Vec<CapabilityGap> = absent.collect();
        let account = request.place.account.as_ref().map(ToString::to_string);
        let location = CloudLocation::new(&request.place.region, account);
        let runner = BindingRunner { cloud: self, bound, place: request.place, location };
        let change = CapabilityCheck::new(&runner, request);
        match request.operation {
            PlannedOperation::Reach => {}
            PlannedOperation::Create => found.extend(change.creation()),
            PlannedOperation::Update => found.extend(change.update()),
        }
        found
    }
}

/// The check of one change.
struct CapabilityCheck<'a, 'r> {
    runner: &'a BindingRunner<'r>,
    request: CapabilityRequest<'a>,
    scope: TemplateScope,
    /// The desired properties with a part that is not known yet.
    unknown: BTreeSet<String>,
}

impl<'a, 'r> CapabilityCheck<'a, 'r> {
    fn new(runner: &'a BindingRunner<'r>, request: CapabilityRequest<'a>) -> Self {
        let mut scope = runner.scope();
        scope.desired = assumed(&runner.bound.def, request.desired);
        scope.before.clone_from(request.before);
        scope.observed.clone_from(request.before);
        let is_open = |value: &PropertyValue| {
            value.any(&|part| {
                matches!(
                    part,
                    PropertyValue::Ref(_)
                        | PropertyValue::Call { .. }
                        | PropertyValue::Concat(_)
                        | PropertyValue::Secret(_)
                )
            })
        };
        let unknown = request.desired.iter().filter(|(_, value)| is_open(value)).map(|(name, _)| name.to_string());
        Self { runner, request, scope, unknown: unknown.collect() }
    }

    /// Returns the gaps of a creation.
    fn creation(&self) -> Vec<CapabilityGap> {
        let binding = &self.runner.bound.binding;
        let mut found = self.unsupported(|_| true);
        for name in self.scope.desired.keys() {
            if !self.runner.has_place(name) && !binding.unsupported.contains(name) {
                found.push(self.gap(name, "cannot be set", "has no place for it"));
            }
        }
        for call in binding.create.iter().filter(|call| self.may_hold(call.conditions())) {
            found.extend(self.unfit(call, &self.runner.sendable(call, &self.scope.desired, true)));
        }
        for subresource in binding.subresources.iter().filter(|subresource| subresource.create) {
            found.extend(self.unfit_subresource(subresource));
        }
        distinct(found)
    }

    /// Returns the gaps of an update.
    fn update(mut self) -> Vec<CapabilityGap> {
        let binding = &self.runner.bound.binding;
        let heads: BTreeSet<String> = self.request.changed.iter().map(|path| path.head().to_owned()).collect();
        self.scope.observed.retain(|name, _| !heads.contains(name));
        self.scope.changed = self.scope.desired.clone();
        self.scope.changed.retain(|name, _| heads.contains(name));
        self.scope.changed_places = self.request.changed.to_vec();
        let mut found = self.unsupported(|name| heads.contains(name));
        let mut left: BTreeSet<&String> = heads.iter().filter(|name| !binding.unsupported.contains(name)).collect();
        for call in binding.update.iter() {
            let is_covered = |name: &&String| self.runner.covers(call, name) && !binding.is_carried(name);
            let covered: BTreeSet<&String> = heads.iter().filter(is_covered).collect();
            let may_hold =
                self.may_hold(call.conditions()) && self.may_change_size(call) && places_changed(call, &self.scope);
            if covered.is_empty() || !may_hold {
                continue;
            }
            for name in covered.iter().filter(|name| !self.scope.desired.contains_key(name.as_str())) {
                if !self.can_unset(call, name) {
                    found.push(self.unset(name));
                }
            }
            let all = call.send == Some(SendMode::All);
            let mut send = self.runner.sendable(call, &self.scope.desired, false);
            send.retain(|name, _| all || covered.contains(name));
            found.extend(self.unfit(call, &send));
            left.retain(|name| {
                !covered.contains(name) && !binding.carriers(name).iter().any(|carrier| covered.contains(carrier))
            });
        }
        if self.runner.has_tag_calls() {
            left.retain(|name| self.runner.tag_property() != Some(name.as_str()));
        }
        for subresource in binding.subresources.iter().filter(|subresource| subresource.update) {
            let mine: Vec<&String> = heads.iter().filter(|name| subresource.properties.contains(name)).collect();
            if mine.is_empty() {
                continue;
            }
            found.extend(self.subresource_gaps(subresource, &mine));
            left.retain(|name| !subresource.properties.contains(name));
        }
        for name in left {
            if binding.is_carried(name) {
                found.push(self.uncarried(name));
                continue;
            }
            let is_conditional = binding.update.iter().any(|call| self.runner.covers(call, name));
            let why =
                if is_conditional { "has no operation for this change" } else { "has no operation that changes it" };
            found.push(self.gap(name, "cannot be changed", why));
        }
        distinct(found)
    }

    /// Returns the gaps of the change of a subresource.
    fn subresource_gaps(&self, subresource: &Subresource, changed: &[&String]) -> Vec<CapabilityGap> {
        if subresource.each.is_some() {
            return Vec::new();
        }
        let is_made = |calls: &[ApiCall]| calls.iter().any(|call| self.may_hold(call.conditions()));
        let is_desired = subresource.properties.iter().any(|name| self.scope.desired.contains_key(name));
        match (is_desired, is_made(&subresource.put), is_made(&subresource.clear)) {
            (true, true, _) => self.unfit_subresource(subresource),
            (true, false, _) => {
                let of = |name: &&String| self.gap(name, "cannot be changed", "has no operation for this change");
                changed.iter().map(of).collect()
            }
            (false, _, true) => Vec::new(),
            (false, _, false) => changed.iter().map(|name| self.unset(name)).collect(),
        }
    }

    /// Returns a gap for each property in use that the binding names as unsupported.
    fn unsupported(&self, counts: impl Fn(&str) -> bool) -> Vec<CapabilityGap> {
        let named =
            self.runner.bound.binding.unsupported.iter().filter(|name| counts(PropPath(name.as_str().into()).head()));
        let used = named.filter(|name| {
            let path = PropPath(name.as_str().into());
            self.request
                .desired
                .get(path.head())
                .is_some_and(|value| holds(value, &path.segments().skip(1).collect::<Vec<_>>()))
                || (path.segments().count() == 1 && self.scope.before.contains_key(*name))
        });
        used.map(|name| self.gap(name, "cannot be set", "names it as unsupported")).collect()
    }

    /// Returns a gap for each property whose parts the API of a call does not take.
    fn unfit(&self, call: &ApiCall, send: &Properties) -> Vec<CapabilityGap> {
        let bound = &self.runner.bound;
        let Some((api, _)) = bound.operation(&call.call) else { return Vec::new() };
        let shape = api.input(bound.split(&call.call).1);
        let tags = self.runner.tag_property();
        let mut found = Vec::new();
        let mut target = Json::Object(Map::new());
        self.runner.mapping(&self.scope, |mapping| {
            for (name, value) in send.iter().filter(|(name, _)| Some(name.as_str()) != tags) {
                let place = mapping.place(name, shape);
                let is_own = place.as_ref().is_some_and(
                    |path| matches!(path.steps(), [PathStep::Name(head)] if call.replaces(head, value.is_object())),
                );
                if is_own {
                    continue;
                }
                match mapping.write(name, value, shape, &mut target) {
                    Ok(_) => {}
                    // A value that is not known is of no kind yet.
                    Err(MapError::Kind { .. }) if self.unknown.contains(name) => {}
                    Err(error) => {
                        let message = format!("`{}`: {error}", bound.ty);
                        found.push(CapabilityGap { subject: property(name), message });
                    }
                }
            }
        });
        found
    }

    /// Does the same for the calls that put a subresource.
    fn unfit_subresource(&self, subresource: &Subresource) -> Vec<CapabilityGap> {
        let made = subresource.put.iter().filter(|call| self.may_hold(call.conditions()));
        let sent = made.filter(|call| call.send != Some(SendMode::None)).flat_map(|call| {
            let names = call.properties.as_ref().unwrap_or(&subresource.properties);
            let send = names.iter().filter_map(|name| Some((name.clone(), self.scope.desired.get(name)?.clone())));
            self.unfit(call, &send.collect())
        });
        sent.collect()
    }

    /// Checks whether the conditions of a call hold, or may: one on a value that is not known yet may.
    fn may_hold(&self, conditions: CallConditions<'_>) -> bool {
        let is_known = |name: &String| {
            let property = TemplateTerm::parse(name).ok().and_then(|term| term.property());
            property.is_none_or(|property| !self.unknown.contains(&property))
        };
        let (when, unless) = (conditions.when, conditions.unless);
        let known = |all: &std::collections::BTreeMap<String, Json>| {
            all.iter().filter(|(name, _)| is_known(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (when, unless) = (known(when), known(unless));
        BindingRunner::conditions_hold(CallConditions { when: &when, unless: &unless, ..conditions }, &self.scope)
    }

    /// Checks whether a call's condition on a size holds, or may: one that is not known before or after may.
    fn may_change_size(&self, call: &ApiCall) -> bool {
        let is_open = |name: &Option<String>| {
            name.as_ref().is_some_and(|name| self.unknown.contains(name) || !self.scope.before.contains_key(name))
        };
        is_open(&call.if_increased) || is_open(&call.if_decreased) || BindingRunner::size_changed(call, &self.scope)
    }

    /// Checks whether a call can take a property away.
    fn can_unset(&self, call: &ApiCall, name: &str) -> bool {
        let bound = &self.runner.bound;
        bound.binding.defaults.contains_key(name)
            || bound.def.root.by_aws(name).is_some_and(|property| property.default.is_some())
            || matches!(call.send, Some(SendMode::All | SendMode::None))
            || BindingRunner::mentions(call, name)
    }

    /// Returns the gap of a property that changes without those along with which it can.
    fn uncarried(&self, name: &str) -> CapabilityGap {
        let shown = |name: &str| format!("`{}`", self.runner.bound.def.display(&PropPath(name.into())));
        let carriers: Vec<String> = self.runner.bound.binding.carriers(name).iter().map(|one| shown(one)).collect();
        let message = format!(
            "{} of `{}` changes only along with {}: AWS refuses the change by itself",
            shown(name),
            self.runner.bound.ty,
            carriers.join(" or ")
        );
        CapabilityGap { subject: property(name), message }
    }

    fn unset(&self, name: &str) -> CapabilityGap {
        self.gap(name, "cannot be unset", "knows no default of it: write the value that it should have")
    }

    fn gap(&self, name: &str, cannot: &str, why: &str) -> CapabilityGap {
        let ty = &self.runner.bound.ty;
        let (namespace, _) = ty.strip_prefix("aws.").and_then(|ty| ty.split_once('.')).unwrap_or_default();
        let shown = self.runner.bound.def.display(&PropPath(name.into()));
        let message = format!("`{shown}` of `{ty}` {cannot}: stdlib/aws/{namespace}.toml {why}");
        CapabilityGap { subject: property(name), message }
    }
}

/// Checks whether something is written at a path below a value; `*` is every element.
fn holds(value: &PropertyValue, rest: &[&str]) -> bool {
    let Some((segment, rest)) = rest.split_first() else { return true };
    match value {
        PropertyValue::List(items) => items.iter().any(|item| holds(item, rest)),
        PropertyValue::Map(entries) => {
            let inside = entries.iter().filter(|(key, _)| *segment == "*" || segment == &key.as_str());
            inside.into_iter().any(|(_, value)| holds(value, rest))
        }
        _ => false,
    }
}

fn property(name: &str) -> GapSubject {
    GapSubject::Property(PropPath(name.into()))
}

fn distinct(mut gaps: Vec<CapabilityGap>) -> Vec<CapabilityGap> {
    gaps.sort();
    gaps.dedup();
    gaps
}

/// Returns the desired properties as JSON, with a value of the right kind where one is not known yet.
fn assumed(def: &TypeDef, desired: &PropertyMap) -> Properties {
    let root = PropPath::default();
    desired.iter().map(|(name, value)| (name.to_string(), assumed_value(def, value, &root.child(name)))).collect()
}

fn assumed_value(def: &TypeDef, value: &PropertyValue, path: &PropPath) -> Json {
    match value {
        PropertyValue::List(items) => items.iter().map(|item| assumed_value(def, item, &path.child("*"))).collect(),
        PropertyValue::Map(entries) => Json::Object(
            entries.iter().map(|(key, value)| (key.to_string(), assumed_value(def, value, &path.child(key)))).collect(),
        ),
        PropertyValue::Ref(_) | PropertyValue::Call { .. } | PropertyValue::Concat(_) | PropertyValue::Secret(_) => {
            match def.shape_at(path) {
                Some(Shape::Bool) => Json::Bool(false),
                Some(Shape::Int { .. } | Shape::Number { .. }) => 0.into(),
                Some(Shape::List(_)) => Json::Array(Vec::new()),
                Some(Shape::Object(_) | Shape::Map { .. }) => Json::Object(Map::new()),
                Some(Shape::Text(_) | Shape::Json | Shape::Any(_) | Shape::Nested(_)) | None => "".into(),
            }
        }
        known => known.to_json().unwrap_or_default(),
    }
}
