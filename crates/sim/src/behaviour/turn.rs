//! A turn of the hostile cloud: one call at one moment, after everything that was due before it.

use super::condition::ConditionSides;
use super::life::{Life, LifeEffect, put};
use super::life_table;
use super::normal_form::NormalForm;
use super::rules::{SpawnRule, TypeRules};
use super::{Behaviour, RuleCall};
use crate::new_resource::new_resource;
use crate::output_forms::{OutputForms, filled, part};
use crate::resource_table::{self, SimResource};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, CreateRequest, Properties, TypeSource, property_paths};
use gpb_model::{Place, PropPath};
use rusqlite::Connection;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a call needs of the cloud, at the moment of the call.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub behaviour: &'a Behaviour,
    pub types: &'a dyn TypeSource,
    pub forms: &'a OutputForms,
    pub table: &'a Connection,
    /// The moment, in milliseconds since the epoch.
    pub now: i64,
}

/// The token of what AWS makes by itself begins so.
pub(crate) const OWN_TOKEN: &str = "aws:";

impl<'a> Turn<'a> {
    pub(super) fn rules(&self, ty: &str) -> Option<&'a TypeRules> {
        self.behaviour.of(ty)
    }

    pub(super) fn def(&self, ty: &str) -> Option<Arc<TypeDef>> {
        self.types.get(ty)
    }

    /// Lets everything happen that was due before this moment, in order.
    pub fn advance(&self) -> Result<(), CloudError> {
        while let Some(number) = sql(life_table::due(self.table, self.now))? {
            let Some(resource) = sql(resource_table::by_number(self.table, number))? else { break };
            self.happen(resource)?;
        }
        Ok(())
    }

    /// Lets the next event of a resource happen.
    fn happen(&self, mut resource: SimResource) -> Result<(), CloudError> {
        let mut life = self.life(&resource)?;
        let event = if life.events.is_empty() { None } else { Some(life.events.remove(0)) };
        match event.as_ref().map(|event| &event.effect) {
            Some(LifeEffect::Put { property, value }) => put(&mut resource.properties, property, value.clone()),
            Some(LifeEffect::Become(state)) => self.enter(&mut resource, &mut life, state.clone()),
            Some(LifeEffect::Fail(reason)) => {
                life.failed = Some(reason.clone());
                self.enter(&mut resource, &mut life, Some("failed".to_owned()));
            }
            Some(LifeEffect::Vanish) => return self.vanish(&resource, event.map_or(self.now, |event| event.at)),
            Some(LifeEffect::Later(index)) => self.change_later(&mut resource, *index),
            Some(LifeEffect::Spawn(index)) => {
                if let Some(rule) = self.rules(&resource.ty).and_then(|rules| rules.spawns.get(*index)) {
                    self.spawn(&resource, rule, *index)?;
                }
            }
            None => {}
        }
        sql(resource_table::update(self.table, &resource))?;
        self.save(&resource, &life)
    }

    /// Puts a resource into a state, and shows it where a property does.
    pub(super) fn enter(&self, resource: &mut SimResource, life: &mut Life, state: Option<String>) {
        if let Some(rule) = self.rules(&resource.ty).and_then(|rules| rules.status.as_ref()) {
            let word = state.clone().unwrap_or_else(|| rule.ready.clone());
            put(&mut resource.properties, rule.property.head(), Some(Json::String(word)));
        }
        life.state = state;
    }

    pub(super) fn life(&self, resource: &SimResource) -> Result<Life, CloudError> {
        sql(life_table::life(self.table, resource.number))
    }

    /// Returns the properties of a resource as they will be once all planned values are read.
    pub fn target(&self, resource: &SimResource) -> Result<Properties, CloudError> {
        self.life(resource).map(|life| life.target(&resource.properties))
    }

    pub(super) fn save(&self, resource: &SimResource, life: &Life) -> Result<(), CloudError> {
        sql(life_table::save(self.table, resource.number, life))
    }

    /// Ends a resource; what remains of it is kept.
    pub(super) fn vanish(&self, resource: &SimResource, at: i64) -> Result<(), CloudError> {
        if self.rules(&resource.ty).is_some() {
            sql(life_table::keep(self.table, resource, at))?;
        }
        sql(resource_table::delete(self.table, resource.number))?;
        self.take_along(resource, at)
    }

    /// Ends what ends with a resource.
    fn take_along(&self, resource: &SimResource, at: i64) -> Result<(), CloudError> {
        for rule in self.rules(&resource.ty).map_or(&[][..], |rules| &rules.takes_along) {
            let Some(is) = filled(&rule.is, &|word| self.word(resource, word)) else { continue };
            for other in sql(resource_table::of_type(self.table, &rule.ty, &resource.account, &resource.region))? {
                let value = property_paths::get(&other.properties, &rule.path).and_then(Json::as_str);
                // One that was taken along by another one is gone already.
                if value == Some(is.as_str()) && sql(resource_table::by_number(self.table, other.number))?.is_some() {
                    self.vanish(&other, at)?;
                }
            }
        }
        Ok(())
    }

    /// Finds the first resource that names one of these strings, by the type and the place of `aws.ec2.subnet:VpcId`.
    pub(super) fn user(
        &self,
        by: &str,
        account: &str,
        region: &str,
        names: &BTreeSet<String>,
        except: i64,
    ) -> Result<Option<SimResource>, CloudError> {
        let (ty, path) = by.split_once(':').unwrap_or((by, ""));
        let path = PropPath(path.into());
        let all = sql(resource_table::of_type(self.table, ty, account, region))?;
        Ok(all.into_iter().find(|user| user.number != except && mentions(&user.properties, &path, names)))
    }

    /// Raises the outputs that count updates.
    pub fn revise(&self, ty: &str, changed: &[PropPath], properties: &mut Properties) {
        for rule in self.rules(ty).map_or(&[][..], |rules| &rules.revises) {
            let counts =
                |path: &PropPath| rule.properties.is_empty() || rule.properties.iter().any(|one| one == path.head());
            if changed.iter().any(counts) {
                NormalForm::Next.apply(properties, &rule.path, &|_| None);
            }
        }
    }

    fn change_later(&self, resource: &mut SimResource, index: usize) {
        let Some(rule) = self.rules(&resource.ty).and_then(|rules| rules.later.get(index)) else { return };
        if self.holds(&resource.account, &resource.region, &resource.properties, None, &rule.when) {
            rule.form.apply(&mut resource.properties, &rule.path, &|_| None);
        }
    }

    fn spawn(&self, parent: &SimResource, rule: &SpawnRule, index: usize) -> Result<(), CloudError> {
        let given = &parent.properties;
        if !self.holds(&parent.account, &parent.region, given, None, &rule.when) {
            return Ok(());
        }
        let fill = |text: &str| filled(text, &|word| self.word(parent, word));
        if let Some((ty, id)) = &rule.beside {
            let found = fill(id).map(|id| resource_table::by_id(self.table, ty, &parent.account, &parent.region, &id));
            if found.map(sql).transpose()?.flatten().is_none() {
                return Ok(());
            }
        }
        let Some(def) = self.def(&rule.ty) else { return Ok(()) };
        let desired: Map<String, Json> =
            rule.properties.iter().map(|(key, value)| (key.clone(), texts(value, &fill))).collect();
        let token = format!("{OWN_TOKEN}{index}:{}", parent.id);
        let place = Place {
            region: parent.region.as_str().into(),
            account: Some(parent.account.as_str().into()),
            ..Place::default()
        };
        let create = CreateRequest { ty: &rule.ty, place: &place, desired: &desired, label: "aws", token: &token };
        let child = new_resource(&def, &create, String::new(), "", self.forms);
        sql(resource_table::insert(self.table, &child)).map(drop)
    }

    /// Returns the value of a word: `{region}`, `{id}`, a property, or a part of one as `{ResourceId|/|1}`.
    pub(super) fn word(&self, resource: &SimResource, word: &str) -> Option<String> {
        part(word, &|property| match property {
            "id" => Some(resource.id.clone()),
            "account" => Some(resource.account.clone()),
            "region" => Some(resource.region.clone()),
            property => {
                let value = resource.properties.get(property)?;
                Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
        })
    }

    /// Checks conditions on properties in a place.
    pub(super) fn holds(
        &self,
        account: &str,
        region: &str,
        now: &Properties,
        before: Option<&Properties>,
        conditions: &[super::condition::RuleCondition],
    ) -> bool {
        let look =
            |ty: &str, text: &str| self.named(ty, account, region, text).ok().flatten().map(|found| found.properties);
        let is_named = |by: &str, text: &str| {
            let names = BTreeSet::from([text.to_owned()]);
            self.user(by, account, region, &names, 0).ok().flatten().is_some()
        };
        ConditionSides { now, before, look: &look, is_named: &is_named }.all(conditions)
    }

    /// Finds the resource of a type that a string names: its identifier, its ARN or its name.
    pub(super) fn named(
        &self,
        ty: &str,
        account: &str,
        region: &str,
        text: &str,
    ) -> Result<Option<SimResource>, CloudError> {
        if let Some(found) = sql(resource_table::by_id(self.table, ty, account, region, text))? {
            return Ok(Some(found));
        }
        let Some(def) = self.def(ty) else { return Ok(None) };
        let all = sql(resource_table::of_type(self.table, ty, account, region))?;
        Ok(all.into_iter().find(|resource| handles(&def, resource).contains(text)))
    }

    /// Brings values into the forms in which the service stores them.
    pub fn normalise(&self, ty: &str, account: &str, region: &str, properties: &mut Properties) {
        let Some(rules) = self.rules(ty) else { return };
        for rule in &rules.normal {
            if !self.holds(account, region, properties, None, &rule.when) {
                continue;
            }
            let given = properties.clone();
            let fill = |word: &str| match word {
                "account" => Some(account.to_owned()),
                "region" => Some(region.to_owned()),
                property => given.get(property).and_then(Json::as_str).map(str::to_owned),
            };
            rule.form.apply(properties, &rule.path, &fill);
        }
    }

    /// Returns the first rule's message for a change that fails later.
    pub(super) fn failure(
        &self,
        call: RuleCall,
        resource: &SimResource,
        now: &Properties,
        before: Option<&Properties>,
        injected: bool,
    ) -> Option<&'a super::rules::FailureRule> {
        let mut rules = self.rules(&resource.ty)?.failures.iter().filter(|rule| rule.on.contains(&call));
        let meets = |rule: &super::rules::FailureRule| {
            let met = || self.holds(&resource.account, &resource.region, now, before, &rule.when);
            injected || (!rule.when.is_empty() && met())
        };
        rules.find(|rule| meets(rule))
    }
}

