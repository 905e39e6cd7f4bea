//! Names: which resource a string names, and who names a resource.

use super::condition::{ConditionSides, RuleCondition};
use super::turn::{Turn, sql};
use crate::output_forms::part;
use crate::resource_table::{self, SimResource};
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, Properties, property_paths};
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeSet;

impl Turn<'_> {
    /// Finds the first resource that names one of these strings, by the type and the place of `aws.ec2.subnet:VpcId`.
    pub(super) fn user(
        &self,
        by: &str,
        account: &str,
        region: &str,
        names: &BTreeSet<String>,
        except: i64,
    ) -> Result<Option<SimResource>, CloudError> {
        Ok(self.users(by, account, region, names, except)?.into_iter().next())
    }

    /// Finds all the resources that use another one, as [`Turn::user`] finds the first.
    pub(super) fn users(
        &self,
        by: &str,
        account: &str,
        region: &str,
        names: &BTreeSet<String>,
        except: i64,
    ) -> Result<Vec<SimResource>, CloudError> {
        let (ty, path) = by.split_once(':').unwrap_or((by, ""));
        let path = PropPath(path.into());
        let all = sql(resource_table::of_type(self.table, ty, account, region))?.into_iter();
        Ok(all.filter(|user| user.number != except && mentions(&user.properties, &path, names)).collect())
    }

    /// Checks conditions on properties in a place.
    pub(super) fn holds(
        &self,
        account: &str,
        region: &str,
        now: &Properties,
        before: Option<&Properties>,
        conditions: &[RuleCondition],
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
}

/// Returns the value of a word: `{region}`, `{id}`, a property, or a part of one as `{ResourceId|/|1}`.
pub(super) fn word_of(resource: &SimResource, word: &str) -> Option<String> {
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
