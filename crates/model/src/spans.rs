//! Where the properties of a resource are written.

use crate::PropPath;
use gpb_base::source::Span;
use litemap::LiteMap;

/// Places by path, in the order of the paths; of one path, the place named last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spans(LiteMap<PropPath, Span>);

impl Spans {
    pub fn get(&self, path: &PropPath) -> Option<&Span> {
        self.0.get(path)
    }

    pub fn paths(&self) -> impl Iterator<Item = &PropPath> {
        self.0.keys()
    }
}

impl FromIterator<(PropPath, Span)> for Spans {
    fn from_iter<I: IntoIterator<Item = (PropPath, Span)>>(spans: I) -> Self {
        Self(spans.into_iter().collect())
    }
}
