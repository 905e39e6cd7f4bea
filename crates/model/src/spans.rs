//! The places in the text where the properties of a resource are written.

use crate::path::PropPath;
use gpb_base::source::Span;
use litemap::LiteMap;

/// Places by path, in the order of the paths; of one path, the place named last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spans(LiteMap<PropPath, Span>);

impl Spans {
    /// Returns the place of a path; none where it has no place of its own.
    pub fn get(&self, path: &PropPath) -> Option<&Span> {
        self.0.get(path)
    }

    /// Returns the place of a path, or else that of what is around it.
    pub fn nearest(&self, path: &PropPath) -> Option<Span> {
        let mut text = path.0.as_str();
        loop {
            if let Some(span) = self.0.get(&PropPath(text.into())) {
                return Some(*span);
            }
            (text, _) = text.rsplit_once('/')?;
        }
    }

    /// Notes the place of a path.
    pub fn insert(&mut self, path: PropPath, span: Span) {
        self.0.insert(path, span);
    }

    /// Returns the paths that have a place of their own, in order.
    pub fn paths(&self) -> impl Iterator<Item = &PropPath> {
        self.0.keys()
    }
}

impl FromIterator<(PropPath, Span)> for Spans {
    fn from_iter<I: IntoIterator<Item = (PropPath, Span)>>(spans: I) -> Self {
        Self(spans.into_iter().collect())
    }
}
