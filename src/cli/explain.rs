//! `gpb explain`: the page of a code, a type of the catalog, a function, a keyword, an item or a policy of the library.

use crate::cli::{Session, exit::Exit, policy_pages, terminal};
use crate::{item_docs, keywords};
use gpb_aws::Driver;
use gpb_base::diag;
use gpb_base::source::SourceMap;
use gpb_catalog::{Catalog, ListShape, Property, Shape, TypeDef};
use gpb_lang::{LibraryIndex, builtins};
use gpb_model::PropPath;
use std::fmt::Write as _;
use std::sync::Arc;

/// Runs `gpb explain`.
pub fn run(session: &Session, subject: &str) -> Exit {
    let json = session.common.json;
    let upper = subject.to_uppercase();
    if let Some(page) = diag::page(&upper) {
        let document = serde_json::json!({ "code": page.code, "text": page.text });
        terminal::print(&if json { format!("{document:#}\n") } else { format!("{}\n", page.text.trim_end()) });
        return Exit::Done;
    }
    let catalog = Catalog::embedded();
    if let Some(def) = catalog.get(subject).or_else(|| catalog.get_aws(subject)) {
        let bindings = gpb_aws::Bindings::new(session.library.clone(), Arc::new(Catalog::embedded()));
        let driver = bindings.get(&def.name).ok().map(|bound| bound.driver());
        let text = if json { format!("{:#}\n", describe_json(&def, driver)) } else { describe(&def, driver) };
        terminal::print(&text);
        return Exit::Done;
    }
    if let Some(document) = policy_pages::find(&session.library, subject) {
        terminal::print(&if json { format!("{:#}\n", document.json()) } else { document.human() });
        return Exit::Done;
    }
    let keyword = || keywords::of_keyword(subject).map(|text| format!("{text}\n"));
    if let Some(text) = of_library(session, subject).or_else(|| item_docs::of_function(subject)).or_else(keyword) {
        let document = serde_json::json!({ "name": subject, "text": text });
        terminal::print(&if json { format!("{document:#}\n") } else { text });
        return Exit::Done;
    }
    let codes = diag::pages().iter().map(|page| page.code);
    let near = if upper.starts_with("GPB") {
        diag::nearest(&upper, codes).map(str::to_owned)
    } else {
        let functions = || diag::nearest(subject, builtins::names().chain(keywords::documented())).map(str::to_owned);
        catalog.suggest(subject).into_iter().next().map(str::to_owned).or_else(functions)
    };
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    session.fail(&format!(
        "`{subject}` is neither a code, a resource type, a function, a keyword nor an item or a policy of the library{hint}"
    ))
}

/// Returns the documentation of an item of the standard library.
fn of_library(session: &Session, name: &str) -> Option<String> {
    let index = session.library.derived(LibraryIndex::new);
    let files = index.read(&index.files_mentioned(name));
    let mut sources = SourceMap::default();
    for (number, file, _) in &files {
        sources.add_library(*number, file.path.clone(), file.text.clone());
    }
    files.into_iter().find_map(|(_, _, parsed)| item_docs::of_items(&parsed.module, &sources, name).next())
}

/// Describes a type for people.
fn describe(def: &TypeDef, driver: Option<Driver>) -> String {
    let mut out = format!("{} ({})\n\n", def.name, def.aws);
    let names = |paths: &[PropPath]| paths.iter().map(|path| def.display(path)).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "identifier:  {}", names(&def.primary_identifier));
    if let Some(tagging) = &def.tagging {
        let _ = writeln!(out, "tags:        {}", def.display(&PropPath(tagging.property.as_str().into())));
    }
    if def.stateful {
        out.push_str("stateful:    yes; protected where the environment is live\n");
    }
    if !def.updatable {
        out.push_str("update:      none; every change replaces it\n");
    }
    let _ = writeln!(out, "on AWS:      {}", driver.map_or("not driven: AWS publishes no handlers of it", driver_text));
    let (outputs, inputs): (Vec<_>, Vec<_>) =
        def.root.properties.iter().partition(|property| def.is_read_only(&PropPath(property.aws.clone())));
    out.push_str("\nproperties:\n");
    for property in inputs {
        let _ = writeln!(out, "{}", line(def, property));
    }
    if !outputs.is_empty() {
        out.push_str("\nset by AWS:\n");
        for property in outputs {
            let _ = writeln!(out, "{}", line(def, property));
        }
    }
    for (handler, actions) in &def.permissions {
        let _ = writeln!(out, "\nto {handler} it AWS needs: {}", actions.join(", "));
    }
    out
}

