//! Coverage of a binding: the calls that set, change and read each property.

use super::shape_path::{resolves, walk, written};
use crate::binding::{ApiCall, PropertySide};
use crate::bound_type::BoundType;
use crate::map::Mapping;
use crate::path::{MemberPath, PathStep};
use crate::shapes::MemberShape;
use crate::template::Template;
use gpb_model::PropPath;

/// The coverage of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The property, in AWS's spelling.
    pub property: String,
    /// The operations that set it on creation; empty for one that nothing sends.
    pub create: Vec<String>,
    /// The operations that change it.
    pub update: Vec<String>,
    /// The operations that read it.
    pub read: Vec<String>,
    /// AWS decides it.
    pub read_only: bool,
    /// No read shows it.
    pub write_only: bool,
    /// It can be set on creation only.
    pub create_only: bool,
    /// The binding says that it cannot set it.
    pub unsupported: bool,
    /// Creation does not take it, and need not.
    pub update_only: bool,
}

impl Coverage {
    /// Checks that the property can be set, but the binding has no way to.
    pub fn lacks_create(&self) -> bool {
        !self.read_only && !self.unsupported && !self.update_only && self.create.is_empty()
    }

    /// Checks that the property can be changed, but the binding has no way to.
    pub fn lacks_update(&self, updatable: bool) -> bool {
        updatable && !self.read_only && !self.unsupported && !self.create_only && self.update.is_empty()
    }

    /// Checks that the property can be read, but the binding has no way to.
    pub fn lacks_read(&self) -> bool {
        !self.write_only && !self.unsupported && self.read.is_empty()
    }
}

/// Lists the coverage of every property of a type, in the catalog's order.
pub fn audit(bound: &BoundType) -> Vec<Coverage> {
    let one = |property: &gpb_catalog::Property| coverage(bound, &property.aws);
    bound.def.root.properties.iter().map(one).collect()
}

fn coverage(bound: &BoundType, name: &str) -> Coverage {
    let path = PropPath(name.into());
    Coverage {
        property: name.to_owned(),
        create: writes(bound, name, &bound.binding.create, true),
        update: writes(bound, name, &bound.binding.update, false),
        read: reads(bound, name),
        read_only: bound.def.is_read_only(&path),
        write_only: bound.def.is_write_only(&path),
        create_only: bound.def.is_create_only(&path),
        unsupported: bound.binding.unsupported.iter().any(|one| one == name),
        update_only: bound.binding.update_only.iter().any(|one| one == name),
    }
}

fn writes(bound: &BoundType, name: &str, calls: &[ApiCall], creating: bool) -> Vec<String> {
    let mut found = Vec::new();
    let owner =
        bound.binding.subresources.iter().filter(|subresource| subresource.properties.iter().any(|one| one == name));
    let owner: Vec<_> =
        owner.filter(|subresource| if creating { subresource.create } else { subresource.update }).collect();
    for subresource in &owner {
        found.extend(subresource.put.iter().chain(subresource.add.iter()).map(|call| call.call.clone()));
    }
    let tag = bound.def.tagging.as_ref().is_some_and(|tagging| tagging.property == name);
    if let (true, Some(tags)) = (tag, &bound.tags) {
        found.extend(tags.tag.iter().map(|call| call.call.clone()));
        if let (true, PropertySide::At(_)) = (creating, &tags.create) {
            found.extend(calls.iter().map(|call| call.call.clone()));
        }
    }
    if owner.is_empty() {
        found.extend(calls.iter().filter(|call| takes(bound, call, name)).map(|call| call.call.clone()));
    }
    found.sort();
    found.dedup();
    found
}

fn takes(bound: &BoundType, call: &ApiCall, name: &str) -> bool {
    if let Some(names) = &call.properties {
        return names.iter().any(|one| one == name);
    }
    let mentioned = call.input.terms().iter().any(|term| term.word == name || term.is_of_all())
        || call.each.iter().flat_map(Template::terms).any(|term| term.word == name);
    if mentioned || call.once_per.is_some() {
        return mentioned || written(bound, name);
    }
    let Some((api, _)) = bound.operation(&call.call) else { return false };
    let mapping = Mapping {
        def: &bound.def,
        places: &bound.binding.properties,
        attributes: bound.binding.attributes.as_ref(),
        fill: &|_| None,
    };
    mapping.place(name, api.input(bound.split(&call.call).1)).is_some()
}

/// Returns the operations of which the answer shows a property of the root.
pub(super) fn reads(bound: &BoundType, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for read in bound.binding.read.iter() {
        if read.set.contains_key(name) || shows(bound, &read.call, read.at.as_ref(), name) {
            found.push(read.call.clone());
        }
    }
    for subresource in
        bound.binding.subresources.iter().filter(|subresource| subresource.properties.iter().any(|one| one == name))
    {
        found.extend(subresource.read.iter().map(|read| read.call.clone()));
    }
    let tag = bound.def.tagging.as_ref().is_some_and(|tagging| tagging.property == name);
    if let (true, Some(tags)) = (tag, &bound.tags) {
        found.extend(tags.read.iter().map(|read| read.call.clone()));
    }
    if bound.def.primary_identifier.iter().any(|part| part.head() == name) {
        found.push("the identifier".to_owned());
    }
    found
}

fn shows(bound: &BoundType, call: &str, at: Option<&MemberPath>, name: &str) -> bool {
    let Some((api, _)) = bound.operation(call) else { return false };
    let root = api.output(bound.split(call).1);
    let mut here = at.map_or(Some(root), |path| walk(root, path.steps()));
    if let Some(list @ MemberShape::List(..)) = here {
        here = list.element();
    }
    let Some(here) = here else { return false };
    match bound.binding.properties.get(&PropPath(name.into())).map(|place| &place.read) {
        Some(PropertySide::Nowhere) => false,
        Some(PropertySide::At(path)) => {
            let start = if path.absolute { root } else { here };
            path.alternatives.iter().any(|steps| resolves(start, steps))
        }
        Some(PropertySide::SameName) | None => resolves(here, &[PathStep::Name(name.to_owned())]),
    }
}
