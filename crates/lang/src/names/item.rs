//! The items of a program, each with its module.

use super::kind::ItemKind;
use crate::modules::ModuleId;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, FnItem, Ident, Item, TypeItem};

/// An item and the module that holds it.
#[derive(Debug)]
pub struct GlobalItem<'p, T> {
    /// The module.
    pub module: ModuleId,
    /// The item.
    pub item: &'p T,
}

impl<T> Clone for GlobalItem<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for GlobalItem<'_, T> {}

/// An `environment NAME of STACK { … }`.
#[derive(Debug, Clone, Copy)]
pub struct EnvironmentItem<'p> {
    /// The module.
    pub module: ModuleId,
    /// The stack's name.
    pub of: &'p Ident,
    /// The environment's name and its entries.
    pub body: &'p Body,
}

/// A `test "name" of live { … }`.
#[derive(Debug, Clone, Copy)]
pub struct TestItem<'p> {
    /// The module.
    pub module: ModuleId,
    /// The environment or the stack that is tested, where it is written.
    pub of: Option<&'p Ident>,
    /// The test's name and its entries.
    pub body: &'p Body,
}

/// An item that has a name.
///
/// Each kind has names of its own, so `type tier` and `param tier` do not meet.
#[derive(Debug, Clone, Copy)]
pub enum NamedItem<'p> {
    /// `const name = value`
    Const(GlobalItem<'p, Binding>),
    /// `fn name(…) = value`
    Fn(GlobalItem<'p, FnItem>),
    /// `type name = …`
    Type(GlobalItem<'p, TypeItem>),
    /// `component name { … }`
    Component(GlobalItem<'p, Body>),
    /// `stack name { … }`
    Stack(GlobalItem<'p, Body>),
    /// `environment name of stack { … }`
    Environment(EnvironmentItem<'p>),
    /// `policy name { … }`
    Policy(GlobalItem<'p, Body>),
    /// `test "name" of live { … }`
    Test(TestItem<'p>),
}

impl<'p> NamedItem<'p> {
    pub(super) fn from_item(item: &'p Item, module: ModuleId) -> Option<Self> {
        Some(match item {
            Item::Use(_) | Item::Facts(_) | Item::Extend(_) => return None,
            Item::Const(item) => NamedItem::Const(GlobalItem { module, item }),
            Item::Fn(item) => NamedItem::Fn(GlobalItem { module, item }),
            Item::Type(item) => NamedItem::Type(GlobalItem { module, item }),
            Item::Component(item) => NamedItem::Component(GlobalItem { module, item }),
            Item::Policy(item) => NamedItem::Policy(GlobalItem { module, item }),
            Item::Test { of, body } => NamedItem::Test(TestItem { module, of: of.as_ref(), body }),
            Item::Stack(item) => NamedItem::Stack(GlobalItem { module, item }),
            Item::Environment { of, body } => NamedItem::Environment(EnvironmentItem { module, of, body }),
        })
    }

    /// Returns the item's kind.
    pub fn kind(&self) -> ItemKind {
        match self {
            NamedItem::Const(_) => ItemKind::Const,
            NamedItem::Fn(_) => ItemKind::Fn,
            NamedItem::Type(_) => ItemKind::Type,
            NamedItem::Component(_) => ItemKind::Component,
            NamedItem::Stack(_) => ItemKind::Stack,
            NamedItem::Environment(_) => ItemKind::Environment,
            NamedItem::Policy(_) => ItemKind::Policy,
            NamedItem::Test(_) => ItemKind::Test,
        }
    }

    /// Returns the item's name.
    pub fn name(&self) -> &'p Ident {
        match self {
            NamedItem::Const(global) => &global.item.name,
            NamedItem::Fn(global) => &global.item.name,
            NamedItem::Type(global) => &global.item.name,
            NamedItem::Component(global) | NamedItem::Stack(global) | NamedItem::Policy(global) => &global.item.name,
            NamedItem::Environment(environment) => &environment.body.name,
            NamedItem::Test(test) => &test.body.name,
        }
    }

    /// Returns the source range of the whole item.
    pub fn span(&self) -> Span {
        match self {
            NamedItem::Const(global) => global.item.span,
            NamedItem::Fn(global) => global.item.span,
            NamedItem::Type(global) => global.item.span,
            NamedItem::Component(global) | NamedItem::Stack(global) | NamedItem::Policy(global) => global.item.span,
            NamedItem::Environment(environment) => environment.body.span,
            NamedItem::Test(test) => test.body.span,
        }
    }

    /// Checks whether other files see the item.
    pub fn is_public(&self) -> bool {
        match self {
            NamedItem::Const(global) => global.item.public,
            NamedItem::Fn(global) => global.item.public,
            NamedItem::Type(global) => global.item.public,
            NamedItem::Component(global) | NamedItem::Stack(global) => global.item.public,
            NamedItem::Environment(_) | NamedItem::Test(_) => false,
            // It is named by waivers wherever it holds.
            NamedItem::Policy(_) => true,
        }
    }

    /// Returns the module that holds the item.
    pub fn module(&self) -> ModuleId {
        match self {
            NamedItem::Const(global) => global.module,
            NamedItem::Fn(global) => global.module,
            NamedItem::Type(global) => global.module,
            NamedItem::Component(global) | NamedItem::Stack(global) | NamedItem::Policy(global) => global.module,
            NamedItem::Environment(environment) => environment.module,
            NamedItem::Test(test) => test.module,
        }
    }
}
