//! The names that each file sees.

use super::aliases::{AliasTable, alias_table};
use super::duplicate::duplicate;
use super::item::{EnvironmentItem, GlobalItem, NamedItem, TestItem};
use super::kind::ItemKind;
use crate::modules::{ModuleId, Program, UsedModule};
use foldhash::HashMap;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, FactsItem, FnItem, Ident, Item, TypeItem};
use std::collections::BTreeSet;

/// The items of a file, or of what it sees, by kind and name.
pub(super) type ItemTable<'p> = HashMap<(ItemKind, &'p str), NamedItem<'p>>;

/// Every item of a program by name.
#[derive(Debug)]
pub struct Names<'p> {
    /// The visible items by module: its own, and those of the files it uses.
    ///
    /// Empty for the library's modules.
    visible: Vec<ItemTable<'p>>,
    /// The private items of the files it uses, by module: they are found, so that a message can say that they are private.
    hidden: Vec<ItemTable<'p>>,
    /// The items of each module.
    own: Vec<ItemTable<'p>>,
    /// The files that each module uses under a name.
    aliases: Vec<AliasTable<'p>>,
    /// The names of those that could not be read.
    unread: Vec<&'p [Ident]>,
    /// The modules that use a file without a name that could not be read.
    open: Vec<bool>,
    /// The library's items; its files see each other's, programs only those that are public.
    prelude: ItemTable<'p>,
    /// The modules of the library.
    std: Vec<bool>,
    /// The library's items, those that nothing mentions too.
    library: &'p [(ItemKind, String)],
    /// The environments of the file that the program is entered by, in order; those of the files it uses are none of its own.
    pub environments: Vec<EnvironmentItem<'p>>,
    /// The environments of every file but the library's, in order: what tests may be about.
    pub tested: Vec<EnvironmentItem<'p>>,
    /// Every item, the library's included, in order.
    pub items: Vec<NamedItem<'p>>,
    /// The policies, the library's that are asked for included, in order.
    pub policies: Vec<GlobalItem<'p, Body>>,
    /// The tests of the program, in order.
    pub tests: Vec<TestItem<'p>>,
    /// The facts about resource types: the program's before the library's.
    pub facts: Vec<GlobalItem<'p, FactsItem>>,
}

