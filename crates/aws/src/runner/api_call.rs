//! Operations: their inputs, their pages, their errors and retries.

use super::BindingRunner;
use crate::binding::{ApiCall, OncePer, PropertyMappings, PropertySide};
use crate::call_log::CallAttempt;
use crate::errors::{cloud_error, kind, matches_entry};
use crate::invoke::{InvokeError, InvokeErrorKind};
use crate::map::{MapError, Mapping, merge};
use crate::name_matching::{member, same, text_of};
use crate::path::{MemberPath, PathStep};
use crate::shapes::{MemberShape, Pagination};
use crate::template::{FillResult, TemplateTree};
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use gpb_model::PropPath;
use serde_json::{Map, Value as Json};
use std::time::Duration;

/// The longest time for something new to become visible.
///
/// IAM, S3 and KMS need up to two minutes (hashicorp/terraform-provider-aws, `propagationTimeout`).
pub(super) const VISIBILITY_TIMEOUT: Duration = Duration::from_mins(2);
/// No listing has so many pages.
///
/// A token that never ends is a fault of the service.
pub(super) const MAX_PAGES: usize = 10_000;

/// The failures after which a call is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryMode {
    /// The resource's own call: only what is not visible yet is waited for.
    ///
    /// The engine decides about the rest.
    VisibilityOnly,
    /// A step after it: all that passes by itself is waited for.
    ///
    /// So the resource is not left half made.
    AllTransient,
    /// The removal of one of the things on a resource: as above, and one that is not there is removed.
    ///
    /// IAM's lists lag: an attachment that was just taken away may still be listed
    /// (hashicorp/terraform-provider-aws, issue 4209).
    Removal,
}

