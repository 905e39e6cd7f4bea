//! The calls of the simulated cloud, each with its faults, its latency and its event in the log.

use super::behaviour::RuleCall;
use super::echo;
use super::faults::{InjectedFault, injected};
use super::new_resource::{account, missing, observed};
use super::resource_table::{self, SimResource};
use super::sim_cloud::SimCloud;
use async_trait::async_trait;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest};
use gpb_engine::cloud::physical_names::short_hash;
use gpb_engine::cloud::validate::check;
use gpb_engine::cloud::{
    Cloud, CloudError, CloudErrorKind, CreateRequest, FindRequest, Identity, ObservedResource, Progress, ProgressSink,
    ResourceKey, UpdateRequest, property_paths,
};
use gpb_engine::state::OperationKind;
use gpb_model::Place;
use serde_json::Value as Json;
use std::time::Duration;

/// Logs a call as one event at debug level, and passes its result on.
///
/// The event has the operation, the type, the place and the outcome: `ok`, or the error's code. It has no property of the
/// resource, since each may hold a secret.
fn logged<T>(operation: &str, ty: &str, place: &Place, result: Result<T, CloudError>) -> Result<T, CloudError> {
    tracing::debug!(
        operation,
        ty,
        account = account(place),
        region = place.region.as_str(),
        outcome = result.as_ref().err().map_or("ok", |error| error.code.as_str()),
        "simulated call"
    );
    result
}

impl SimCloud {
    fn find_resources(&self, find: &FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        self.inject_read_fault(find.token.unwrap_or(find.ty), find.ty)?;
        if !self.behaviour.is_friendly() {
            self.limit_rate(RuleCall::List, find.ty, find.place)?;
            return self.turn(|turn| turn.search(find));
        }
        let (account, region) = (account(find.place), &find.place.region);
        if let Some(token) = find.token {
            let found = self.query(|c| resource_table::by_token(c, token))?;
            let here = |resource: &SimResource| {
                resource.ty == find.ty && resource.account == account && resource.region == *region
            };
            return Ok(found.into_iter().filter(here).map(observed).collect());
        }
        let resources = self.query(|c| resource_table::of_type(c, find.ty, account, region))?;
        let wanted = Json::Object(find.matching.clone());
        let matches =
            |resource: &SimResource| property_paths::contains(&Json::Object(resource.properties.clone()), &wanted);
        Ok(resources.into_iter().filter(matches).map(observed).collect())
    }

    async fn create_resource(
        &self,
        create: CreateRequest<'_>,
        sink: &dyn ProgressSink,
    ) -> Result<ObservedResource, CloudError> {
        let def = self.def(create.ty)?;
        let wrong = check(&def, create.desired);
        if !wrong.is_empty() {
            return Err(CloudError::new(CloudErrorKind::Invalid, "Validation", wrong.join("; ")));
        }
        let fault = self.inject_fault("create", create.token, create.ty)?;
        if fault == InjectedFault::Echo {
            return Err(echo::refused(create.desired));
        }
        let hostile = !self.behaviour.is_friendly();
        let (made, pause) = if hostile {
            self.hostile_make(&def, &create, fault == InjectedFault::Later, sink)?
        } else {
            (self.make(&def, &create)?, Duration::ZERO)
        };
        self.point("create:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "create", create.ty));
        }
        sink.progress(Progress::Identified { id: made.id.clone() }).await?;
        self.point("create:identified");
        if fault == InjectedFault::Unfinished {
            return Err(injected(CloudErrorKind::Unavailable, "create", create.ty));
        }
        self.wait_latency(create.ty, OperationKind::Create, "available (now `creating`)", sink).await?;
        let made = if hostile {
            let key = ResourceKey { ty: create.ty.to_owned(), place: create.place.clone(), id: made.id };
            self.wait_until_ready(&def, &key, pause, sink).await?
        } else {
            made
        };
        self.point("create:done");
        Ok(made)
    }

