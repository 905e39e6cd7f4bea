//! Validates objects: the properties they have, those they must have, and those that exclude each other.

use super::word_lists::{all, either};
use super::{Validator, ViolationKind};
use crate::nearest;
use crate::types::{ObjectRule, ObjectShape, Property};
use gpb_model::{PropPath, PropertyMap, PropertyValue};

impl<'a> Validator<'a> {
    pub(super) fn object(&mut self, shape: &'a ObjectShape, entries: &'a PropertyMap) {
        for (name, value) in entries {
            match shape.by_aws(name) {
                Some(property) => self.within(name, |checker| checker.property(property, value)),
                None if shape.open => {}
                None => self.within(name, |checker| checker.unknown(shape, name)),
            }
        }
        for name in &shape.required {
            if !entries.contains_key(name.as_str()) {
                self.within(name, Self::missing);
            }
        }
        for rule in &shape.rules {
            self.rule(shape, rule, entries);
        }
    }

    fn property(&mut self, property: &'a Property, value: &'a PropertyValue) {
        if self.def.read_only.iter().any(|place| self.covered_by(place)) {
            let name = self.name();
            let violation = self
                .violation(ViolationKind::ReadOnly, format!("`{name}` is set by AWS and can only be read"))
                .help("remove it; others may refer to it as a property of this resource");
            self.found.push(violation);
            return;
        }
        let is_here = |place: &PropPath| place.segments().count() == self.path.len() && self.covered_by(place);
        if self.def.deprecated.iter().any(is_here) {
            let name = self.name();
            self.report(ViolationKind::Deprecated, format!("`{name}` is deprecated"));
        }
        self.value(&property.shape, value);
    }

    fn unknown(&mut self, shape: &ObjectShape, name: &str) {
        let by_name = nearest(name, shape.properties.iter().map(|property| property.name.as_str()));
        let by_aws = || {
            let aws = nearest(name, shape.properties.iter().map(|property| property.aws.as_str()))?;
            shape.by_aws(aws).map(|property| property.name.as_str())
        };
        let meant = by_name.or_else(by_aws);
        let place = match self.path.split_last() {
            Some((_, [])) | None => format!("`{}`", self.def.name),
            Some((_, around)) => {
                let around = around.iter().fold(PropPath::default(), |path, step| path.child(step));
                format!("`{}` of `{}`", self.def.display(&around), self.def.name)
            }
        };
        let violation =
            self.violation(ViolationKind::UnknownProperty, format!("{place} has no property `{name}`")).nearest(meant);
        self.found.push(match meant {
            Some(meant) => violation.help(format!("did you mean `{meant}`?")),
            None => violation,
        });
    }

    fn missing(&mut self) {
        // Schemas require of answers what no request may hold.
        if !self.def.read_only.iter().any(|place| self.covered_by(place)) {
            let name = self.name();
            self.report(ViolationKind::MissingRequired, format!("`{name}` is required and missing"));
        }
    }

    fn rule(&mut self, shape: &ObjectShape, rule: &ObjectRule, entries: &PropertyMap) {
        let name = |aws: &String| format!("`{}`", shape.by_aws(aws).map_or(aws.as_str(), |property| &property.name));
        let named = |names: &[String]| names.iter().map(name).collect::<Vec<_>>();
        let present = |names: &[String]| {
            names.iter().filter(|name| entries.contains_key(name.as_str())).cloned().collect::<Vec<_>>()
        };
        match rule {
            ObjectRule::RequiredTogether(first, others) if entries.contains_key(first.as_str()) => {
                let missing: Vec<String> =
                    others.iter().filter(|name| !entries.contains_key(name.as_str())).cloned().collect();
                if !missing.is_empty() {
                    self.broken(Some(first), rule, format!("{} needs {} as well", name(first), all(&named(&missing))));
                }
            }
            ObjectRule::Excluded(first, others) if entries.contains_key(first.as_str()) => {
                if let Some(other) = present(others).first() {
                    self.broken(Some(other), rule, format!("{} and {} exclude each other", name(first), name(other)));
                }
            }
            ObjectRule::ExactlyOne(names) => match present(names).as_slice() {
                [_] => {}
                [] => self.broken(None, rule, format!("exactly one of {} is required", either(&named(names)))),
                [_, second, ..] => {
                    let found = all(&named(&present(names)));
                    self.broken(Some(second), rule, format!("only one of {found} may be given"));
                }
            },
            ObjectRule::AtLeastOne(names) if present(names).is_empty() => {
                self.broken(None, rule, format!("at least one of {} is required", either(&named(names))));
            }
            ObjectRule::OneOfGroups(groups) if !groups.iter().any(|group| present(group).len() == group.len()) => {
                let groups: Vec<String> = groups.iter().map(|group| all(&named(group))).collect();
                self.broken(None, rule, format!("required: {}", groups.join("; or ")));
            }
            _ => {}
        }
    }

    fn broken(&mut self, at: Option<&String>, rule: &ObjectRule, mut message: String) {
        if !self.path.is_empty() {
            message = format!("in `{}`, {message}", self.name());
        }
        let kind = ViolationKind::Rule(rule.clone());
        match at {
            Some(name) => self.within(name.clone(), |checker| {
                checker.report(kind, message);
            }),
            None => {
                self.report(kind, message);
            }
        }
    }
}
