//! Requests that an API carries out by itself, after the call has returned: a process that died may have begun one.

use super::BindingRunner;
use super::answer::PathValue;
use super::read_resource::passes_filter;
use crate::binding::RequestList;
use crate::name_matching::text_of;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use serde_json::Value as Json;
use std::time::Duration;

/// The time between two looks at the requests.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest wait for requests under way, where the binding has none.
const TIMEOUT: Duration = Duration::from_mins(10);

impl BindingRunner<'_> {
    /// Lists the identifiers of what requests for this type have made lately, once none of them is under way.
    ///
    /// # Errors
    /// A list that cannot be had, and requests that take longer than they may.
    pub(super) async fn requested(&self, scope: &TemplateScope) -> Result<Vec<String>, CloudError> {
        let Some(requests) = &self.bound.binding.requests else { return Ok(Vec::new()) };
        let timeout = requests.timeout.map_or(TIMEOUT, |span| span.0);
        let start = self.cloud.clock.now();
        loop {
            let (done, open) = self.requests(requests, scope).await?;
            if open.is_empty() {
                return Ok(done.iter().filter_map(|one| requests.id.get(one, one)).map(|id| text_of(&id)).collect());
            }
            if self.cloud.clock.now().saturating_sub(start) >= timeout {
                let message = format!(
                    "{}: {} of its creations are still under way, so that nobody knows whether this one is among them",
                    self.bound.ty,
                    open.len()
                );
                return Err(CloudError::new(CloudErrorKind::TimedOut, "Timeout", message));
            }
            self.cloud.clock.sleep(PAUSE).await;
        }
    }

    /// Lists the requests of this type: those that were carried out, and those under way.
    async fn requests(
        &self,
        requests: &RequestList,
        scope: &TemplateScope,
    ) -> Result<(Vec<Json>, Vec<Json>), CloudError> {
        let mut asked = scope.clone();
        // What is asked is about the type, so that no property may find its way into the input.
        asked.desired = Properties::new();
        let input = self.plain_input(&requests.call, &requests.input, &asked)?.unwrap_or_default();
        let root = self.send_read(&requests.call, input, true).await?;
        let items = match self.value_at(&requests.call, &requests.at, &root) {
            PathValue::Found(Json::Array(items)) => items,
            _ => Vec::new(),
        };
        let is_done = |item: &Json| {
            let state = requests.state.get(item, item).map(|state| text_of(&state));
            requests.done.iter().any(|done| Some(text_of(done)) == state)
        };
        let mine = items.into_iter().filter(|item| passes_filter(item, &requests.filter, scope));
        Ok(mine.partition(is_done))
    }

    /// Checks that the API can list the type, as far as is known of it.
    pub(super) fn can_list(&self, scope: &TemplateScope) -> bool {
        let def = &self.bound.def;
        self.bound.binding.requests.is_none()
            || def.handlers.contains("list") && (def.list_needs.is_empty() || scope.list_model.is_some())
    }

    /// Returns the properties without which the API does not list the type; none where one of them is not known.
    pub(super) fn list_model(&self, scope: &TemplateScope) -> Option<Json> {
        let needed = &self.bound.def.list_needs;
        let model: Properties =
            needed.iter().filter_map(|name| Some((name.clone(), scope.property(name)?.clone()))).collect();
        (!needed.is_empty() && model.len() == needed.len()).then_some(Json::Object(model))
    }
}
