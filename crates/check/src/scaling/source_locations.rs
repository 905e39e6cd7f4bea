//! The places in the program that messages about figures point at.

use gpb_base::source::Span;
use std::sync::Arc;

/// The places in the program where figures are written.
#[derive(Debug, Clone, Default)]
pub struct SourceLocations {
    /// The places by the names of the figures.
    pub named: Vec<(Arc<str>, Span)>,
    /// The place for all other figures.
    ///
    /// A property that was read, of the resource itself if possible, or else the resource.
    pub any: Span,
}

impl SourceLocations {
    /// Returns the place where a figure is written, or else the place for all others.
    pub fn span_of(&self, name: &str) -> Span {
        self.named.iter().find(|(known, _)| **known == *name).map_or(self.any, |(_, span)| *span)
    }
}
