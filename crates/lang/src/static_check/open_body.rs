//! The properties of a resource, as far as they can be known.

use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use gpb_syntax::ast::Stmt;

/// The properties of a resource, as far as they can be known.
pub(super) struct OpenBody {
    /// The values, by name.
    pub entries: ValueMap,
    /// All that is given is here: then what is not here is missing.
    pub whole: bool,
}

impl OpenBody {
    /// Returns a body in which nothing is given.
    pub fn new() -> Self {
        Self { entries: ValueMap::default(), whole: true }
    }

    /// Adds a property.
    pub fn put(&mut self, name: &str, key: Span, value: Value) {
        self.entries.insert(name.into(), ValueEntry { key, value });
    }

    /// Adds a property of which the name alone is known.
    pub fn leave_open(&mut self, name: &str, key: Span) {
        let open = model::PropertyValue::Call { function: String::new(), args: Vec::new() };
        self.put(name, key, Value::new_unknown(open, Type::Any, key));
    }

    /// Adds every name that is given a value, its value left open.
    ///
    /// What depends on a condition may be there or not, so nothing is then reported as missing.
    pub fn names(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::Field(field) if field.value.is_missing() => self.whole = false,
                Stmt::Field(field) => self.leave_open(&field.head.text, field.head.span),
                // What a resource is used for is no property of it.
                Stmt::Block(block) if block.head.text == "usage" => {}
                Stmt::Block(block) => self.leave_open(&block.head.text, block.head.span),
                Stmt::If(group) => {
                    self.whole = false;
                    self.names(&group.then);
                    self.names(&group.otherwise);
                }
                Stmt::For(group) => {
                    self.whole = false;
                    self.names(&group.stmts);
                }
                _ => {}
            }
        }
    }
}
