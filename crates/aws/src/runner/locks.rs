//! Deletion locks: what AWS would refuse a deletion for, read before one is tried, and turned off.

use super::BindingRunner;
use super::api_call::{MAX_PAGES, RetryMode, VISIBILITY_TIMEOUT};
use super::generated_name::short_token;
use crate::binding::{LockMembers, LockRule};
use crate::name_matching::text_of;
use crate::path::{MemberPath, PathStep};
use crate::template::TemplateTree;
use crate::template_scope::TemplateScope;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest, LockRelease};
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, ObservedResource, Progress, ProgressSink, Properties, ResourceKey,
};
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The number of elements that a reason names.
const NAMED: usize = 3;
/// The time between two looks at a lock that was turned off.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

impl BindingRunner<'_> {
    /// Returns the locks of a resource.
    pub(super) async fn deletion_locks(
        &self,
        request: DeletionLockRequest<'_>,
    ) -> Result<Vec<DeletionLock>, CloudError> {
        let mut scope = self.scope_of(&request.key.id);
        scope.observed = request.observed.clone();
        let mut found = Vec::new();
        for rule in self.bound.binding.locks.iter() {
            found.extend(if rule.property.is_some() {
                is_locked(rule, request.observed).then(|| Self::lock(rule, &scope, &[]))
            } else {
                self.found_lock(rule, &scope, request.leaving).await?
            });
        }
        Ok(found)
    }

    /// Returns the lock that a call finds.
    async fn found_lock(
        &self,
        rule: &LockRule,
        scope: &TemplateScope,
        leaving: &[ResourceKey],
    ) -> Result<Option<DeletionLock>, CloudError> {
        let Some(call) = &rule.call else { return Ok(None) };
        let Some(input) = self.plain_input(call, &rule.input, scope)? else { return Ok(None) };
        let root = self.send_pages(call, input, false, rule.pages.unwrap_or(MAX_PAGES)).await?;
        let mut names = Vec::new();
        for item in rule.at.iter().flat_map(|at| elements(at, &root)) {
            let mut scope = scope.clone();
            scope.item = Some(item.clone());
            let is_exempt = rule.except.iter().any(|values| has_values(&item, values, &scope));
            if is_exempt || rule.members.as_ref().is_some_and(|members| is_leaving(members, &scope, leaving)) {
                continue;
            }
            names.push(rule.show.as_ref().and_then(|show| show.fill(&scope).value()).map(|name| text_of(&name)));
        }
        let shown: Vec<String> = names.iter().flatten().cloned().collect();
        Ok((!names.is_empty()).then(|| Self::lock(rule, scope, &shown)))
    }

    fn lock(rule: &LockRule, scope: &TemplateScope, names: &[String]) -> DeletionLock {
        let mut reason = rule.why.clone().unwrap_or_else(|| "its deletion protection is on".to_owned());
        if !names.is_empty() {
            let shown = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let more = names.len().saturating_sub(NAMED);
            reason =
                if more == 0 { format!("{reason}: {shown}") } else { format!("{reason}: {shown} and {more} more") };
        }
        let help = || rule.help.as_ref().and_then(|help| help.fill(scope).value()).map(|help| text_of(&help));
        let release = match &rule.property {
            Some(path) if !rule.clear.is_empty() => LockRelease::Call { property: PropPath(head(path).into()) },
            _ => LockRelease::Manual { help: help().unwrap_or_else(|| "remove what prevents it".to_owned()) },
        };
        DeletionLock { reason, release }
    }

    /// Turns off the locks that calls can turn off, and waits until reads show them off.
    pub(super) async fn turn_off_deletion_locks(
        &self,
        id: &str,
        token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        let Some(seen) = self.read(id).await? else { return Ok(None) };
        let mut scope = self.scope_of(id);
        scope.observed = seen.properties.clone().into();
        scope.before = seen.properties.clone().into();
        scope.token = Some(short_token(token));
        let rules = self.bound.binding.locks.iter();
        let locked: Vec<&LockRule> =
            rules.filter(|rule| !rule.clear.is_empty() && is_locked(rule, &seen.properties)).collect();
        if locked.is_empty() {
            return Ok(Some(seen));
        }
        for call in locked.iter().flat_map(|rule| rule.clear.iter()) {
            self.perform(call, &mut scope, &Properties::new(), RetryMode::VisibilityOnly).await?;
            if call.wait {
                self.wait_until_ready(&scope, sink).await?;
            }
        }
        let start = self.cloud.clock.now();
        loop {
            let Some(seen) = self.read(id).await? else { return Ok(None) };
            if !locked.iter().any(|rule| is_locked(rule, &seen.properties)) {
                return Ok(Some(seen));
            }
            let elapsed = self.cloud.clock.now().saturating_sub(start);
            if elapsed >= VISIBILITY_TIMEOUT {
                let message =
                    format!("{}: its deletion protection was turned off and still reads as on", self.bound.ty);
                return Err(CloudError::new(CloudErrorKind::NotReady, "StillProtected", message));
            }
            sink.progress(Progress::Waiting { for_what: "its deletion protection to be off".to_owned(), elapsed })
                .await?;
            self.cloud.clock.sleep(POLL_INTERVAL).await;
        }
    }
}

/// Checks that a property has the value that means locked.
fn is_locked(rule: &LockRule, observed: &Properties) -> bool {
    let root = Json::Object(observed.clone());
    let found = rule.property.as_ref().and_then(|path| path.get(&root, &root));
    found.is_some_and(|found| text_of(&found) == text_of(&rule.is))
}

/// Returns the top-level property that a path starts with.
fn head(path: &MemberPath) -> &str {
    match path.steps().first() {
        Some(PathStep::Name(name)) => name,
        _ => "",
    }
}

/// Returns the elements at each alternative of a path; of something else than a list, itself.
fn elements(at: &MemberPath, root: &Json) -> Vec<Json> {
    let each = at.alternatives.iter().map(|steps| MemberPath { absolute: true, alternatives: vec![steps.clone()] });
    each.filter_map(|path| path.get(root, root))
        .flat_map(|found| if let Json::Array(items) = found { items } else { vec![found] })
        .collect()
}

/// Checks that an element has all of some values; a list of values means one of them.
fn has_values(element: &Json, values: &BTreeMap<String, TemplateTree>, scope: &TemplateScope) -> bool {
    values.iter().all(|(path, wanted)| {
        let found = path.parse::<MemberPath>().ok().and_then(|path| path.get(element, element));
        let Some((found, wanted)) = found.zip(wanted.fill(scope).value()) else { return false };
        match wanted {
            Json::Array(any) => any.iter().any(|one| text_of(one) == text_of(&found)),
            one => text_of(&one) == text_of(&found),
        }
    })
}

/// Checks that an element is a resource that the plan deletes.
fn is_leaving(members: &LockMembers, scope: &TemplateScope, leaving: &[ResourceKey]) -> bool {
    let Some(id) = members.id.fill(scope).value().map(|id| text_of(&id)) else { return false };
    let part = |text: &str| match members.normalize {
        Some(function) => function.apply(text.into()).map(|value| text_of(&value)),
        None => Some(text.to_owned()),
    };
    let parts = |id: &str| id.split('|').map(part).collect::<Option<Vec<_>>>();
    let mine = parts(&id);
    mine.is_some() && leaving.iter().any(|key| key.ty == members.ty && parts(&key.id) == mine)
}
