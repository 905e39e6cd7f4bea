//! Where the properties of a resource are written.

use crate::catalog::PropPath;
use crate::source::Span;
use std::collections::BTreeMap;

/// Places by path, in the order of the paths. There is one of these for each resource, and it is only read, so it takes no
/// more room than what is in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spans(Box<[(PropPath, Span)]>);

impl Spans {
    pub fn get(&self, path: &PropPath) -> Option<&Span> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        self.0.get(at).map(|(_, span)| span)
    }
}

impl FromIterator<(PropPath, Span)> for Spans {
    fn from_iter<I: IntoIterator<Item = (PropPath, Span)>>(spans: I) -> Self {
        Self(spans.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl From<BTreeMap<PropPath, Span>> for Spans {
    fn from(spans: BTreeMap<PropPath, Span>) -> Self {
        Self(spans.into_iter().collect())
    }
}
