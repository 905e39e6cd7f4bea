//! Names that a deletion still holds, and what is given back instead of a new resource.

use super::life_table::{self, Remnant};
use super::refusal_rules::HeldRule;
use super::turn::{Turn, sql};
use crate::resource_table::SimResource;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, ProgressSink, Properties, property_paths};
use gpb_model::PropPath;
use serde_json::Value as Json;

impl<'a> Turn<'a> {
    /// Finds what was deleted and still holds values of a resource that is to be made.
    pub(super) fn holder(&self, resource: &SimResource) -> Result<Option<(&'a HeldRule, Remnant)>, CloudError> {
        let held = self.rules(&resource.ty).map_or(&[][..], |rules| &rules.held);
        if held.is_empty() {
            return Ok(None);
        }
        for remnant in sql(life_table::remnants(self.table, &resource.account, &resource.region))? {
            for rule in held.iter().filter(|_| remnant.resource.ty == resource.ty) {
                let same = |path: &PropPath| {
                    let mine = property_paths::all(&resource.properties, path);
                    !mine.is_empty() && mine == property_paths::all(&remnant.resource.properties, path)
                };
                let until = remnant.gone.saturating_add(self.behaviour.ms(rule.within));
                if until > self.now && rule.paths.iter().all(same) {
                    return Ok(Some((rule, remnant)));
                }
            }
        }
        Ok(None)
    }

    /// Gives a new resource the identity of the deleted one that holds its name, where gpb may bring that back.
    ///
    /// As the bindings do, only what the same state made is brought back, and only with the tags that are wanted.
    pub fn revive(&self, def: &TypeDef, resource: &mut SimResource, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let Some((rule, remnant)) = self.holder(resource)? else { return Ok(()) };
        let old = &remnant.resource;
        let is_own = || sink.has_created(&old.ty, &|token| token == old.token);
        if !rule.revives || !bears_tags(def, &old.properties, &resource.properties) || !is_own() {
            return Ok(());
        }
        resource.id.clone_from(&old.id);
        for path in &def.read_only {
            property_paths::copy(&mut resource.properties, &old.properties, path);
        }
        sql(life_table::drop_remnant(self.table, remnant.number))
    }
}

/// Checks that all tags that are wanted are there.
fn bears_tags(def: &TypeDef, there: &Properties, wanted: &Properties) -> bool {
    let Some(tagging) = &def.tagging else { return false };
    let tags = |properties: &Properties| -> Vec<Json> {
        let all = properties.get(&tagging.property);
        all.and_then(Json::as_array).cloned().unwrap_or_default()
    };
    let there = tags(there);
    tags(wanted).iter().all(|tag| there.contains(tag))
}
