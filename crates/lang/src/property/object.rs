//! Reads objects: names from gpb's spelling to AWS's.

use super::messages;
use super::reader::BodyReader;
use compact_str::CompactString;
use gpb_base::source::Span;
use gpb_catalog::{ObjectShape, Property};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::{ValueEntry, ValueMap};

impl BodyReader<'_> {
    /// Reads the entries by AWS's names.
    ///
    /// What cannot be read is reported and left out.
    pub(super) fn object(&mut self, entries: &ValueMap, shape: &ObjectShape, path: &PropPath) -> model::PropertyMap {
        let mut out = Vec::with_capacity(entries.len());
        let mut written: Vec<(&str, Span)> = Vec::with_capacity(entries.len().min(shape.properties.len()));
        for (name, entry) in entries {
            // What a resource's object does not have was not written by anyone.
            if entry.is_unwritten() {
                continue;
            }
            let Some(property) = self.find(name, entry, shape, path) else {
                if shape.open && !entry.value.is_absent() {
                    self.open_entry(name, entry, path, &mut out);
                }
                continue;
            };
            let at = path.child(&property.aws);
            // A property is met twice where both its spellings are written, so there are never more than it has.
            if let Some((_, first)) = written.iter_mut().find(|(aws, _)| *aws == property.aws) {
                let first = std::mem::replace(first, entry.key);
                self.diagnostics.push(messages::duplicate(&property.name, first, entry.key));
                continue;
            }
            written.push((&property.aws, entry.key));
            if entry.value.is_absent() {
                continue;
            }
            if !self.partial && self.def.is_read_only(&at) {
                self.reported.values.insert(at.clone());
                self.diagnostics.push(messages::read_only(&self.name(&at), &self.def.name, entry.key));
                continue;
            }
            self.keys.push((at.clone(), entry.key));
            if let Some(value) = self.value(&entry.value, &property.shape, &at) {
                out.push((property.aws.clone(), value));
            }
            self.spans.push((at, entry.value.span));
        }
        out.into_iter().collect()
    }

    /// Returns the property that a name stands for.
    ///
    /// An unknown one is reported, unless the object is open for any.
    fn find<'s>(
        &mut self,
        name: &str,
        entry: &ValueEntry,
        shape: &'s ObjectShape,
        path: &PropPath,
    ) -> Option<&'s Property> {
        if let Some(property) = shape.by_name(name) {
            return Some(property);
        }
        if let Some(property) = shape.by_aws(name) {
            self.diagnostics.push(messages::aws_spelling(name, &property.name, entry.key));
            return Some(property);
        }
        if !shape.open {
            self.reported.objects.insert(path.clone());
            let within = if path.0.is_empty() { self.def.name.to_string() } else { self.name(path) };
            self.diagnostics.push(messages::unknown(name, (&within, &self.def.name), shape, entry.key));
        }
        None
    }

    fn open_entry(
        &mut self,
        name: &str,
        entry: &ValueEntry,
        path: &PropPath,
        out: &mut Vec<(CompactString, model::PropertyValue)>,
    ) {
        let at = path.child(name);
        if let Some(value) = self.document(&entry.value, &at) {
            out.push((name.into(), value));
        }
        self.spans.push((at, entry.value.span));
    }
}
