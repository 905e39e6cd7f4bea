//! Changes as a JSON patch of the properties, for an API that takes the whole resource as a document.

use super::BindingRunner;
use crate::name_matching::key_and_value;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use gpb_model::PropPath;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

impl BindingRunner<'_> {
    /// Sets `${patch}` where a call of the update sends it: what changes, by what is there now.
    ///
    /// # Errors
    /// A read that fails, and a resource that is gone.
    pub(super) async fn set_patch(
        &self,
        changed: &BTreeSet<String>,
        scope: &mut TemplateScope,
    ) -> Result<(), CloudError> {
        let sends_patch = |term: &&crate::template::TemplateTerm| term.word == "patch";
        if !self.bound.binding.update.iter().any(|call| call.input.terms().iter().any(sends_patch)) {
            return Ok(());
        }
        let Some(shown) = self.fetch(scope).await? else {
            let message = format!("{}: {} is not there", self.bound.ty, scope.id.as_deref().unwrap_or_default());
            return Err(CloudError::new(CloudErrorKind::NotFound, "NotFound", message));
        };
        let nothing = Properties::new();
        scope.patch = Some(self.patch(changed, scope, shown.object.as_object().unwrap_or(&nothing)));
        Ok(())
    }

    /// Returns the operations of RFC 6902 that change what is shown to what is desired.
    ///
    /// `add` also replaces. Nothing shows the properties that are only written, so that each that stays is sent again:
    /// without it the API would take it away.
    fn patch(&self, changed: &BTreeSet<String>, scope: &TemplateScope, shown: &Properties) -> Json {
        let def = &self.bound.def;
        let desired = scope.desired_document();
        let is_fixed = |name: &str| def.is_create_only(&PropPath(name.into()));
        let unseen = def.write_only.iter().map(PropPath::head).filter(|name| !is_fixed(name));
        let kept = unseen.filter(|name| desired.contains_key(*name)).map(str::to_owned);
        let names: BTreeSet<String> = changed.iter().cloned().chain(kept).collect();
        let operation = |name: &String| {
            let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let wanted = desired.get(name).filter(|value| !value.is_null()).cloned();
            let wanted = if self.tag_property() == Some(name) {
                Self::with_own_tags(wanted, shown.get(name))
            } else {
                wanted.map(|value| self.with_fixed_parts(name, value, shown.get(name)))
            };
            match wanted {
                Some(value) => Some(json!({ "op": "add", "path": path, "value": value })),
                None => shown.contains_key(name).then(|| json!({ "op": "remove", "path": path })),
            }
        };
        names.iter().filter_map(operation).collect()
    }

    /// Leaves the parts of a property as they are that only a creation sets: the API refuses a patch that changes one.
    ///
    /// Those that AWS chose are in what a read shows; of what no read shows they are left out.
    fn with_fixed_parts(&self, property: &str, mut value: Json, shown: Option<&Json>) -> Json {
        let def = &self.bound.def;
        let is_unseen = def.is_write_only(&PropPath(property.into()));
        let parts = def.create_only.iter().filter(|path| path.head() == property && path.0 != property);
        for part in parts {
            let Some(pointer) = part.0.strip_prefix(property) else { continue };
            let Some((above, name)) = pointer.rsplit_once('/') else { continue };
            let is_set = value.pointer(pointer).is_some();
            let Some(Json::Object(parent)) = value.pointer_mut(above) else { continue };
            match shown.and_then(|shown| shown.pointer(pointer)) {
                _ if is_unseen => drop(parent.remove(name)),
                Some(fixed) if !is_set => drop(parent.insert(name.to_owned(), fixed.clone())),
                _ => {}
            }
        }
        value
    }

    /// Adds gpb's own tags, which a read shows and no program has, to those that are wanted.
    ///
    /// They are as the read shows them, since tags of some types have more members than a key and a value.
    fn with_own_tags(wanted: Option<Json>, shown: Option<&Json>) -> Option<Json> {
        let is_own = |key: &str| key.starts_with("gpb:");
        match (wanted, shown) {
            (wanted, Some(Json::Array(shown))) => {
                let own = shown.iter().filter(|tag| key_and_value(tag).is_some_and(|(key, _)| is_own(key))).cloned();
                let all: Vec<Json> =
                    wanted.as_ref().and_then(Json::as_array).into_iter().flatten().cloned().chain(own).collect();
                (wanted.is_some() || !all.is_empty()).then_some(Json::Array(all))
            }
            (wanted, Some(Json::Object(shown))) => {
                let mut all = wanted.as_ref().and_then(Json::as_object).cloned().unwrap_or_default();
                all.extend(
                    shown.iter().filter(|(key, _)| is_own(key)).map(|(key, value)| (key.clone(), value.clone())),
                );
                (wanted.is_some() || !all.is_empty()).then_some(Json::Object(all))
            }
            (wanted, _) => wanted,
        }
    }
}
