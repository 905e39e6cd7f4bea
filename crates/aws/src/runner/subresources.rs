//! Properties with operations of their own.

use super::BindingRunner;
use super::api_call::RetryMode;
use crate::binding::{ApiCall, SendMode, Subresource};
use crate::map::matches;
use crate::name_matching::text_of;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, Properties};
use serde_json::Value as Json;

/// An element of a list property, with its raw form where a read gave one.
type ListElement = (Json, Option<Json>);

impl BindingRunner<'_> {
    /// After creation: puts what is desired. Says whether anything was done.
    pub(super) async fn create_subresource(
        &self,
        subresource: &Subresource,
        scope: &mut TemplateScope,
    ) -> Result<bool, CloudError> {
        if !subresource.create || !desired(subresource, scope) {
            return Ok(false);
        }
        match &subresource.each {
            None => self.calls(&subresource.put, subresource, scope).await,
            Some(each) => {
                let there =
                    if each.keep { Vec::new() } else { self.current_elements(subresource, scope, None).await? };
                self.reconcile(subresource, there, scope).await
            }
        }
    }

    /// On update: brings it to what is desired.
    pub(super) async fn update_subresource(
        &self,
        subresource: &Subresource,
        before: &Properties,
        scope: &mut TemplateScope,
    ) -> Result<bool, CloudError> {
        if subresource.each.is_some() {
            let there = self.current_elements(subresource, scope, Some(before)).await?;
            return self.reconcile(subresource, there, scope).await;
        }
        if desired(subresource, scope) {
            return self.calls(&subresource.put, subresource, scope).await;
        }
        self.calls(&subresource.clear, subresource, scope).await
    }

    /// Before deletion: takes away what would stand in its way.
    pub(super) async fn delete_subresource(
        &self,
        subresource: &Subresource,
        scope: &mut TemplateScope,
    ) -> Result<(), CloudError> {
        if subresource.each.is_none() {
            return self.calls(&subresource.clear, subresource, scope).await.map(|_| ());
        }
        for (element, raw) in self.current_elements(subresource, scope, None).await? {
            self.element_calls(&subresource.remove, element, raw, scope).await?;
        }
        Ok(())
    }

    async fn calls(
        &self,
        calls: &[ApiCall],
        subresource: &Subresource,
        scope: &mut TemplateScope,
    ) -> Result<bool, CloudError> {
        let mut done = false;
        for call in calls {
            let names = call.properties.as_ref().unwrap_or(&subresource.properties);
            let wanted = names.iter().filter_map(|name| Some((name.clone(), scope.desired.get(name)?.clone())));
            let send: Properties = if call.send == Some(SendMode::None) { Properties::new() } else { wanted.collect() };
            done |= self.perform(call, scope, &send, RetryMode::AllTransient).await?;
        }
        Ok(done)
    }

    /// The elements that are there now.
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

    /// Adds what is missing and removes what is too much.
    async fn reconcile(
        &self,
        subresource: &Subresource,
        there: Vec<ListElement>,
        scope: &mut TemplateScope,
    ) -> Result<bool, CloudError> {
        let property = subresource.properties.first().cloned().unwrap_or_default();
        let wanted = list(scope.desired.get(&property));
        let key = subresource.each.as_ref().and_then(|each| each.key.as_deref());
        let mut done = false;
        for (element, raw) in &there {
            if !wanted.iter().any(|(one, _)| same(key, one, element)) {
                self.element_calls(&subresource.remove, element.clone(), raw.clone(), scope).await?;
                done = true;
            }
        }
        for (element, _) in wanted {
            if !there.iter().any(|(other, _)| same(key, &element, other) && matches(&element, other)) {
                self.element_calls(&subresource.add, element, None, scope).await?;
                done = true;
            }
        }
        Ok(done)
    }

    async fn element_calls(
        &self,
        calls: &[ApiCall],
        element: Json,
        raw: Option<Json>,
        scope: &mut TemplateScope,
    ) -> Result<(), CloudError> {
        (scope.item, scope.raw) = (Some(element), raw);
        for call in calls {
            self.perform(call, scope, &Properties::new(), RetryMode::AllTransient).await?;
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

/// Whether two elements stand for the same thing.
fn same(key: Option<&str>, wanted: &Json, found: &Json) -> bool {
    match key {
        Some(key) => wanted.get(key).zip(found.get(key)).is_some_and(|(a, b)| text_of(a) == text_of(b)),
        None => matches(wanted, found),
    }
}
