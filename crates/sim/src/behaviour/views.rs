//! Views: a resource as reads, lists and waiters see it at a moment.

use super::life::Life;
use super::life_table;
use super::turn::{Turn, sql};
use crate::new_resource::{account, observed};
use crate::resource_table::{self, SimResource};
use gpb_engine::cloud::{CloudError, FindRequest, ObservedResource, ResourceKey, property_paths};
use gpb_model::PropPath;
use serde_json::Value as Json;

/// A resource as a waiter sees it.
#[derive(Debug)]
pub(crate) enum WaiterView {
    /// It is not there.
    Missing,
    /// It is in a state until a moment, in milliseconds since the epoch.
    Busy(String, i64),
    /// It has failed, for a reason.
    Failed(String),
    /// It is ready.
    Ready(ObservedResource),
}

impl Turn<'_> {
    fn found(&self, key: &ResourceKey) -> Result<Option<(SimResource, Life)>, CloudError> {
        let place = &key.place;
        let found = sql(resource_table::by_id(self.table, &key.ty, account(place), &place.region, &key.id))?;
        found.map(|resource| self.life(&resource).map(|life| (resource, life))).transpose()
    }

    /// Returns what a waiter sees.
    pub fn view(&self, key: &ResourceKey) -> Result<WaiterView, CloudError> {
        let Some((resource, life)) = self.found(key)? else { return Ok(WaiterView::Missing) };
        // What waits for its end out of sight is gone for a waiter.
        if life.deleting && life.hidden_until > self.now {
            return Ok(WaiterView::Missing);
        }
        Ok(match (&life.failed, &life.state, life.busy_until()) {
            (Some(reason), ..) => WaiterView::Failed(reason.clone()),
            (None, Some(state), Some(end)) => WaiterView::Busy(state.clone(), end.max(life.hidden_until)),
            _ if life.hidden_until > self.now => WaiterView::Busy("not visible".to_owned(), life.hidden_until),
            _ => WaiterView::Ready(observed(resource)),
        })
    }

    /// Returns what a single read shows.
    pub fn single(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        let found = self.found(key)?.filter(|(_, life)| life.hidden_until <= self.now);
        Ok(found.map(|(resource, _)| observed(resource)))
    }

    /// Returns what a read of many at once shows.
    pub fn batched(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        if !self.rules(&key.ty).and_then(|rules| rules.lists.as_ref()).is_some_and(|rule| rule.batch) {
            return self.single(key);
        }
        if let Some((resource, life)) = self.found(key)? {
            return Ok(self.listed(resource, &life).map(observed));
        }
        let gone = self.still_listed(&key.ty, account(&key.place), &key.place.region)?;
        Ok(gone.into_iter().find(|resource| resource.id == key.id).map(observed))
    }

    /// Lists all resources, oldest first, without those that wait for their end out of sight.
    pub fn everything(&self) -> Result<Vec<SimResource>, CloudError> {
        let mut shown = Vec::new();
        for resource in sql(resource_table::everything(self.table))? {
            let life = self.life(&resource)?;
            if !life.deleting || life.hidden_until <= self.now {
                shown.push(resource);
            }
        }
        Ok(shown)
    }

    /// Returns what a search finds.
    pub fn search(&self, find: &FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        let (account, region) = (account(find.place), find.place.region.as_str());
        let name = self.rules(find.ty).and_then(|rules| rules.lists.as_ref()).and_then(|rule| rule.by_name.as_ref());
        // The name of an interrupted creation is known, whether it was given or generated.
        let has = |name: &PropPath| find.token.is_some() || property_paths::get(find.matching, name).is_some();
        let by_name = name.is_some_and(has);
        let mut shown = Vec::new();
        for resource in sql(resource_table::of_type(self.table, find.ty, account, region))? {
            let life = self.life(&resource)?;
            let by_read = (life.hidden_until <= self.now).then(|| resource.clone());
            shown.extend(if by_name { by_read } else { self.listed(resource, &life) });
        }
        if !by_name {
            shown.extend(self.still_listed(find.ty, account, region)?);
        }
        let wanted = Json::Object(find.matching.clone());
        let matches = |resource: &SimResource| match find.token {
            Some(token) => resource.token == token,
            None => property_paths::contains(&Json::Object(resource.properties.clone()), &wanted),
        };
        Ok(shown.into_iter().filter(matches).map(observed).collect())
    }

    /// Returns a resource as lists show it now.
    fn listed(&self, resource: SimResource, life: &Life) -> Option<SimResource> {
        let lag = self.list_lag(&resource.ty);
        if life.hidden_until > self.now || (life.made.saturating_add(lag) > self.now && life.made > 0) {
            return None;
        }
        match &life.before {
            Some(before) if life.changed.saturating_add(lag) > self.now => {
                Some(SimResource { properties: before.clone(), ..resource })
            }
            _ => Some(resource),
        }
    }

    /// Lists the deleted resources that lists still show.
    fn still_listed(&self, ty: &str, account: &str, region: &str) -> Result<Vec<SimResource>, CloudError> {
        let lag = self.list_lag(ty);
        let all = if lag == 0 { Vec::new() } else { sql(life_table::remnants(self.table, account, region))? };
        let shown = all.into_iter().filter(|one| one.resource.ty == ty && one.gone.saturating_add(lag) > self.now);
        Ok(shown.map(|one| one.resource).collect())
    }

    fn list_lag(&self, ty: &str) -> i64 {
        let rule = self.rules(ty).and_then(|rules| rules.lists.as_ref());
        rule.map_or(0, |rule| self.behaviour.ms(rule.lag))
    }
}
