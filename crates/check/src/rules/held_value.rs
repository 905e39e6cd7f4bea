//! Values as AWS compares them: two properties that surely have the same one.

use super::lookup::ReferenceTargets;
use super::names::value_at;
use gpb_catalog::{TypeDef, TypeLookup, ValueForm};
use gpb_model::{PropPath, PropertyValue, Reference, Resource};
use std::borrow::Cow;

/// References through more resources than these are left as they are.
const DEPTH: usize = 8;

/// Stands between the parts of a name; no name has it.
const BETWEEN: char = '\u{1f}';

/// Spells values so that those which are surely the same are spelled the same.
#[derive(Clone, Copy)]
pub(super) struct HeldValues<'s, 'm> {
    /// The resources that references lead to.
    pub targets: &'s ReferenceTargets<'m>,
    /// The schemas of resource types.
    pub types: TypeLookup<'s>,
}

impl<'m> HeldValues<'_, 'm> {
    /// Returns the values that a resource holds at a group of paths, each joined to one text.
    ///
    /// A list holds each of its items. A value that is absent, `false` or not known holds nothing.
    pub fn of(self, resource: &'m Resource, def: &TypeDef, paths: &[PropPath]) -> Vec<Cow<'m, str>> {
        let mut joined: Vec<Cow<'m, str>> = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let Some(value) = value_at(resource, path) else { return Vec::new() };
            let mut parts = Vec::new();
            let form = |path| def.form(path).or(def.lifecycle.caseless_names.then_some(ValueForm::AnyCase));
            match value {
                PropertyValue::List(items) => {
                    let form = form(&path.child("*"));
                    parts.extend(items.iter().filter_map(|item| self.spelled(item, form, DEPTH)));
                }
                one => parts.extend(self.spelled(one, form(path), DEPTH)),
            }
            joined = match at {
                0 => parts,
                _ => joined
                    .iter()
                    .flat_map(|before| parts.iter().map(move |part| Cow::Owned(format!("{before}{BETWEEN}{part}"))))
                    .collect(),
            };
            if joined.is_empty() {
                return joined;
            }
        }
        joined
    }

    fn spelled(self, value: &'m PropertyValue, form: Option<ValueForm>, depth: usize) -> Option<Cow<'m, str>> {
        match value {
            PropertyValue::Text(text) => Some(match form {
                Some(form) => Cow::Owned(form.canonical(text)),
                None => Cow::Borrowed(text.as_str()),
            }),
            PropertyValue::Int(int) => Some(Cow::Owned(int.to_string())),
            PropertyValue::Bool(true) => Some(Cow::Borrowed("true")),
            PropertyValue::Ref(reference) => self.referred(reference, form, depth.checked_sub(1)?),
            PropertyValue::Concat(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.spelled(part, None, depth)).collect();
                Some(Cow::Owned(parts?.concat()))
            }
            _ => None,
        }
    }

    /// Spells the property that a reference names: its value where the program gives it, else itself.
    fn referred(self, reference: &'m Reference, form: Option<ValueForm>, depth: usize) -> Option<Cow<'m, str>> {
        let target = self.targets.resource(&reference.to)?;
        let def = (self.types)(&target.ty);
        let identifier = def.as_deref().map(|def| def.primary_identifier.as_slice());
        let path = match (reference.path.0.is_empty(), identifier) {
            (true, Some([only])) => only,
            _ => &reference.path,
        };
        match value_at(target, path) {
            Some(value) => self.spelled(value, form, depth),
            None => Some(Cow::Owned(format!("{BETWEEN}{}{BETWEEN}{path}", reference.to))),
        }
    }
}
