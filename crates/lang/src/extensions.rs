//! Puts stacks together that are written in several files: what `extend stack` adds becomes a part of the stack.
//!
//! A part keeps its module: what stands in it sees the names of its own file.

use super::modules::{ModuleId, Program};
use super::names::private_item;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_syntax::ast::{Body, Ident, Item, Stmt};
use std::sync::Arc;

/// The place of an item: its module, and its number in that module.
type ItemPlace = (ModuleId, usize);

/// An `extend stack` and the stack it adds to.
struct Extension {
    at: ItemPlace,
    stack: ItemPlace,
}

/// Moves the statements of every `extend stack` into its stack, in the order of the files' paths.
pub(super) fn merge(program: &mut Program) {
    let mut found: Vec<Extension> = Vec::new();
    let mut wrong = Vec::new();
    for (module, loaded) in program.iter() {
        for (number, item) in loaded.module.items.iter().enumerate() {
            let Item::Extend(body) = item else { continue };
            match target(program, module, &body.name) {
                Ok(stack) => {
                    wrong.extend(private(program, module, &body.name, stack));
                    found.push(Extension { at: (module, number), stack });
                }
                Err(diagnostic) => wrong.extend(diagnostic),
            }
        }
    }
    program.diagnostics.extend(wrong);
    // The order in which files are read depends on where a program is entered; their names do not.
    found.sort_by(|a, b| (program.path(a.at.0), a.at.1).cmp(&(program.path(b.at.0), b.at.1)));
    for Extension { at, stack } in found {
        let Some(Item::Extend(body)) = item_mut(program, at) else { continue };
        let part = Stmt::Extension { stmts: std::mem::take(&mut body.stmts), span: body.span };
        if let Some(Item::Stack(body)) = item_mut(program, stack) {
            body.stmts.push(part);
        }
    }
}

fn item_mut(program: &mut Program, (module, number): ItemPlace) -> Option<&mut Item> {
    let loaded = program.modules.get_mut(module.0)?;
    // Nothing else holds the tree of a file that was read right now.
    Arc::get_mut(&mut loaded.module)?.items.get_mut(number)
}

fn stacks(program: &Program, module: ModuleId) -> impl Iterator<Item = (ItemPlace, &Body)> {
    let items = program.get(module).into_iter().flat_map(|loaded| loaded.module.items.iter().enumerate());
    items.filter_map(move |(number, item)| match item {
        Item::Stack(body) => Some(((module, number), body)),
        _ => None,
    })
}

/// Returns the modules in which the stack of an extension may stand.
///
/// Those are its own, those that it uses, and those that use it; each list is asked where the one before has no such stack.
fn places(program: &Program, from: ModuleId, alias: Option<&str>) -> [Vec<ModuleId>; 3] {
    let uses = program.get(from).map(|loaded| loaded.uses.as_slice()).unwrap_or_default();
    let named = |used: &Option<Ident>| used.as_ref().map(|used| used.text.as_str()) == alias;
    let mut used: Vec<ModuleId> = uses.iter().filter(|used| named(&used.alias)).map(|used| used.module).collect();
    used.sort_unstable();
    used.dedup();
    if alias.is_some() {
        return [Vec::new(), used, Vec::new()];
    }
    // A package adds nothing to the stacks of whoever uses it.
    let may_add = program.get(from).is_some_and(|loaded| !loaded.of_package);
    let users = program.iter().filter(|(_, loaded)| may_add || loaded.of_package);
    let users = users.filter(|(_, loaded)| loaded.uses.iter().any(|used| used.module == from));
    [vec![from], used, users.map(|(id, _)| id).collect()]
}

/// Returns the stack that an extension adds to, or what is wrong with its name; nothing for a name that is missing.
fn target(program: &Program, from: ModuleId, name: &Ident) -> Result<ItemPlace, Option<Diagnostic>> {
    if name.text.is_empty() {
        return Err(None);
    }
    let (alias, stack) = match name.text.split_once('.') {
        Some((alias, stack)) => (Some(alias), stack),
        None => (None, name.text.as_str()),
    };
    let places = places(program, from, alias);
    for modules in &places {
        let all = || modules.iter().flat_map(|module| stacks(program, *module));
        let mut named = all().filter(|(_, body)| body.name.text == stack);
        let Some((found, first)) = named.next() else { continue };
        return match named.next() {
            Some((_, second)) => Err(Some(
                Diagnostic::error("GPB1025", format!("there are two stacks `{stack}` that this may extend"))
                    .with_label(name.span, "one of them is meant")
                    .with_label(first.name.span, "this one")
                    .with_label(second.name.span, "or this one")
                    .help("use one of the files under a name, `use \"shop.gpb\" as shop`, and write `extend stack shop.name`"),
            )),
            None => Ok(found),
        };
    }
    if program.get(from).is_some_and(|loaded| loaded.is_open) {
        // It may stand in the file that could not be read.
        return Err(None);
    }
    let known =
        || places.iter().flatten().flat_map(|module| stacks(program, *module)).map(|(_, body)| &*body.name.text);
    let diagnostic = Diagnostic::error("GPB1021", format!("there is no stack `{}` to extend", name.text))
        .with_label(name.span, "unknown stack");
    Err(Some(match nearest(stack, known()) {
        Some(near) => {
            let form = alias.map_or_else(|| near.to_owned(), |alias| format!("{alias}.{near}"));
            let title = format!("change it to `{form}`");
            diagnostic.help(format!("did you mean `{form}`?")).fix(title, name.span, form)
        }
        None => diagnostic.help("use the file that declares it, as in `use \"shop.gpb\"`"),
    }))
}

/// Reports a private stack that another file extends without being used by its file.
fn private(program: &Program, from: ModuleId, name: &Ident, (module, number): ItemPlace) -> Option<Diagnostic> {
    let loaded = program.get(module)?;
    let Some(Item::Stack(body)) = loaded.module.items.get(number) else { return None };
    let is_invited = module == from || loaded.uses.iter().any(|used| used.module == from);
    (!is_invited && !body.public).then(|| private_item(program, "stack", name, (&body.name, body.span)))
}
