//! The courses of changes: what becomes of a resource after the call has returned.

use super::life::{Life, LifeEffect, put};
use super::rules::{CourseRule, FailureEnd, FailureRule, RuleCall, SettleRule, ValueMoment};
use super::turn::{Turn, sql};
use crate::resource_table::{self, SimResource};
use gpb_engine::cloud::{CloudError, Properties};
use std::collections::BTreeSet;
use std::time::Duration;

/// The values of an update: as they are read, and as they will be.
#[derive(Clone, Copy)]
pub(crate) struct UpdateValues<'a> {
    /// As they would be once everything planned so far has come.
    pub before: &'a Properties,
    /// As the update wants them.
    pub after: &'a Properties,
}

impl Turn<'_> {
    /// Begins the life of a resource that was stored a moment ago; returns the pause of its waiter.
    pub fn begin_creation(&self, resource: &mut SimResource, injected: bool) -> Result<Duration, CloudError> {
        let mut life = Life { made: self.now, changed: self.now, known_at: self.now, ..Life::default() };
        let Some(rules) = self.rules(&resource.ty) else { return self.save(resource, &life).map(|()| Duration::ZERO) };
        let given = resource.properties.clone();
        let course = self.course(&rules.create, resource, &given, None);
        life.known_at = rules.propagates.as_ref().map_or(self.now, |rule| self.after(rule.within));
        life.hidden_until = course.map_or(self.now, |course| self.after(course.hidden));
        for (index, rule) in rules.later.iter().enumerate() {
            life.plan(self.after(rule.after), LifeEffect::Later(index));
        }
        for (index, rule) in rules.spawns.iter().enumerate() {
            life.plan(self.after(rule.after), LifeEffect::Spawn(index));
        }
        for property in given.keys().filter(|_| !rules.settle.is_empty()) {
            if let Some(settle) = rules
                .settle
                .iter()
                .filter(|rule| !rule.properties.is_empty())
                .find(|rule| covers(rule, RuleCall::Create, property))
            {
                let value = resource.properties.remove(property);
                life.plan(self.after(settle.within), LifeEffect::Put { property: property.clone(), value });
            }
        }
        let failure = self.failure(RuleCall::Create, resource, &given, None, injected);
        self.follow(course, "creating", failure, resource, &mut life);
        sql(resource_table::update(self.table, resource))?;
        self.save(resource, &life)?;
        Ok(course.map_or(Duration::ZERO, |course| self.behaviour.duration(course.settle)))
    }

    /// Plans an update of a resource; returns the pause of its waiter.
    pub fn begin_update(
        &self,
        resource: &mut SimResource,
        values: UpdateValues<'_>,
        injected: bool,
    ) -> Result<Duration, CloudError> {
        let UpdateValues { before, after } = values;
        let mut life = self.life(resource)?;
        life.changed = self.now;
        life.before = Some(resource.properties.clone());
        if life.failed.take().is_some() {
            life.state = None;
        }
        let Some(rules) = self.rules(&resource.ty) else {
            resource.properties.clone_from(after);
            sql(resource_table::update(self.table, resource))?;
            return self.save(resource, &life).map(|()| Duration::ZERO);
        };
        let course = self.course(&rules.update, resource, after, Some(before));
        let failure = self.failure(RuleCall::Update, resource, after, Some(before), injected);
        let heads: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for property in heads.into_iter().filter(|head| before.get(*head) != after.get(*head)) {
            let settle = rules.settle.iter().find(|rule| covers(rule, RuleCall::Update, property));
            let shown = course.map_or(self.now, |course| self.shown_from(course));
            let at = settle.map_or(shown, |rule| shown.max(self.after(rule.within)));
            let value = after.get(property).cloned();
            if at <= self.now {
                put(&mut resource.properties, property, value);
            } else {
                life.plan(at, LifeEffect::Put { property: property.clone(), value });
            }
            if let Some(rule) = failure.filter(|rule| rule.ends == FailureEnd::Rollback) {
                let old = before.get(property).cloned();
                life.plan(at.max(self.after(rule.after)), LifeEffect::Put { property: property.clone(), value: old });
            }
        }
        self.follow(course, "updating", failure, resource, &mut life);
        sql(resource_table::update(self.table, resource))?;
        self.save(resource, &life)?;
        Ok(course.map_or(Duration::ZERO, |course| self.behaviour.duration(course.settle)))
    }

    /// Begins the deletion of a resource, or ends it at once.
    pub fn begin_deletion(&self, resource: &mut SimResource) -> Result<(), CloudError> {
        let Some(rules) = self.rules(&resource.ty) else { return self.vanish(resource, self.now) };
        let given = resource.properties.clone();
        let course = self.course(&rules.delete, resource, &given, None);
        let Some(course) = course.filter(|course| !course.takes.0.is_zero()) else {
            return self.vanish(resource, self.now);
        };
        let mut life = self.life(resource)?;
        if life.deleting {
            return Ok(());
        }
        life.events.clear();
        (life.deleting, life.failed) = (true, None);
        life.hidden_until = self.after(course.hidden);
        life.plan(self.after(course.begins).saturating_add(self.behaviour.ms(course.takes)), LifeEffect::Vanish);
        let state = if course.state.is_empty() { "deleting".to_owned() } else { course.state.clone() };
        self.enter(resource, &mut life, Some(state));
        sql(resource_table::update(self.table, resource))?;
        self.save(resource, &life)
    }

    /// Marks a resource as holding what is no resource: objects, messages.
    pub fn fill(&self, resource: &SimResource) -> Result<(), CloudError> {
        let life = Life { contents: true, ..self.life(resource)? };
        self.save(resource, &life)
    }

    /// Plans the states of a course, and its end.
    fn follow(
        &self,
        course: Option<&CourseRule>,
        usual: &str,
        failure: Option<&FailureRule>,
        resource: &mut SimResource,
        life: &mut Life,
    ) {
        let state = course.map(|course| course.state.clone()).filter(|state| !state.is_empty());
        let state = state.unwrap_or_else(|| usual.to_owned());
        let begins = course.map_or(self.now, |course| self.after(course.begins));
        let ends = course.map_or(self.now, |course| begins.saturating_add(self.behaviour.ms(course.takes)));
        let ends = failure.map_or(ends, |rule| ends.max(self.after(rule.after)));
        if ends <= self.now {
            // What an earlier change is still about goes on.
            if life.state.is_none() {
                self.enter(resource, life, None);
            }
            return;
        }
        if begins <= self.now {
            self.enter(resource, life, Some(state));
        } else {
            self.enter(resource, life, None);
            life.plan(begins, LifeEffect::Become(Some(state)));
        }
        let end = match failure {
            Some(rule) if rule.ends == FailureEnd::Failed || usual == "creating" => {
                LifeEffect::Fail(rule.message.clone())
            }
            _ => LifeEffect::Become(None),
        };
        // A change that is under way ends with the later one.
        life.events.retain(|event| event.at > ends || event.effect != LifeEffect::Become(None));
        life.plan(ends, end);
    }

    fn shown_from(&self, course: &CourseRule) -> i64 {
        match course.values {
            ValueMoment::Call => self.now,
            ValueMoment::Begin => self.after(course.begins),
            ValueMoment::End => self.after(course.begins).saturating_add(self.behaviour.ms(course.takes)),
        }
    }

    fn course<'r>(
        &self,
        rules: &'r [CourseRule],
        resource: &SimResource,
        now: &Properties,
        before: Option<&Properties>,
    ) -> Option<&'r CourseRule> {
        rules.iter().find(|rule| self.holds(&resource.account, &resource.region, now, before, &rule.when))
    }

    fn after(&self, time: super::rule_time::RuleTime) -> i64 {
        self.now.saturating_add(self.behaviour.ms(time))
    }
}

fn covers(rule: &SettleRule, call: RuleCall, property: &str) -> bool {
    rule.on.contains(&call) && (rule.properties.is_empty() || rule.properties.iter().any(|one| one == property))
}
