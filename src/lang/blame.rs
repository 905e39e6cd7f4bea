//! Whom to tell of a mistake that shows inside a component of the library: whoever uses it.

use super::eval::{Frame, Given, Machine};
use super::expand::{Instance, Node};
use super::index::What;
use crate::diag::{Diagnostic, Label};
use crate::source::{FileId, Span};
use std::rc::Rc;

/// How many components inside each other are looked through.
const MAX_USES: usize = 64;

impl<'p> Machine<'_, 'p> {
    /// The diagnostic as the program's author can mend it: what points into the library points first to the argument the
    /// value came from, or else to the use of the component.
    pub fn blame_use(&self, node: &Rc<Node<'p>>, mut diagnostic: Diagnostic) -> Diagnostic {
        let Some(inside) = diagnostic.span().filter(|span| self.is_library(span.file)) else { return diagnostic };
        let Some(at) = self.use_behind(&node.frame, inside) else { return diagnostic };
        let text = diagnostic.labels.first().map(|label| label.text.clone()).unwrap_or_default();
        if let Some(label) = diagnostic.labels.first_mut() {
            "checked here, in the library".clone_into(&mut label.text);
        }
        diagnostic.labels.insert(0, Label { span: at, text });
        diagnostic.fix = diagnostic.fix.filter(|fix| !self.is_library(fix.span.file));
        diagnostic
    }

    /// Where the program's author has written what stands at a place of a resource's declaration: for a component of the
    /// library, the argument it came from, or else the use of the component.
    pub fn written_by_author(&self, node: &Rc<Node<'p>>, at: Span) -> Span {
        if self.is_library(at.file) { self.use_behind(&node.frame, at).unwrap_or(at) } else { at }
    }

    fn is_library(&self, file: FileId) -> bool {
        self.world.program.modules.iter().any(|loaded| loaded.std && loaded.module.file == file)
    }

    fn use_behind(&self, frame: &Rc<Frame<'p>>, inside: Span) -> Option<Span> {
        let (mut frame, mut at) = (frame.clone(), inside);
        for _ in 0..MAX_USES {
            let instance = frame.around.instance.and_then(|id| self.expansion.instance(id))?;
            let (_, scope) = instance.given.as_ref()?;
            at = self.argument_behind(&frame, &instance, at).unwrap_or(instance.head);
            if !self.is_library(at.file) {
                return Some(at);
            }
            frame = scope.frame.clone();
        }
        None
    }

    /// The argument that the expression at a place is made of, if it names a parameter that was given.
    fn argument_behind(&self, frame: &Frame<'p>, instance: &Rc<Instance<'p>>, at: Span) -> Option<Span> {
        let given = self.given_to(instance, instance.head).ok()?;
        let text = self.world.program.sources.slice(at);
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.filter(|word| is_param(frame, word)).find_map(|word| match given.given.get(word)?.first()? {
            Given::Field(field, _) => Some(field.value.span),
            other => Some(other.head()),
        })
    }
}

/// Whether a name stands for a parameter of the body, and not for something nearer.
fn is_param(frame: &Frame<'_>, name: &str) -> bool {
    let mut frame = Some(frame);
    while let Some(one) = frame {
        if let Some(declared) = one.index.names.get(name) {
            return matches!(declared.what, What::Param(_));
        }
        frame = one.parent.as_deref();
    }
    false
}
