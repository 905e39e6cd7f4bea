//! Deletion of resources.

use super::BindingRunner;
use super::answer::PathValue;
use super::api_call::{RetryMode, VISIBILITY_TIMEOUT, is_error};
use super::generated_name::short_token;
use super::read_resource::passes_filter;
use crate::binding::{ApiCall, BlockingChildren};
use crate::map::merge;
use crate::template::{Template, TemplateTerm};
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, ProgressSink, Properties};
use serde_json::Value as Json;
use std::time::Duration;

impl BindingRunner<'_> {
    pub(super) async fn delete(&self, id: &str, token: &str, sink: &dyn ProgressSink) -> Result<(), CloudError> {
        let mut scope = self.scope_of(id);
        scope.token = Some(short_token(token));
        let binding = &self.bound.binding;
        if binding.delete.iter().any(|call| self.needs_reading(call, &scope))
            || binding.children.iter().any(|children| self.are_of_read(children.input.terms(), &scope))
            || binding.subresources.iter().any(|subresource| subresource.delete)
        {
            let Some(fetched) = self.fetch(&scope).await? else { return Ok(()) };
            scope.observed = self.properties(&fetched.object, &fetched.root, &scope, None);
            scope.before = scope.observed.clone();
            scope.set_read(fetched.root, fetched.object);
        }
        for subresource in binding.subresources.iter().filter(|subresource| subresource.delete) {
            self.delete_subresource(subresource, &mut scope, sink).await?;
        }
        for children in &binding.children {
            self.delete_children(children, &mut scope).await?;
        }
        let mut missed = None;
        for call in binding.delete.iter() {
            let mut done = self.delete_unused(call, &mut scope).await;
            if done.is_ok() {
                done = self.wait_for_operation(call, &mut scope, sink).await;
            }
            match done {
                Ok(()) => {}
                // Gone already, as is wanted, or something else is that the service came upon: a read tells which.
                Err(error) if error.kind == CloudErrorKind::NotFound => {
                    missed = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
            if call.wait {
                self.wait_until_ready(&scope, sink).await?;
            }
        }
        if binding.delete.is_empty() {
            return Ok(());
        }
        self.wait_until_deleted(&scope, sink).await.map_err(|error| match missed {
            Some(missed) => {
                CloudError { message: format!("{}; the answer to its deletion was: {missed}", error.message), ..error }
            }
            None => error,
        })
    }

    /// Checks that a call refers to a value that the identifier alone does not give.
    fn needs_reading(&self, call: &ApiCall, scope: &TemplateScope) -> bool {
        let each = call.each.iter().flat_map(Template::terms);
        self.are_of_read(call.input.terms().into_iter().chain(each), scope)
            || call.conditions().properties().any(|name| self.lacks(&name, scope))
    }

    fn are_of_read<'a>(&self, terms: impl IntoIterator<Item = &'a TemplateTerm>, scope: &TemplateScope) -> bool {
        terms.into_iter().any(|term| {
            term.is_of_read()
                || self.lacks(&term.word, scope)
                || term.property().is_some_and(|name| self.lacks(&name, scope))
        })
    }

    fn lacks(&self, word: &str, scope: &TemplateScope) -> bool {
        self.bound.def.root.by_aws(word).is_some() && !scope.parts.contains_key(word)
    }

    /// Removes what nobody declared, and what would prevent the deletion.
    async fn delete_children(&self, children: &BlockingChildren, scope: &mut TemplateScope) -> Result<(), CloudError> {
        let Some(input) = self.plain_input(&children.call, &children.input, scope)? else { return Ok(()) };
        let root = match self.send_read(&children.call, input, false).await {
            Ok(root) => root,
            Err(error) if error.kind == CloudErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let PathValue::Found(Json::Array(items)) = self.value_at(&children.call, &children.at, &root) else {
            return Err(self.foreign_answer(&children.call));
        };
        let items: Vec<Json> = items.into_iter().filter(|item| passes_filter(item, &children.filter, scope)).collect();
        for item in items {
            scope.item = Some(item);
            self.perform(&children.delete, scope, &Properties::new(), RetryMode::Removal).await?;
        }
        scope.item = None;
        Ok(())
    }

    /// Makes a call of a deletion, again for a while if something still uses the resource.
    ///
    /// A user that is gone is seen within minutes; one that is not has to be deleted by a person.
    async fn delete_unused(&self, call: &ApiCall, scope: &mut TemplateScope) -> Result<(), CloudError> {
        let start = self.cloud.clock.now();
        let mut pause = Duration::from_secs(1);
        loop {
            let error = match self.delete_call(call, scope).await {
                Err(error) if self.is_in_use(&error) => error,
                answer => return answer,
            };
            if self.cloud.clock.now().saturating_sub(start) >= VISIBILITY_TIMEOUT {
                return Err(CloudError { kind: CloudErrorKind::Invalid, ..error });
            }
            self.cloud.clock.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(15));
        }
    }

    fn is_in_use(&self, error: &CloudError) -> bool {
        self.errors().iter().any(|errors| errors.in_use.iter().any(|entry| is_error(error, entry)))
    }

    /// Makes a call of a deletion.
    ///
    /// `NotFound` means success here, so it is not waited out.
    async fn delete_call(&self, call: &ApiCall, scope: &mut TemplateScope) -> Result<(), CloudError> {
        if call.each.is_some() || call.once_per.is_some() {
            return self.perform(call, scope, &Properties::new(), RetryMode::Removal).await.map(|_| ());
        }
        if !Self::conditions_hold(call.conditions(), scope) {
            return Ok(());
        }
        let Some(input) = self.input(call, scope, &Properties::new())? else { return Ok(()) };
        match self.send(&call.call, input, true, 1).await {
            Ok(answer) => match self.failure_in(call, &answer) {
                Some(error) if !call.ignore.iter().any(|entry| is_error(&error, entry)) => Err(error),
                _ => {
                    merge(&mut scope.out, answer);
                    Ok(())
                }
            },
            Err(error) if call.ignore.iter().any(|entry| is_error(&error, entry)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
