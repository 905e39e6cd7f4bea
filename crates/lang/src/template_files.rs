//! The templates of a compilation: parsed once, and kept as long as the program.

use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_syntax::ast::TextPart;
use gpb_syntax::parse_template;
use std::sync::{Arc, OnceLock};

/// The number of templates of one program at most.
const MAX_TEMPLATES: usize = 256;

/// A template, as it was read.
#[derive(Debug)]
pub struct TemplateFile {
    /// The file's name in messages.
    pub path: String,
    /// Its content.
    pub text: Arc<str>,
    /// The text and the expressions in it, in their order.
    pub parts: Vec<TextPart>,
    /// The mistakes in its expressions.
    pub diagnostics: Vec<Diagnostic>,
}

/// The templates that evaluation has read so far, in the order in which it met them.
#[derive(Debug, Default)]
pub struct TemplateFiles {
    first: OnceLock<Box<TemplateNode>>,
}

#[derive(Debug)]
struct TemplateNode {
    file: TemplateFile,
    rest: TemplateFiles,
}

impl TemplateFiles {
    /// Returns the template of a path, which is parsed when it is met first; `None` where there are too many.
    pub fn parsed(&self, path: &str, text: &Arc<str>) -> Option<&TemplateFile> {
        let mut here = self;
        for number in 0..MAX_TEMPLATES {
            let node = here.first.get_or_init(|| {
                let parsed = parse_template(SourceMap::of_template(number), text);
                let (parts, diagnostics) = (parsed.parts, parsed.diagnostics);
                let file = TemplateFile { path: path.to_owned(), text: text.clone(), parts, diagnostics };
                Box::new(TemplateNode { file, rest: TemplateFiles::default() })
            });
            if node.file.path == path {
                return Some(&node.file);
            }
            here = &node.rest;
        }
        None
    }

    /// Returns the templates, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &TemplateFile> {
        let nodes = std::iter::successors(self.first.get(), |node| node.rest.first.get());
        nodes.map(|node| &node.file)
    }
}