    async fn update_resource(
        &self,
        update: UpdateRequest<'_>,
        sink: &dyn ProgressSink,
    ) -> Result<ObservedResource, CloudError> {
        let ty = &update.key.ty;
        let def = self.def(ty)?;
        let fault = self.inject_fault("update", update.token, ty)?;
        if fault == InjectedFault::Echo {
            return Err(echo::refused(update.desired));
        }
        // On the friendly cloud what was changed, on the hostile one the pause before it is waited for.
        let (changed, pause) = if self.behaviour.is_friendly() {
            (Some(self.modify(&def, &update)?), Duration::ZERO)
        } else {
            (None, self.hostile_modify(&def, &update, fault == InjectedFault::Later)?)
        };
        self.point("update:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "update", ty));
        }
        self.wait_latency(ty, OperationKind::Update, "available (now `updating`)", sink).await?;
        let changed = match changed {
            Some(changed) => changed,
            None => self.wait_until_ready(&def, update.key, pause, sink).await?,
        };
        self.point("update:done");
        Ok(changed)
    }

    async fn delete_resource(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let def = self.def(&key.ty)?;
        let fault = self.inject_fault("delete", token, &key.ty)?;
        let hostile = !self.behaviour.is_friendly();
        if hostile {
            self.hostile_destroy(&def, key)?;
        } else {
            self.destroy(&def, key)?;
        }
        self.point("delete:applied");
        if fault == InjectedFault::After {
            return Err(injected(CloudErrorKind::Ambiguous, "delete", &key.ty));
        }
        self.wait_latency(&key.ty, OperationKind::Delete, "deleted (now `deleting`)", sink).await?;
        if hostile {
            self.wait_until_gone(key, sink).await?;
        }
        self.point("delete:done");
        Ok(())
    }

    fn secret_value(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        self.inject_read_fault(name, "secret")?;
        if !self.behaviour.is_friendly() {
            self.turn(|turn| turn.refuse_secret(place, name))?;
        }
        // Any name has a value there, the same each time, so that a specification can be tried before its secrets exist.
        let text = format!("{} {} {name}", account(place), place.region);
        Ok(format!("simulated-{}", short_hash(&text)))
    }
}

#[async_trait]
impl Cloud for SimCloud {
    fn name(&self) -> &'static str {
        "sim"
    }

    async fn identity(&self, place: &Place) -> Result<Identity, CloudError> {
        let account = account(place).to_owned();
        Ok(Identity { arn: format!("arn:aws:iam::{account}:user/simulated"), account })
    }

    // What is write-only the catalog says; all else that a resource has is read.
    fn shows(&self, _ty: &str, _property: &str) -> bool {
        true
    }

    fn supports(&self, ty: &str) -> Result<(), CloudError> {
        self.def(ty).map(drop)
    }

    async fn read(&self, key: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        logged("read", &key.ty, &key.place, self.get(key))
    }

    async fn mark(&self, key: &ResourceKey) -> Result<Option<String>, CloudError> {
        let found =
            self.query(|c| resource_table::by_id(c, &key.ty, account(&key.place), &key.place.region, &key.id))?;
        Ok(found.map(|resource| resource.token))
    }

    async fn read_many(&self, keys: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        let read = self.get_batch(keys);
        keys.iter().zip(read).map(|(key, found)| logged("read", &key.ty, &key.place, found)).collect()
    }

    async fn find(&self, find: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        let (ty, place) = (find.ty, find.place);
        logged("find", ty, place, self.find_resources(&find))
    }

    async fn create(&self, create: CreateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let (ty, place) = (create.ty, create.place);
        logged("create", ty, place, self.create_resource(create, sink).await)
    }

    async fn update(&self, update: UpdateRequest<'_>, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let key = update.key;
        logged("update", &key.ty, &key.place, self.update_resource(update, sink).await)
    }

    async fn delete(&self, key: &ResourceKey, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        logged("delete", &key.ty, &key.place, self.delete_resource(key, token, sink).await)
    }

    async fn deletion_locks(&self, request: DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        logged("deletion_locks", &request.key.ty, &request.key.place, self.locks(&request))
    }

    async fn turn_off_deletion_locks(
        &self,
        key: &ResourceKey,
        _token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        logged("turn_off_deletion_locks", &key.ty, &key.place, self.unlock(key, sink).await)
    }

    async fn wait(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        let def = self.def(&key.ty)?;
        if !self.behaviour.is_friendly() {
            let found = self.wait_until_ready(&def, key, Duration::ZERO, sink).await;
            return logged("wait", &key.ty, &key.place, found);
        }
        let found = self.get(key).and_then(|found| found.ok_or_else(|| missing(&def, key)));
        logged("wait", &key.ty, &key.place, found)
    }

    async fn secret(&self, place: &Place, name: &str) -> Result<String, CloudError> {
        logged("secret", "secret", place, self.secret_value(place, name))
    }
}
