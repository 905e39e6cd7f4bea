//! Reads of one resource, of its subresources, and of many resources at once.

use super::answer::PathValue;
use super::api_call::{MAX_PAGES, is_error};
use super::{AwsCloud, BindingRunner, run_bounded};
use crate::binding::{Batch, PropertySide, ReadCall, Subresource};
use crate::map::Mapping;
use crate::name_matching::text_of;
use crate::path::MemberPath;
use crate::template::TemplateTree;
use crate::template_scope::TemplateScope;
use futures::FutureExt as _;
use gpb_catalog::Shape;
use gpb_engine::cloud::{CloudError, CloudErrorKind, ObservedResource, Properties, ResourceKey};
use gpb_model::Place;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The output of a read.
pub(super) struct ReadResult {
    /// The whole output.
    pub root: Json,
    /// The resource in it.
    pub object: Json,
    /// Only some of the places that it is laid upon show it, or they show it differently.
    pub partial: bool,
}

/// A resource as read, with the token of the creation that made it.
pub(super) struct MarkedResource {
    /// The resource.
    pub observed: ObservedResource,
    /// The token of its creation, of its tag `gpb:token`.
    pub marker: Option<String>,
    /// Only some of the places that it is laid upon show it.
    pub partial: bool,
}

impl BindingRunner<'_> {
    pub(super) async fn read(&self, id: &str) -> Result<Option<ObservedResource>, CloudError> {
        Ok(self.read_marked(&self.scope_of(id)).await?.map(|seen| seen.observed))
    }

    /// Returns the mark of the creation that made a resource.
    pub(super) async fn mark(&self, id: &str) -> Result<Option<String>, CloudError> {
        Ok(self.read_marked(&self.scope_of(id)).await?.and_then(|seen| seen.marker))
    }

    /// Returns a resource that was just found ready, with its subresources.
    pub(super) async fn observe_fetched(&self, id: &str, fetched: &ReadResult) -> Result<ObservedResource, CloudError> {
        let gone =
            || CloudError::new(CloudErrorKind::NotReady, "NotFound", format!("{} {id} is not found", self.bound.ty));
        let seen = self.observe(fetched, &self.scope_of(id)).await?;
        seen.map(|seen| seen.observed).ok_or_else(gone)
    }

    pub(super) async fn read_marked(&self, scope: &TemplateScope) -> Result<Option<MarkedResource>, CloudError> {
        match self.fetch(scope).await? {
            Some(fetched) => self.observe(&fetched, scope).await,
            None => Ok(None),
        }
    }

    /// Reads the object of an identifier.
    pub(super) async fn fetch(&self, scope: &TemplateScope) -> Result<Option<ReadResult>, CloudError> {
        let read = self.read_call(scope)?;
        let Some(each) = &read.each else { return self.fetch_by(read, scope).await };
        let items = match each.fill(scope).value() {
            Some(Json::Array(items)) => items,
            one => one.into_iter().collect(),
        };
        let (mut scope, mut found, mut partial) = (scope.clone(), None, false);
        for item in items {
            scope.item = Some(item);
            match (self.fetch_by(read, &scope).await?, &found) {
                (Some(shown), None) => found = Some(shown),
                (Some(shown), Some(first)) => partial |= shown.object != first.object,
                (None, _) => partial = true,
            }
        }
        Ok(found.map(|first| ReadResult { partial, ..first }))
    }

    async fn fetch_by(&self, read: &ReadCall, scope: &TemplateScope) -> Result<Option<ReadResult>, CloudError> {
        let Some(input) = self.plain_input(&read.call, &read.input, scope)? else { return Ok(None) };
        let pages = read.pages.unwrap_or(MAX_PAGES);
        let root = match self.send_pages(&read.call, input, read.may_be_empty, pages).await {
            Ok(root) => root,
            Err(error) if is_absent(&error, &read.not_found_on) => {
                return self.confirm_absence(read, scope).await.map(|()| None);
            }
            Err(error) => return Err(error),
        };
        let object = self.select(read, scope, &root)?;
        Ok(object.filter(|object| !self.is_deleted(object, &root)).map(|object| ReadResult {
            root,
            object,
            partial: false,
        }))
    }

    pub(super) fn read_call(&self, scope: &TemplateScope) -> Result<&ReadCall, CloudError> {
        let found = self.bound.binding.read.iter().find(|read| Self::conditions_hold(read.conditions(), scope));
        found.ok_or_else(|| self.internal("NoRead", "no `read` of the binding fits this identifier"))
    }

    /// Makes the call that proves an absence which the read alone does not.
    async fn confirm_absence(&self, read: &ReadCall, scope: &TemplateScope) -> Result<(), CloudError> {
        let Some(confirm) = &read.confirm else { return Ok(()) };
        let Some(input) = self.plain_input(&confirm.call, &confirm.input, scope)? else { return Ok(()) };
        match self.send(&confirm.call, input, false, 1).await {
            Err(error) if error.kind == CloudErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(self.foreign_answer(&read.call)),
        }
    }

    /// Returns the value at `at`; of a list, the element that `where` means.
    ///
    /// # Errors
    /// An answer that lacks what the service always sends.
    fn select(&self, read: &ReadCall, scope: &TemplateScope, root: &Json) -> Result<Option<Json>, CloudError> {
        let found = match &read.at {
            Some(path) => match self.value_at(&read.call, &path.bind(&filler(scope)), root) {
                PathValue::Found(found) => found,
                PathValue::Foreign if !read.may_be_empty => return Err(self.foreign_answer(&read.call)),
                PathValue::Nothing | PathValue::Foreign => return Ok(None),
            },
            None => root.clone(),
        };
        let found = match (read.parse_json, found) {
            (true, Json::String(text)) => match serde_json::from_str(&text) {
                Ok(parsed) => parsed,
                Err(_) => return Err(self.foreign_answer(&read.call)),
            },
            (_, found) => found,
        };
        Ok(match found {
            Json::Array(items) => items.into_iter().find(|item| passes_filter(item, &read.filter, scope)),
            object => passes_filter(&object, &read.filter, scope).then_some(object),
        })
    }

    fn is_deleted(&self, object: &Json, root: &Json) -> bool {
        let deleted = &self.bound.binding.deleted_states;
        if self.bound.binding.deleted_if_present.as_ref().is_some_and(|path| path.get(object, root).is_some()) {
            return true;
        }
        let path = self.bound.binding.ready.first().map(|ready| &ready.path);
        let value = path.and_then(|path| path.get(object, root)).map(|value| text_of(&value));
        value.is_some_and(|value| deleted.contains(&value))
    }

    /// Returns an object's properties, with its subresources and tags.
    pub(super) async fn observe(
        &self,
        fetched: &ReadResult,
        scope: &TemplateScope,
    ) -> Result<Option<MarkedResource>, CloudError> {
        let mut scope = scope.clone();
        scope.set_read(fetched.root.clone(), fetched.object.clone());
        let set = self.read_call(&scope).map(|read| &read.set);
        // What not all of its places show alike is unknown, so that an update lays it upon all of them again.
        let nothing = Json::Object(Properties::new());
        let object = if fetched.partial { &nothing } else { &fetched.object };
        let mut properties = self.properties(object, &fetched.root, &scope, set.ok());
        if self.is_vacant(&properties) {
            return Ok(None);
        }
        scope.observed = properties.clone();
        let mut reads = Vec::new();
        for subresource in &self.bound.binding.subresources {
            if subresource.read.is_some() {
                reads.push(self.subresource(subresource, &scope).boxed());
            }
        }
        for part in run_bounded(reads).await {
            properties.extend(part?);
        }
        let marker = self.read_tags(&mut properties, &scope).await?;
        let id = self.identifier(&properties).or_else(|| scope.id.clone());
        let partial = fetched.partial;
        Ok(id.map(|id| MarkedResource {
            observed: ObservedResource { id, properties: properties.into() },
            marker,
            partial,
        }))
    }

    /// Checks that properties are those that AWS itself puts there.
    fn is_vacant(&self, properties: &Properties) -> bool {
        let shown = Json::Object(properties.clone());
        let is = |(path, value): (&String, &Json)| {
            path.parse::<MemberPath>().ok().and_then(|path| path.get(&shown, &shown)).as_ref() == Some(value)
        };
        !self.bound.binding.vacant.is_empty() && self.bound.binding.vacant.iter().all(is)
    }

    /// Returns the properties of an object.
    ///
    /// They are those mapped, those computed, and the identifier's parts.
    pub(super) fn properties(
        &self,
        object: &Json,
        root: &Json,
        scope: &TemplateScope,
        set: Option<&BTreeMap<String, TemplateTree>>,
    ) -> Properties {
        let mut properties = self.mapping(scope, |mapping| mapping.read(object, root));
        for (part, value) in &scope.parts {
            let shape = self.bound.def.root.by_aws(part).map(|property| &property.shape);
            if let (Some(shape), false) = (shape, properties.contains_key(part)) {
                let value =
                    self.mapping(scope, |mapping| mapping.value(value, shape, root, &PropPath(part.as_str().into())));
                properties.extend(value.map(|value| (part.clone(), value)));
            }
        }
        let mut scope = scope.clone();
        scope.observed.clone_from(&properties);
        scope.object = Some(object.clone());
        scope.raw = Some(object.clone());
        for (name, tree) in set.into_iter().flatten() {
            let shape = self.bound.def.root.by_aws(name).map(|property| &property.shape);
            let value = tree.fill(&scope).value();
            let value = value.zip(shape).and_then(|(value, shape)| {
                self.mapping(&scope, |mapping| mapping.value(&value, shape, root, &PropPath(name.as_str().into())))
            });
            properties.extend(value.map(|value| (name.clone(), value)));
        }
        properties
    }

    /// Reads the properties of one subresource.
    pub(super) async fn subresource(
        &self,
        subresource: &Subresource,
        scope: &TemplateScope,
    ) -> Result<Properties, CloudError> {
        let pairs = self.subresource_elements(subresource, scope).await?;
        let (Some(property), Some(pairs)) = (subresource.properties.first(), &pairs.1) else { return Ok(pairs.0) };
        let list = pairs.iter().map(|(element, _)| element.clone()).collect();
        Ok(Properties::from_iter([(property.clone(), list)]))
    }

    /// Reads the properties of one subresource.
    ///
    /// For a list that is read element by element, also the elements with their raw form.
    pub(super) async fn subresource_elements(
        &self,
        subresource: &Subresource,
        scope: &TemplateScope,
    ) -> Result<(Properties, Option<Vec<(Json, Json)>>), CloudError> {
        let nothing = (Properties::new(), None);
        let Some(read) = &subresource.read else { return Ok(nothing) };
        if !Self::conditions_hold(read.conditions(), scope) {
            return Ok(nothing);
        }
        let Some(input) = self.plain_input(&read.call, &read.input, scope)? else { return Ok(nothing) };
        let root = match self.send_read(&read.call, input, read.may_be_empty).await {
            Ok(root) => root,
            Err(error) if is_absent(&error, &read.not_found_on) => return Ok(nothing),
            Err(error) => return Err(error),
        };
        if let Some(list) = &read.list {
            return Ok((Properties::new(), Some(self.elements(subresource, read, list, &root, scope).await?)));
        }
        let Some(object) = self.select(read, scope, &root)? else { return Ok(nothing) };
        let own = read.properties.iter().flatten();
        let mut places = self.bound.binding.properties.clone();
        for (path, at) in own {
            places.entry(path.clone()).or_default().read = PropertySide::At(at.clone());
        }
        let convert = |name: &str, value: &Json| {
            let path = PropPath(name.into());
            let shape = self.bound.def.shape_at(&path)?;
            let value = places.get(&path).map_or_else(|| value.clone(), |place| place.from_api(value.clone()));
            self.mapping(scope, |mapping| Mapping { places: &places, ..mapping }.value(&value, shape, &root, &path))
        };
        let mut properties = Properties::new();
        for name in &subresource.properties {
            let place = read.properties.as_ref().and_then(|places| places.get(&PropPath(name.as_str().into())));
            let found = match place {
                Some(path) => path.bind(&filler(scope)).get(&object, &root),
                None => object.as_object().and_then(|object| crate::name_matching::member(object, name)).cloned(),
            };
            properties.extend(found.and_then(|found| convert(name, &found)).map(|value| (name.clone(), value)));
        }
        let mut scope = scope.clone();
        scope.observed.extend(properties.clone());
        scope.raw = Some(object.clone());
        for (name, tree) in &read.set {
            let value = tree.fill(&scope).value().and_then(|value| convert(name, &value));
            properties.extend(value.map(|value| (name.clone(), value)));
        }
        Ok((properties, None))
    }

    async fn elements(
        &self,
        subresource: &Subresource,
        read: &ReadCall,
        list: &MemberPath,
        root: &Json,
        scope: &TemplateScope,
    ) -> Result<Vec<(Json, Json)>, CloudError> {
        let property = PropPath(subresource.properties.first().cloned().unwrap_or_default().into());
        let start = read.at.as_ref().and_then(|path| path.get(root, root)).unwrap_or_else(|| root.clone());
        let items = match list.get(&start, root) {
            Some(Json::Array(items)) => items,
            _ if read.may_be_empty => return Ok(Vec::new()),
            _ => return Err(self.foreign_answer(&read.call)),
        };
        let mut found = Vec::new();
        for item in items.into_iter().filter(|item| passes_filter(item, &read.filter, scope)) {
            let raw = match &read.detail {
                None => item,
                Some(detail) => {
                    let mut scope = scope.clone();
                    scope.item = Some(item);
                    let Some(input) = self.plain_input(&detail.call, &detail.input, &scope)? else { continue };
                    match self.send_read(&detail.call, input, false).await {
                        Ok(output) => match &detail.at {
                            Some(at) => at.get(&output, &output).unwrap_or_default(),
                            None => output,
                        },
                        Err(error) if error.kind == CloudErrorKind::NotFound => continue,
                        Err(error) => return Err(error),
                    }
                }
            };
            if let Some(element) = self.mapping(scope, |mapping| element(&mapping, read, &raw, root, &property)) {
                found.push((element, raw));
            }
        }
        Ok(found)
    }
}

