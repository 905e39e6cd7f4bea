//! The items of a program by name, as each file sees them.

use super::modules::{ModuleId, Program};
use foldhash::HashMap;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, FactsItem, FnItem, Ident, Item, TypeItem};
use std::collections::BTreeMap;

/// An item and the module it stands in.
#[derive(Debug)]
pub struct GlobalItem<'p, T> {
    pub module: ModuleId,
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
    pub module: ModuleId,
    pub of: &'p Ident,
    pub body: &'p Body,
}

/// What kind of item a name stands for; each kind has names of its own, so `type tier` and `param tier` do not meet.
#[derive(Debug, Clone, Copy)]
pub enum NamedItem<'p> {
    Const(GlobalItem<'p, Binding>),
    Fn(GlobalItem<'p, FnItem>),
    Type(GlobalItem<'p, TypeItem>),
    Component(GlobalItem<'p, Body>),
    Stack(GlobalItem<'p, Body>),
    Environment(EnvironmentItem<'p>),
}

impl<'p> NamedItem<'p> {
    fn from_item(item: &'p Item, module: ModuleId) -> Option<Self> {
        Some(match item {
            Item::Use { .. } | Item::Facts(_) => return None,
            Item::Const(item) => NamedItem::Const(GlobalItem { module, item }),
            Item::Fn(item) => NamedItem::Fn(GlobalItem { module, item }),
            Item::Type(item) => NamedItem::Type(GlobalItem { module, item }),
            Item::Component(item) => NamedItem::Component(GlobalItem { module, item }),
            Item::Stack(item) => NamedItem::Stack(GlobalItem { module, item }),
            Item::Environment { of, body } => NamedItem::Environment(EnvironmentItem { module, of, body }),
        })
    }

    pub fn kind(&self) -> ItemKind {
        match self {
            NamedItem::Const(_) => ItemKind::Const,
            NamedItem::Fn(_) => ItemKind::Fn,
            NamedItem::Type(_) => ItemKind::Type,
            NamedItem::Component(_) => ItemKind::Component,
            NamedItem::Stack(_) => ItemKind::Stack,
            NamedItem::Environment(_) => ItemKind::Environment,
        }
    }

    pub fn name(&self) -> &'p Ident {
        match self {
            NamedItem::Const(global) => &global.item.name,
            NamedItem::Fn(global) => &global.item.name,
            NamedItem::Type(global) => &global.item.name,
            NamedItem::Component(global) | NamedItem::Stack(global) => &global.item.name,
            NamedItem::Environment(environment) => &environment.body.name,
        }
    }
}

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

type NameTable<'p> = HashMap<(ItemKind, &'p str), NamedItem<'p>>;

/// Every item of a program by name.
#[derive(Debug)]
pub struct Names<'p> {
    /// By module: its own items and those of the files it uses. Empty for the library's modules.
    visible: Vec<NameTable<'p>>,
    prelude: NameTable<'p>,
    /// The library's items, those among them that nobody mentions too.
    library: &'p [(ItemKind, String)],
    /// The environments of the program's files, by name and in order.
    pub environments: Vec<EnvironmentItem<'p>>,
    /// Every item, the library's included, in order.
    pub items: Vec<NamedItem<'p>>,
    /// What is known about resource types, in order: the program's facts before the library's.
    pub facts: Vec<GlobalItem<'p, FactsItem>>,
}

impl<'p> Names<'p> {
    /// Collects the items; one name given twice where both would be seen is a diagnostic at the later.
    pub fn collect(program: &'p Program, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut own: Vec<NameTable<'p>> = Vec::new();
        let mut items = Vec::new();
        for (id, loaded) in program.iter() {
            let mut table = NameTable::default();
            for item in loaded.module.items.iter().filter_map(|item| NamedItem::from_item(item, id)) {
                items.push(item);
                if item.name().text.is_empty() {
                    continue;
                }
                if let Some(first) = table.get(&(item.kind(), item.name().text.as_str())) {
                    diagnostics.push(duplicate(item.kind().as_str(), item.name(), first.name().span));
                    continue;
                }
                table.insert((item.kind(), &item.name().text), item);
            }
            own.push(table);
        }
        let std: Vec<bool> = program.modules.iter().map(|loaded| loaded.std).collect();
        let prelude = merge_library(&own, &std, &items, diagnostics);
        let visible = program.iter().map(|(id, loaded)| {
            if loaded.std { NameTable::default() } else { see(id, &loaded.uses, &own, &items, diagnostics) }
        });
        let visible = visible.collect();
        let is_program = |module: ModuleId| std.get(module.0) == Some(&false);
        let mut environments: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                // One whose name is missing cannot be chosen, and its message has been given.
                NamedItem::Environment(environment)
                    if is_program(environment.module) && !environment.body.name.text.is_empty() =>
                {
                    Some(*environment)
                }
                _ => None,
            })
            .collect();
        check_environments(&mut environments, diagnostics);
        let facts = program.iter().flat_map(|(module, loaded)| {
            loaded.module.items.iter().filter_map(move |item| match item {
                Item::Facts(item) => Some(GlobalItem { module, item }),
                _ => None,
            })
        });
        Self { visible, prelude, library: &program.library, environments, facts: facts.collect(), items }
    }

    fn get(&self, from: ModuleId, kind: ItemKind, name: &str) -> Option<NamedItem<'p>> {
        let mine = self.visible.get(from.0).and_then(|table| table.get(&(kind, name)));
        mine.or_else(|| self.prelude.get(&(kind, name))).copied()
    }

    pub fn constant(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Binding>> {
        match self.get(from, ItemKind::Const, name) {
            Some(NamedItem::Const(global)) => Some(global),
            _ => None,
        }
    }

    pub fn function(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, FnItem>> {
        match self.get(from, ItemKind::Fn, name) {
            Some(NamedItem::Fn(global)) => Some(global),
            _ => None,
        }
    }

    pub fn ty(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, TypeItem>> {
        match self.get(from, ItemKind::Type, name) {
            Some(NamedItem::Type(global)) => Some(global),
            _ => None,
        }
    }

    pub fn component(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Body>> {
        match self.get(from, ItemKind::Component, name) {
            Some(NamedItem::Component(global)) => Some(global),
            _ => None,
        }
    }

    pub fn stack(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Body>> {
        match self.get(from, ItemKind::Stack, name) {
            Some(NamedItem::Stack(global)) => Some(global),
            _ => None,
        }
    }

    /// The name of that kind, seen from `from`, that is nearest to a wrong one.
    pub fn nearest(&self, from: ModuleId, kind: ItemKind, name: &str, more: &[&'p str]) -> Option<&'p str> {
        let mine = self.visible.get(from.0).into_iter().flat_map(NameTable::keys);
        let candidates = mine.chain(self.prelude.keys()).filter(|(other, _)| *other == kind).map(|(_, name)| *name);
        let library = self.library.iter().filter(|(other, _)| *other == kind).map(|(_, name)| name.as_str());
        nearest(name, candidates.chain(library).chain(more.iter().copied()))
    }

    /// The file of the program that defines a name which `from` does not see.
    pub fn elsewhere(&self, kind: ItemKind, name: &str) -> Option<NamedItem<'p>> {
        self.items.iter().find(|item| item.kind() == kind && item.name().text == name).copied()
    }
}

/// One name for two things of a kind.
pub fn duplicate(what: &str, name: &Ident, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1002", format!("the {what} `{}` is defined twice", name.text))
        .with_label(name.span, "defined again here")
        .with_label(first, "first defined here")
        .help("give one of them another name")
}

fn merge_library<'p>(
    own: &[NameTable<'p>],
    std: &[bool],
    items: &[NamedItem<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> NameTable<'p> {
    let mut prelude = NameTable::default();
    for item in items {
        let module = module_of(item);
        if !std.get(module.0).copied().unwrap_or(false) {
            continue;
        }
        let key = (item.kind(), item.name().text.as_str());
        match prelude.get(&key) {
            Some(first) if module_of(first) != module => {
                diagnostics.push(duplicate(item.kind().as_str(), item.name(), first.name().span));
            }
            Some(_) => {}
            None => {
                prelude.extend(own.get(module.0).and_then(|table| table.get_key_value(&key)).map(|(k, v)| (*k, *v)));
            }
        }
    }
    prelude
}

fn module_of(item: &NamedItem<'_>) -> ModuleId {
    match item {
        NamedItem::Const(global) => global.module,
        NamedItem::Fn(global) => global.module,
        NamedItem::Type(global) => global.module,
        NamedItem::Component(global) | NamedItem::Stack(global) => global.module,
        NamedItem::Environment(environment) => environment.module,
    }
}

/// What a module sees: its own items, and those of the files it uses.
fn see<'p>(
    id: ModuleId,
    uses: &[(ModuleId, Span)],
    own: &[NameTable<'p>],
    items: &[NamedItem<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> NameTable<'p> {
    let mut table = own.get(id.0).cloned().unwrap_or_default();
    let mut followed = vec![id];
    for (used, span) in uses {
        if followed.contains(used) {
            continue;
        }
        followed.push(*used);
        for item in items.iter().filter(|item| module_of(item) == *used) {
            let key = (item.kind(), item.name().text.as_str());
            match table.get(&key) {
                // Environments are chosen from outside, each by its own file.
                Some(first) if module_of(first) != *used && item.kind() != ItemKind::Environment => {
                    // Whoever draws a file in can change their own item, so that one is the newcomer.
                    let own = module_of(first) == id;
                    let (again, first) = if own { (first, item) } else { (item, first) };
                    let diagnostic = duplicate(item.kind().as_str(), again.name(), first.name().span);
                    diagnostics.push(diagnostic.with_label(*span, "drawn in here"));
                }
                Some(_) => {}
                None => {
                    table.insert(key, *item);
                }
            }
        }
    }
    table
}

/// Environments are chosen by name from the command line, so their names are unique over all files.
fn check_environments(environments: &mut Vec<EnvironmentItem<'_>>, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, (ModuleId, Span)> = BTreeMap::new();
    environments.retain(|environment| {
        let name = &environment.body.name;
        if let Some((module, span)) = first.get(name.text.as_str()) {
            // Two in one file have been reported with that file's items.
            if *module != environment.module {
                diagnostics.push(duplicate("environment", name, *span));
            }
            return false;
        }
        first.insert(&name.text, (environment.module, name.span));
        true
    });
}
