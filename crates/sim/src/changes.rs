//! The changes that the friendly cloud makes to its table: at once, and seen by everybody.

use super::new_resource::{account, missing, new_resource, observed, own_names, refuse_create_only};
use super::resource_table;
use super::sim_cloud::SimCloud;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::physical_names::hex;
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, ObservedResource, ResourceKey, UpdateRequest, property_paths,
};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

impl SimCloud {
    /// Makes the resource, or finds the one that the same token made.
    pub(crate) fn make(&self, def: &TypeDef, create: &CreateRequest<'_>) -> Result<ObservedResource, CloudError> {
        let sent = hex(&Sha256::digest(Json::Object(create.desired.clone()).to_string().as_bytes()));
        self.change(|transaction| {
            let mut same =
                resource_table::by_token(transaction, create.token).map_err(|e| resource_table::internal(&e))?;
            let salt = if same.is_empty() { String::new() } else { same.len().to_string() };
            if let Some(resource) = same.pop().filter(|_| self.idempotent) {
                return if resource.ty == create.ty && resource.sent == sent {
                    Ok(observed(resource))
                } else {
                    let message = "the token was used for another creation";
                    Err(CloudError::new(CloudErrorKind::Invalid, "IdempotentParameterMismatch", message))
                };
            }
            let resource = new_resource(def, create, sent, &salt, &self.forms);
            if !resource_table::insert(transaction, &resource).map_err(|e| resource_table::internal(&e))? {
                let message = format!("{} {} exists already", def.aws, resource.id);
                return Err(CloudError::new(CloudErrorKind::AlreadyExists, "AlreadyExists", message));
            }
            Ok(observed(resource))
        })
    }

    pub(crate) fn modify(&self, def: &TypeDef, update: &UpdateRequest<'_>) -> Result<ObservedResource, CloudError> {
        let key = update.key;
        self.change(|transaction| {
            let found = resource_table::by_id(transaction, &key.ty, account(&key.place), &key.place.region, &key.id);
            let mut resource = found.map_err(|e| resource_table::internal(&e))?.ok_or_else(|| missing(def, key))?;
            if !def.updatable {
                let message = format!("{} cannot be changed, only replaced", def.aws);
                return Err(CloudError::new(CloudErrorKind::Invalid, "NotUpdatable", message));
            }
            for path in update.changed {
                refuse_create_only(def, path, &resource.properties, update.desired)?;
                property_paths::copy(&mut resource.properties, update.desired, path);
            }
            property_paths::fill_defaults(def, &mut resource.properties);
            def.write_only.iter().for_each(|path| property_paths::remove(&mut resource.properties, path));
            resource_table::update(transaction, &resource).map_err(|e| resource_table::internal(&e))?;
            Ok(observed(resource))
        })
    }

    pub(crate) fn destroy(&self, def: &TypeDef, key: &ResourceKey) -> Result<(), CloudError> {
        self.change(|transaction| {
            let found = resource_table::by_id(transaction, &key.ty, account(&key.place), &key.place.region, &key.id);
            let Some(resource) = found.map_err(|e| resource_table::internal(&e))? else { return Ok(()) };
            let user = resource_table::user_of(transaction, &resource, &own_names(def, &resource.properties));
            if let Some((ty, id)) = user.map_err(|e| resource_table::internal(&e))? {
                let message = format!("{} {} is in use by {ty} {id}", def.aws, key.id);
                return Err(CloudError::new(CloudErrorKind::Conflict, "InUse", message));
            }
            resource_table::delete(transaction, resource.number).map_err(|e| resource_table::internal(&e))
        })
    }
}
