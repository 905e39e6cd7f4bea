//! A turn of the hostile cloud: one call at one moment, after everything that was due before it.

use super::life::{Life, LifeEffect, put};
use super::life_table;
use super::naming::word_of;
use super::normal_form::NormalForm;
use super::rules::{SpawnRule, TypeRules};
use super::{Behaviour, RuleCall};
use crate::new_resource::new_resource;
use crate::output_forms::{OutputForms, filled};
use crate::resource_table::{self, SimResource};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, CreateRequest, Properties, TypeSource, property_paths};
use gpb_model::{Place, PropPath};
use rusqlite::Connection;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// A call's means: the cloud's parts, at the moment of the call.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'a> {
    /// The rules.
    pub behaviour: &'a Behaviour,
    /// The resource types.
    pub types: &'a dyn TypeSource,
    /// The forms of made-up outputs.
    pub forms: &'a OutputForms,
    /// The tables.
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
            let Some(is) = filled(&rule.is, &|word| word_of(resource, word)) else { continue };
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
        let fill = |text: &str| filled(text, &|word| word_of(parent, word));
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

pub(super) fn sql<T>(result: rusqlite::Result<T>) -> Result<T, CloudError> {
    result.map_err(|error| resource_table::internal(&error))
}
