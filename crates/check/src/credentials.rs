//! Checks that credentials are secrets, not strings that are written out.
//!
//! The meaning of the program does not depend on it, so what it costs and how it recovers is known all the same; no plan of
//! it is made.

use gpb_base::diag::Diagnostic;
use gpb_catalog::{TypeDef, TypeLookup, secret_places};
use gpb_model::{Model, PropPath, PropertyValue, Resource};

/// Returns an error for each credential of a model that is written out, in the order of its resources.
pub fn check(model: &Model, types: TypeLookup<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for resource in &model.resources {
        let Some(def) = types(&resource.ty).filter(|def| secret_places::has_credentials(def)) else { continue };
        for (name, value) in &resource.properties {
            look(resource, &def, &PropPath::default().child(name), value, &mut found);
        }
    }
    found
}

fn look(resource: &Resource, def: &TypeDef, path: &PropPath, value: &PropertyValue, found: &mut Vec<Diagnostic>) {
    match value {
        PropertyValue::Map(entries) => {
            entries.iter().for_each(|(name, value)| look(resource, def, &path.child(name), value, found));
        }
        PropertyValue::List(items) => {
            items.iter().enumerate().for_each(|(at, item)| {
                look(resource, def, &path.child(&at.to_string()), item, found);
            });
        }
        // A string made with an unknown is written out all the same.
        PropertyValue::Text(_) | PropertyValue::Concat(_)
            if !value.holds_secret() && secret_places::is_credential(def, path) =>
        {
            found.push(written_out(resource, def, path));
        }
        _ => {}
    }
}

fn written_out(resource: &Resource, def: &TypeDef, path: &PropPath) -> Diagnostic {
    let message = format!("`{}` takes a secret, not a string that is written out", def.display(path));
    let span = resource.spans.nearest(path).unwrap_or(resource.span);
    Diagnostic::error("GPB2019", message)
        .with_label(span, "this would stand in the plan and in the state")
        .help("let gpb read it when it is needed: `secret(\"NAME\")` from the secret store, `env_secret(\"NAME\")` from the environment, or `generated(length: 32)`")
}
