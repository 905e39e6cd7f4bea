//! Looks up the values that paths lead to.

use super::path::{RulePath, RuleStep};
use super::siblings::SiblingTables;
use foldhash::HashMap;
use gpb_model::{Address, Model, PropPath, PropertyMap, PropertyValue, Resource};
use std::cell::OnceCell;

/// The value at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found<'m> {
    /// Nothing is given there.
    Absent,
    /// Not known until apply, neither the value nor its presence.
    Unknown,
    /// Given, but not known until apply, or a secret.
    Later(&'m PropertyValue),
    /// A known value.
    Value(&'m PropertyValue),
    /// The name of an entry.
    Key(&'m str),
    /// A number that was computed, in the unit of its measure.
    Number(f64),
}

impl<'m> Found<'m> {
    fn of(value: &'m PropertyValue) -> Found<'m> {
        match value {
            PropertyValue::Call { .. } => Found::Unknown,
            PropertyValue::Ref(_) | PropertyValue::Concat(_) | PropertyValue::Secret(_) => Found::Later(value),
            known => Found::Value(known),
        }
    }

    /// Checks whether something is given there; none where only apply can tell.
    pub fn is_given(self) -> Option<bool> {
        match self {
            Found::Absent => Some(false),
            Found::Unknown => None,
            // Clouds take a list without items as given or as absent, as it suits them.
            Found::Value(PropertyValue::List(items)) if items.is_empty() => None,
            _ => Some(true),
        }
    }

    /// Returns the string it is, where it is one.
    pub fn text(self) -> Option<&'m str> {
        match self {
            Found::Value(value) => value.as_text(),
            Found::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Returns the number it is, also where it is written as a string; in the unit of its property.
    pub fn number(self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "bounds are far below where it would matter")]
            Found::Value(PropertyValue::Int(int)) => Some(*int as f64),
            Found::Value(PropertyValue::Number(number)) => Some(number.to_f64()),
            Found::Value(PropertyValue::Text(text)) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            Found::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// The resources of a model by address, in order to follow references.
pub(super) struct ReferenceTargets<'m> {
    /// The model.
    pub model: &'m Model,
    /// The resources that share things.
    pub siblings: SiblingTables<'m>,
    by_address: OnceCell<HashMap<&'m Address, &'m Resource>>,
}

impl<'m> ReferenceTargets<'m> {
    /// Returns the resources of a model.
    pub fn of(model: &'m Model) -> Self {
        Self { model, siblings: SiblingTables::default(), by_address: OnceCell::new() }
    }

    /// Checks whether the model has a resource of a type.
    pub fn has_any(&self, ty: &str) -> bool {
        self.model.resources.iter().any(|resource| *resource.ty == *ty)
    }

    /// Returns the resource at an address.
    pub fn resource(&self, address: &Address) -> Option<&'m Resource> {
        let index = || self.model.resources.iter().map(|resource| (&resource.address, resource)).collect();
        self.by_address.get_or_init(index).get(address).copied()
    }

    /// Returns the managed resource of a type that a value refers to.
    fn referred(&self, value: &PropertyValue, ty: &str) -> Option<&'m Resource> {
        let PropertyValue::Ref(reference) = value else { return None };
        let target = self.resource(&reference.to)?;
        (!target.existing && *target.ty == *ty).then_some(target)
    }
}

/// The place that a rule looks at: a resource, or one element inside it.
#[derive(Clone, Copy)]
pub(super) struct RuleSubject<'s, 'm> {
    /// The resource.
    pub resource: &'m Resource,
    /// The element, where the rule looks at each element of a list.
    pub element: Option<(&'m PropertyValue, &'s PropPath)>,
    /// The resources that references lead to.
    pub targets: &'s ReferenceTargets<'m>,
}

impl<'m> RuleSubject<'_, 'm> {
    /// Returns the value at a path without `*`.
    pub fn find(&self, path: &RulePath) -> Found<'m> {
        let mut only = Found::Absent;
        self.each(path, &mut |found| only = found);
        only
    }

    /// Passes every value at a path to `visit`; a list that is absent or unknown counts as one such value.
    pub fn each(&self, path: &RulePath, visit: &mut dyn FnMut(Found<'m>)) {
        match (self.element, path.absolute) {
            (Some((element, _)), false) => self.inside(element, &path.steps, path, visit),
            _ => self.entry(&self.resource.properties, &path.steps, path, visit),
        }
    }

    fn entry(&self, entries: &'m PropertyMap, steps: &[RuleStep], path: &RulePath, visit: &mut dyn FnMut(Found<'m>)) {
        match steps {
            [RuleStep::Key(key), rest @ ..] => match entries.get(key.as_str()) {
                Some(value) => self.inside(value, rest, path, visit),
                None => visit(Found::Absent),
            },
            _ => visit(Found::Unknown),
        }
    }

    fn inside(&self, value: &'m PropertyValue, steps: &[RuleStep], path: &RulePath, visit: &mut dyn FnMut(Found<'m>)) {
        match (steps, value) {
            ([], _) => match &path.target {
                None => visit(Found::of(value)),
                Some((ty, further)) => match self.targets.referred(value, ty) {
                    Some(resource) => {
                        RuleSubject { resource, element: None, targets: self.targets }.each(further, visit);
                    }
                    None => visit(Found::Unknown),
                },
            },
            ([RuleStep::Items, rest @ ..], PropertyValue::List(items)) => {
                for item in items {
                    self.inside(item, rest, path, visit);
                }
            }
            ([RuleStep::Key(key), rest @ ..], PropertyValue::List(items)) => match key.parse::<usize>() {
                Ok(index) => match items.get(index) {
                    Some(item) => self.inside(item, rest, path, visit),
                    None => visit(Found::Absent),
                },
                Err(_) => visit(Found::Unknown),
            },
            (steps, PropertyValue::Map(entries)) => self.entry(entries, steps, path, visit),
            // What is inside a reference, a text or a number cannot be seen.
            _ => visit(Found::Unknown),
        }
    }
}
