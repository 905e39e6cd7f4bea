//! Mentions in a binding: of operations, of words in templates, of properties.

use super::locks;
use crate::binding::{ApiCall, ReadCall, Subresource};
use crate::bound_type::BoundType;
use crate::path::MemberPath;
use crate::template::{Template, TemplateTerm, TemplateTree};
use gpb_model::PropPath;
use std::collections::BTreeMap;

/// Lists every operation that a binding names, as it names them.
pub fn calls(bound: &BoundType) -> Vec<&str> {
    uses(bound).into_iter().map(|one| one.call).collect()
}

/// Lists every word that the interpolations of a binding refer to.
pub fn terms(bound: &BoundType) -> Vec<&TemplateTerm> {
    let binding = &bound.binding;
    let sets = binding.read.iter().map(|read| &read.set).chain(binding.list.iter().map(|listing| &listing.set));
    let subresources =
        binding.subresources.iter().filter_map(|subresource| subresource.read.as_ref()).map(|read| &read.set);
    let mut found: Vec<&TemplateTerm> =
        sets.chain(subresources).flat_map(BTreeMap::values).flat_map(TemplateTree::terms).collect();
    found.extend(uses(bound).iter().flat_map(|one| one.input.terms()));
    found.extend(binding.id.values().chain(&binding.identifier).flat_map(Template::terms));
    found.extend(binding.requests.iter().flat_map(|requests| requests.filter.values()).flat_map(TemplateTree::terms));
    for rule in binding.locks.iter() {
        let id = rule.members.iter().map(|members| &members.id);
        found.extend(id.chain(&rule.show).chain(&rule.help).flat_map(Template::terms));
        found.extend(rule.except.iter().flat_map(BTreeMap::values).flat_map(TemplateTree::terms));
    }
    found.extend(binding.read.iter().filter_map(|read| read.each.as_ref()).flat_map(Template::terms));
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    let calls = calls.chain(binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call));
    found.extend(calls.filter_map(|call| call.each.as_ref()).flat_map(Template::terms));
    let reads = binding.read.iter().chain(binding.subresources.iter().filter_map(|one| one.read.as_ref()));
    found.extend(reads.flat_map(|read| read.filter.values()).flat_map(TemplateTree::terms));
    found
}

/// One mention of an operation.
pub(super) struct OperationUse<'a> {
    /// The key of the binding that it stands under.
    pub place: String,
    /// The operation: `Operation`, or `service:Operation`.
    pub call: &'a str,
    /// Members to send.
    pub input: &'a TemplateTree,
    /// Paths into the output.
    pub at: Vec<&'a MemberPath>,
}

/// Lists every mention of an operation.
pub(super) fn uses(bound: &BoundType) -> Vec<OperationUse<'_>> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    for (name, calls) in [("create", &binding.create), ("update", &binding.update), ("delete", &binding.delete)] {
        found.extend(calls.iter().flat_map(|call| of_call(name, call)));
    }
    found.extend(binding.read.iter().flat_map(|read| of_read("read", read)));
    for listing in binding.list.iter() {
        let at = vec![&listing.at];
        found.push(OperationUse { place: "list".to_owned(), call: &listing.call, input: &listing.input, at });
    }
    if let Some(requests) = &binding.requests {
        let (place, at) = ("requests".to_owned(), vec![&requests.at]);
        found.push(OperationUse { place, call: &requests.call, input: &requests.input, at });
    }
    for children in &binding.children {
        let (place, at) = ("children".to_owned(), vec![&children.at]);
        found.push(OperationUse { place, call: &children.call, input: &children.input, at });
        found.extend(of_call("children", &children.delete));
    }
    if let Some(revival) = &binding.revive {
        let (place, at) = ("revive".to_owned(), vec![&revival.until]);
        found.push(OperationUse { place, call: &revival.call, input: &revival.input, at });
        found.extend(revival.restore.iter().flat_map(|call| of_call("revive", call)));
    }
    for rule in binding.locks.iter() {
        found.extend(rule.clear.iter().flat_map(|call| of_call("locks", call)));
        if let Some(call) = &rule.call {
            let at = rule.at.iter().collect();
            found.push(OperationUse { place: "locks".to_owned(), call, input: &rule.input, at });
        }
    }
    for subresource in &binding.subresources {
        let place = format!("subresources of {}", subresource.properties.join(", "));
        found.extend(subresource.calls().flat_map(|(_, call)| of_call(&place, call)));
        found.extend(subresource.read.iter().flat_map(|read| of_read(&place, read)));
    }
    if let Some(tags) = &bound.tags {
        for call in tags.tag.iter().chain(&tags.untag) {
            found.push(OperationUse { place: "tags".to_owned(), call: &call.call, input: &call.input, at: Vec::new() });
        }
        if let Some(read) = &tags.read {
            let at = read.at.iter().collect();
            found.push(OperationUse { place: "tags".to_owned(), call: &read.call, input: &read.input, at });
        }
    }
    found
}

