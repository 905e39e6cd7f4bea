//! Names that a deletion still holds: what gpb deleted is brought back, anything else is left alone.

use super::BindingRunner;
use super::api_call::{RetryMode, is_error};
use super::generated_name::short_token;
use super::tags::{MARKER, pairs};
use crate::binding::Revival;
use crate::name_matching::text_of;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, Progress, ProgressSink, Properties};
use serde_json::Value as Json;

impl BindingRunner<'_> {
    /// Checks that a creation failed because something deleted still holds the name.
    pub(super) fn is_held(&self, error: &CloudError) -> bool {
        self.errors().iter().any(|errors| errors.held.iter().any(|entry| is_error(error, entry)))
    }

    /// Brings back what holds the name, if this state made it and it bears the tags that are wanted; returns its identifier.
    ///
    /// # Errors
    /// The name is held by something else: the error says until when, since no waiting ends it sooner.
    pub(super) async fn revive(
        &self,
        scope: &mut TemplateScope,
        error: CloudError,
        sink: &dyn ProgressSink,
    ) -> Result<String, CloudError> {
        let Some(revival) = &self.bound.binding.revive else { return Err(error) };
        let Some(input) = self.plain_input(&revival.call, &revival.input, scope)? else { return Err(error) };
        let found = self.send_read(&revival.call, input, false).await?;
        let held = self.held_properties(revival, &found);
        let (Some(id), true) = (self.identifier(&held), self.is_own(&held, scope, sink)) else {
            let until =
                revival.until.get(&found, &found).map_or_else(String::new, |at| format!(" until {}", text_of(&at)));
            let message = format!(
                "{}; the name is held{until} by something that gpb did not delete for this stack: use another name, or \
                 restore it and adopt it",
                error.message
            );
            return Err(CloudError { message, ..error });
        };
        sink.progress(Progress::Identified { id: id.clone() }).await?;
        (scope.parts, scope.id) = (self.parts(&id), Some(id.clone()));
        for call in revival.restore.iter() {
            let send = self.sendable(call, &scope.desired, false);
            self.perform(call, scope, &send, RetryMode::AllTransient).await?;
        }
        if let Some(tags) = self.tag_property().and_then(|property| scope.desired.get(property)).cloned() {
            self.put_tags(&tags, scope).await?;
        }
        for subresource in self.bound.binding.subresources.iter().filter(|one| one.update && !one.create) {
            self.update_subresource(subresource, &held, scope, sink).await?;
        }
        Ok(id)
    }

    /// Returns the properties of what holds the name, with its tags, gpb's own among them.
    fn held_properties(&self, revival: &Revival, found: &Json) -> Properties {
        let mut scope = self.scope();
        scope.item = Some(found.clone());
        self.properties(found, found, &scope, Some(&revival.set))
    }

    /// Checks that this state's journal holds its creation, and that it bears the tags that are wanted now.
    fn is_own(&self, held: &Properties, scope: &TemplateScope, sink: &dyn ProgressSink) -> bool {
        let Some(property) = self.tag_property() else { return false };
        let (there, mut wanted) = (pairs(held.get(property)), pairs(scope.desired.get(property)));
        wanted.remove(MARKER);
        let Some(mark) = there.get(MARKER) else { return false };
        sink.has_created(&self.bound.ty, &|token| short_token(token) == *mark)
            && wanted.iter().all(|(key, value)| there.get(key) == Some(value))
    }
}
