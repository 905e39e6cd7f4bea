//! Each mistake is told once: not again where an environment has shown it, nor in every world.

use crate::compile_context::CompileContext;
use crate::eval::BranchCoverage;
use gpb_base::source::{FileId, Span};
use std::collections::BTreeSet;

/// The number of errors up to which each new one is compared with all of them.
const MANY: usize = 1_000;

/// The code of a number, or a number of elements, beyond what a property takes.
const OUT_OF_BOUNDS: &str = "GPB2012";

/// The state of the diagnostics when the static check began.
pub(super) struct StaticSink {
    first: usize,
    errors: Vec<Span>,
    /// The files and lines with errors of syntax.
    broken: BTreeSet<(FileId, usize)>,
}

impl StaticSink {
    /// Returns the state of the diagnostics so far.
    pub fn begin(cx: &CompileContext<'_>, broken: &[Span]) -> Self {
        let broken = broken.iter().map(|span| line_of(cx, *span)).collect();
        Self { first: cx.reports.count(), errors: cx.reports.error_spans(), broken }
    }

    /// Keeps of what the static check has found what stands in the program's own files and is news.
    pub fn finish(self, cx: &CompileContext<'_>, coverage: &BranchCoverage) {
        let mut told: BTreeSet<Span> = self.errors.iter().copied().collect();
        for diagnostic in cx.reports.take_after(self.first) {
            let Some(span) = diagnostic.span() else { continue };
            let is_own = !cx.library.contains(&span.file) && !self.broken.contains(&line_of(cx, span));
            // How many elements such a list has is not known.
            let is_guess = diagnostic.code == OUT_OF_BOUNDS && coverage.is_sampled(span);
            if is_own && !is_guess && !self.is_told(span) && told.insert(span) {
                cx.reports.restore(diagnostic);
            }
        }
    }

    /// Checks whether an error has been reported about the same piece of text.
    fn is_told(&self, span: Span) -> bool {
        let overlaps = |other: &Span| other.file == span.file && (other.to(span) == *other || other.to(span) == span);
        self.errors.len() <= MANY && self.errors.iter().any(overlaps)
    }
}

fn line_of(cx: &CompileContext<'_>, span: Span) -> (FileId, usize) {
    (span.file, cx.program.sources.line_column(span).0)
}
