//! Coverage at every depth: parts of properties that a call would refuse to take, or that a read drops.

use super::shape_path::walk;
use super::terms;
use crate::binding::{ApiCall, PropertySide, SendMode, Subresource};
use crate::bound_type::BoundType;
use crate::map::Mapping;
use crate::shapes::MemberShape;
use gpb_catalog::{Property, Shape};
use gpb_model::PropPath;
use std::collections::BTreeSet;

/// No property that is written is nested deeper; some of the catalog's types hold themselves.
const DEEPEST: usize = 8;

/// A part of a property without a place in the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostPart {
    /// The part.
    pub path: PropPath,
    /// The operation that has no member for it.
    pub call: String,
    /// It is lost when it is read; else when it is written.
    pub on_read: bool,
}

/// Lists the parts that have no place in the operations that write, or read, their property.
pub fn lost_parts(bound: &BoundType) -> Vec<LostPart> {
    let mut found = BTreeSet::new();
    let binding = &bound.binding;
    for WrittenProperty { call, property, path, member, input } in written_properties(bound) {
        let mut part = DepthWalk { bound, call, on_read: false, root: input, found: &mut found };
        part.shape(&property.shape, member, &path);
    }
    let owned = |name: &str| {
        binding.subresources.iter().any(|one| one.read.is_some() && one.properties.iter().any(|owned| owned == name))
    };
    for read in binding.read.iter() {
        let (Some(object), Some(root)) = (terms::object(bound, read), terms::output(bound, &read.call)) else {
            continue;
        };
        for property in bound.def.root.properties.iter().filter(|property| !owned(&property.aws)) {
            let path = PropPath(property.aws.as_str().into());
            let mut part = DepthWalk { bound, call: &read.call, on_read: true, root, found: &mut found };
            if let Some(member) = part.place(&path, object) {
                part.shape(&property.shape, member, &path);
            }
        }
    }
    found.into_iter().collect()
}

/// A property that a call writes by itself.
pub(super) struct WrittenProperty<'a> {
    /// The call.
    pub call: &'a str,
    /// The property.
    pub property: &'a Property,
    /// Its path.
    pub path: PropPath,
    /// The member that it is written to.
    pub member: MemberShape<'a>,
    /// The input of the call.
    pub input: MemberShape<'a>,
}

/// Lists the properties that the calls of a binding write, each with the member that it is written to.
pub(super) fn written_properties(bound: &BoundType) -> Vec<WrittenProperty<'_>> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    let mapping = Mapping {
        def: &bound.def,
        places: &binding.properties,
        attributes: binding.attributes.as_ref(),
        fill: &|_| None,
    };
    let owned = |name: &str, sent: fn(&Subresource) -> bool| {
        binding.subresources.iter().any(|one| sent(one) && one.properties.iter().any(|owned| owned == name))
    };
    let mut calls: Vec<(&ApiCall, Vec<&Property>)> = Vec::new();
    let properties = || bound.def.root.properties.iter();
    for call in binding.create.iter() {
        calls.push((call, properties().filter(|one| !owned(&one.aws, |part| part.create)).collect()));
    }
    for call in binding.update.iter() {
        calls.push((call, properties().filter(|one| !owned(&one.aws, |part| part.update)).collect()));
    }
    for part in &binding.subresources {
        let mine: Vec<&Property> =
            properties().filter(|one| part.properties.iter().any(|name| one.aws == *name)).collect();
        calls.extend(part.put.iter().map(|call| (call, mine.clone())));
    }
    for (call, sent) in calls {
        let Some((api, _)) = bound.operation(&call.call) else { continue };
        let input = api.input(bound.split(&call.call).1);
        for property in sent {
            let path = PropPath(property.aws.as_str().into());
            let is_named = call.input.terms().iter().any(|term| term.property().as_deref() == Some(path.head()));
            let is_sent = call.properties.as_ref().is_none_or(|names| names.iter().any(|one| one == path.head()));
            if is_named || !is_sent || call.send == Some(SendMode::None) {
                continue;
            }
            let member = mapping.place(&property.aws, input).and_then(|place| walk(input, place.steps()));
            if let Some(member) = member {
                found.push(WrittenProperty { call: &call.call, property, path, member, input });
            }
        }
    }
    found
}

/// A walk along the shapes of a property and of the member that it is written to, or read from.
struct DepthWalk<'a, 'f> {
    bound: &'a BoundType,
    call: &'a str,
    on_read: bool,
    root: MemberShape<'a>,
    found: &'f mut BTreeSet<LostPart>,
}

impl<'a> DepthWalk<'a, '_> {
    /// Returns the place of a property below the place of its parent; none where the binding says so.
    fn place(&self, path: &PropPath, here: MemberShape<'a>) -> Option<MemberShape<'a>> {
        let name = path.segments().last().unwrap_or_default();
        let side = self.side(path);
        match side {
            Some(PropertySide::Nowhere) => None,
            Some(PropertySide::At(at)) => {
                let start = if at.absolute { self.root } else { here };
                at.alternatives.iter().find_map(|steps| walk(start, steps))
            }
            Some(PropertySide::SameName) | None => here.member(name).map(|(_, inner)| inner),
        }
    }

    fn side(&self, path: &PropPath) -> Option<&'a PropertySide> {
        let place = self.bound.binding.properties.get(path)?;
        Some(if self.on_read { &place.read } else { &place.write })
    }

    fn shape(&mut self, shape: &Shape, member: MemberShape<'a>, path: &PropPath) {
        if path.segments().count() > DEEPEST {
            return;
        }
        match self.bound.def.resolve(shape).clone() {
            Shape::Object(object) if matches!(member, MemberShape::Structure(..)) => {
                for property in &object.properties {
                    let child = path.child(&property.aws);
                    let def = &self.bound.def;
                    let is_excused = self.side(&child) == Some(&PropertySide::Nowhere)
                        || def.is_read_only(&child) && !self.on_read
                        || def.is_write_only(&child) && self.on_read
                        || self
                            .bound
                            .binding
                            .unsupported
                            .iter()
                            .any(|one| PropPath(one.as_str().into()).covers(&child));
                    match self.place(&child, member) {
                        _ if is_excused => {}
                        Some(inner) => self.shape(&property.shape, inner, &child),
                        None => {
                            let (path, call) = (child, self.call.to_owned());
                            self.found.insert(LostPart { path, call, on_read: self.on_read });
                        }
                    }
                }
            }
            Shape::List(list) => {
                let items = member.counted().map_or(member, |(_, _, items)| items);
                // Pairs of a key and a value are converted whole.
                if let (Some(element), false) =
                    (items.element(), items.pair().is_some() || matches!(items, MemberShape::Map(..)))
                {
                    self.shape(&list.item, element, &path.child("*"));
                }
            }
            _ => {}
        }
    }
}
