//! Tags: the marker of a creation, reserved tags, and changes.

use super::BindingRunner;
use super::api_call::{RetryMode, is_error};
use crate::binding::{PropertySide, TagCall, TagCalls};
use crate::name_matching::{key_and_value, same, text_of};
use crate::shapes::MemberShape;
use crate::template_scope::TemplateScope;
use gpb_catalog::{ObjectShape, Shape as Property};
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties};
use gpb_model::PropPath;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The tag with the token of the creation that made a resource.
pub(super) const MARKER: &str = "gpb:token";

impl BindingRunner<'_> {
    /// Returns the property that holds tags, for a type that gpb tags.
    pub(super) fn tag_property(&self) -> Option<&str> {
        self.bound.tags.as_ref()?;
        self.bound.def.tagging.as_ref().map(|tagging| tagging.property.as_str())
    }

    /// Adds the marker to the tags of a creation.
    pub(super) fn add_marker(&self, desired: &mut Properties, token: &str) {
        let Some(property) = self.tag_property() else { return };
        let shape = self.bound.def.shape_at(&PropPath(property.into()));
        match (desired.get_mut(property), shape) {
            (Some(Json::Object(tags)), _) => {
                tags.insert(MARKER.to_owned(), token.into());
            }
            (Some(Json::Array(tags)), Some(Property::List(list))) => tags.push(self.tag(&list.item, token)),
            (None, Some(Property::List(list))) => {
                desired.insert(property.to_owned(), Json::Array(vec![self.tag(&list.item, token)]));
            }
            (None, Some(_)) => {
                desired.insert(property.to_owned(), json!({ MARKER: token }));
            }
            _ => {}
        }
    }

    /// Returns the marker as an element of the catalog's list.
    ///
    /// Other members that it must have are switched off.
    fn tag(&self, item: &Property, token: &str) -> Json {
        let mut tag = Map::from_iter([("Key".to_owned(), json!(MARKER)), ("Value".to_owned(), json!(token))]);
        if let Property::Object(ObjectShape { properties, required, .. }) = self.bound.def.resolve(item) {
            for property in properties.iter().filter(|property| required.iter().any(|name| *name == property.aws)) {
                if matches!(self.bound.def.resolve(&property.shape), Property::Bool) {
                    tag.insert(property.aws.to_string(), Json::Bool(false));
                }
            }
        }
        Json::Object(tag)
    }

    /// Checks that creation takes tags in its own input.
    pub(super) fn tags_on_create(&self) -> bool {
        let Some((tags, property)) = self.bound.tags.as_ref().zip(self.tag_property()) else { return false };
        self.bound.binding.create.iter().any(|call| {
            let Some((api, _)) = self.bound.operation(&call.call) else { return false };
            let input = api.input(self.bound.split(&call.call).1);
            match &tags.create {
                PropertySide::Nowhere => false,
                PropertySide::SameName => self.named_member(property, input),
                PropertySide::At(path) => crate::lint::reaches(input, path),
            }
        })
    }

    fn named_member(&self, property: &str, input: MemberShape<'_>) -> bool {
        let scope = self.scope();
        input.member(property).is_some()
            || (self.bound.binding.properties.contains_key(&PropPath(property.into()))
                && self.mapping(&scope, |mapping| mapping.place(property, input)).is_some())
    }

    /// Writes tags into creation's input where the binding says so.
    pub(super) fn tags_into(
        &self,
        call: &str,
        tags: &Json,
        scope: &TemplateScope,
        input: &mut Json,
    ) -> Result<(), CloudError> {
        let Some((binding, property)) = self.bound.tags.as_ref().zip(self.tag_property()) else { return Ok(()) };
        let Some((api, _)) = self.bound.operation(call) else { return Ok(()) };
        let operation = self.bound.split(call).1;
        let shape = api.input(operation);
        let place = match &binding.create {
            PropertySide::Nowhere => return Ok(()),
            PropertySide::SameName if !self.named_member(property, shape) => return Ok(()),
            other => {
                crate::binding::PropertyMapping { write: other.clone(), ..crate::binding::PropertyMapping::default() }
            }
        };
        let mut places = self.bound.binding.properties.clone();
        if place.write != PropertySide::SameName {
            places.insert(PropPath(property.into()), place);
        }
        let written = self.mapping(scope, |mapping| {
            crate::map::Mapping { places: &places, ..mapping }.write(property, tags, shape, input)
        });
        written.map(|_| ()).map_err(|error| self.map_error(&error, operation))
    }

    /// Puts tags on a resource that exists.
    pub(super) async fn put_tags(&self, tags: &Json, scope: &TemplateScope) -> Result<(), CloudError> {
        let Some(binding) = &self.bound.tags else { return Ok(()) };
        match &binding.tag {
            Some(call) if binding.replace => self.replace_tags(call, tags.clone(), scope).await,
            Some(call) => self.tag_call(call, tags, scope, false).await,
            None => Ok(()),
        }
    }

    /// Checks that creation leaves tags to the call that puts them.
    pub(super) fn tags_after_creation(&self) -> bool {
        // A store that knows no tags at creation drops them without a word, so what replaces all is sent in any case.
        !self.tags_on_create() || self.bound.tags.as_ref().is_some_and(|tags| tags.replace)
    }

    /// Sends all tags by a call that replaces those that are there.
    async fn replace_tags(&self, call: &TagCall, all: Json, scope: &TemplateScope) -> Result<(), CloudError> {
        let Some(property) = self.tag_property() else { return Ok(()) };
        let mut scope = scope.clone();
        scope.desired.insert(property.to_owned(), all);
        let input = self.plain_input(&call.call, &call.input, &scope)?.unwrap_or_else(|| Json::Object(Map::new()));
        self.send_change(&call.call, input, RetryMode::AllTransient).await.map(|_| ())
    }

    /// Replaces all tags by those that shall be and the reserved ones that are there.
    async fn change_all_tags(
        &self,
        tags: &TagCalls,
        after: Option<&Json>,
        scope: &TemplateScope,
    ) -> Result<(), CloudError> {
        let shown = self.shown_tags(tags, scope).await?;
        let reserved = |tag: &&Json| key_and_value(tag).is_some_and(|(key, _)| is_reserved(key));
        let kept = shown.iter().filter_map(Json::as_array).flatten().filter(reserved);
        let all: Vec<Json> = after.and_then(Json::as_array).into_iter().flatten().chain(kept).cloned().collect();
        match (&tags.tag, &tags.untag) {
            (_, Some(call)) if all.is_empty() => self.replace_tags(call, Json::Null, scope).await,
            (Some(call), _) => self.replace_tags(call, Json::Array(all), scope).await,
            _ => Ok(()),
        }
    }

    /// Changes the tags of a resource from what they are to what they shall be.
    pub(super) async fn change_tags(
        &self,
        before: Option<&Json>,
        after: Option<&Json>,
        scope: &TemplateScope,
    ) -> Result<(), CloudError> {
        let Some(tags) = &self.bound.tags else { return Ok(()) };
        if tags.replace {
            return self.change_all_tags(tags, after, scope).await;
        }
        let (old, new) = (pairs(before), pairs(after));
        let removed: Vec<&String> = old.keys().filter(|key| !new.contains_key(*key)).collect();
        if let (Some(call), false) = (&tags.untag, removed.is_empty()) {
            self.tag_call(call, &json!(removed), scope, true).await?;
        }
        let changed = |tag: &Json| {
            key_and_value(tag).is_some_and(|(key, value)| {
                old.get(key).map(String::as_str) != Some(value.map_or_else(String::new, text_of).as_str())
            })
        };
        let added = match after {
            Some(Json::Array(tags)) => tags.iter().filter(|tag| changed(tag)).cloned().collect(),
            Some(Json::Object(tags)) => {
                let fresh = tags.iter().filter(|(key, value)| old.get(*key) != Some(&text_of(value)));
                Json::Object(fresh.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            _ => Json::Null,
        };
        match (&tags.tag, pairs(Some(&added)).is_empty()) {
            (Some(call), false) => self.tag_call(call, &added, scope, false).await,
            (None, false) => {
                let message = format!("{}: no operation of the binding changes tags", self.bound.ty);
                Err(CloudError::new(CloudErrorKind::Unsupported, "GPB8104", message))
            }
            (_, true) => Ok(()),
        }
    }

    async fn tag_call(
        &self,
        call: &TagCall,
        value: &Json,
        scope: &TemplateScope,
        names: bool,
    ) -> Result<(), CloudError> {
        let operation = self.bound.split(&call.call).1;
        let Some((api, _)) = self.bound.operation(&call.call) else { return Ok(()) };
        let shape = api.input(operation);
        let member = call.member.clone().or_else(|| tag_member(shape, names, &call.input.keys().collect::<Vec<_>>()));
        let (name, inner) = member.and_then(|member| shape.member(&member)).ok_or_else(|| {
            self.internal("NoTagMember", &format!("{operation} has no member that takes tags; name it under `member`"))
        })?;
        let mut input = self.plain_input(&call.call, &call.input, scope)?.unwrap_or_else(|| Json::Object(Map::new()));
        let value = match (names, inner.element()) {
            // Untagging takes names, or tags without values (as EC2 does).
            (true, Some(MemberShape::Structure(structure, api))) => {
                let key = structure.member("Key", api).map_or("Key", |(name, _)| name);
                value.as_array().into_iter().flatten().map(|name| json!({ key: name })).collect()
            }
            (true, _) => value.clone(),
            (false, _) => self
                .mapping(scope, |mapping| mapping.convert(value, inner, &PropPath("Tags".into())))
                .map_err(|error| self.map_error(&error, operation))?,
        };
        crate::map::merge(&mut input, json!({ name: value }));
        self.send_change(&call.call, input, RetryMode::AllTransient).await.map(|_| ())
    }

    /// Reads all tags where a call of its own shows them.
    pub(super) async fn shown_tags(&self, tags: &TagCalls, scope: &TemplateScope) -> Result<Option<Json>, CloudError> {
        let Some((read, property)) = tags.read.as_ref().zip(self.tag_property()) else { return Ok(None) };
        let Some(input) = self.plain_input(&read.call, &read.input, scope)? else { return Ok(None) };
        match self.send_read(&read.call, input, read.may_be_empty).await {
            Ok(root) => {
                let found = read.at.as_ref().map_or_else(|| Some(root.clone()), |at| at.get(&root, &root));
                let path = PropPath(property.into());
                let shape = self.bound.def.shape_at(&path);
                Ok(found.zip(shape).and_then(|(value, shape)| {
                    self.mapping(scope, |mapping| mapping.value(&value, shape, &root, &path))
                }))
            }
            Err(error)
                if error.kind == CloudErrorKind::NotFound
                    || read.not_found_on.iter().any(|entry| is_error(&error, entry)) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the tags without the reserved ones, and returns the marker.
    pub(super) async fn read_tags(
        &self,
        properties: &mut Properties,
        scope: &TemplateScope,
    ) -> Result<Option<String>, CloudError> {
        let Some((tags, property)) = self.bound.tags.as_ref().zip(self.tag_property()) else { return Ok(None) };
        if let Some(value) = self.shown_tags(tags, scope).await? {
            properties.insert(property.to_owned(), value);
        }
        let marker = pairs(properties.get(property)).remove(MARKER);
        hide_reserved_tags(properties, property);
        Ok(marker)
    }
}

/// Checks for a key that is not the user's: `gpb:*` and `aws:*`.
fn is_reserved(key: &str) -> bool {
    key.starts_with("gpb:") || key.starts_with("aws:")
}

/// Removes the tags that are not the user's: `gpb:*` and `aws:*`.
///
/// A list that is then empty is absent.
fn hide_reserved_tags(properties: &mut Properties, property: &str) {
    let empty = match properties.get_mut(property) {
        Some(Json::Array(tags)) => {
            tags.retain(|tag| key_and_value(tag).is_none_or(|(key, _)| !is_reserved(key)));
            tags.is_empty()
        }
        Some(Json::Object(tags)) => {
            tags.retain(|key, _| !is_reserved(key));
            tags.is_empty()
        }
        _ => false,
    };
    if empty {
        properties.remove(property);
    }
}

/// Returns tags by key, whatever their form.
pub(super) fn pairs(tags: Option<&Json>) -> BTreeMap<String, String> {
    match tags {
        Some(Json::Array(tags)) => {
            let pairs = tags.iter().filter_map(key_and_value);
            pairs.map(|(key, value)| (key.to_owned(), value.map_or_else(String::new, text_of))).collect()
        }
        Some(Json::Object(tags)) => tags.iter().map(|(key, value)| (key.clone(), text_of(value))).collect(),
        _ => BTreeMap::new(),
    }
}

/// Finds the member that takes tags: a list of pairs or a map.
///
/// For untagging, a list of names or of pairs.
fn tag_member(input: MemberShape<'_>, names: bool, taken: &[&str]) -> Option<String> {
    let MemberShape::Structure(structure, api) = input else { return None };
    let free = || structure.names().filter(|name| !taken.iter().any(|key| same(key, name)));
    let shaped = |name: &&str| {
        let Some((_, shape)) = structure.member(name, api) else { return false };
        match (names, shape) {
            (false, MemberShape::Map(..)) => true,
            (true, MemberShape::List(..)) => {
                shape.pair().is_some() || matches!(shape.element(), Some(MemberShape::Text))
            }
            (false, shape) => shape.pair().is_some(),
            (true, _) => false,
        }
    };
    let likely = free().filter(shaped).find(|name| name.to_lowercase().contains(if names { "key" } else { "tag" }));
    likely.or_else(|| free().find(shaped)).map(str::to_owned)
}
