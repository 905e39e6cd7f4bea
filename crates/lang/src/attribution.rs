//! Attributes a mistake inside a library component to the code that uses it.

use super::body_index::DeclKind;
use super::eval::{Assignment, Frame};
use super::expand::{Expander, Instance, ResourceNode};
use gpb_base::diag::{Diagnostic, Label};
use gpb_base::source::{FileId, Span};
use gpb_syntax::ast::Binding;
use std::rc::Rc;

/// The greatest number of nested components that are looked through.
const MAX_USES: usize = 64;

impl<'p> Expander<'_, 'p> {
    /// The diagnostic as the program's author can mend it: what points into the library points first to the argument the
    /// value came from, or else to the use of the component.
    pub fn attribute_to_use(&self, frame: &Rc<Frame<'p>>, mut diagnostic: Diagnostic) -> Diagnostic {
        let Some(inside) = diagnostic.span().filter(|span| self.is_library(span.file)) else { return diagnostic };
        let Some(at) = self.enclosing_use(frame, inside) else { return diagnostic };
        let text = diagnostic.labels.first().map(|label| label.text.clone()).unwrap_or_default();
        if let Some(label) = diagnostic.labels.first_mut() {
            "checked here, in the library".clone_into(&mut label.text);
        }
        diagnostic.labels.insert(0, Label { span: at, text });
        diagnostic.fix = diagnostic.fix.filter(|fix| !self.is_library(fix.span.file));
        diagnostic
    }

    /// Does something in a frame, and attributes what it reports.
    ///
    /// Without an environment the library's bodies are not what is checked.
    pub fn attributed<T>(&self, frame: &Rc<Frame<'p>>, f: impl FnOnce() -> T) -> T {
        let before = self.cx.reports.count();
        let result = f();
        if self.world.is_none() && self.cx.reports.count() > before {
            for diagnostic in self.cx.reports.take_after(before) {
                self.cx.reports.restore(self.attribute_to_use(frame, diagnostic));
            }
        }
        result
    }

    /// Returns the place that the program's author wrote for a place of a resource.
    ///
    /// For a component of the library that is the argument it came from, or else the use of the component.
    pub fn written_by_author(&self, node: &Rc<ResourceNode<'p>>, at: Span) -> Span {
        if self.is_library(at.file) { self.enclosing_use(&node.frame, at).unwrap_or(at) } else { at }
    }

    fn is_library(&self, file: FileId) -> bool {
        self.cx.library.contains(&file)
    }

    /// Returns the place in the program that a place in the body of a frame comes from: an argument, or the use itself.
    pub fn enclosing_use(&self, frame: &Rc<Frame<'p>>, inside: Span) -> Option<Span> {
        let (mut frame, mut at) = (frame.clone(), inside);
        for _ in 0..MAX_USES {
            let instance = frame.module_cx.instance.and_then(|id| self.expansion.instance(id))?;
            let (_, scope) = instance.given.as_ref()?;
            at = self.source_argument(&frame, &instance, at).unwrap_or(instance.head);
            if !self.is_library(at.file) {
                return Some(at);
            }
            frame = scope.frame.clone();
        }
        None
    }

    /// Returns the argument that the expression at a place is made of.
    ///
    /// That is the first one given of the parameters it names, by itself or else through values of the body.
    fn source_argument(&self, frame: &Frame<'p>, instance: &Rc<Instance<'p>>, at: Span) -> Option<Span> {
        let given = self.arguments_of(instance, instance.head).ok()?;
        let mut open = vec![at];
        let mut seen = open.clone();
        while let Some(place) = open.pop() {
            let text = self.cx.program.sources.slice(place);
            let mut values = Vec::new();
            for word in text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
                match frame.nearest_declaration(word) {
                    Some(DeclKind::Param(_)) => match given.assignments.get(word).and_then(|all| all.first()) {
                        Some(Assignment::Field(field, _)) => return Some(field.value.span),
                        Some(other) => return Some(other.head()),
                        None => {}
                    },
                    Some(DeclKind::Let(Binding { value: Some(value), .. })) if !seen.contains(&value.span) => {
                        seen.push(value.span);
                        values.push(value.span);
                    }
                    _ => {}
                }
            }
            open.extend(values.into_iter().rev());
        }
        None
    }
}
