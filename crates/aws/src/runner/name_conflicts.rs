//! Names that are taken. Some of AWS's creations overwrite what bears the name already, or give it back as though it had
//! just been made; what somebody else made would so become gpb's, and go with it. There gpb looks first.

use super::BindingRunner;
use super::generated_name::short_token;
use crate::name_matching::text_of;
use gpb_engine::cloud::{CloudError, CloudErrorKind, CreateRequest, FindRequest, Properties};
use serde_json::Value as Json;

impl BindingRunner<'_> {
    /// Refuses a creation under a name that something else bears. What an earlier try of the same intent made is not
    /// something else.
    pub(super) async fn refuse_name_conflict(&self, create: &CreateRequest<'_>) -> Result<(), CloudError> {
        let token = short_token(create.token);
        for name in self.names(create.desired) {
            let find = FindRequest { ty: create.ty, place: create.place, matching: &name, token: None };
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

    /// The names a creation would overwrite: several when a property lists what it is laid upon. None where gpb makes the
    /// name up, since nobody else has that one.
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
    let message = format!("{id} is there already, with {name}, and gpb did not make it for this resource");
    CloudError::new(CloudErrorKind::AlreadyExists, "NameTaken", message)
}