/// One element of a list property: by `item`'s paths, and by names for the rest.
fn element(mapping: &Mapping<'_>, read: &ReadCall, raw: &Json, root: &Json, property: &PropPath) -> Option<Json> {
    let path = property.child("*");
    let shape = mapping.def.shape_at(&path)?;
    let mut element = mapping.value(raw, shape, root, &path)?;
    if let Json::Object(entries) = &mut element {
        for (member, place) in &read.item {
            let child = path.child(member);
            let value = place.get(raw, root);
            let value = value
                .zip(mapping.def.shape_at(&child))
                .and_then(|(value, shape)| mapping.value(&value, shape, root, &child));
            match value {
                Some(value) => entries.insert(member.clone(), value),
                None => entries.remove(member),
            };
        }
    }
    let empty = matches!(shape, Shape::Object(_)) && element.as_object().is_some_and(serde_json::Map::is_empty);
    (!empty).then_some(element)
}

/// Returns the filling of templates inside paths.
pub(super) fn filler(scope: &TemplateScope) -> impl Fn(&str) -> Option<String> {
    move |text: &str| {
        let template = crate::template::Template::try_from(text.to_owned()).ok()?;
        template.fill(scope).value().map(|value| text_of(&value))
    }
}

/// Checks that an element has the values that `where` asks for.
///
/// A template that stays empty asks for nothing.
pub(super) fn passes_filter(element: &Json, filter: &BTreeMap<String, TemplateTree>, scope: &TemplateScope) -> bool {
    filter.iter().all(|(path, wanted)| {
        let found = path.parse::<MemberPath>().ok().and_then(|path| path.get(element, element));
        let Some(wanted) = wanted.fill(scope).value() else { return true };
        found.is_some_and(|found| text_of(&found) == text_of(&wanted))
    })
}

