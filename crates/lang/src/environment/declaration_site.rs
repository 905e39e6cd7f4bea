//! The places where a program's author has written what its resources hold.

use crate::expand::Expander;
use crate::facts::DeclarationSite;
use gpb_base::source::Span;
use gpb_model::{PropPath, Resource};

impl Expander<'_, '_> {
    /// Returns where the program's author has written a resource and what it holds.
    pub fn declaration_site(&self, resource: &Resource) -> DeclarationSite {
        let here = DeclarationSite { declared: resource.span, elsewhere: Vec::new() };
        let is_library = |span: &Span| self.cx.library.contains(&span.file);
        let properties = || resource.properties.keys().map(|name| PropPath(name.clone()));
        let span_of = |path: &PropPath| resource.spans.get(path).copied();
        let mut spans = properties().filter_map(|path| span_of(&path)).chain([resource.span]);
        if !spans.any(|span| is_library(&span)) {
            return here;
        }
        let Some(node) = self.expansion.by_address(&resource.address) else { return here };
        let author = |at: Span| self.written_by_author(&node, at);
        let elsewhere = properties().filter_map(|path| {
            let at = span_of(&path).filter(is_library)?;
            Some((path, author(at)))
        });
        DeclarationSite { declared: author(resource.span), elsewhere: elsewhere.collect() }
    }
}
