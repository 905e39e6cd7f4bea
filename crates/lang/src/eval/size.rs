//! The size of values: sharing makes it cheap to build what is ruinous to walk.

use super::interpreter::Interpreter;
use crate::compile_context::EvalResult;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind};

/// The largest value, in number of parts.
const MAX_PARTS: usize = 1 << 19;
/// The depth to which lists and objects may lie in each other.
const MAX_NESTING: usize = 512;

impl Interpreter<'_, '_> {
    /// Returns the value, once it is certain that walking it ends soon.
    pub fn measured_size(&self, value: Value, at: Span) -> EvalResult<Value> {
        if !matches!(value.kind, ValueKind::List(_) | ValueKind::Map(_)) {
            return Ok(value);
        }
        if let Some(parts) = measure(&value) {
            self.state.meter.step(self.cx, at, parts as u64)?;
            return Ok(value);
        }
        // Between two looks at its size a value grows by the nesting of one expression, so it can still be dropped.
        let message = format!("a value has more than {MAX_PARTS} parts or lies more than {MAX_NESTING} deep");
        Err(self.state.meter.stop(self.cx, "GPB1403", at, message))
    }
}

/// Returns the number of parts; none above the ceilings.
fn measure(value: &Value) -> Option<usize> {
    let mut parts = 0;
    let mut pending = vec![(value, 0)];
    while let Some((value, depth)) = pending.pop() {
        parts += 1;
        if parts > MAX_PARTS || depth > MAX_NESTING {
            return None;
        }
        match &value.kind {
            ValueKind::List(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            ValueKind::Map(entries) => pending.extend(entries.values().map(|entry| (&entry.value, depth + 1))),
            _ => {}
        }
    }
    Some(parts)
}
