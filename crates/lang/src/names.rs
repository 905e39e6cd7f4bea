//! The items of a program by name, as each file sees them.

use super::modules::{ModuleId, Program};
use foldhash::HashMap;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, Facts, FnItem, Item, Name, TypeItem};
use std::collections::BTreeMap;

/// An item and the module it stands in.
#[derive(Debug)]
pub struct Global<'p, T> {
    pub module: ModuleId,
    pub item: &'p T,
}

impl<T> Clone for Global<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Global<'_, T> {}

/// An `environment NAME of STACK { … }`.
#[derive(Debug, Clone, Copy)]
pub struct EnvironmentItem<'p> {
    pub module: ModuleId,
    pub of: &'p Name,
    pub body: &'p Body,
}

/// What kind of item a name stands for; each kind has names of its own, so `type tier` and `param tier` do not meet.
#[derive(Debug, Clone, Copy)]
pub enum Named<'p> {
    Const(Global<'p, Binding>),
    Fn(Global<'p, FnItem>),
    Type(Global<'p, TypeItem>),
    Component(Global<'p, Body>),
    Stack(Global<'p, Body>),
    Environment(EnvironmentItem<'p>),
}

impl<'p> Named<'p> {
    fn of(item: &'p Item, module: ModuleId) -> Option<Self> {
        Some(match item {
            Item::Use { .. } | Item::Facts(_) => return None,
            Item::Const(item) => Named::Const(Global { module, item }),
            Item::Fn(item) => Named::Fn(Global { module, item }),
            Item::Type(item) => Named::Type(Global { module, item }),
            Item::Component(item) => Named::Component(Global { module, item }),
            Item::Stack(item) => Named::Stack(Global { module, item }),
            Item::Environment { of, body } => Named::Environment(EnvironmentItem { module, of, body }),
        })
    }

    pub fn kind(&self) -> Kind {
        match self {
            Named::Const(_) => Kind::Const,
            Named::Fn(_) => Kind::Fn,
            Named::Type(_) => Kind::Type,
            Named::Component(_) => Kind::Component,
            Named::Stack(_) => Kind::Stack,
            Named::Environment(_) => Kind::Environment,
        }
    }

    pub fn name(&self) -> &'p Name {
        match self {
            Named::Const(global) => &global.item.name,
            Named::Fn(global) => &global.item.name,
            Named::Type(global) => &global.item.name,
            Named::Component(global) | Named::Stack(global) => &global.item.name,
            Named::Environment(environment) => &environment.body.name,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Const,
    Fn,
    Type,
    Component,
    Stack,
    Environment,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Const => "constant",
            Kind::Fn => "function",
            Kind::Type => "type",
            Kind::Component => "component",
            Kind::Stack => "stack",
            Kind::Environment => "environment",
        }
    }
}

type Table<'p> = HashMap<(Kind, &'p str), Named<'p>>;

/// Every item of a program by name.
#[derive(Debug)]
pub struct Names<'p> {
    /// By module: its own items and those of the files it uses. Empty for the library's modules.
    visible: Vec<Table<'p>>,
    prelude: Table<'p>,
    /// The library's items, those among them that nobody mentions too.
    library: &'p [(Kind, String)],
    /// The environments of the program's files, by name and in order.
    pub environments: Vec<EnvironmentItem<'p>>,
    /// Every item, the library's included, in order.
    pub items: Vec<Named<'p>>,
    /// What is known about resource types, in order: the program's facts before the library's.
    pub facts: Vec<Global<'p, Facts>>,
}

impl<'p> Names<'p> {
    /// Collects the items; one name given twice where both would be seen is a diagnostic at the later.
    pub fn collect(program: &'p Program, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut own: Vec<Table<'p>> = Vec::new();
        let mut items = Vec::new();
        for (id, loaded) in program.iter() {
            let mut table = Table::default();
            for item in loaded.module.items.iter().filter_map(|item| Named::of(item, id)) {
                items.push(item);
                if item.name().text.is_empty() {
                    continue;
                }
                if let Some(first) = table.get(&(item.kind(), item.name().text.as_str())) {
                    diagnostics.push(duplicate(item.kind().word(), item.name(), first.name().span));
                    continue;
                }
                table.insert((item.kind(), &item.name().text), item);
            }
            own.push(table);
        }
        let std: Vec<bool> = program.modules.iter().map(|loaded| loaded.std).collect();
        let prelude = merge_library(&own, &std, &items, diagnostics);
        let visible = program.iter().map(|(id, loaded)| {
            if loaded.std { Table::default() } else { see(id, &loaded.uses, &own, &items, diagnostics) }
        });
        let visible = visible.collect();
        let is_program = |module: ModuleId| std.get(module.0) == Some(&false);
        let mut environments: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                // One whose name is missing cannot be chosen, and its message has been given.
                Named::Environment(environment)
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
                Item::Facts(item) => Some(Global { module, item }),
                _ => None,
            })
        });
        Self { visible, prelude, library: &program.library, environments, facts: facts.collect(), items }
    }

    fn get(&self, from: ModuleId, kind: Kind, name: &str) -> Option<Named<'p>> {
        let mine = self.visible.get(from.0).and_then(|table| table.get(&(kind, name)));
        mine.or_else(|| self.prelude.get(&(kind, name))).copied()
    }

    pub fn constant(&self, from: ModuleId, name: &str) -> Option<Global<'p, Binding>> {
        match self.get(from, Kind::Const, name) {
            Some(Named::Const(global)) => Some(global),
            _ => None,
        }
    }

    pub fn function(&self, from: ModuleId, name: &str) -> Option<Global<'p, FnItem>> {
        match self.get(from, Kind::Fn, name) {
            Some(Named::Fn(global)) => Some(global),
            _ => None,
        }
    }

    pub fn ty(&self, from: ModuleId, name: &str) -> Option<Global<'p, TypeItem>> {
        match self.get(from, Kind::Type, name) {
            Some(Named::Type(global)) => Some(global),
            _ => None,
        }
    }

    pub fn component(&self, from: ModuleId, name: &str) -> Option<Global<'p, Body>> {
        match self.get(from, Kind::Component, name) {
            Some(Named::Component(global)) => Some(global),
            _ => None,
        }
    }

    pub fn stack(&self, from: ModuleId, name: &str) -> Option<Global<'p, Body>> {
        match self.get(from, Kind::Stack, name) {
            Some(Named::Stack(global)) => Some(global),
            _ => None,
        }
    }

    /// The name of that kind, seen from `from`, that is nearest to a wrong one.
    pub fn nearest(&self, from: ModuleId, kind: Kind, name: &str, more: &[&'p str]) -> Option<&'p str> {
        let mine = self.visible.get(from.0).into_iter().flat_map(Table::keys);
        let candidates = mine.chain(self.prelude.keys()).filter(|(other, _)| *other == kind).map(|(_, name)| *name);
        let library = self.library.iter().filter(|(other, _)| *other == kind).map(|(_, name)| name.as_str());
        nearest(name, candidates.chain(library).chain(more.iter().copied()))
    }

    /// The file of the program that defines a name which `from` does not see.
    pub fn elsewhere(&self, kind: Kind, name: &str) -> Option<Named<'p>> {
        self.items.iter().find(|item| item.kind() == kind && item.name().text == name).copied()
    }
}

