//! The refusals of calls, before anything is done.

use super::address_block::AddressBlock;
use super::life_table;
use super::naming::{handles, mentions};
use super::refusal_rules::{CallRefusal, ExclusiveRule, InUseRule, NeedsRule, WithinRule};
use super::rules::RuleCall;
use super::service_of;
use super::turn::{OWN_TOKEN, Turn, sql};
use crate::new_resource::account;
use crate::resource_table::{self, SimResource};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties, property_paths};
use gpb_model::{Place, PropPath};
use serde_json::Value as Json;
use std::collections::BTreeSet;

fn refused(refusal: &CallRefusal, id: &str, other: &str) -> CloudError {
    let message = refusal.message.replace("{id}", id).replace("{other}", other);
    CloudError::new(refusal.kind, refusal.code.clone(), message)
}

/// The sides of a change that is asked for.
#[derive(Clone, Copy)]
pub(crate) struct AskedChange<'a> {
    /// The call.
    pub call: RuleCall,
    /// The resource, before it has a number where it is to be made.
    pub resource: &'a SimResource,
    /// The values once the change is made.
    pub after: &'a Properties,
    /// The values before, once everything planned has come; none for a creation.
    pub before: Option<&'a Properties>,
}

impl Turn<'_> {
    /// Refuses what the service does not take, whichever change it is.
    pub fn refuse(&self, def: &TypeDef, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        let Some(rules) = self.rules(&resource.ty) else { return self.refuse_unknown(asked) };
        for rule in rules.refuse.iter().filter(|rule| rule.on.contains(&asked.call)) {
            if self.holds(&resource.account, &resource.region, asked.after, asked.before, &rule.when) {
                return Err(refused(&rule.refuses, &resource.id, ""));
            }
        }
        if asked.call == RuleCall::Delete {
            return self.refuse_deletion(def, resource);
        }
        self.refuse_unknown(asked)?;
        rules.exclusive.iter().try_for_each(|rule| self.refuse_taken(rule, asked))?;
        rules.needs.iter().try_for_each(|rule| self.refuse_missing(rule, asked))?;
        rules.within.iter().try_for_each(|rule| self.refuse_outside(rule, asked))?;
        if asked.call == RuleCall::Create { self.refuse_held(asked) } else { Ok(()) }
    }

    /// Refuses a change while the resource is in a state that allows none.
    pub fn refuse_busy(&self, call: RuleCall, resource: &SimResource) -> Result<(), CloudError> {
        let life = self.life(resource)?;
        let rule =
            self.rules(&resource.ty).and_then(|rules| rules.busy.as_ref()).filter(|rule| rule.on.contains(&call));
        match (rule, &life.state) {
            (Some(rule), Some(state)) if life.failed.is_none() => Err(refused(&rule.refuses, &resource.id, state)),
            _ => Ok(()),
        }
    }

    /// Refuses to read a secret that no resource keeps, or that was made a moment ago.
    ///
    /// Every name has a secret where no type of the cloud keeps secrets.
    pub fn refuse_secret(&self, place: &Place, name: &str) -> Result<(), CloudError> {
        let mut refusal = None;
        for (ty, rule) in self.behaviour.secrets() {
            refusal = Some(&rule.refuses);
            for keeper in sql(resource_table::of_type(self.table, &ty, account(place), &place.region))? {
                let is_named = property_paths::get(&keeper.properties, &rule.name).and_then(Json::as_str) == Some(name);
                let life = self.life(&keeper)?;
                let is_found = life.made.saturating_add(self.behaviour.ms(rule.within)) <= self.now;
                if is_named && is_found && !life.deleting {
                    return Ok(());
                }
            }
        }
        refusal.map_or(Ok(()), |refusal| Err(refused(refusal, name, "")))
    }

    /// Refuses an update whose values are already so.
    pub fn refuse_no_change(
        &self,
        def: &TypeDef,
        resource: &SimResource,
        changed: &[PropPath],
        (before, after): (&Properties, &Properties),
    ) -> Result<(), CloudError> {
        for rule in self.rules(&resource.ty).map_or(&[][..], |rules| &rules.no_change) {
            let of_call =
                |path: &&PropPath| rule.properties.is_empty() || rule.properties.iter().any(|one| one == path.head());
            let mut sent = changed.iter().filter(of_call).peekable();
            let same = |path: &PropPath| {
                !def.is_write_only(path) && property_paths::all(before, path) == property_paths::all(after, path)
            };
            if sent.peek().is_some() && sent.all(same) {
                return Err(refused(&rule.refuses, &resource.id, ""));
            }
        }
        Ok(())
    }

    /// Refuses a request that names what was made a moment ago.
    fn refuse_unknown(&self, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        let Some(rule) = self.behaviour.unknown(&resource.ty) else { return Ok(()) };
        let mut named = BTreeSet::new();
        let mut name = |text| {
            named.insert(text);
        };
        asked.after.values().for_each(|value| property_paths::each_text(value, &mut name));
        for number in sql(life_table::unknown(self.table, self.now))? {
            let Some(young) = sql(resource_table::by_number(self.table, number))? else { continue };
            let Some(propagates) = self.rules(&young.ty).and_then(|rules| rules.propagates.as_ref()) else { continue };
            let own = service_of(&young.ty) == service_of(&resource.ty);
            let Some(def) = self.def(&young.ty) else { continue };
            if young.account != resource.account || (own && !propagates.own_service) || young.number == resource.number
            {
                continue;
            }
            if let Some(name) = handles(&def, &young).iter().find(|name| named.contains(name.as_str())) {
                return Err(refused(&rule.refuses, &resource.id, name));
            }
        }
        Ok(())
    }

    fn refuse_taken(&self, rule: &ExclusiveRule, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        let values = |properties: &Properties| -> Vec<Vec<Json>> {
            rule.paths.iter().map(|path| property_paths::all(properties, path).into_iter().cloned().collect()).collect()
        };
        let mine = values(asked.after);
        let unchanged = asked.before.is_some_and(|before| values(before) == mine);
        let holds =
            |properties: &Properties| self.holds(&resource.account, &resource.region, properties, None, &rule.when);
        if unchanged || mine.iter().any(Vec::is_empty) || !holds(asked.after) {
            return Ok(());
        }
        for other in sql(resource_table::of_type(self.table, &resource.ty, &resource.account, &resource.region))? {
            let theirs = values(&other.properties);
            if other.number != resource.number && collide(rule.overlap, &mine, &theirs) && holds(&other.properties) {
                return Err(refused(&rule.refuses, &resource.id, &other.id));
            }
        }
        Ok(())
    }

    /// Refuses a request that names what is not there.
    fn refuse_missing(&self, rule: &NeedsRule, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        let named = property_paths::all(asked.after, &rule.path);
        if asked.before.is_some_and(|before| property_paths::all(before, &rule.path) == named) {
            return Ok(());
        }
        for name in named.into_iter().filter_map(Json::as_str) {
            if self.named(&rule.of, &resource.account, &resource.region, name)?.is_none() {
                return Err(refused(&rule.refuses, &resource.id, name));
            }
        }
        Ok(())
    }

    fn refuse_outside(&self, rule: &WithinRule, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        let text = |properties: &Properties, path: &PropPath| {
            Some(property_paths::get(properties, path)?.as_str()?.to_owned())
        };
        let Some(name) = text(asked.after, &rule.by) else { return Ok(()) };
        let outer = self.named(&rule.of, &resource.account, &resource.region, &name)?;
        let outer = outer.and_then(|outer| AddressBlock::parse(&text(&outer.properties, &rule.at)?));
        let inner = text(asked.after, &rule.path).and_then(|text| AddressBlock::parse(&text));
        match (outer, inner) {
            (Some(outer), Some(inner)) if !outer.contains(&inner) => Err(refused(&rule.refuses, &resource.id, &name)),
            _ => Ok(()),
        }
    }

    fn refuse_held(&self, asked: &AskedChange<'_>) -> Result<(), CloudError> {
        let resource = asked.resource;
        match self.holder(&SimResource { properties: asked.after.clone(), ..resource.clone() })? {
            Some((rule, remnant)) => Err(refused(&rule.refuses, &resource.id, &remnant.resource.id)),
            None => Ok(()),
        }
    }

    fn refuse_deletion(&self, def: &TypeDef, resource: &SimResource) -> Result<(), CloudError> {
        let Some(rules) = self.rules(&resource.ty) else { return Ok(()) };
        if let Some(rule) = &rules.contents
            && self.life(resource)?.contents
        {
            return Err(refused(&rule.refuses, &resource.id, ""));
        }
        let handles = handles(def, resource);
        for rule in &rules.in_use {
            if self.holds(&resource.account, &resource.region, &resource.properties, None, &rule.when) {
                self.refuse_used(rule, resource, &handles)?;
            }
        }
        self.refuse_lingering(resource, &handles)
    }

    fn refuse_used(
        &self,
        rule: &InUseRule,
        resource: &SimResource,
        handles: &BTreeSet<String>,
    ) -> Result<(), CloudError> {
        let via: Option<BTreeSet<String>> = rule.via.as_ref().map(|path| {
            let values = property_paths::all(&resource.properties, path).into_iter();
            values.filter_map(Json::as_str).map(str::to_owned).collect()
        });
        let names = via.as_ref().unwrap_or(handles);
        for by in &rule.by {
            while let Some(user) = self.user(by, &resource.account, &resource.region, names, resource.number)? {
                if !rule.clears_own || !user.token.starts_with(OWN_TOKEN) {
                    return Err(refused(&rule.refuses, &resource.id, &format!("{} {}", user.ty, user.id)));
                }
                self.vanish(&user, self.now)?;
            }
        }
        Ok(())
    }

    /// Refuses to delete what the remains of a deleted resource still hold.
    fn refuse_lingering(&self, resource: &SimResource, handles: &BTreeSet<String>) -> Result<(), CloudError> {
        for remnant in sql(life_table::remnants(self.table, &resource.account, &resource.region))? {
            for rule in self.rules(&remnant.resource.ty).map_or(&[][..], |rules| &rules.lingers) {
                let until = remnant.gone.saturating_add(self.behaviour.ms(rule.within));
                if until > self.now
                    && rule.holds.contains(&resource.ty)
                    && mentions(&remnant.resource.properties, &PropPath::default(), handles)
                {
                    let other = format!("a {} of {}", rule.remains, remnant.resource.id);
                    let in_use = self.rules(&resource.ty).and_then(|rules| rules.in_use.first());
                    return Err(in_use.map_or_else(
                        || {
                            CloudError::new(
                                CloudErrorKind::Conflict,
                                "InUse",
                                format!("{} is in use by {other}", resource.id),
                            )
                        },
                        |rule| refused(&rule.refuses, &resource.id, &other),
                    ));
                }
            }
        }
        Ok(())
    }
}

fn collide(overlap: bool, mine: &[Vec<Json>], theirs: &[Vec<Json>]) -> bool {
    let (Some((my_last, mine)), Some((their_last, theirs)), true) = (mine.split_last(), theirs.split_last(), overlap)
    else {
        return mine == theirs;
    };
    let blocks = |values: &[Json]| -> Vec<AddressBlock> {
        values.iter().filter_map(|value| AddressBlock::parse(value.as_str()?)).collect()
    };
    let (my_blocks, their_blocks) = (blocks(my_last), blocks(their_last));
    mine == theirs && my_blocks.iter().any(|mine| their_blocks.iter().any(|other| mine.overlaps(other)))
}
