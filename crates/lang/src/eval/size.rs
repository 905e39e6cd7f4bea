//! The size of values: sharing makes it cheap to build what is ruinous to walk.

use super::Machine;
use crate::world::Outcome;
use gpb_base::source::Span;
use gpb_model::value::{Kind, Value};

/// The largest value, in parts.
const MAX_PARTS: usize = 1 << 19;
/// How deep lists and objects may lie in each other.
const MAX_NESTING: usize = 512;

impl Machine<'_, '_> {
    /// The value, once it is certain that walking it ends soon.
    pub fn sized(&self, value: Value, at: Span) -> Outcome<Value> {
        if !matches!(value.kind, Kind::List(_) | Kind::Map(_)) {
            return Ok(value);
        }
        if let Some(parts) = measure(&value) {
            self.budget.step(self, at, parts as u64)?;
            return Ok(value);
        }
        // Between two looks at its size a value grows by the nesting of one expression, so it can still be dropped.
        let message = format!("a value has more than {MAX_PARTS} parts or lies more than {MAX_NESTING} deep");
        Err(self.budget.stop(self, "GPB1403", at, message))
    }
}

/// The number of parts, or `None` above the ceilings.
fn measure(value: &Value) -> Option<usize> {
    let mut parts = 0;
    let mut pending = vec![(value, 0)];
    while let Some((value, depth)) = pending.pop() {
        parts += 1;
        if parts > MAX_PARTS || depth > MAX_NESTING {
            return None;
        }
        match &value.kind {
            Kind::List(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            Kind::Map(entries) => pending.extend(entries.values().map(|entry| (&entry.value, depth + 1))),
            _ => {}
        }
    }
    Some(parts)
}
