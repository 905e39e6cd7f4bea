//! Calls that change something, kept so that they can be carried out after their caller has given up.

use super::super::*;
use gpb_engine::cloud::{
    CloudError, CreateRequest, ObservedResource, Progress, ProgressSink, Properties, ResourceKey, UpdateRequest,
};
use gpb_model::Place;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

/// A call that changes something.
#[derive(Debug, Clone)]
pub enum Write {
    /// Creates a resource.
    Create { ty: String, place: Place, desired: Properties, label: String, token: String },
    /// Changes a resource.
    Update {
        key: ResourceKey,
        before: Properties,
        desired: Properties,
        changed: Vec<PropPath>,
        reasserted: Vec<PropPath>,
        token: String,
    },
    /// Deletes a resource.
    Delete { key: ResourceKey, token: String },
}

impl From<CreateRequest<'_>> for Write {
    fn from(create: CreateRequest<'_>) -> Self {
        Write::Create {
            ty: create.ty.to_owned(),
            place: create.place.clone(),
            desired: create.desired.clone(),
            label: create.label.to_owned(),
            token: create.token.to_owned(),
        }
    }
}

impl From<UpdateRequest<'_>> for Write {
    fn from(update: UpdateRequest<'_>) -> Self {
        Write::Update {
            key: update.key.clone(),
            before: update.before.clone(),
            desired: update.desired.clone(),
            changed: update.changed.to_vec(),
            reasserted: update.reasserted.to_vec(),
            token: update.token.to_owned(),
        }
    }
}

impl Write {
    /// Returns the name of the operation.
    pub fn operation(&self) -> &'static str {
        match self {
            Write::Create { .. } => "create",
            Write::Update { .. } => "update",
            Write::Delete { .. } => "delete",
        }
    }

    /// Returns the resource type, in gpb's name.
    pub fn ty(&self) -> &str {
        match self {
            Write::Create { ty, .. } => ty,
            Write::Update { key, .. } | Write::Delete { key, .. } => &key.ty,
        }
    }

    /// Returns the identifier of what it changes, or the label of what it creates, for people.
    pub fn what(&self) -> String {
        match self {
            Write::Create { label, .. } => label.clone(),
            Write::Update { key, .. } | Write::Delete { key, .. } => key.id.clone(),
        }
    }

    /// Returns the resource that it changes or deletes.
    pub fn key(&self) -> Option<&ResourceKey> {
        match self {
            Write::Create { .. } => None,
            Write::Update { key, .. } | Write::Delete { key, .. } => Some(key),
        }
    }

    /// Carries it out to its end; a deletion returns nothing.
    pub async fn send(
        &self,
        cloud: &SimCloud,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        match self {
            Write::Create { ty, place, desired, label, token } => {
                cloud.create(CreateRequest { ty, place, desired, label, token }, sink).await.map(Some)
            }
            Write::Update { key, before, desired, changed, reasserted, token } => {
                let update = UpdateRequest { key, before, desired, changed, reasserted, token };
                cloud.update(update, sink).await.map(Some)
            }
            Write::Delete { key, token } => cloud.delete(key, token, sink).await.map(|()| None),
        }
    }

    /// Hands it to the cloud, and does not wait for what comes of it.
    pub fn hand_over(&self, cloud: &SimCloud) {
        let call = pin!(self.send(cloud, &Nobody(None)));
        // The first step is the call itself; all that follows is waiting, which is not needed for the change to go on.
        let _ = call.poll(&mut Context::from_waker(Waker::noop()));
    }
}

/// Takes no notice of progress; the deadline is the one it holds.
pub struct Nobody(pub Option<Duration>);

#[async_trait::async_trait]
impl ProgressSink for Nobody {
    async fn progress(&self, _: Progress) -> Result<(), CloudError> {
        Ok(())
    }

    fn deadline(&self) -> Option<Duration> {
        self.0
    }
}
