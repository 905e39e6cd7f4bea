//! The values that a resource is made anew for: `replace_when image changes`.

use crate::eval::{Expectation, Scope};
use crate::expand::Expander;
use crate::property;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::{Lifecycle, PropertyValue, SecretSource, WatchedValue};
use gpb_syntax::ast::Expr;

impl<'p> Expander<'_, 'p> {
    /// Takes a value that a resource is made anew for; a failure has been reported where it happened.
    pub(super) fn watch(&self, written: &'p Expr, scope: &Scope<'p>, lifecycle: &mut Lifecycle) {
        let since = self.state.order.mark();
        let value = self.interpreter().eval(written, scope, Expectation::Any);
        drop(self.state.order.take(since));
        let Ok(value) = value else { return };
        let read = if value.is_absent() { Ok(None) } else { property::untyped(&value).map(Some) };
        let value = match read {
            Ok(value) => value,
            Err(diagnostic) => {
                self.report(diagnostic);
                return;
            }
        };
        let label = self.cx.program.sources.slice(written.span).split_whitespace().collect::<Vec<_>>().join(" ");
        let told = value.as_ref().and_then(|value| never_compared(value, written.span));
        let twice = || lifecycle.watched.iter().find(|other| other.label == label);
        if let Some(diagnostic) = told {
            self.report(diagnostic);
        } else if let Some(first) = twice() {
            self.report(
                Diagnostic::error("GPB1422", format!("`replace_when {label} changes` is said of one resource twice"))
                    .with_label(written.span, "again here")
                    .with_label(first.span, "first here")
                    .help("remove one of the two"),
            );
        } else {
            lifecycle.watched.push(WatchedValue { label, value, span: written.span });
        }
    }
}

/// Refuses a value of which nobody can say whether it has changed.
fn never_compared(value: &PropertyValue, span: Span) -> Option<Diagnostic> {
    let is_made = |value: &PropertyValue| matches!(value, PropertyValue::Secret(SecretSource::Generated { .. }));
    let hides = |value: &PropertyValue| {
        matches!(value, PropertyValue::Concat(_) | PropertyValue::Call { .. }) && value.holds_secret()
    };
    let (why, help) = if value.any(&is_made) {
        ("it is made once and never known again", "name what is known: a parameter, or a property of another resource")
    } else if value.any(&hides) {
        ("a secret is a part of it", "name the secret alone: its hash is compared")
    } else {
        return None;
    };
    Some(Diagnostic::error("GPB1423", "`replace_when` cannot see this value change").with_label(span, why).help(help))
}