/// Returns the way on which AWS is told of a type, for people.
fn driver_text(driver: Driver) -> &'static str {
    match driver {
        Driver::Native => "driven by a binding of its own",
        Driver::CloudControl => "driven by the Cloud Control API",
    }
}

/// Returns the line of a property: its name, its shape, the effect of a change.
fn line(def: &TypeDef, property: &Property) -> String {
    let path = PropPath(property.aws.clone());
    let marks = [
        (def.root.required.iter().any(|name| *name == property.aws), "required"),
        (def.is_create_only(&path), "a change replaces it"),
        (def.is_write_only(&path), "never read back"),
        (def.deprecated.iter().any(|one| one.covers(&path)), "deprecated"),
    ];
    let marks: Vec<_> = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark).collect();
    let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join("; ")) };
    format!("  {}: {}{marks}", property.name, shape(def, &property.shape, 2))
}

/// Describes a shape for people; objects are opened down to `depth`.
fn shape(def: &TypeDef, of: &Shape, depth: usize) -> String {
    match def.resolve(of) {
        Shape::Bool => "bool".into(),
        Shape::Int { min, max, one_of } if one_of.is_empty() => format!("int{}", bounds(*min, *max)),
        Shape::Int { one_of, .. } => one_of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
        Shape::Number { min, max } => format!("number{}", bounds(*min, *max)),
        Shape::Text(text) if text.one_of.is_empty() => {
            format!("string{}", text.pattern.as_ref().map_or(String::new(), |pattern| format!(" /{pattern}/")))
        }
        Shape::Text(text) => text.one_of.join(" | "),
        Shape::List(ListShape { item, ordered, .. }) => {
            format!("{}<{}>", if *ordered { "list" } else { "set" }, shape(def, item, depth))
        }
        Shape::Map { value, .. } => format!("map<{}>", shape(def, value, depth)),
        Shape::Json => "document".into(),
        Shape::Any(shapes) => {
            let mut texts: Vec<_> = shapes.iter().map(|one| shape(def, one, depth)).collect();
            texts.dedup();
            texts.join(" or ")
        }
        Shape::Object(_) | Shape::Nested(_) if depth == 0 => "{ … }".into(),
        Shape::Object(object) => {
            let field = |property: &Property| format!("{}: {}", property.name, shape(def, &property.shape, depth - 1));
            format!("{{ {} }}", object.properties.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Shape::Nested(_) => "{ … }".into(),
    }
}

/// Describes the bounds of a number: ` 1..10`, ` from 1`, ` up to 10`.
fn bounds<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!(" {min}..{max}"),
        (Some(min), None) => format!(" from {min}"),
        (None, Some(max)) => format!(" up to {max}"),
        (None, None) => String::new(),
    }
}

/// Describes a type for machines.
fn describe_json(def: &TypeDef, driver: Option<Driver>) -> serde_json::Value {
    let names = |paths: &[PropPath]| paths.iter().map(|path| def.display(path)).collect::<Vec<_>>();
    let property = |property: &Property| {
        let path = PropPath(property.aws.clone());
        serde_json::json!({
            "name": property.name,
            "aws": property.aws,
            "type": shape(def, &property.shape, 2),
            "required": def.root.required.iter().any(|name| *name == property.aws),
            "read_only": def.is_read_only(&path),
            "create_only": def.is_create_only(&path),
            "write_only": def.is_write_only(&path),
        })
    };
    serde_json::json!({
        "type": *def.name,
        "aws": def.aws,
        "identifier": names(&def.primary_identifier),
        "tags": def.tagging.as_ref().map(|tagging| tagging.property.as_str()),
        "stateful": def.stateful,
        "updatable": def.updatable,
        "driver": driver.map(|driver| match driver {
            Driver::Native => "native",
            Driver::CloudControl => "cloudcontrol",
        }),
        "properties": def.root.properties.iter().map(property).collect::<Vec<_>>(),
        "permissions": def.permissions,
    })
}
