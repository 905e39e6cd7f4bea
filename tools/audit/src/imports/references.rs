//! The paths that the code of a file names.

use super::names::{ModuleNames, text, use_leaves};
use crate::source::RustFile;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// Describes one path in the code.
pub struct PathReference {
    /// The index of the module the path stands in.
    pub module: usize,
    /// The segments.
    pub path: Vec<String>,
    /// The line of the first segment, by number from 1; of the last one in a `use`.
    pub line: usize,
    /// Permits that the path names a module as a whole: in a `use`, but not where it may be a variable.
    pub may_be_module: bool,
    /// Tells a `pub use`, of whatever visibility, from other paths.
    pub is_re_export: bool,
}

/// Returns the paths of a file in the order of the text.
pub fn of(file: &RustFile, names: &ModuleNames) -> Vec<PathReference> {
    let mut visitor = PathVisitor { target: file.target, path: file.module.clone(), names, found: Vec::new() };
    visitor.visit_file(&file.syntax);
    visitor.found
}

struct PathVisitor<'a> {
    target: usize,
    path: Vec<String>,
    names: &'a ModuleNames,
    found: Vec<PathReference>,
}

impl PathVisitor<'_> {
    fn add(&mut self, path: Vec<String>, line: usize, may_be_module: bool) {
        self.push(path, line, may_be_module, false);
    }

    fn push(&mut self, path: Vec<String>, line: usize, may_be_module: bool, is_re_export: bool) {
        if let Some(module) = self.names.at(self.target, &self.path) {
            self.found.push(PathReference { module, path, line, may_be_module, is_re_export });
        }
    }

    /// Finds paths of two and more segments among the arguments of a macro.
    fn tokens(&mut self, stream: TokenStream) {
        let mut path: Vec<Ident> = Vec::new();
        let mut colons: usize = 0;
        for token in stream {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.flush(&mut path);
                    }
                    path.push(ident);
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.flush(&mut path);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.flush(&mut path);
    }

    fn flush(&mut self, path: &mut Vec<Ident>) {
        if let [first, _, ..] = path.as_slice() {
            let line = first.span().start().line;
            self.add(path.iter().map(text).collect(), line, true);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for PathVisitor<'_> {
    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        let is_re_export = !matches!(import.vis, syn::Visibility::Inherited);
        for leaf in use_leaves(import) {
            self.push(leaf.path, leaf.line, true, is_re_export);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.path.push(text(&module.ident));
        visit::visit_item_mod(self, module);
        self.path.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let segments: Vec<String> = path.segments.iter().map(|segment| text(&segment.ident)).collect();
            let may_be_module = segments.len() > 1;
            self.add(segments, first.ident.span().start().line, may_be_module);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    // A path there is a permission, no import.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}
