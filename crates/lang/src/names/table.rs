//! The names that each file sees.

use super::duplicate::duplicate;
use super::item::{EnvironmentItem, GlobalItem, NamedItem};
use super::kind::ItemKind;
use crate::modules::{ModuleId, Program};
use foldhash::HashMap;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, FactsItem, FnItem, Item, TypeItem};
use std::collections::BTreeMap;

type ItemTable<'p> = HashMap<(ItemKind, &'p str), NamedItem<'p>>;

/// Every item of a program by name.
#[derive(Debug)]
pub struct Names<'p> {
    /// The visible items by module: its own, and those of the files it uses.
    ///
    /// Empty for the library's modules.
    visible: Vec<ItemTable<'p>>,
    prelude: ItemTable<'p>,
    /// The library's items, those that nothing mentions too.
    library: &'p [(ItemKind, String)],
    /// The environments of the program's files, by name and in order.
    pub environments: Vec<EnvironmentItem<'p>>,
    /// Every item, the library's included, in order.
    pub items: Vec<NamedItem<'p>>,
    /// The policies, the library's that are asked for included, in order.
    pub policies: Vec<GlobalItem<'p, Body>>,
    /// The facts about resource types: the program's before the library's.
    pub facts: Vec<GlobalItem<'p, FactsItem>>,
}

impl<'p> Names<'p> {
    /// Collects the items of a program.
    ///
    /// One name defined twice where both would be visible is a diagnostic at the later.
    pub fn collect(program: &'p Program, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut own: Vec<ItemTable<'p>> = Vec::new();
        let mut items = Vec::new();
        for (id, loaded) in program.iter() {
            let mut table = ItemTable::default();
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
            if loaded.std { ItemTable::default() } else { see(id, &loaded.uses, &own, &items, diagnostics) }
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
        let policies = items.iter().filter_map(|item| match item {
            NamedItem::Policy(global) if !global.item.name.text.is_empty() => Some(*global),
            _ => None,
        });
        let policies = policies.collect();
        let library = &program.library.items;
        Self { visible, prelude, library, environments, policies, facts: facts.collect(), items }
    }

    fn get(&self, from: ModuleId, kind: ItemKind, name: &str) -> Option<NamedItem<'p>> {
        let mine = self.visible.get(from.0).and_then(|table| table.get(&(kind, name)));
        mine.or_else(|| self.prelude.get(&(kind, name))).copied()
    }

    /// Returns the constant of that name, seen from `from`.
    pub fn constant(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Binding>> {
        match self.get(from, ItemKind::Const, name) {
            Some(NamedItem::Const(global)) => Some(global),
            _ => None,
        }
    }

    /// Returns the program's or the library's function of that name, seen from `from`.
    pub fn function(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, FnItem>> {
        match self.get(from, ItemKind::Fn, name) {
            Some(NamedItem::Fn(global)) => Some(global),
            _ => None,
        }
    }

    /// Returns the type of that name, seen from `from`.
    pub fn ty(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, TypeItem>> {
        match self.get(from, ItemKind::Type, name) {
            Some(NamedItem::Type(global)) => Some(global),
            _ => None,
        }
    }

    /// Returns the component of that name, seen from `from`.
    pub fn component(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Body>> {
        match self.get(from, ItemKind::Component, name) {
            Some(NamedItem::Component(global)) => Some(global),
            _ => None,
        }
    }

    /// Returns the stack of that name, seen from `from`.
    pub fn stack(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Body>> {
        match self.get(from, ItemKind::Stack, name) {
            Some(NamedItem::Stack(global)) => Some(global),
            _ => None,
        }
    }

    /// Checks whether the library has an item of that name, read or not.
    pub fn is_of_library(&self, kind: ItemKind, name: &str) -> bool {
        self.library.iter().any(|(other, known)| *other == kind && known == name)
    }

    /// Returns the visible name of that kind that is nearest to a wrong one.
    pub fn nearest(&self, from: ModuleId, kind: ItemKind, name: &str, more: &[&'p str]) -> Option<&'p str> {
        let mine = self.visible.get(from.0).into_iter().flat_map(ItemTable::keys);
        let candidates = mine.chain(self.prelude.keys()).filter(|(other, _)| *other == kind).map(|(_, name)| *name);
        let library = self.library.iter().filter(|(other, _)| *other == kind).map(|(_, name)| name.as_str());
        nearest(name, candidates.chain(library).chain(more.iter().copied()))
    }

    /// Returns the names of the visible items of a kind, the library's aside; sorted.
    pub fn of_kind(&self, from: ModuleId, kind: ItemKind) -> Vec<&'p str> {
        let mine = self.visible.get(from.0).into_iter().flat_map(ItemTable::keys);
        let mut names: Vec<&str> = mine.filter(|(other, _)| *other == kind).map(|(_, name)| *name).collect();
        names.sort_unstable();
        names
    }

    /// Returns the program's item of a name that `from` does not see.
    pub fn elsewhere(&self, kind: ItemKind, name: &str) -> Option<NamedItem<'p>> {
        self.items.iter().find(|item| item.kind() == kind && item.name().text == name).copied()
    }
}

fn merge_library<'p>(
    own: &[ItemTable<'p>],
    std: &[bool],
    items: &[NamedItem<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> ItemTable<'p> {
    let mut prelude = ItemTable::default();
    for item in items {
        let module = item.module();
        if !std.get(module.0).copied().unwrap_or(false) {
            continue;
        }
        let key = (item.kind(), item.name().text.as_str());
        match prelude.get(&key) {
            Some(first) if first.module() != module => {
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

/// Returns the items that a module sees: its own, and those of the files it uses.
fn see<'p>(
    id: ModuleId,
    uses: &[(ModuleId, Span)],
    own: &[ItemTable<'p>],
    items: &[NamedItem<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> ItemTable<'p> {
    let mut table = own.get(id.0).cloned().unwrap_or_default();
    let mut followed = vec![id];
    for (used, span) in uses {
        if followed.contains(used) {
            continue;
        }
        followed.push(*used);
        for item in items.iter().filter(|item| item.module() == *used) {
            let key = (item.kind(), item.name().text.as_str());
            match table.get(&key) {
                // Environments are chosen from outside, each by its own file.
                Some(first) if first.module() != *used && item.kind() != ItemKind::Environment => {
                    // The importing file can change its own item, so that one is the newcomer.
                    let own = first.module() == id;
                    let (again, first) = if own { (first, item) } else { (item, first) };
                    let diagnostic = duplicate(item.kind().as_str(), again.name(), first.name().span);
                    diagnostics.push(diagnostic.with_label(*span, "imported here"));
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

/// Reports environments of one name, over all files.
///
/// They are chosen by name from the command line.
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
