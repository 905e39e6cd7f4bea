//! Name conflicts of creations that upsert.
//!
//! Some of AWS's creations overwrite what has the name already, or return it as though it had just been made; what
//! somebody else made would so become gpb's, and be deleted with it. There gpb looks first.

use super::BindingRunner;
use super::generated_name::short_token;
use crate::name_matching::text_of;
use gpb_engine::cloud::{CloudError, CloudErrorKind, CreateRequest, FindRequest, Properties};
use serde_json::Value as Json;

impl BindingRunner<'_> {
    /// Refuses a creation under a name that another resource has.
    ///
    /// What an earlier try of the same intent made is not another resource.
    pub(super) async fn refuse_name_conflict(&self, create: &CreateRequest<'_>) -> Result<(), CloudError> {
        let token = short_token(create.token);
        for name in self.names(create.desired) {
            let find = FindRequest { ty: create.ty, place: create.place, matching: &name, token: None, sent: false };
            let found = self.find_marked(&find).await.map_err(|error| CloudError {
                message: format!("{} (asked to see whether the name is free)", error.message),
                ..error
            })?;
            if let Some(other) = found.iter().find(|seen| seen.marker.as_ref() != Some(&token)) {
                return Err(name_conflict(&name, &other.observed.id));
            }
        }
        Ok(())
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
