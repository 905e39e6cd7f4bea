//! The kinds of items.

/// The kind of a named item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// `const`
    Const,
    /// `fn`
    Fn,
    /// `type`
    Type,
    /// `component`
    Component,
    /// `stack`
    Stack,
    /// `environment`
    Environment,
    /// `policy`
    Policy,
    /// `test`
    Test,
}

impl ItemKind {
    /// Returns the kind's noun for messages, `constant`.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Const => "constant",
            ItemKind::Fn => "function",
            ItemKind::Type => "type",
            ItemKind::Component => "component",
            ItemKind::Stack => "stack",
            ItemKind::Environment => "environment",
            ItemKind::Policy => "policy",
            ItemKind::Test => "test",
        }
    }
}
