//! The changes that the hostile cloud makes: refused, delayed and undone as its rules say.

use super::behaviour::{AskedChange, RuleCall, Turn, UpdateValues, WaiterView};
use super::new_resource::{account, missing, new_resource, observed, refuse_create_only};
use super::resource_table::{self, SimResource};
use super::sim_cloud::SimCloud;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::physical_names::hex;
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, ObservedResource, Progress, ProgressSink, ResourceKey, UpdateRequest,
    property_paths,
};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// The longest time between two looks of a waiter.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

impl SimCloud {
    /// Makes a resource, or finds the one that the same token made; returns it with the pause of its waiter.
    ///
    /// `fails` makes the creation fail later, where the type can.
    pub(crate) fn hostile_make(
        &self,
        def: &TypeDef,
        create: &CreateRequest<'_>,
        fails: bool,
        sink: &dyn ProgressSink,
    ) -> Result<(ObservedResource, Duration), CloudError> {
        self.limit_rate(RuleCall::Create, create.ty, create.place)?;
        let sent = hex(&Sha256::digest(Json::Object(create.desired.clone()).to_string().as_bytes()));
        self.turn(|turn| {
            let mut same =
                resource_table::by_token(turn.table, create.token).map_err(|error| resource_table::internal(&error))?;
            let salt = if same.is_empty() { String::new() } else { same.len().to_string() };
            if let Some(resource) = same.pop().filter(|_| self.idempotent) {
                if resource.ty == create.ty && resource.sent == sent {
                    return Ok((observed(resource), Duration::ZERO));
                }
                let message = "the token was used for another creation";
                return Err(CloudError::new(CloudErrorKind::Invalid, "IdempotentParameterMismatch", message));
            }
            let mut desired = create.desired.clone();
            turn.normalise(create.ty, account(create.place), &create.place.region, &mut desired);
            let mut resource =
                new_resource(def, &CreateRequest { desired: &desired, ..create.clone() }, sent, &salt, &self.forms);
            turn.revive(def, &mut resource, sink)?;
            let asked =
                AskedChange { call: RuleCall::Create, resource: &resource, after: &resource.properties, before: None };
            turn.refuse(def, &asked)?;
            let mut resource = stored(turn, def, resource)?;
            let pause = turn.begin_creation(&mut resource, fails)?;
            Ok((observed(resource), pause))
        })
    }

    /// Begins the update of a resource; returns the pause of its waiter.
    pub(crate) fn hostile_modify(
        &self,
        def: &TypeDef,
        update: &UpdateRequest<'_>,
        fails: bool,
    ) -> Result<Duration, CloudError> {
        let key = update.key;
        self.limit_rate(RuleCall::Update, &key.ty, &key.place)?;
        self.turn(|turn| {
            let mut resource = existing(turn, key)?.ok_or_else(|| missing(def, key))?;
            if !def.updatable {
                let message = format!("{} cannot be changed, only replaced", def.aws);
                return Err(CloudError::new(CloudErrorKind::Invalid, "NotUpdatable", message));
            }
            turn.refuse_busy(RuleCall::Update, &resource)?;
            let before = turn.target(&resource)?;
            let (mut desired, mut after) = (update.desired.clone(), before.clone());
            turn.normalise(&key.ty, account(&key.place), &key.place.region, &mut desired);
            for path in update.changed {
                refuse_create_only(def, path, &before, &desired)?;
                property_paths::copy(&mut after, &desired, path);
            }
            turn.refuse_no_change(def, &resource, update.changed, (&before, &after))?;
            def.write_only.iter().for_each(|path| property_paths::remove(&mut after, path));
            property_paths::fill_defaults(def, &mut after);
            turn.revise(&key.ty, update.changed, &mut after);
            let asked =
                AskedChange { call: RuleCall::Update, resource: &resource, after: &after, before: Some(&before) };
            turn.refuse(def, &asked)?;
            turn.begin_update(&mut resource, UpdateValues { before: &before, after: &after }, fails)
        })
    }