impl<'p> Names<'p> {
    /// Collects the items of a program.
    ///
    /// One name defined twice where both would be visible is a diagnostic at the later.
    #[expect(clippy::too_many_lines, reason = "the tables stand in the order in which each needs the one before")]
    pub fn collect(program: &'p Program, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut own: Vec<ItemTable<'p>> = Vec::new();
        let mut items = Vec::new();
        let mut starts = vec![0];
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
            starts.push(items.len());
        }
        let of_module = |module: ModuleId| {
            let (start, end) = (starts.get(module.0).copied()?, starts.get(module.0 + 1).copied()?);
            items.get(start..end)
        };
        let std: Vec<bool> = program.modules.iter().map(|loaded| loaded.std).collect();
        let prelude = merge_library(&own, &std, &items, diagnostics);
        let (mut visible, mut hidden, mut aliases) = (Vec::new(), Vec::new(), Vec::new());
        for (id, loaded) in program.iter() {
            let (seen, private) =
                if loaded.std { Default::default() } else { see(id, &loaded.uses, &own, &of_module, diagnostics) };
            aliases.push(alias_table(&loaded.uses, &seen, diagnostics));
            visible.push(seen);
            hidden.push(private);
        }
        let tested: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                // One whose name is missing cannot be chosen, and its message has been given.
                NamedItem::Environment(environment) if !environment.body.name.text.is_empty() => Some(*environment),
                _ => None,
            })
            .collect();
        let is_chosen = |one: &EnvironmentItem<'p>| one.module == program.environments_of;
        let mut environments: Vec<_> = tested.iter().copied().filter(is_chosen).collect();
        check_environments(&mut environments);
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
        let tests = items.iter().filter_map(|item| match item {
            NamedItem::Test(test) => Some(*test),
            _ => None,
        });
        let tests = tests.collect();
        let (library, facts) = (&*program.library.items, facts.collect());
        let unread = program.modules.iter().map(|loaded| loaded.unread.as_slice()).collect();
        let open = program.modules.iter().map(|loaded| loaded.is_open).collect();
        Self {
            visible,
            hidden,
            own,
            aliases,
            unread,
            open,
            prelude,
            std,
            library,
            environments,
            tested,
            items,
            policies,
            tests,
            facts,
        }
    }

    /// Returns an item, seen from a module: by its name, or by `net.name` where its file is used as `net`.
    ///
    /// One that is private to another file is found too; [`Names::is_private`] tells.
    fn get(&self, from: ModuleId, kind: ItemKind, name: &str) -> Option<NamedItem<'p>> {
        let key = (kind, name);
        let mine = self.visible.get(from.0).and_then(|table| table.get(&key));
        let of_library = || self.prelude.get(&key).filter(|item| item.is_public() || self.is_std(from));
        let private = || self.hidden.get(from.0).and_then(|table| table.get(&key));
        mine.or_else(of_library).or_else(private).copied().or_else(|| {
            let (alias, name) = name.split_once('.')?;
            self.own.get(self.alias(from, alias)?.0.0)?.get(&(kind, name)).copied()
        })
    }

    fn is_std(&self, module: ModuleId) -> bool {
        self.std.get(module.0).copied().unwrap_or_default()
    }

    /// Returns the file that a module uses under a name, and where that name is written.
    pub fn alias(&self, from: ModuleId, name: &str) -> Option<(ModuleId, Span)> {
        self.aliases.get(from.0)?.get(name).copied()
    }

    /// Checks whether a module uses a file under a name that could not be read.
    pub fn is_unread(&self, from: ModuleId, name: &str) -> bool {
        self.unread.get(from.0).is_some_and(|unread| unread.iter().any(|alias| alias.text == name))
    }

    /// Checks whether a name that a module does not see may be one of a file that could not be read.
    pub fn is_open(&self, from: ModuleId) -> bool {
        self.open.get(from.0).copied().unwrap_or_default()
    }

    /// Returns the names under which a module uses others, sorted.
    pub fn alias_names(&self, from: ModuleId) -> Vec<&'p str> {
        let mut names: Vec<&str> = self.aliases.get(from.0).into_iter().flat_map(AliasTable::keys).copied().collect();
        names.sort_unstable();
        names
    }

    /// Returns the name under which a module uses another.
    pub fn alias_of(&self, from: ModuleId, used: ModuleId) -> Option<&'p str> {
        self.alias_names(from).into_iter().find(|name| self.alias(from, name).is_some_and(|(module, _)| module == used))
    }

    /// Returns the public items of a kind in a module, sorted.
    pub fn public_items(&self, module: ModuleId, kind: ItemKind) -> Vec<&'p str> {
        let items = self.own.get(module.0).into_iter().flat_map(ItemTable::values);
        let public = items.filter(|item| item.kind() == kind && item.is_public());
        let mut names: Vec<&str> = public.map(|item| item.name().text.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Checks whether an item is private to another file than the one it is used in.
    pub fn is_private(&self, from: ModuleId, item: &NamedItem<'p>) -> bool {
        item.module() != from && !item.is_public() && !(self.is_std(from) && self.is_std(item.module()))
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

    /// Returns the policy of that name in the file itself, or in one that it uses; `pol.name` in that used as `pol`.
    pub fn policy(&self, from: ModuleId, name: &str) -> Option<GlobalItem<'p, Body>> {
        let (module, name) = match name.split_once('.') {
            Some((alias, name)) => (self.own.get(self.alias(from, alias)?.0.0), name),
            None => (self.visible.get(from.0), name),
        };
        match module?.get(&(ItemKind::Policy, name)) {
            Some(NamedItem::Policy(global)) => Some(*global),
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
        let is_std = self.is_std(from);
        let of_library = self.prelude.iter().filter(|(_, item)| is_std || item.is_public()).map(|(key, _)| key);
        let candidates = mine.chain(of_library).filter(|(other, _)| *other == kind).map(|(_, name)| *name);
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
        let is_of_program = |item: &&NamedItem<'p>| !self.is_std(item.module());
        let mut named = self.items.iter().filter(|item| item.kind() == kind && item.name().text == name);
        named.find(is_of_program).copied()
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

/// Returns the items that a module sees, its own and the public ones of the files it uses; and the private ones of those.
fn see<'a, 'p: 'a>(
    id: ModuleId,
    uses: &'p [UsedModule],
    own: &[ItemTable<'p>],
    of_module: &dyn Fn(ModuleId) -> Option<&'a [NamedItem<'p>]>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (ItemTable<'p>, ItemTable<'p>) {
    let mut table = own.get(id.0).cloned().unwrap_or_default();
    let mut private = ItemTable::default();
    let mut followed = vec![id];
    for UsedModule { module: used, span, .. } in uses.iter().filter(|used| used.alias.is_none()) {
        if followed.contains(used) {
            continue;
        }
        followed.push(*used);
        // Environments and tests are chosen from outside, each by its own file.
        let of_used = of_module(*used).unwrap_or_default().iter();
        for item in of_used.filter(|item| !matches!(item.kind(), ItemKind::Environment | ItemKind::Test)) {
            let key = (item.kind(), item.name().text.as_str());
            if !item.is_public() {
                private.entry(key).or_insert(*item);
                continue;
            }
            match table.get(&key) {
                Some(first) if first.module() != *used => {
                    // The importing file can change its own item, so that one is the newcomer.
                    let own = first.module() == id;
                    let (again, first) = if own { (first, item) } else { (item, first) };
                    let diagnostic = duplicate(item.kind().as_str(), again.name(), first.name().span);
                    let form = format!("use \"…\" as other`, and write `other.{}", again.name().text);
                    diagnostics.push(diagnostic.with_label(*span, "imported here").help(format!(
                        "give one of them another name, or use one of the files under a name: `{form}`"
                    )));
                }
                Some(_) => {}
                None => {
                    table.insert(key, *item);
                }
            }
        }
    }
    (table, private)
}

/// Keeps the first environment of each name; two of one name have been reported with the items of their file.
fn check_environments(environments: &mut Vec<EnvironmentItem<'_>>) {
    let mut seen = BTreeSet::new();
    environments.retain(|environment| seen.insert(environment.body.name.text.as_str()));
}