/// Checks that an error means that there is nothing to read.
fn is_absent(error: &CloudError, not_found_on: &[String]) -> bool {
    error.kind == CloudErrorKind::NotFound || not_found_on.iter().any(|entry| is_error(error, entry))
}

type ObservedResult = Result<Option<ObservedResource>, CloudError>;

impl AwsCloud {
    /// Reads by type and place, in batches where the binding can.
    pub(super) async fn read_batches(&self, keys: &[ResourceKey]) -> Vec<ObservedResult> {
        let mut groups: BTreeMap<(&str, &Place), Vec<usize>> = BTreeMap::new();
        for (index, key) in keys.iter().enumerate() {
            groups.entry((&key.ty, &key.place)).or_default().push(index);
        }
        let mut answers: Vec<Option<ObservedResult>> = keys.iter().map(|_| None).collect();
        for ((ty, place), members) in groups {
            let ids: Vec<&str> =
                members.iter().filter_map(|index| keys.get(*index)).map(|key| key.id.as_str()).collect();
            let found = match self.runner(ty, place).await {
                Ok(work) => work.read_all(&ids).await,
                Err(error) => ids.iter().map(|_| Err(error.clone())).collect(),
            };
            for (index, answer) in members.into_iter().zip(found) {
                if let Some(slot) = answers.get_mut(index) {
                    *slot = Some(answer);
                }
            }
        }
        let lost = || Err(CloudError::new(CloudErrorKind::Internal, "NoAnswer", "a read was lost"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(lost)).collect()
    }
}

impl BindingRunner<'_> {
    async fn read_all(&self, ids: &[&str]) -> Vec<ObservedResult> {
        let conditional = self.bound.binding.read.len() != 1;
        let batch = self.bound.binding.read.first().and_then(|read| Some((read, read.batch.as_ref()?)));
        let mut answers = Vec::with_capacity(ids.len());
        match batch.filter(|_| ids.len() > 1 && !conditional) {
            None => {
                answers.extend(self.read_singly(ids).await);
            }
            Some((read, batch)) => {
                for chunk in ids.chunks(batch.size.max(1)) {
                    answers.extend(self.read_chunk(read, batch, chunk).await);
                }
            }
        }
        answers
    }

