//! The documentation of what programs declare, as Markdown: for hovers and for `gpb explain`.

use gpb_base::source::SourceMap;
use gpb_lang::builtins;
use gpb_syntax::ast::{Binding, Body, Deprecation, Ident, Item, Module, Stmt, TypeKind};
use std::fmt::Write as _;

/// Returns the signature of a built-in function, and what it returns.
pub fn of_function(name: &str) -> Option<String> {
    let builtin = builtins::lookup(name)?;
    Some(format!("```gpb\n{}\n```\n\n{}\n", builtin.signature(), builtin.doc))
}

/// The texts and the deprecations that a page is made from.
#[derive(Clone, Copy)]
struct PageSources<'m> {
    sources: &'m SourceMap,
    deprecations: &'m [Deprecation],
}

impl<'m> PageSources<'m> {
    fn new(module: &'m Module, sources: &'m SourceMap) -> Self {
        Self { sources, deprecations: &module.deprecations }
    }

    /// Returns what is said of a name that is deprecated.
    fn reason(&self, name: &Ident) -> Option<&'m str> {
        self.deprecations.iter().find(|one| one.of.span == name.span).map(|one| one.reason.as_str())
    }
}

/// Returns the documentation of the items of a module that have the name.
pub fn of_items<'m>(module: &'m Module, sources: &'m SourceMap, name: &'m str) -> impl Iterator<Item = String> + 'm {
    let sources = PageSources::new(module, sources);
    module.items.iter().filter_map(move |item| match item {
        Item::Component(body) if body.name.text == name => Some(component("component", body, sources)),
        Item::Stack(body) if body.name.text == name => Some(component("stack", body, sources)),
        Item::Fn(item) if item.name.text == name => {
            let params: Vec<&str> = item.params.iter().map(|param| param.name.text.as_str()).collect();
            let head = format!("fn {name}({})", params.join(", "));
            Some(page(&head, sources.reason(&item.name), item.doc.as_deref(), &[], sources))
        }
        Item::Type(item) if item.name.text == name => {
            let fields: &[Binding] = if let TypeKind::Object { fields, .. } = &item.ty.kind { fields } else { &[] };
            let (head, parts) = (format!("type {name}"), [("", fields.iter().collect())]);
            Some(page(&head, sources.reason(&item.name), item.doc.as_deref(), &parts, sources))
        }
        Item::Const(item) if item.name.text == name => {
            Some(page(&format!("const {name}"), sources.reason(&item.name), item.doc.as_deref(), &[], sources))
        }
        Item::Policy(body) if body.name.text == name => Some(policy(body, sources)),
        Item::Environment { of, body } if body.name.text == name => {
            Some(page(&format!("environment {name} of {}", of.text), None, body.doc.as_deref(), &[], sources))
        }
        _ => None,
    })
}

/// Returns the documentation of what the bodies and types of a module declare by the name; the first that has some.
pub fn of_declarations(module: &Module, sources: &SourceMap, name: &str) -> Option<String> {
    let sources = PageSources::new(module, sources);
    module.items.iter().find_map(|item| match item {
        Item::Component(body) | Item::Stack(body) => in_body(&body.stmts, sources, name),
        Item::Type(item) => match &item.ty.kind {
            TypeKind::Object { fields, .. } => fields.iter().find_map(|field| binding("", field, sources, name)),
            _ => None,
        },
        _ => None,
    })
}

fn in_body(stmts: &[Stmt], sources: PageSources<'_>, name: &str) -> Option<String> {
    let declared = |head: String, found: &str, doc: Option<&str>| {
        (found == name).then_some(())?;
        doc.map(|doc| page(&head, None, Some(doc), &[], sources))
    };
    stmts.iter().find_map(|stmt| match stmt {
        Stmt::Param(one) => binding("param ", one, sources, name),
        Stmt::Output(one) => binding("output ", one, sources, name),
        Stmt::Let(one) => binding("let ", one, sources, name),
        Stmt::Layer(layer) => {
            let own = declared(format!("layer {name}"), &layer.name.text, layer.doc.as_deref());
            own.or_else(|| in_body(&layer.stmts, sources, name))
        }
        Stmt::Resource(resource) => declared(format!("resource {name}"), &resource.name.text, resource.doc.as_deref()),
        Stmt::Block(block) => {
            let label = block.label.as_ref().map_or("", |label| label.text.as_str());
            declared(format!("{} {name}", block.head.text), label, block.doc.as_deref())
        }
        Stmt::For(group) => in_body(&group.stmts, sources, name),
        Stmt::If(group) => in_body(&group.then, sources, name).or_else(|| in_body(&group.otherwise, sources, name)),
        Stmt::In { stmts, .. } => in_body(stmts, sources, name),
        _ => None,
    })
}

fn binding(keyword: &str, one: &Binding, sources: PageSources<'_>, name: &str) -> Option<String> {
    (one.name.text == name).then_some(())?;
    let (reason, doc) = (sources.reason(&one.name), one.doc.as_deref());
    (reason.is_some() || doc.is_some()).then(|| page(&format!("{keyword}{name}"), reason, doc, &[], sources))
}

/// Documents a component or a stack with its parameters and its outputs.
fn component(kind: &str, body: &Body, sources: PageSources<'_>) -> String {
    let params = body.stmts.iter().filter_map(|stmt| if let Stmt::Param(one) = stmt { Some(&**one) } else { None });
    let outputs = body.stmts.iter().filter_map(|stmt| if let Stmt::Output(one) = stmt { Some(&**one) } else { None });
    let parts = [("", params.collect()), ("Outputs", outputs.collect())];
    let reason = sources.reason(&body.name);
    page(&format!("{kind} {}", body.name.text), reason, body.doc.as_deref(), &parts, sources)
}

/// Documents a policy: why it is there, what it requires, how to meet it, and who asks for it.
fn policy(body: &Body, sources: PageSources<'_>) -> String {
    let rules = body.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Each(each) => Some(sources.sources.slice(each.span).trim().to_owned()),
        _ => None,
    });
    let head = format!("policy {}\n{}", body.name.text, rules.collect::<Vec<_>>().join("\n"));
    let mut out = page(&head, None, body.doc.as_deref(), &[], sources);
    let fields = body.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Field(field) => {
            Some((field.head.text.as_str(), sources.sources.slice(field.value.span).trim_matches('"')))
        }
        _ => None,
    });
    for (name, value) in fields {
        let _ = writeln!(out, "\n{name}: {value}");
    }
    out
}

/// Returns a page: a head, its documentation and its fields, each with its type as it is written, in parts with a title.
fn page(
    head: &str,
    deprecated: Option<&str>,
    doc: Option<&str>,
    parts: &[(&str, Vec<&Binding>)],
    sources: PageSources<'_>,
) -> String {
    let mut out = format!("```gpb\n{head}\n```\n");
    if let Some(reason) = deprecated {
        let _ = writeln!(out, "\n**Deprecated:** {reason}");
    }
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
            let note = sources.reason(&field.name).map_or(String::new(), |reason| format!(" (deprecated: {reason})"));
            let ty = field
                .ty
                .as_ref()
                .map(|ty| sources.sources.slice(ty.span).split_whitespace().collect::<Vec<_>>().join(" "));
            let ty = ty.map_or(String::new(), |ty| format!(": {ty}"));
            let _ = writeln!(out, "- `{}{ty}`{required}{note}{doc}", field.name.text);
        }
    }
    out
}
