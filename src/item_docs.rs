//! The documentation of what programs declare, as Markdown: for hovers and for `gpb explain`.

use gpb_lang::builtins;
use gpb_syntax::ast::{Binding, Body, Item, Module, Stmt, TypeKind};
use std::fmt::Write as _;

/// Returns the signature of a built-in function, and what it returns.
pub fn of_function(name: &str) -> Option<String> {
    let builtin = builtins::lookup(name)?;
    Some(format!("```gpb\n{}\n```\n\n{}\n", builtin.signature(), builtin.doc))
}

/// Returns the documentation of the items of a module that have the name.
pub fn of_items<'m>(module: &'m Module, name: &'m str) -> impl Iterator<Item = String> + 'm {
    module.items.iter().filter_map(move |item| match item {
        Item::Component(body) if body.name.text == name => Some(component("component", body)),
        Item::Stack(body) if body.name.text == name => Some(component("stack", body)),
        Item::Fn(item) if item.name.text == name => {
            let params: Vec<&str> = item.params.iter().map(|param| param.name.text.as_str()).collect();
            Some(page(&format!("fn {name}({})", params.join(", ")), item.doc.as_deref(), &[]))
        }
        Item::Type(item) if item.name.text == name => {
            let fields: &[Binding] = if let TypeKind::Object(fields) = &item.ty.kind { fields } else { &[] };
            Some(page(&format!("type {name}"), item.doc.as_deref(), &[("", fields.iter().collect())]))
        }
        Item::Const(item) if item.name.text == name => Some(page(&format!("const {name}"), item.doc.as_deref(), &[])),
        Item::Environment { of, body } if body.name.text == name => {
            Some(page(&format!("environment {name} of {}", of.text), body.doc.as_deref(), &[]))
        }
        _ => None,
    })
}

/// Returns the documentation of what the bodies and types of a module declare by the name; the first that has some.
pub fn of_declarations(module: &Module, name: &str) -> Option<String> {
    module.items.iter().find_map(|item| match item {
        Item::Component(body) | Item::Stack(body) => in_body(&body.stmts, name),
        Item::Type(item) => match &item.ty.kind {
            TypeKind::Object(fields) => fields.iter().find_map(|field| binding("", field, name)),
            _ => None,
        },
        _ => None,
    })
}

fn in_body(stmts: &[Stmt], name: &str) -> Option<String> {
    let declared = |head: String, found: &str, doc: Option<&str>| {
        (found == name).then_some(())?;
        doc.map(|doc| page(&head, Some(doc), &[]))
    };
    stmts.iter().find_map(|stmt| match stmt {
        Stmt::Param(one) => binding("param ", one, name),
        Stmt::Output(one) => binding("output ", one, name),
        Stmt::Let(one) => binding("let ", one, name),
        Stmt::Layer(layer) => {
            let own = declared(format!("layer {name}"), &layer.name.text, layer.doc.as_deref());
            own.or_else(|| in_body(&layer.stmts, name))
        }
        Stmt::Resource(resource) => declared(format!("resource {name}"), &resource.name.text, resource.doc.as_deref()),
        Stmt::Block(block) => {
            let label = block.label.as_ref().map_or("", |label| label.text.as_str());
            declared(format!("{} {name}", block.head.text), label, block.doc.as_deref())
        }
        Stmt::For(group) => in_body(&group.stmts, name),
        Stmt::If(group) => in_body(&group.then, name).or_else(|| in_body(&group.otherwise, name)),
        Stmt::In { stmts, .. } => in_body(stmts, name),
        _ => None,
    })
}

fn binding(keyword: &str, one: &Binding, name: &str) -> Option<String> {
    let doc = one.doc.as_deref().filter(|_| one.name.text == name)?;
    Some(page(&format!("{keyword}{name}"), Some(doc), &[]))
}

/// Documents a component or a stack with its parameters and its outputs.
fn component(kind: &str, body: &Body) -> String {
    let params = body.stmts.iter().filter_map(|stmt| if let Stmt::Param(one) = stmt { Some(&**one) } else { None });
    let outputs = body.stmts.iter().filter_map(|stmt| if let Stmt::Output(one) = stmt { Some(&**one) } else { None });
    let parts = [("", params.collect()), ("Outputs", outputs.collect())];
    page(&format!("{kind} {}", body.name.text), body.doc.as_deref(), &parts)
}

/// Returns a page: a head, its documentation and its fields, in parts with a title each.
fn page(head: &str, doc: Option<&str>, parts: &[(&str, Vec<&Binding>)]) -> String {
    let mut out = format!("```gpb\n{head}\n```\n");
    if let Some(doc) = doc {
        let _ = writeln!(out, "\n{}", doc.trim());
    }
    for (title, fields) in parts.iter().filter(|(_, fields)| !fields.is_empty()) {
        out.push('\n');
        if !title.is_empty() {
            let _ = writeln!(out, "{title}:\n");
        }
        for field in fields {
            // An output always has its value written.
            let required = if field.value.is_none() || *title == "Outputs" { "" } else { " (optional)" };
            let doc = field.doc.as_deref().map(|doc| doc.split_whitespace().collect::<Vec<_>>().join(" "));
            let doc = doc.map_or(String::new(), |doc| format!(": {doc}"));
            let _ = writeln!(out, "- `{}`{required}{doc}", field.name.text);
        }
    }
    out
}