    async fn read_chunk(&self, read: &ReadCall, batch: &Batch, ids: &[&str]) -> Vec<ObservedResult> {
        let Ok(found) = self.batch(read, batch, ids).await else {
            // One missing or malformed identifier can fail the whole batch: then each is asked for by itself.
            return self.read_singly(ids).await;
        };
        let mut reads = Vec::with_capacity(ids.len());
        for id in ids {
            reads.push(self.observe_one(found.get(*id), id).boxed());
        }
        run_bounded(reads).await
    }

    async fn read_singly(&self, ids: &[&str]) -> Vec<ObservedResult> {
        let mut reads = Vec::with_capacity(ids.len());
        for id in ids {
            reads.push(self.read(id).boxed());
        }
        run_bounded(reads).await
    }

    /// Returns the resource that a batch shows.
    ///
    /// A batch that leaves one out proves nothing: a list may lag, so it is asked for by itself.
    async fn observe_one(&self, fetched: Option<&ReadResult>, id: &str) -> ObservedResult {
        let Some(fetched) = fetched else { return self.read(id).await };
        Ok(self.observe(fetched, &self.scope_of(id)).await?.map(|seen| seen.observed))
    }

    async fn batch(
        &self,
        read: &ReadCall,
        batch: &Batch,
        ids: &[&str],
    ) -> Result<BTreeMap<String, ReadResult>, CloudError> {
        let mut scope = self.scope();
        scope.ids = Some(ids.iter().map(|id| self.parts(id)).collect());
        let input = self.plain_input(&read.call, &batch.input, &scope)?.unwrap_or_default();
        let root = self.send_read(&read.call, input, false).await?;
        let PathValue::Found(Json::Array(items)) = self.value_at(&read.call, &batch.at, &root) else {
            return Err(self.foreign_answer(&read.call));
        };
        let mut found = BTreeMap::new();
        for object in items.into_iter().filter(|object| !self.is_deleted(object, &root)) {
            let properties = self.properties(&object, &root, &scope, Some(&read.set));
            if let Some(id) = self.identifier(&properties) {
                // What the API calls the root is, for one resource, the output with that resource alone.
                found.insert(id, ReadResult { root: root.clone(), object, partial: false });
            }
        }
        Ok(found)
    }
}