fn of_call<'a>(place: &str, call: &'a ApiCall) -> Vec<OperationUse<'a>> {
    let at = call.at.iter().chain(&call.failed_at).collect();
    let mut found = vec![OperationUse { place: place.to_owned(), call: &call.call, input: &call.input, at }];
    if let Some(wait) = &call.operation {
        let at = std::iter::once(&wait.path).chain(&wait.reason).chain(&wait.code).collect();
        found.push(OperationUse { place: place.to_owned(), call: &wait.call, input: &wait.input, at });
    }
    found
}

fn of_read<'a>(place: &str, read: &'a ReadCall) -> Vec<OperationUse<'a>> {
    let at =
        read.at.iter().chain(&read.list).filter(|path| !path.absolute && (read.at.is_none() || read.list.is_none()));
    let mut found =
        vec![OperationUse { place: place.to_owned(), call: &read.call, input: &read.input, at: at.collect() }];
    if let Some(batch) = &read.batch {
        found.push(OperationUse {
            place: place.to_owned(),
            call: &read.call,
            input: &batch.input,
            at: vec![&batch.at],
        });
    }
    if let Some(confirm) = &read.confirm {
        let (call, input) = (&confirm.call, &confirm.input);
        found.push(OperationUse { place: place.to_owned(), call, input, at: Vec::new() });
    }
    if let Some(detail) = &read.detail {
        let at = detail.at.iter().collect();
        found.push(OperationUse { place: place.to_owned(), call: &detail.call, input: &detail.input, at });
    }
    found
}

/// Lists every property path that a binding mentions by name, with its place.
pub(super) fn property_mentions(bound: &BoundType) -> Vec<(String, PropPath)> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    let mut all = |place: &str, names: &mut dyn Iterator<Item = &String>| {
        found.extend(names.map(|name| (place.to_owned(), PropPath(name.as_str().into()))));
    };
    all("name", &mut binding.name.iter().map(|name| &name.property));
    all("defaults", &mut binding.defaults.keys());
    all("unsupported", &mut binding.unsupported.iter().chain(&binding.update_only));
    all("upsert_key", &mut binding.upsert_key.iter());
    all("locks", &mut locks::properties(bound).iter());
    let heads: Vec<String> =
        binding.vacant.keys().map(|path| path.split('.').next().unwrap_or(path).to_owned()).collect();
    all("vacant", &mut heads.iter());
    all("shown_late", &mut binding.shown_late.iter());
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    for call in calls {
        all(&call.call, &mut call.properties.iter().flatten().chain(&call.if_increased).chain(&call.if_decreased));
        all(&call.call, &mut call.if_changed.iter().chain(&call.unless_changed));
    }
    for read in binding.read.iter() {
        all(&read.call, &mut read.set.keys());
    }
    for subresource in &binding.subresources {
        all("subresources", &mut subresource.properties.iter());
        for (_, call) in subresource.calls() {
            all(&call.call, &mut call.properties.iter().flatten());
        }
        if let Some(read) = &subresource.read {
            let parts = read.properties.iter().flatten().map(|(path, _)| path.0.to_string()).collect::<Vec<_>>();
            all(&read.call, &mut parts.iter());
        }
    }
    all("properties", &mut binding.properties.values().flat_map(|place| &place.carried_by));
    found.extend(binding.properties.keys().map(|path| ("properties".to_owned(), path.clone())));
    found
}

/// Lists what the conditions of calls and reads test, with their places.
pub(super) fn tested(bound: &BoundType) -> Vec<(String, &String)> {
    let binding = &bound.binding;
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    let calls = calls.chain(binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call));
    let calls = calls.map(|call| (&call.call, call.conditions()));
    let reads = binding.read.iter().chain(binding.subresources.iter().filter_map(|one| one.read.as_ref()));
    let all = calls.chain(reads.map(|read| (&read.call, read.conditions())));
    all.flat_map(|(call, conditions)| conditions.tested().map(move |name| (call.clone(), name))).collect()
}
