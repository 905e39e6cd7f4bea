//! Search for resources: an `existing` one, and the one that an interrupted creation left.

use super::answer::PathValue;
use super::generated_name::short_token;
use super::read_resource::MarkedResource;
use super::tags::{MARKER, pairs};
use super::{BindingRunner, run_bounded};
use crate::binding::{ListCall, PropertySide};
use crate::map::matches;
use crate::name_matching::text_of;
use crate::template_scope::TemplateScope;
use futures::FutureExt as _;
use gpb_engine::cloud::{CloudError, CloudErrorKind, FindRequest, ObservedResource, Properties};
use gpb_model::PropPath;
use serde_json::Value as Json;

impl BindingRunner<'_> {
    pub(super) async fn find(&self, find: &FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        Ok(self.find_marked(find).await?.into_iter().map(|seen| seen.observed).collect())
    }

    /// Finds resources, with the tokens of the creations that made them.
    pub(super) async fn find_marked(&self, find: &FindRequest<'_>) -> Result<Vec<MarkedResource>, CloudError> {
        if let Some(named) = self.with_generated_name(find) {
            // What is read by its name shows at once, where a list may lag for minutes.
            let found = self.search(find, named).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.search(find, find.matching.clone()).await
    }

    /// Returns the properties of an interrupted creation with the name that it generated, if it did.
    fn with_generated_name(&self, find: &FindRequest<'_>) -> Option<Properties> {
        let (token, label) = find.token.zip(find.label)?;
        let mut named = find.matching.clone();
        self.add_name(&mut named, label, token);
        (named.len() > find.matching.len()).then_some(named)
    }

    async fn search(&self, find: &FindRequest<'_>, known: Properties) -> Result<Vec<MarkedResource>, CloudError> {
        let mut scope = self.scope();
        scope.desired = known;
        scope.marker = find.token.map(short_token);
        if let Some(id) = self.identify(&scope) {
            let found = self.read_marked(&self.scope_of(&id)).await?;
            return Ok(found.into_iter().filter(|seen| self.is_match(seen, find, false)).collect());
        }
        // What the API is still making is in no list yet.
        let mut candidates = if find.token.is_some() { self.requested(&scope).await? } else { Vec::new() };
        let is_requested = find.token.is_some() && self.bound.binding.requests.is_some();
        scope.list_model = self.list_model(&scope);
        let listing = if self.can_list(&scope) { self.listing(&scope)? } else { None };
        match &listing {
            Some((listing, input)) => match self.listed(listing, input, &scope, find).await {
                Ok(listed) => {
                    let fresh: Vec<String> = listed.into_iter().filter(|id| !candidates.contains(id)).collect();
                    candidates.extend(fresh);
                }
                // The requests tell of what was made lately; who cannot list has no more to say.
                Err(error) if is_requested && error.kind == CloudErrorKind::Unsupported => {}
                Err(error) => return Err(error),
            },
            None if is_requested => {}
            None => {
                let message = format!("{}: the binding cannot look for it by these properties", self.bound.ty);
                return Err(CloudError::new(CloudErrorKind::Unsupported, "GPB8104", message));
            }
        }
        let mut reads = Vec::with_capacity(candidates.len());
        for id in &candidates {
            reads.push(async move { self.read_marked(&self.scope_of(id)).await }.boxed());
        }
        let proven = find.token.is_some() && listing.is_some_and(|(listing, _)| listing.marker.is_some());
        let (mut found, mut denied) = (Vec::new(), Vec::new());
        for (id, one) in candidates.iter().zip(run_bounded(reads).await) {
            match one {
                Ok(one) => found.extend(one.filter(|seen| self.is_match(seen, find, proven))),
                Err(error) if find.token.is_some() && error.kind == CloudErrorKind::Denied => denied.push((id, error)),
                Err(error) => return Err(error),
            }
        }
        // The creation made one resource: where it is found, nothing else has to be read.
        for (id, error) in denied.into_iter().filter(|_| found.is_empty()) {
            if proven || !self.is_of_another(id, find).await {
                return Err(error);
            }
        }
        Ok(found)
    }

    /// Lists what a listing shows of what is searched for.
    async fn listed(
        &self,
        listing: &ListCall,
        input: &Json,
        scope: &TemplateScope,
        find: &FindRequest<'_>,
    ) -> Result<Vec<String>, CloudError> {
        match self.send_read(&listing.call, input.clone(), listing.may_be_empty).await {
            Ok(root) => self.candidates(listing, &root, scope, find),
            Err(error) if error.kind == CloudErrorKind::NotFound => Ok(Vec::new()),
            // The API drives every type alike, and some of them it cannot list.
            Err(error) if error.kind == CloudErrorKind::Invalid && self.bound.binding.requests.is_some() => {
                Err(CloudError { kind: CloudErrorKind::Unsupported, ..error })
            }
            Err(error) => Err(error),
        }
    }

    /// Checks that a resource that cannot be read shows by its tags that another creation made it.
    async fn is_of_another(&self, id: &str, find: &FindRequest<'_>) -> bool {
        let Some(tags) = &self.bound.tags else { return false };
        match self.shown_tags(tags, &self.scope_of(id)).await {
            Ok(Some(shown)) => pairs(Some(&shown)).get(MARKER).cloned() != find.token.map(short_token),
            Ok(None) | Err(_) => false,
        }
    }

    /// Returns the first listing whose required members can be filled.
    fn listing(&self, scope: &TemplateScope) -> Result<Option<(&ListCall, Json)>, CloudError> {
        for listing in self.bound.binding.list.iter() {
            let Some(mut input) = self.plain_input(&listing.call, &listing.input, scope)? else { continue };
            if !self.is_complete(&listing.call, &input) {
                self.fill_required(listing, scope, &mut input)?;
            }
            if self.is_complete(&listing.call, &input) {
                return Ok(Some((listing, input)));
            }
        }
        Ok(None)
    }

    /// Fills required members that are named like a property.
    fn fill_required(&self, listing: &ListCall, scope: &TemplateScope, input: &mut Json) -> Result<(), CloudError> {
        let Some((api, _)) = self.bound.operation(&listing.call) else { return Ok(()) };
        let operation = self.bound.split(&listing.call).1;
        let shape = api.input(operation);
        let crate::shapes::MemberShape::Structure(structure, _) = shape else { return Ok(()) };
        let written = self.mapping(scope, |mapping| {
            for (name, value) in &scope.desired {
                let place = mapping.place(name, shape);
                let wanted = place.as_ref().and_then(|path| match path.steps() {
                    [crate::path::PathStep::Name(head)] => Some(head.clone()),
                    _ => None,
                });
                let required =
                    wanted.and_then(|head| shape.member(&head)).is_some_and(|(head, _)| structure.is_required(&head));
                if required {
                    mapping.write(name, value, shape, input)?;
                }
            }
            Ok(())
        });
        written.map_err(|error| self.map_error(&error, operation))
    }

    /// Lists the identifiers of a listing whose elements do not contradict the search.
    fn candidates(
        &self,
        listing: &ListCall,
        root: &Json,
        scope: &TemplateScope,
        find: &FindRequest<'_>,
    ) -> Result<Vec<String>, CloudError> {
        let elements = match self.value_at(&listing.call, &listing.at, root) {
            PathValue::Found(Json::Array(items)) => items,
            PathValue::Found(one) => vec![one],
            PathValue::Foreign if !listing.may_be_empty => return Err(self.foreign_answer(&listing.call)),
            PathValue::Nothing | PathValue::Foreign => Vec::new(),
        };
        let mut found = Vec::new();
        for element in elements {
            let mut own = scope.clone();
            own.desired = Properties::new();
            own.item = Some(element.clone());
            let properties = match &element {
                Json::Object(_) => self.properties(&element, root, &own, Some(&listing.set)),
                plain => {
                    let mut parts = self.parts(&text_of(plain));
                    let set = listing.set.iter().filter_map(|(k, tree)| Some((k.clone(), tree.fill(&own).value()?)));
                    parts.extend(set);
                    parts
                }
            };
            let contradicts = |name: &String, value: &Json| {
                let tags = self.tag_property() == Some(name.as_str());
                properties.get(name).is_some_and(|other| !tags && !matches(value, other))
            };
            let excluded = match (find.token, &listing.marker) {
                (None, _) => find.matching.iter().any(|(name, value)| contradicts(name, value)),
                (Some(_), Some(marker)) => marker.get(&element, root).map(|value| text_of(&value)) != scope.marker,
                (Some(token), None) => self.has_other_name(&properties, find, token),
            };
            if let (Some(id), false) = (self.identifier(&properties), excluded) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// Checks that a resource is the one that is searched for.
    ///
    /// After an interruption its marker, its name or the list (`proven`) shows it. Where it can bear none of them, the
    /// journal must hold that the place was free and the call about to be sent.
    fn is_match(&self, seen: &MarkedResource, find: &FindRequest<'_>, proven: bool) -> bool {
        let properties = &seen.observed.properties;
        let Some(token) = find.token else {
            return matches(&Json::Object(find.matching.clone()), &properties.clone().into());
        };
        match &seen.marker {
            Some(marker) => *marker == short_token(token),
            None if proven || self.has_generated_name(properties, token) => true,
            None => !self.is_markable(find.matching) && find.sent && self.is_as_requested(seen, find.matching),
        }
    }

    /// Checks that what a creation makes bears something by which it is known again.
    pub(super) fn is_markable(&self, desired: &Properties) -> bool {
        let binding = &self.bound.binding;
        self.tag_property().is_some()
            || binding.list.iter().any(|listing| listing.marker.is_some())
            || binding.name.as_ref().is_some_and(|rule| !desired.contains_key(&rule.property))
    }

    /// Checks that a resource without a mark is what the creating calls ask for.
    ///
    /// Properties that later calls set, and those that no read shows, do not count.
    fn is_as_requested(&self, seen: &MarkedResource, desired: &Properties) -> bool {
        let binding = &self.bound.binding;
        let later = |name: &String| {
            binding.update_only.contains(name)
                || binding.subresources.iter().any(|one| one.create && one.properties.contains(name))
        };
        let unseen = |name: &String| {
            let path = PropPath(name.as_str().into());
            let place = binding.properties.get(&path).map(|place| &place.read);
            self.bound.def.is_write_only(&path) || place == Some(&PropertySide::Nowhere) || seen.partial
        };
        desired.iter().filter(|(name, _)| !later(name)).all(|(name, wanted)| match seen.observed.properties.get(name) {
            Some(found) => alike(wanted, found),
            None => unseen(name),
        })
    }

    /// Checks that a listing's element has a name that the creation did not give.
    fn has_other_name(&self, properties: &Properties, find: &FindRequest<'_>, token: &str) -> bool {
        let Some(rule) = &self.bound.binding.name else { return false };
        let Some(name) = properties.get(&rule.property) else { return false };
        match find.matching.get(&rule.property) {
            Some(given) => given != name,
            None => !self.has_generated_name(properties, token),
        }
    }
}

/// Checks that a value is what was asked for, in one of the spellings that AWS gives back.
///
/// Names come with a dot at the end or in lower case, and identifiers for the ARN that holds them.
fn alike(wanted: &Json, found: &Json) -> bool {
    let (Json::String(a), Json::String(b)) = (wanted, found) else { return matches(wanted, found) };
    let last = |text: &str| text.rsplit(['/', ':']).next().map(str::to_owned);
    let plain = |text: &str| text.trim_end_matches('.').to_lowercase();
    plain(a) == plain(b) || last(a).as_deref() == Some(b) || last(b).as_deref() == Some(a)
}