/// One name for two things of a kind.
pub fn duplicate(what: &str, name: &Name, first: Span) -> Diagnostic {
    Diagnostic::error("GPB1002", format!("the {what} `{}` is defined twice", name.text))
        .at(name.span, "defined again here")
        .at(first, "first defined here")
        .help("give one of them another name")
}

fn merge_library<'p>(
    own: &[Table<'p>],
    std: &[bool],
    items: &[Named<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Table<'p> {
    let mut prelude = Table::default();
    for item in items {
        let module = module_of(item);
        if !std.get(module.0).copied().unwrap_or(false) {
            continue;
        }
        let key = (item.kind(), item.name().text.as_str());
        match prelude.get(&key) {
            Some(first) if module_of(first) != module => {
                diagnostics.push(duplicate(item.kind().word(), item.name(), first.name().span));
            }
            Some(_) => {}
            None => {
                prelude.extend(own.get(module.0).and_then(|table| table.get_key_value(&key)).map(|(k, v)| (*k, *v)));
            }
        }
    }
    prelude
}

fn module_of(item: &Named<'_>) -> ModuleId {
    match item {
        Named::Const(global) => global.module,
        Named::Fn(global) => global.module,
        Named::Type(global) => global.module,
        Named::Component(global) | Named::Stack(global) => global.module,
        Named::Environment(environment) => environment.module,
    }
}

/// What a module sees: its own items, and those of the files it uses.
fn see<'p>(
    id: ModuleId,
    uses: &[(ModuleId, Span)],
    own: &[Table<'p>],
    items: &[Named<'p>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Table<'p> {
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
                Some(first) if module_of(first) != *used && item.kind() != Kind::Environment => {
                    // Whoever draws a file in can change their own item, so that one is the newcomer.
                    let own = module_of(first) == id;
                    let (again, first) = if own { (first, item) } else { (item, first) };
                    let diagnostic = duplicate(item.kind().word(), again.name(), first.name().span);
                    diagnostics.push(diagnostic.at(*span, "drawn in here"));
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