    /// Begins the deletion of a resource; one that is gone is a success.
    pub(crate) fn hostile_destroy(&self, def: &TypeDef, key: &ResourceKey) -> Result<(), CloudError> {
        self.limit_rate(RuleCall::Delete, &key.ty, &key.place)?;
        self.turn(|turn| {
            let Some(mut resource) = existing(turn, key)? else { return Ok(()) };
            turn.refuse_busy(RuleCall::Delete, &resource)?;
            let asked =
                AskedChange { call: RuleCall::Delete, resource: &resource, after: &resource.properties, before: None };
            turn.refuse(def, &asked)?;
            turn.begin_deletion(&mut resource)
        })
    }

    /// Waits until a resource is ready, as a waiter sees it.
    pub(crate) async fn wait_until_ready(
        &self,
        def: &TypeDef,
        key: &ResourceKey,
        pause: Duration,
        sink: &dyn ProgressSink,
    ) -> Result<ObservedResource, CloudError> {
        let start = self.clock.now();
        if !pause.is_zero() {
            self.clock.sleep(pause).await;
        }
        loop {
            match self.turn(|turn| turn.view(key))? {
                WaiterView::Ready(found) => return Ok(found),
                WaiterView::Missing => return Err(missing(def, key)),
                WaiterView::Failed(reason) => {
                    return Err(CloudError::new(CloudErrorKind::FailedState, "Failed", reason));
                }
                WaiterView::Busy(state, until) => {
                    self.pass(&format!("ready (now `{state}`)"), until, start, sink).await?;
                }
            }
        }
    }

    /// Waits until a resource is gone.
    pub(crate) async fn wait_until_gone(&self, key: &ResourceKey, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let start = self.clock.now();
        while let WaiterView::Busy(state, until) = self.turn(|turn| turn.view(key))? {
            self.pass(&format!("deleted (now `{state}`)"), until, start, sink).await?;
        }
        Ok(())
    }

    async fn pass(
        &self,
        for_what: &str,
        until: i64,
        start: Duration,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        let elapsed = self.clock.now().saturating_sub(start);
        if sink.deadline().is_some_and(|deadline| self.clock.now() >= deadline) {
            let message = format!("not {for_what} after {} s", elapsed.as_secs());
            return Err(CloudError::new(CloudErrorKind::TimedOut, "Timeout", message));
        }
        sink.progress(Progress::Waiting { for_what: for_what.to_owned(), elapsed }).await?;
        let left = u64::try_from(until).unwrap_or(0).saturating_sub(self.clock.epoch_ms());
        self.clock.sleep(Duration::from_millis(left).clamp(Duration::from_millis(1), LONGEST_PAUSE)).await;
        Ok(())
    }

    /// Puts something that is no resource into one, as users do: an object into a bucket.
    ///
    /// Where the type has such contents, its deletion is refused from then on.
    ///
    /// # Errors
    /// When there is no such resource, or its file fails.
    pub fn put_contents(&self, key: &ResourceKey) -> Result<(), CloudError> {
        let def = self.def(&key.ty)?;
        self.turn(|turn| turn.fill(&existing(turn, key)?.ok_or_else(|| missing(&def, key))?))
    }
}

pub(crate) fn existing(turn: &Turn<'_>, key: &ResourceKey) -> Result<Option<SimResource>, CloudError> {
    let found = resource_table::by_id(turn.table, &key.ty, account(&key.place), &key.place.region, &key.id);
    found.map_err(|error| resource_table::internal(&error))
}

/// Stores a new resource, and returns it with its number.
fn stored(turn: &Turn<'_>, def: &TypeDef, resource: SimResource) -> Result<SimResource, CloudError> {
    let inserted = resource_table::insert(turn.table, &resource).map_err(|error| resource_table::internal(&error))?;
    if !inserted {
        let message = format!("{} {} exists already", def.aws, resource.id);
        return Err(CloudError::new(CloudErrorKind::AlreadyExists, "AlreadyExists", message));
    }
    let found = resource_table::by_id(turn.table, &resource.ty, &resource.account, &resource.region, &resource.id);
    Ok(found.map_err(|error| resource_table::internal(&error))?.unwrap_or(resource))
}
