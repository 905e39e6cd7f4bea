//! What operators do.

use crate::diag::Diagnostic;
use crate::lang::value::Value;
use crate::source::Span;
use crate::syntax::ast::BinaryOp;

/// `left op right`. `&&`, `||` and `??` may be given both sides too, but need the right one only when
/// [`decided`] says `None`.
pub fn binary(op: BinaryOp, left: Value, right: Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = (op, left, right);
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// The result of `left op …` when the left side alone decides it: `false && …`, `true || …`, a given value `?? …`.
pub fn decided(op: BinaryOp, left: &Value) -> Option<Value> {
    let _ = (op, left);
    None
}

/// `!value`
pub fn not(value: Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = value;
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `-value`
pub fn negate(value: Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = value;
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `low..high`
pub fn range(low: Value, high: Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = (low, high);
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `of.name` or, where `optional`, `of?.name`, of anything but resources and instances, which the evaluator knows.
pub fn member(of: &Value, name: &str, name_span: Span, optional: bool, span: Span) -> Result<Value, Diagnostic> {
    let _ = (of, name, name_span, optional);
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `of[index]`
pub fn index(of: &Value, index: &Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = (of, index);
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `"a${b}c"`: the parts joined.
pub fn text(parts: Vec<Value>, span: Span) -> Result<Value, Diagnostic> {
    let _ = parts;
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}

/// `if condition { then } else { otherwise }` where the condition is unknown until apply.
pub fn choose(condition: Value, then: Value, otherwise: Value, span: Span) -> Result<Value, Diagnostic> {
    let _ = (condition, then, otherwise);
    Err(Diagnostic::error("GPB1120", "not yet").at(span, ""))
}
