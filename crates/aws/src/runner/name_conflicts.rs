//! Name conflicts of creations that upsert.
//!
//! Some of AWS's creations overwrite what has the name already, or return it as though it had just been made; what
//! somebody else made would so become gpb's, and be deleted with it. There gpb looks first.

use super::BindingRunner;
use super::api_call::is_error;
use super::generated_name::short_token;
use crate::name_matching::text_of;
use gpb_engine::cloud::{CloudError, CloudErrorKind, CreateRequest, FindRequest, Progress, ProgressSink, Properties};
use serde_json::Value as Json;

impl BindingRunner<'_> {
    /// Looks for what a creation would take over, and refuses it if there is something.
    ///
    /// What an earlier try of the same intent made is not another resource. For what can bear no mark the sink is told
    /// that the place is free: what is found there after an interruption is this creation's.
    ///
    /// # Errors
    /// A name that is taken, and a look that fails: then nothing is created.
    pub(super) async fn refuse_name_conflict(
        &self,
        create: &CreateRequest<'_>,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        let token = short_token(create.token);
        let names = self.names(create.desired);
        let unmarked = !self.is_markable(create.desired);
        for name in &names {
            if !self.is_laid(name, &token) {
                self.refuse_taken(create, name, &token).await?;
            }
        }
        if unmarked && names.is_empty() && !self.refuse_place(create, &token).await? {
            return Ok(());
        }
        if unmarked { sink.progress(Progress::Sending).await } else { Ok(()) }
    }

    /// Checks that this intent itself has put what is there, before another call of it failed.
    fn is_laid(&self, name: &Properties, token: &str) -> bool {
        let elements = name.values().filter_map(Json::as_array).flatten();
        elements.into_iter().any(|element| self.cloud.has_laid(token, element))
    }

    async fn refuse_taken(&self, create: &CreateRequest<'_>, name: &Properties, token: &str) -> Result<(), CloudError> {
        let find =
            FindRequest { ty: create.ty, place: create.place, matching: name, token: None, label: None, sent: false };
        let found = self.find_marked(&find).await.map_err(|error| self.look_error(error, name))?;
        match found.iter().find(|seen| seen.marker.as_deref() != Some(token)) {
            Some(other) => Err(name_conflict(name, &other.observed.id)),
            None => Ok(()),
        }
    }

    /// Looks where something that can bear no mark will be; returns false when there is no way to look.
    ///
    /// That is its identifier, if the properties hold it, else what has all the properties.
    async fn refuse_place(&self, create: &CreateRequest<'_>, token: &str) -> Result<bool, CloudError> {
        let mut scope = self.scope();
        scope.desired = create.desired.clone();
        let Some(id) = self.identify(&scope) else {
            return match self.refuse_taken(create, create.desired, token).await {
                Ok(()) => Ok(true),
                // An API that tells of its requests shows what this creation makes, and nothing else.
                Err(error) if error.kind == CloudErrorKind::Unsupported => Ok(self.bound.binding.requests.is_some()),
                Err(error) => Err(error),
            };
        };
        let name = self.parts(&id);
        match self.read_marked(&self.scope_of(&id)).await.map_err(|error| self.look_error(error, &name))? {
            Some(other) => Err(name_conflict(&name, &other.observed.id)),
            None => Ok(true),
        }
    }

    fn look_error(&self, error: CloudError, name: &Properties) -> CloudError {
        if self.bound.binding.name_taken_on.iter().any(|entry| is_error(&error, entry)) {
            return name_conflict(name, "something that these credentials may not read");
        }
        CloudError { message: format!("{} (asked to see whether the name is free)", error.message), ..error }
    }

    /// Lists the names that a creation would overwrite.
    ///
    /// They are several when a property lists the resources it applies to. There is none where gpb generates the name, since
    /// nothing else has that one.
    fn names(&self, desired: &Properties) -> Vec<Properties> {
        let parts = &self.bound.binding.upsert_key;
        let mut names: Vec<Properties> = (!parts.is_empty()).then(Properties::new).into_iter().collect();
        for part in parts {
            let values = match desired.get(part) {
                Some(Json::Array(items)) => items.iter().map(|item| Json::Array(vec![item.clone()])).collect(),
                Some(value) => vec![value.clone()],
                None => Vec::new(),
            };
            let with = |name: &Properties, value: &Json| {
                let mut name = name.clone();
                name.insert(part.clone(), value.clone());
                name
            };
            names = names.iter().flat_map(|name| values.iter().map(move |value| with(name, value))).collect();
        }
        names
    }
}

fn name_conflict(name: &Properties, id: &str) -> CloudError {
    let shown = |(property, value): (&String, &Json)| {
        let value = match value {
            Json::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
            value => text_of(value),
        };
        format!("{property} = {value}")
    };
    let name = name.iter().map(shown).collect::<Vec<_>>().join(", ");
    let message = format!("{id} exists already, with {name}, and gpb did not create it for this resource");
    CloudError::new(CloudErrorKind::AlreadyExists, "NameTaken", message)
}