impl BindingRunner<'_> {
    /// Performs one operation, once.
    ///
    /// `attempt` is the number of the try, counted from 1.
    pub(super) async fn send(&self, call: &str, input: Json, changes: bool, attempt: u32) -> Result<Json, CloudError> {
        let (service, operation) = self.bound.split(call);
        let call = CallAttempt { place: self.place, service, operation, attempt };
        let answer = call.invoke(&*self.cloud.invoke, &*self.cloud.clock, input).await;
        answer.map_err(|error| {
            let kind = kind(&error, &self.errors(), changes);
            cloud_error(error, kind, &format!("{service}:{operation}"))
        })
    }

    /// Performs an operation that changes something, with retries.
    ///
    /// `NotFound` is about something that is not visible yet.
    pub(super) async fn send_change(&self, call: &str, input: Json, retry_mode: RetryMode) -> Result<Json, CloudError> {
        let start = self.cloud.clock.now();
        let mut pause = Duration::from_secs(1);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.send(call, input.clone(), true, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let passes = match retry_mode {
                RetryMode::VisibilityOnly => matches!(error.kind, CloudErrorKind::NotReady | CloudErrorKind::NotFound),
                RetryMode::AllTransient => error.kind.is_retryable() || error.kind == CloudErrorKind::NotFound,
                RetryMode::Removal => error.kind.is_retryable(),
            };
            if !passes || self.cloud.clock.now().saturating_sub(start) >= VISIBILITY_TIMEOUT {
                return Err(error);
            }
            self.cloud.clock.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Performs an operation that reads, and joins all its pages.
    ///
    /// # Errors
    /// The service's own, and `UnexpectedAnswer` for an answer of another shape.
    pub(super) async fn send_read(&self, call: &str, input: Json, may_be_empty: bool) -> Result<Json, CloudError> {
        self.send_pages(call, input, may_be_empty, MAX_PAGES).await
    }

    /// Performs an operation that reads, and joins its first pages.
    pub(super) async fn send_pages(
        &self,
        call: &str,
        input: Json,
        may_be_empty: bool,
        pages: usize,
    ) -> Result<Json, CloudError> {
        let page = self.bound.operation(call).and_then(|(_, operation)| operation.page.as_ref());
        let mut joined = self.send(call, input.clone(), false, 1).await?;
        self.check_answer(call, &joined, may_be_empty)?;
        let Some(page) = page else { return Ok(joined) };
        let mut last = joined.clone();
        for _ in 1..pages {
            let Some(next) = next_page(page, &input, &last) else { break };
            last = self.send_page(call, next).await?;
            self.check_answer(call, &last, may_be_empty)?;
            join(page, &mut joined, &last);
        }
        Ok(joined)
    }

    /// Asks for a further page, again if that comes too fast: who begins anew asks for all of them once more.
    async fn send_page(&self, call: &str, input: Json) -> Result<Json, CloudError> {
        let start = self.cloud.clock.now();
        let mut pause = Duration::from_secs(1);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.send(call, input.clone(), false, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let waited = self.cloud.clock.now().saturating_sub(start);
            if error.kind != CloudErrorKind::Throttled || waited >= VISIBILITY_TIMEOUT {
                return Err(error);
            }
            self.cloud.clock.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Performs a call of a binding if its conditions hold: once, or once an element.
    ///
    /// The output joins `scope.out`.
    pub(super) async fn perform(
        &self,
        call: &ApiCall,
        scope: &mut TemplateScope,
        send: &Properties,
        retry_mode: RetryMode,
    ) -> Result<bool, CloudError> {
        if !Self::conditions_hold(call.conditions(), scope) {
            return Ok(false);
        }
        let elements: Vec<Option<Json>> = match &call.each {
            None => vec![None],
            Some(list) => match list.fill(scope) {
                FillResult::Value(Json::Array(items)) => items.into_iter().map(Some).collect(),
                FillResult::Value(one) => vec![Some(one)],
                FillResult::Absent | FillResult::AbsentObject => Vec::new(),
            },
        };
        let mut made = false;
        for element in elements {
            made |= match element {
                Some(item) => self.perform_for(call, item, scope, send, retry_mode).await?,
                None => self.perform_once(call, scope, send, retry_mode).await?,
            };
        }
        Ok(made)
    }

    /// Performs a call for one element of its `for`, if its conditions hold.
    pub(super) async fn perform_for(
        &self,
        call: &ApiCall,
        item: Json,
        scope: &mut TemplateScope,
        send: &Properties,
        retry_mode: RetryMode,
    ) -> Result<bool, CloudError> {
        if !Self::conditions_hold(call.conditions(), scope) {
            return Ok(false);
        }
        scope.item = Some(item);
        let made = self.perform_once(call, scope, send, retry_mode).await?;
        if let (true, Some(token), Some(item)) = (made && call.once_per.is_none(), &scope.token, &scope.item) {
            self.cloud.lay(token, item);
        }
        Ok(made)
    }

    async fn perform_once(
        &self,
        call: &ApiCall,
        scope: &mut TemplateScope,
        send: &Properties,
        retry_mode: RetryMode,
    ) -> Result<bool, CloudError> {
        if call.once_per == Some(OncePer::Property) {
            return self.once_per_property(call, scope, send, retry_mode).await;
        }
        let Some(input) = self.input(call, scope, send)? else { return Ok(false) };
        self.send_and_merge(call, input, scope, retry_mode).await?;
        Ok(true)
    }

    async fn once_per_property(
        &self,
        call: &ApiCall,
        scope: &mut TemplateScope,
        send: &Properties,
        retry_mode: RetryMode,
    ) -> Result<bool, CloudError> {
        let mut made = false;
        for (name, value) in send {
            scope.property = Some(self.api_name(name));
            scope.value = Some(value.clone());
            if let Some(input) = self.input(call, scope, &Properties::new())? {
                self.send_and_merge(call, input, scope, retry_mode).await?;
                made = true;
            }
        }
        (scope.property, scope.value) = (None, None);
        Ok(made)
    }

    async fn send_and_merge(
        &self,
        call: &ApiCall,
        input: Json,
        scope: &mut TemplateScope,
        retry_mode: RetryMode,
    ) -> Result<(), CloudError> {
        let is_no_failure = |error: &CloudError| {
            (retry_mode == RetryMode::Removal && error.kind == CloudErrorKind::NotFound)
                || call.ignore.iter().any(|entry| is_error(error, entry))
        };
        let error = match self.send_change(&call.call, input, retry_mode).await {
            Ok(answer) => {
                let Some(error) = self.failure_in(call, &answer) else {
                    merge(&mut scope.out, answer);
                    return Ok(());
                };
                error
            }
            Err(error) => error,
        };
        if is_no_failure(&error) { Ok(()) } else { Err(error) }
    }

    /// Returns the failure that an answer of status 200 holds, where the binding names its place.
    pub(super) fn failure_in(&self, call: &ApiCall, answer: &Json) -> Option<CloudError> {
        let found = call.failed_at.as_ref()?.get(answer, answer)?;
        let text = |name| found.as_object().and_then(|found| member(found, name)).map(text_of).unwrap_or_default();
        let error = InvokeError::new(InvokeErrorKind::Service, text("Code"), text("Message"));
        let (service, operation) = self.bound.split(&call.call);
        let kind = kind(&error, &self.errors(), true);
        Some(cloud_error(error, kind, &format!("{service}:{operation}")))
    }

    /// Returns the last step of a property's place in the API, or its own name.
    fn api_name(&self, property: &str) -> String {
        let place = self.bound.binding.properties.get(&PropPath(property.into()));
        let last = match place.map(|place| &place.write) {
            Some(PropertySide::At(path)) => path.steps().last(),
            _ => None,
        };
        if let Some(PathStep::Name(name)) = last { name.clone() } else { property.to_owned() }
    }

    /// Returns the input of a call, or nothing when a part marked `!` is absent.
    pub(super) fn input(
        &self,
        call: &ApiCall,
        scope: &TemplateScope,
        send: &Properties,
    ) -> Result<Option<Json>, CloudError> {
        let Some((api, _)) = self.bound.operation(&call.call) else { return Ok(Some(Json::Object(Map::new()))) };
        let (_, operation) = self.bound.split(&call.call);
        let shape = api.input(operation);
        let mut target = Json::Object(Map::new());
        let explicit: Vec<&str> = call.input.keys().collect();
        let taken = |name: &str| explicit.iter().any(|key| same(key, name));
        let tags = self.tag_property();
        if let Some(tags) = tags.and_then(|property| send.get(property)) {
            self.tags_into(&call.call, tags, scope, &mut target)?;
        }
        self.mapping(scope, |mapping| -> Result<(), MapError> {
            for (name, value) in send.iter().filter(|(name, _)| Some(name.as_str()) != tags) {
                // What the binding writes itself wins, so the property's own form need not even fit there.
                let path = mapping.place(name, shape);
                let own = path.as_ref().is_some_and(
                    |path| matches!(path.steps(), [PathStep::Name(head)] if call.replaces(head, value.is_object())),
                );
                if !own {
                    mapping.write(name, value, shape, &mut target)?;
                }
            }
            Ok(())
        })
        .map_err(|error| self.map_error(&error, operation))?;
        self.add_required(scope, shape, &mut target, &taken, operation)?;
        Ok(if self.overlay(&call.input, scope, shape, &mut target, operation)? { Some(target) } else { None })
    }

    /// Returns the input of a call that sends no properties.
    ///
    /// It has the identifier's parts and the binding's members.
    pub(super) fn plain_input(
        &self,
        call: &str,
        input: &TemplateTree,
        scope: &TemplateScope,
    ) -> Result<Option<Json>, CloudError> {
        let (_, operation) = self.bound.split(call);
        let Some((api, _)) = self.bound.operation(call) else { return Ok(Some(Json::Object(Map::new()))) };
        let shape = api.input(operation);
        let mut target = Json::Object(Map::new());
        let taken = |name: &str| input.keys().any(|key| same(key, name));
        self.add_parts(scope, shape, &mut target, &taken, operation)?;
        Ok(if self.overlay(input, scope, shape, &mut target, operation)? { Some(target) } else { None })
    }

    /// Checks that every member that the API requires is in an input.
    pub(super) fn is_complete(&self, call: &str, input: &Json) -> bool {
        let (_, operation) = self.bound.split(call);
        let Some((api, _)) = self.bound.operation(call) else { return true };
        let MemberShape::Structure(structure, _) = api.input(operation) else { return true };
        structure.required.iter().all(|name| input.get(name).is_some())
    }

    fn add_parts(
        &self,
        scope: &TemplateScope,
        shape: MemberShape<'_>,
        target: &mut Json,
        taken: &dyn Fn(&str) -> bool,
        operation: &str,
    ) -> Result<(), CloudError> {
        let written = self.mapping(scope, |mapping| -> Result<(), MapError> {
            for (name, value) in &scope.parts {
                let member = shape.member(name);
                let list = matches!(
                    member,
                    Some((_, MemberShape::List(..) | MemberShape::Structure(..) | MemberShape::Map(..)))
                );
                let set = member.as_ref().is_some_and(|(name, _)| taken(name) || target.get(name).is_some());
                if !list && !set && (member.is_some() || self.bound.binding.attributes.is_none()) {
                    mapping.write(name, value, shape, target)?;
                }
            }
            Ok(())
        });
        written.map_err(|error| self.map_error(&error, operation))
    }

    /// Adds the members that every such call needs.
    ///
    /// They are the identifier's parts, idempotency tokens, and properties that the API requires.
    fn add_required(
        &self,
        scope: &TemplateScope,
        shape: MemberShape<'_>,
        target: &mut Json,
        taken: &dyn Fn(&str) -> bool,
        operation: &str,
    ) -> Result<(), CloudError> {
        self.add_parts(scope, shape, target, taken, operation)?;
        let MemberShape::Structure(structure, _) = shape else { return Ok(()) };
        for name in &structure.tokens {
            if let (Some(token), false, None) = (&scope.token, taken(name), target.get(name)) {
                merge(target, serde_json::json!({ name: token }));
            }
        }
        let lacking: Vec<&String> =
            structure.required.iter().filter(|name| target.get(name.as_str()).is_none() && !taken(name)).collect();
        let given = |name: &str| scope.observed.contains_key(name) || scope.desired.contains_key(name);
        // What is nowhere declared is sent as the value that it has then.
        let unset = self.bound.binding.defaults.iter().filter(|(name, _)| !given(name));
        let written = self.mapping(scope, |mapping| -> Result<(), MapError> {
            for (name, value) in unset.chain(&scope.observed).chain(&scope.desired) {
                let place = mapping.place(name, shape);
                let head = place.as_ref().and_then(|path| path.steps().first());
                if let Some(PathStep::Name(head)) = head
                    && lacking.iter().any(|member| same(member, head))
                {
                    mapping.write(name, value, shape, target)?;
                }
            }
            Ok(())
        });
        written.map_err(|error| self.map_error(&error, operation))
    }

    /// Adds the members that the binding writes itself.
    ///
    /// They are converted to the API's spelling and kinds. False: the call is not made.
    fn overlay(
        &self,
        input: &TemplateTree,
        scope: &TemplateScope,
        shape: MemberShape<'_>,
        target: &mut Json,
        operation: &str,
    ) -> Result<bool, CloudError> {
        let filled = match (input.fill(scope), input) {
            (FillResult::Value(filled), _) => filled,
            (FillResult::AbsentObject, _) => return Ok(false),
            (FillResult::Absent, TemplateTree::Object(entries)) => {
                return Ok(!entries.iter().any(|(_, tree)| tree.fill(scope) == FillResult::AbsentObject));
            }
            (FillResult::Absent, _) => return Ok(true),
        };
        let Json::Object(entries) = filled else { return Ok(true) };
        let no_places = PropertyMappings::new();
        for (key, value) in entries {
            let Some((name, member)) = shape.member(&key) else { continue };
            let converted = self.mapping(scope, |mapping| {
                Mapping { places: &no_places, ..mapping }.convert(&value, member, &PropPath(key.as_str().into()))
            });
            let value = converted.map_err(|error| self.map_error(&error, operation))?;
            let object = Json::Object(Map::from_iter([(name.clone(), value)]));
            if target.get(&name).is_some_and(|present| !present.is_object()) {
                merge(target, serde_json::json!({ name: null }));
            }
            merge_over(target, object);
        }
        Ok(true)
    }

    pub(super) fn map_error(&self, error: &MapError, operation: &str) -> CloudError {
        let message = format!("{}: {operation}: {error}", self.bound.ty);
        CloudError::new(CloudErrorKind::Unsupported, "GPB8104", message)
    }
}

/// Puts the binding's own members over those that the properties have written.
///
/// Lists of objects are merged element by element, so that `Changes = [{ Action = "CREATE" }]` completes the change that
/// holds the record.
fn merge_over(target: &mut Json, value: Json) {
    match (target, value) {
        (Json::Object(target), Json::Object(entries)) => {
            for (key, value) in entries {
                merge_over(target.entry(key).or_insert(Json::Null), value);
            }
        }
        (Json::Array(target), Json::Array(items)) if target.iter().chain(&items).all(Json::is_object) => {
            let mut items = items.into_iter();
            for (present, item) in target.iter_mut().zip(items.by_ref()) {
                merge_over(present, item);
            }
            target.extend(items);
        }
        (target, value) => *target = value,
    }
}

/// Checks that an error is the one of a binding's entry (`Code`, or `Code: words`).
pub(super) fn is_error(error: &CloudError, entry: &str) -> bool {
    matches_entry(&error.code, &error.message, entry)
}

fn next_page(page: &Pagination, input: &Json, last: &Json) -> Option<Json> {
    if let Some(more) = &page.more
        && more.parse().ok().and_then(|path: MemberPath| path.get(last, last)) != Some(Json::Bool(true))
    {
        return None;
    }
    let mut next = input.clone();
    let mut found = false;
    for (from, to) in page.output.iter().zip(&page.input) {
        // Botocore writes some tokens as expressions (`NextMarker || Contents[-1].Key`): the first name is the token.
        let name = from.split("||").next().unwrap_or(from).trim();
        let token = name.parse().ok().and_then(|path: MemberPath| path.get(last, last));
        if let Some(token) = token.filter(|token| !text_of(token).is_empty()) {
            merge(&mut next, serde_json::json!({ to: token }));
            found = true;
        }
    }
    found.then_some(next)
}

fn join(page: &Pagination, joined: &mut Json, last: &Json) {
    for items in &page.items {
        let segments: Vec<&str> = items.split('.').collect();
        let more = segments.iter().try_fold(last, |value, name| member(value.as_object()?, name));
        let Some(Json::Array(more)) = more else { continue };
        let more = more.clone();
        let slot = segments.iter().try_fold(&mut *joined, |value, name| {
            value.as_object_mut().map(|object| object.entry((*name).to_owned()).or_insert(Json::Null))
        });
        match slot {
            Some(Json::Array(all)) => all.extend(more),
            Some(slot) => *slot = Json::Array(more),
            None => {}
        }
    }
}
