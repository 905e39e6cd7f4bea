//! The kinds of items.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    Const,
    Fn,
    Type,
    Component,
    Stack,
    Environment,
}

impl ItemKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Const => "constant",
            ItemKind::Fn => "function",
            ItemKind::Type => "type",
            ItemKind::Component => "component",
            ItemKind::Stack => "stack",
            ItemKind::Environment => "environment",
        }
    }
}
