//! Rules about what goes wrong late: while a resource is changed, or after a process was killed.

use super::audit::reads;
use super::problem::BindingProblem;
use crate::binding::{ApiCall, ReadCall, SendMode};
use crate::bound_type::BoundType;
use crate::template::{Template, TemplateTerm, TemplateTree};
use gpb_model::PropPath;

/// Lists what a binding does that goes wrong late.
pub(super) fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let mut found = stale_reads(bound);
    found.extend(unread_sizes(bound));
    found.extend(outputs_in_reads(bound));
    found.extend(changed_identifiers(bound));
    found.extend(loose_filters(bound));
    let binding = &bound.binding;
    let is_laid_singly = binding.create.iter().any(|call| call.each.is_some()) && !binding.upsert_key.is_empty();
    if is_laid_singly && bound.tags.is_none() && !binding.read.iter().any(|read| read.each.is_some()) {
        let message = "a creation that is made once an element leaves some of them when it is cut off: `read` has to ask \
                       for each element with `for`, so that the rest is seen to be missing";
        found.push(BindingProblem::new("create", "for", message));
    }
    let is_late = bound.tags.as_ref().is_some_and(|tags| tags.create == crate::binding::PropertySide::Nowhere);
    if is_late && !binding.list.iter().any(|list| list.marker.is_some()) {
        let message = "tags that come after the creation do not show what a creation that was cut off has made: name \
                       `marker` in `list`, the place of the token";
        found.push(BindingProblem::new("tags", "create", message));
    }
    found
}

/// Lists the calls that send what a read showed before another call changed it.
fn stale_reads(bound: &BoundType) -> Vec<BindingProblem> {
    let mut found = Vec::new();
    let lists = std::iter::once(("update", &bound.binding.update));
    let puts = bound.binding.subresources.iter().map(|subresource| ("subresources", &subresource.put));
    for (place, calls) in lists.chain(puts) {
        let mut is_fresh = true;
        for call in calls.iter() {
            let term = terms(call).into_iter().find(|term| matches!(term.word.as_str(), "read" | "object"));
            if let (Some(term), false) = (term, is_fresh) {
                let message = format!(
                    "`{}` refers to `{}` as it was before the calls above: say `wait = true` in the one before it, or \
                     `before.{}` where that is meant",
                    call.call, term.word, term.word
                );
                found.push(BindingProblem::new(place, &call.call, message));
            }
            is_fresh = call.wait;
        }
    }
    found
}

fn terms(call: &ApiCall) -> Vec<&TemplateTerm> {
    let each = call.each.iter().flat_map(Template::terms);
    call.input.terms().into_iter().chain(each).collect()
}

/// Lists the sizes that calls compare with what no read shows.
fn unread_sizes(bound: &BoundType) -> Vec<BindingProblem> {
    let sizes = bound.binding.update.iter().flat_map(|call| call.if_increased.iter().chain(&call.if_decreased));
    let unread = sizes.filter(|name| reads(bound, name).is_empty());
    let problem = |name: &String| {
        let message = format!("no read shows `{name}`, so that nobody knows whether it has grown or shrunk");
        BindingProblem::new("update", name, message)
    };
    unread.map(problem).collect()
}

/// Lists what reads compute from outputs of calls, which a read does not have.
fn outputs_in_reads(bound: &BoundType) -> Vec<BindingProblem> {
    let binding = &bound.binding;
    let own = binding.read.iter().map(|read| ("read", &read.set));
    let lists = binding.list.iter().map(|list| ("list", &list.set));
    let parts = binding.subresources.iter().filter_map(|one| Some(("subresources", &one.read.as_ref()?.set)));
    let mut found = Vec::new();
    for (place, set) in own.chain(lists).chain(parts) {
        if let Some(term) = set.values().flat_map(TemplateTree::terms).find(|term| term.word == "out") {
            let message = "`${out…}` is absent in a read: `${raw…}` is what the read shows, `${object…}` the resource";
            found.push(BindingProblem::new(place, &term.word, message));
        }
    }
    found
}

/// Lists the parts of an identifier that an update claims to change.
///
/// A plan replaces the resource when one that was given changes.
fn changed_identifiers(bound: &BoundType) -> Vec<BindingProblem> {
    let named = bound.binding.update.iter().filter(|call| call.send != Some(SendMode::All));
    let named = named.flat_map(|call| call.properties.iter().flatten());
    let is_given = |name: &&String| {
        let path = PropPath(name.as_str().into());
        bound.def.primary_identifier.iter().any(|part| part.head() == name.as_str()) && !bound.def.is_read_only(&path)
    };
    let problem = |name: &String| {
        let message = format!("`{name}` is a part of the identifier: a plan replaces the resource when it changes");
        BindingProblem::new("update", name, message)
    };
    named.filter(is_given).map(problem).collect()
}

/// Lists the filters that leave out a part of the identifier, so that another resource may pass.
fn loose_filters(bound: &BoundType) -> Vec<BindingProblem> {
    let mut found = Vec::new();
    for read in bound.binding.read.iter().filter(|read| !read.filter.is_empty()) {
        let parts = &bound.def.primary_identifier;
        for part in parts.iter().filter(|part| !is_asked_for(bound, read, part.head())) {
            let message =
                format!("`where` leaves out `{}`, a part of the identifier: another resource may pass", part.head());
            found.push(BindingProblem::new("read", "where", message));
        }
    }
    found
}

/// Checks that a read asks for one value of a part of the identifier.
fn is_asked_for(bound: &BoundType, read: &ReadCall, part: &str) -> bool {
    let asked = read.filter.values().flat_map(TemplateTree::terms);
    let named = asked.chain(read.each.iter().flat_map(Template::terms)).any(|term| term.word == part);
    let computed = bound
        .binding
        .id
        .get(part)
        .is_some_and(|template| template.terms().next().is_none_or(|term| term.literal.is_some()));
    // A member of the input that bears its name is filled with it.
    let filled = bound.operation(&read.call).is_some_and(|(api, _)| {
        api.input(bound.split(&read.call).1).member(part).is_some_and(|(member, _)| {
            !read.filter.is_empty() && read.input.keys().all(|key| !crate::name_matching::same(key, &member))
        })
    });
    let in_input = read.input.terms().iter().any(|term| term.word == part);
    // What the input asks for begins a listing or filters it; only the filter of answers is exact.
    named || computed || (in_input || filled) && bound.def.primary_identifier.len() > 1
}
