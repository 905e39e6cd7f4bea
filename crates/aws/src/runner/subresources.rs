//! Subresources: properties with operations of their own.

use super::BindingRunner;
use super::api_call::RetryMode;
use crate::binding::{ApiCall, SendMode, Subresource};
use crate::map::matches;
use crate::template_scope::{TemplateScope, is_same};
use gpb_engine::cloud::{CloudError, ProgressSink, Properties};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// An element of a list property, with its raw form where a read gave one.
type ListElement = (Json, Option<Json>);

impl BindingRunner<'_> {
    /// Puts what is desired after creation; returns true when a call was made.
    pub(super) async fn create_subresource(
        &self,
        subresource: &Subresource,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<bool, CloudError> {
        if !subresource.create || !desired(subresource, scope) {
            return Ok(false);
        }
        match &subresource.each {
            None => self.calls(&subresource.put, subresource, scope, RetryMode::AllTransient, sink).await,
            Some(each) => {
                let there =
                    if each.keep { Vec::new() } else { self.current_elements(subresource, scope, None).await? };
                self.reconcile(subresource, there, scope, sink).await
            }
        }
    }

    /// Changes it on update to what is desired; returns true when a call was made.
    pub(super) async fn update_subresource(
        &self,
        subresource: &Subresource,
        before: &Properties,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<bool, CloudError> {
        if subresource.each.is_some() {
            let there = self.current_elements(subresource, scope, Some(before)).await?;
            return self.reconcile(subresource, there, scope, sink).await;
        }
        if desired(subresource, scope) {
            return self.calls(&subresource.put, subresource, scope, RetryMode::AllTransient, sink).await;
        }
        self.calls(&subresource.clear, subresource, scope, RetryMode::AllTransient, sink).await
    }

    /// Clears it before a deletion that it would prevent. An element that is not there any more is cleared.
    pub(super) async fn delete_subresource(
        &self,
        subresource: &Subresource,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        if subresource.each.is_none() {
            return self.calls(&subresource.clear, subresource, scope, RetryMode::Removal, sink).await.map(|_| ());
        }
        for (element, raw) in self.current_elements(subresource, scope, None).await? {
            self.element_calls(&subresource.remove, (element, raw), scope, RetryMode::Removal, sink).await?;
        }
        Ok(())
    }

    async fn calls(
        &self,
        calls: &[ApiCall],
        subresource: &Subresource,
        scope: &mut TemplateScope,
        retry_mode: RetryMode,
        sink: &dyn ProgressSink,
    ) -> Result<bool, CloudError> {
        let owned: BTreeSet<String> = subresource.properties.iter().cloned().collect();
        let mut done = false;
        for call in calls {
            let names = call.properties.as_ref().unwrap_or(&subresource.properties);
            let wanted = names.iter().filter_map(|name| Some((name.clone(), scope.desired.get(name)?.clone())));
            let send: Properties = if call.send == Some(SendMode::None) { Properties::new() } else { wanted.collect() };
            done |= self.perform_and_wait(call, scope, &send, &owned, retry_mode, sink).await?;
        }
        Ok(done)
    }

    /// Returns the elements that are there now.
    async fn current_elements(
        &self,
        subresource: &Subresource,
        scope: &TemplateScope,
        before: Option<&Properties>,
    ) -> Result<Vec<ListElement>, CloudError> {
        let Some(property) = subresource.properties.first() else { return Ok(Vec::new()) };
        if subresource.read.is_some() {
            let (properties, elements) = self.subresource_elements(subresource, scope).await?;
            if let Some(elements) = elements {
                return Ok(elements.into_iter().map(|(element, raw)| (element, Some(raw))).collect());
            }
            return Ok(list(properties.get(property)));
        }
        if let Some(before) = before {
            return Ok(list(before.get(property)));
        }
        // The main read shows it.
        Ok(match self.fetch(scope).await? {
            Some(fetched) => list(self.properties(&fetched.object, &fetched.root, scope, None).get(property)),
            None => Vec::new(),
        })
    }

    /// Adds the missing elements, and removes those that are not desired.
    async fn reconcile(
        &self,
        subresource: &Subresource,
        there: Vec<ListElement>,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<bool, CloudError> {
        let property = subresource.properties.first().cloned().unwrap_or_default();
        let wanted = list(scope.desired.get(&property));
        let key = subresource.each.as_ref().and_then(|each| each.key.as_deref());
        let mut done = false;
        for (element, raw) in &there {
            if !wanted.iter().any(|(one, _)| is_same(key, one, element)) {
                let element = (element.clone(), raw.clone());
                self.element_calls(&subresource.remove, element, scope, RetryMode::AllTransient, sink).await?;
                done = true;
            }
        }
        for (element, _) in wanted {
            let twin = there.iter().find(|(other, _)| is_same(key, &element, other));
            if twin.is_some_and(|(other, _)| matches(&element, other)) {
                continue;
            }
            let (calls, raw) = match twin {
                Some((_, raw)) if !subresource.change.is_empty() => (&subresource.change, raw.clone()),
                _ => (&subresource.add, None),
            };
            self.element_calls(calls, (element, raw), scope, RetryMode::AllTransient, sink).await?;
            done = true;
        }
        Ok(done)
    }

    async fn element_calls(
        &self,
        calls: &[ApiCall],
        (element, raw): ListElement,
        scope: &mut TemplateScope,
        retry_mode: RetryMode,
        sink: &dyn ProgressSink,
    ) -> Result<(), CloudError> {
        (scope.item, scope.raw) = (Some(element), raw);
        let nothing = Properties::new();
        for call in calls {
            // An element's change shows in the list alone, which another call reads.
            self.perform_and_wait(call, scope, &nothing, &BTreeSet::new(), retry_mode, sink).await?;
        }
        (scope.item, scope.raw) = (None, None);
        Ok(())
    }
}

fn desired(subresource: &Subresource, scope: &TemplateScope) -> bool {
    subresource.properties.iter().any(|property| scope.desired.contains_key(property))
}

fn list(value: Option<&Json>) -> Vec<ListElement> {
    value.and_then(Json::as_array).into_iter().flatten().map(|element| (element.clone(), None)).collect()
}
