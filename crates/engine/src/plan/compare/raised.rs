//! Versions that AWS raises by itself within a major version: a higher one there is as good as the one written.

use crate::cloud::Properties;
use gpb_catalog::{RaisedVersion, TypeDef};
use gpb_model::{PropPath, PropertyMap, PropertyValue};

/// A version that AWS may have raised.
pub(super) struct RaisedPlace<'a> {
    /// The property that holds it.
    pub path: &'a PropPath,
    /// The number of parts of a major version.
    major: usize,
}

/// Returns the versions of a type that AWS may have raised: where the switch that stops it is not off.
pub(super) fn raised<'a>(
    def: Option<&'a TypeDef>,
    desired: &PropertyMap,
    observed: &Properties,
) -> Vec<RaisedPlace<'a>> {
    let engine = |one: &RaisedVersion| {
        let path = one.engine.as_ref()?.head();
        let written = desired.get(path).and_then(PropertyValue::as_text);
        written.or_else(|| observed.get(path)?.as_str()).map(str::to_owned)
    };
    let is_on = |one: &&RaisedVersion| {
        let switch = one.switch.as_ref().and_then(|switch| desired.get(switch.head()));
        !matches!(switch, Some(PropertyValue::Bool(false))) && switch.and_then(PropertyValue::as_text) != Some("false")
    };
    let raised = def.into_iter().flat_map(|def| &def.lifecycle.raised).filter(is_on);
    raised.map(|one| RaisedPlace { path: &one.property, major: one.major_parts(engine(one).as_deref()) }).collect()
}

impl RaisedPlace<'_> {
    /// Checks that a version is the wanted one or a higher one of its major version.
    pub fn reaches(&self, wanted: &str, there: &str) -> bool {
        let (wanted, there) = (parts(wanted), parts(there));
        let is_same_major =
            wanted.len() >= self.major && wanted.iter().take(self.major).eq(there.iter().take(self.major));
        is_same_major && there >= wanted
    }
}

/// A part of a version: numbers are compared as numbers.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum VersionPart<'v> {
    Number(u64),
    Word(&'v str),
}

fn parts(version: &str) -> Vec<VersionPart<'_>> {
    let part = |text| str::parse(text).map_or(VersionPart::Word(text), VersionPart::Number);
    version.split('.').map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::RaisedPlace;
    use gpb_model::PropPath;

    #[test]
    fn a_higher_version_of_the_same_major_is_reached() {
        let path = PropPath::default();
        let reaches = |major, wanted, there| RaisedPlace { path: &path, major }.reaches(wanted, there);
        assert!(reaches(1, "16.3", "16.8"));
        assert!(reaches(1, "16.9", "16.10"));
        assert!(reaches(1, "16", "16.8"));
        assert!(!reaches(1, "16.8", "16.3"));
        assert!(!reaches(1, "16.3", "17.1"));
        assert!(!reaches(2, "8.0.35", "8.4.3"));
        assert!(!reaches(2, "8", "8.4.3"));
        assert!(reaches(4, "8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.08.0"));
        assert!(!reaches(4, "5.7.mysql_aurora.2.11.3", "8.0.mysql_aurora.3.08.0"));
    }
}