/// Fills the words of every string inside.
fn texts(value: &Json, fill: &dyn Fn(&str) -> Option<String>) -> Json {
    match value {
        Json::String(text) => Json::String(fill(text).unwrap_or_else(|| text.clone())),
        Json::Array(items) => items.iter().map(|item| texts(item, fill)).collect(),
        Json::Object(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), texts(value, fill))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Returns the strings by which others name a resource: its identifier and its parts, its ARN, its identifiers.
pub(super) fn handles(def: &TypeDef, resource: &SimResource) -> BTreeSet<String> {
    let mut handles = BTreeSet::from([resource.id.clone()]);
    let outputs = def.read_only.iter().filter(|path| {
        let last = path.segments().last().unwrap_or_default().to_ascii_lowercase();
        last.ends_with("arn") || last.ends_with("id") || last.ends_with("url")
    });
    let single = def.primary_identifier.iter().filter(|_| def.primary_identifier.len() == 1);
    for path in outputs.chain(single) {
        let values = property_paths::all(&resource.properties, path).into_iter();
        handles.extend(values.filter_map(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned));
    }
    handles
}

/// Checks whether one of the strings at a place is one of these; without a place, of all strings.
pub(super) fn mentions(properties: &Properties, path: &PropPath, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    let mut look = |value: &Json| property_paths::each_text(value, &mut |text| found |= names.contains(text));
    if path.head().is_empty() {
        properties.values().for_each(look);
    } else {
        property_paths::all(properties, path).into_iter().for_each(&mut look);
    }
    found
}

pub(super) fn sql<T>(result: rusqlite::Result<T>) -> Result<T, CloudError> {
    result.map_err(|error| resource_table::internal(&error))
}
