//! Creating and updating.

use super::api_call::RetryMode;
use super::generated_name::short_token;
use super::read_resource::ReadResult;
use super::{BindingRunner, tags::pairs};
use crate::binding::{ApiCall, OncePer, SendMode, Subresource};
use crate::name_matching::text_of;
use crate::path::PathStep;
use crate::template::{Template, TemplateTerm, TemplateTree};
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, ObservedResource, Progress, ProgressSink, Properties, UpdateRequest,
};
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeSet;

impl BindingRunner<'_> {
    pub(super) async fn create(
        &self,
        create: &CreateRequest<'_>,
        sink: &dyn ProgressSink,
    ) -> Result<ObservedResource, CloudError> {
        let token = short_token(create.token);
        let mut desired = create.desired.clone();
        self.refuse_unsupported(desired.keys())?;
        self.refuse_name_conflict(create, sink).await?;
        self.add_name(&mut desired, create.label, create.token);
        self.add_marker(&mut desired, &token);
        let mut scope = self.scope();
        (scope.desired, scope.token) = (desired, Some(token));
        self.refuse_unmapped(&scope)?;
        let mut known = None;
        for call in self.bound.binding.create.iter() {
            let send = self.sendable(call, &scope.desired, true);
            match self.perform(call, &mut scope, &send, RetryMode::VisibilityOnly).await {
                Ok(_) => {}
                Err(error) if self.is_held(&error) => {
                    known = Some(self.revive(&mut scope, error, sink).await?);
                    break;
                }
                Err(error) => {
                    // What lies upon some of its elements is there, and is to be finished or deleted.
                    if known.is_none() && self.is_begun(call, &scope) {
                        self.tell_identifier(&mut scope, sink).await?;
                    }
                    return Err(error);
                }
            }
            // Before anything is waited for: a run may end while it waits.
            if known.is_none() && !answers_late(call) {
                known = self.tell_identifier(&mut scope, sink).await?;
            }
            let waited = self.wait_for_operation(call, &mut scope, sink).await;
            // What the name belongs to already is nothing that this creation has left.
            let is_own = !matches!(&waited, Err(error) if error.kind == CloudErrorKind::AlreadyExists);
            if known.is_none() && answers_late(call) && is_own {
                known = self.tell_identifier(&mut scope, sink).await?;
            }
            waited?;
            if call.wait && known.is_some() {
                let fetched = self.wait_until_ready(&scope, sink).await?;
                self.renew(&mut scope, fetched);
            }
        }
        let Some(id) = known else { return Err(self.no_identifier(&scope)) };
        let fetched = self.complete_creation(&mut scope, sink).await?;
        self.observe_fetched(&id, &fetched).await
    }

    /// Tells the identifier, once the answers show it, so that the journal has it.
    async fn tell_identifier(
        &self,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<Option<String>, CloudError> {
        let Some(id) = self.identify(scope) else { return Ok(None) };
        sink.progress(Progress::Identified { id: id.clone() }).await?;
        scope.parts = self.parts(&id);
        scope.id = Some(id.clone());
        Ok(Some(id))
    }

    /// Checks that this creation has carried a call out for some element of its `for`.
    fn is_begun(&self, call: &ApiCall, scope: &TemplateScope) -> bool {
        let (Some(list), Some(token)) = (&call.each, &scope.token) else { return false };
        match list.fill(scope).value() {
            Some(Json::Array(items)) => items.iter().any(|item| self.cloud.has_laid(token, item)),
            one => one.is_some_and(|item| self.cloud.has_laid(token, &item)),
        }
    }

    /// Returns the error of a creation whose answers do not show what was made.
    fn no_identifier(&self, scope: &TemplateScope) -> CloudError {
        let mut calls = self.bound.binding.create.iter();
        match calls.clone().find(|call| !self.is_answer(&call.call, &scope.out)) {
            Some(call) if calls.all(|call| !self.is_answer(&call.call, &scope.out)) => {
                CloudError { kind: CloudErrorKind::Ambiguous, ..self.foreign_answer(&call.call) }
            }
            _ => {
                self.internal("NoIdentifier", "no output of the creation has the identifier; name its place under `id`")
            }
        }
    }

    /// Completes a creation: tags, subresources, readiness.
    async fn complete_creation(
        &self,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<ReadResult, CloudError> {
        if let (true, Some(property)) = (self.tags_after_creation(), self.tag_property())
            && let Some(tags) = scope.desired.get(property).cloned()
        {
            self.put_tags(&tags, scope).await?;
        }
        self.read_if_needed(scope).await?;
        for subresource in self.bound.binding.subresources.iter().filter(|subresource| !subresource.after_ready) {
            self.create_subresource(subresource, scope, sink).await?;
        }
        let fetched = self.wait_until_ready(scope, sink).await?;
        let mut done = false;
        for subresource in self.bound.binding.subresources.iter().filter(|subresource| subresource.after_ready) {
            done |= self.create_subresource(subresource, scope, sink).await?;
        }
        if done { self.wait_until_ready(scope, sink).await } else { Ok(fetched) }
    }

    pub(super) async fn update(
        &self,
        update: &UpdateRequest<'_>,
        sink: &dyn ProgressSink,
    ) -> Result<ObservedResource, CloudError> {
        let mut scope = self.scope_of(&update.key.id);
        let heads: BTreeSet<String> = update.changed.iter().map(|path| path.head().to_owned()).collect();
        scope.desired = update.desired.clone();
        scope.token = Some(short_token(update.token));
        scope.before = update.before.clone();
        scope.observed = update.before.clone();
        scope.observed.retain(|name, _| !heads.contains(name));
        scope.changed = scope.desired.clone();
        scope.changed.retain(|name, _| heads.contains(name));
        scope.changed_places = update.changed.to_vec();
        self.refuse_unsupported(heads.iter())?;
        self.read_if_needed(&mut scope).await?;
        self.set_patch(&heads, &mut scope).await?;
        let mut left = heads.clone();
        // What the calls since the last wait were about.
        let mut unsettled = BTreeSet::new();
        for call in self.bound.binding.update.iter() {
            let covered = self.update_call(call, &heads, &mut scope, sink).await?;
            left.retain(|name| {
                !covered.contains(name)
                    && !self.bound.binding.carriers(name).iter().any(|carrier| covered.contains(carrier))
            });
            if call.wait && !covered.is_empty() {
                unsettled.clear();
            } else {
                unsettled.extend(covered);
            }
        }
        if let Some(property) = self.tag_property().filter(|property| left.remove(*property)) {
            let (before, after) = (update.before.get(property), update.desired.get(property));
            if pairs(before) != pairs(after) {
                self.change_tags(before, after, &scope).await?;
            }
        }
        for subresource in self.bound.binding.subresources.iter().filter(|subresource| subresource.update) {
            let mine: Vec<&String> = subresource.properties.iter().filter(|name| heads.contains(*name)).collect();
            if !mine.is_empty() {
                if self.update_subresource(subresource, update.before, &mut scope, sink).await? {
                    unsettled.extend(mine.into_iter().cloned());
                }
                left.retain(|name| !subresource.properties.contains(name));
            }
        }
        // What a creation may have set already is set again where a call takes it; where none does, it stays as it is.
        left.retain(|name| !update.reasserted.iter().any(|path| path.head() == name));
        if !left.is_empty() {
            let names: Vec<&str> = left.iter().map(String::as_str).collect();
            let message = format!("{}: no operation of the binding changes `{}`", self.bound.ty, names.join("`, `"));
            return Err(CloudError::new(CloudErrorKind::Unsupported, "GPB8104", message));
        }
        let fetched = self.wait_until_changed(&scope, &unsettled, sink).await?;
        self.observe_fetched(&update.key.id, &fetched).await
    }

    /// Makes a call of an update if it is about something that changes; returns the properties that it changes.
    async fn update_call(
        &self,
        call: &ApiCall,
        heads: &BTreeSet<String>,
        scope: &mut TemplateScope,
        sink: &dyn ProgressSink,
    ) -> Result<BTreeSet<String>, CloudError> {
        let covered: BTreeSet<String> = heads
            .iter()
            .filter(|name| self.covers(call, name) && !self.bound.binding.is_carried(name))
            .cloned()
            .collect();
        let holds = Self::conditions_hold(call.conditions(), scope)
            && Self::size_changed(call, scope)
            && places_changed(call, scope);
        if covered.is_empty() || !holds {
            return Ok(BTreeSet::new());
        }
        let all = call.send == Some(SendMode::All);
        let mut send = self.sendable(call, &scope.desired, false);
        send.retain(|name, _| all || covered.contains(name));
        if call.send == Some(SendMode::None) {
            send.clear();
        }
        for name in covered.iter().filter(|name| !scope.desired.contains_key(*name)) {
            let default = self.bound.binding.defaults.get(name).cloned();
            let catalog = || self.bound.def.root.by_aws(name).and_then(|property| property.default.clone());
            match default.or_else(catalog) {
                Some(value) => {
                    send.insert(name.clone(), value);
                }
                None if all || Self::mentions(call, name) || call.send == Some(SendMode::None) => {}
                None => {
                    let message =
                        format!("{}: `{name}` cannot be unset; write the value that it should have", self.bound.ty);
                    return Err(CloudError::new(CloudErrorKind::Invalid, "GPB8105", message));
                }
            }
        }
        self.perform_and_wait(call, scope, &send, &covered, RetryMode::VisibilityOnly, sink).await?;
        Ok(covered)
    }

    /// Makes a call of a change, and waits as it says: of a `for`, after each element.
    pub(super) async fn perform_and_wait(
        &self,
        call: &ApiCall,
        scope: &mut TemplateScope,
        send: &Properties,
        covered: &BTreeSet<String>,
        retry_mode: RetryMode,
        sink: &dyn ProgressSink,
    ) -> Result<bool, CloudError> {
        let waits = call.wait || call.operation.is_some();
        let elements = match &call.each {
            Some(list) if waits => match list.fill(scope).value() {
                Some(Json::Array(items)) => items,
                one => one.into_iter().collect(),
            },
            _ => Vec::new(),
        };
        let whole = call.each.is_none() || !waits;
        let mut made = false;
        for item in whole.then_some(None).into_iter().chain(elements.into_iter().map(Some)) {
            let done = match item {
                None => self.perform(call, scope, send, retry_mode).await?,
                Some(item) => self.perform_for(call, item, scope, send, retry_mode).await?,
            };
            if done {
                made = true;
                self.wait_for_operation(call, scope, sink).await?;
            }
            if done && call.wait {
                let fetched = self.wait_until_changed(scope, covered, sink).await?;
                self.renew(scope, fetched);
            }
        }
        Ok(made)
    }

    /// Takes what a read shows for the calls that follow: versions and identifiers have moved on.
    fn renew(&self, scope: &mut TemplateScope, fetched: ReadResult) {
        let shown = self.properties(&fetched.object, &fetched.root, scope, None);
        scope.observed.extend(shown.into_iter().filter(|(name, _)| self.read_only(name)));
        scope.set_read(fetched.root, fetched.object);
    }

    /// Reads the resource first when a template needs what only a read shows.
    pub(super) async fn read_if_needed(&self, scope: &mut TemplateScope) -> Result<(), CloudError> {
        let binding = &self.bound.binding;
        let subresources = binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call);
        let calls = binding.update.iter().chain(&*binding.delete).chain(subresources);
        let tags = self.bound.tags.iter().flat_map(|tags| tags.tag.iter().chain(&tags.untag)).map(|call| &call.input);
        let mut terms = Vec::new();
        for call in calls {
            terms.extend(call.input.terms());
            terms.extend(call.each.iter().flat_map(Template::terms));
        }
        terms.extend(tags.flat_map(TemplateTree::terms));
        let lacks = |term: &TemplateTerm| match term.word.as_str() {
            _ if term.is_of_read() => scope.read.is_none(),
            word => {
                self.bound.def.root.by_aws(word).is_some_and(|_| self.read_only(word)) && scope.property(word).is_none()
            }
        };
        if !terms.into_iter().any(lacks) {
            return Ok(());
        }
        if let Some(fetched) = self.fetch(scope).await? {
            let shown = self.properties(&fetched.object, &fetched.root, scope, None);
            for (name, value) in shown.into_iter().filter(|(name, _)| self.read_only(name)) {
                scope.observed.entry(name).or_insert(value);
            }
            scope.set_read(fetched.root, fetched.object);
        }
        Ok(())
    }

    fn read_only(&self, property: &str) -> bool {
        self.bound.def.is_read_only(&PropPath(property.into()))
    }

    /// Returns the identifier, once outputs and desired properties hold all of it.
    pub(super) fn identify(&self, scope: &TemplateScope) -> Option<String> {
        if let Some(template) = &self.bound.binding.identifier
            && scope.out.as_object().is_some_and(|out| !out.is_empty())
        {
            return template.fill(scope).value().map(|id| text_of(&id)).filter(|id| !id.is_empty());
        }
        let at = self.bound.binding.create.iter().rev().find_map(|call| call.at.as_ref());
        let object = at.and_then(|path| path.get(&scope.out, &scope.out)).unwrap_or_else(|| scope.out.clone());
        let mut shown = self.properties(&object, &scope.out, scope, None);
        // An answer that repeats what was asked is no better than what was asked.
        shown.extend(scope.desired.clone());
        for (part, template) in &self.bound.binding.id {
            shown.remove(part);
            shown.extend(template.fill(scope).value().map(|value| (part.clone(), Json::from(text_of(&value)))));
        }
        self.identifier(&shown).filter(|id| !id.is_empty())
    }

    /// Returns the properties that a call sends.
    pub(super) fn sendable(&self, call: &ApiCall, desired: &Properties, creating: bool) -> Properties {
        if call.send == Some(SendMode::None) {
            return Properties::new();
        }
        let free = |name: &String| match &call.properties {
            Some(names) => names.contains(name),
            None => self.is_free(name, creating),
        };
        let fits = |name: &String| call.once_per.is_none() || self.is_attribute(call, name);
        desired.iter().filter(|(name, _)| free(name) && fits(name)).map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// Checks that a property is sent with the others.
    ///
    /// Those of subresources, and tags, are not.
    fn is_free(&self, name: &str, creating: bool) -> bool {
        let owned = self.bound.binding.subresources.iter().any(|subresource| {
            subresource.properties.iter().any(|property| property == name)
                && (if creating { subresource.create } else { subresource.update })
        });
        let tags = self.tag_property() == Some(name) && !creating && self.has_tag_calls();
        !owned && !tags && !self.read_only(name)
    }

    pub(super) fn has_tag_calls(&self) -> bool {
        self.bound.tags.as_ref().is_some_and(|tags| tags.tag.is_some())
    }

    /// Checks that a call made once a property is for this one.
    ///
    /// Such calls are for the properties that creation puts into the attribute map.
    fn is_attribute(&self, call: &ApiCall, name: &str) -> bool {
        if call.properties.is_some() || call.once_per != Some(OncePer::Property) {
            return true;
        }
        let Some(attributes) = &self.bound.binding.attributes else { return true };
        let creations = self.bound.binding.create.iter();
        creations
            .filter_map(|create| self.input_path_of(create, name))
            .any(|path| path.first() == attributes.steps().first() && path.len() > attributes.steps().len())
    }

    /// Returns the place of a property in a call's input.
    fn input_path_of(&self, call: &ApiCall, name: &str) -> Option<Vec<PathStep>> {
        let (api, _) = self.bound.operation(&call.call)?;
        let shape = api.input(self.bound.split(&call.call).1);
        self.mapping(&self.scope(), |mapping| mapping.place(name, shape)).map(|path| path.steps().to_vec())
    }

    /// Checks that an update call is for a property.
    pub(super) fn covers(&self, call: &ApiCall, name: &str) -> bool {
        match &call.properties {
            Some(names) => names.iter().any(|one| one == name),
            None if Self::mentions(call, name) => true,
            None if call.once_per.is_some() => self.is_free(name, false) && self.is_attribute(call, name),
            None => self.is_free(name, false) && self.input_path_of(call, name).is_some(),
        }
    }

    pub(super) fn mentions(call: &ApiCall, name: &str) -> bool {
        let is_about = |term: &TemplateTerm| {
            term.is_of_all() || term.word == name || (term.is_of_change() && term.property().as_deref() == Some(name))
        };
        let in_input = call.input.terms().into_iter().any(is_about);
        in_input || call.each.as_ref().is_some_and(|each| each.terms().any(is_about))
    }

    fn refuse_unsupported<'b>(&self, names: impl Iterator<Item = &'b String>) -> Result<(), CloudError> {
        let mut names = names.filter(|name| self.bound.binding.unsupported.contains(name));
        match names.next() {
            None => Ok(()),
            Some(name) => Err(self.unsupported(name)),
        }
    }

    /// Refuses a desired property that no call takes, which would be lost silently.
    fn refuse_unmapped(&self, scope: &TemplateScope) -> Result<(), CloudError> {
        match scope.desired.keys().find(|name| !self.has_place(name)) {
            None => Ok(()),
            Some(name) => Err(self.unsupported(name)),
        }
    }

    /// Checks that some call of a creation takes a property, or need not.
    pub(super) fn has_place(&self, name: &String) -> bool {
        let binding = &self.bound.binding;
        let subresource = binding.subresources.iter().any(|subresource| subresource.properties.contains(name));
        let call =
            binding.create.iter().any(|call| self.input_path_of(call, name).is_some() || Self::mentions(call, name));
        let used = binding.id.values().any(|template| template.terms().any(|term| term.word == *name))
            || binding.create.iter().any(|call| Self::conditional(call, name))
            || binding
                .subresources
                .iter()
                .flat_map(|subresource| subresource.put.iter())
                .any(|call| Self::mentions(call, name));
        let update_only = binding.update_only.contains(name);
        subresource || call || used || update_only || self.tag_property() == Some(name.as_str())
    }

    fn conditional(call: &ApiCall, name: &String) -> bool {
        call.conditions().properties().any(|tested| tested == *name)
    }

    fn unsupported(&self, name: &str) -> CloudError {
        let (namespace, _) = self.bound.ty.strip_prefix("aws.").and_then(|ty| ty.split_once('.')).unwrap_or_default();
        let message =
            format!("{}: `{name}` cannot be set: stdlib/aws/{namespace}.toml has no place for it", self.bound.ty);
        CloudError::new(CloudErrorKind::Unsupported, "GPB8104", message)
    }
}

/// Checks that the operation's last answer shows the identifier, and not the answer of the call that begins it.
fn answers_late(call: &ApiCall) -> bool {
    call.operation.as_ref().is_some_and(|wait| wait.output)
}

/// Checks that the places have changed that a call is about.
pub(super) fn places_changed(call: &ApiCall, scope: &TemplateScope) -> bool {
    let changed = |name: &String| {
        let place = PropPath(name.as_str().into());
        scope.changed_places.iter().any(|path| path.covers(&place) || place.covers(path))
    };
    (call.if_changed.is_empty() || call.if_changed.iter().any(changed)) && !call.unless_changed.iter().any(changed)
}
