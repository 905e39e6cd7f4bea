//! Reads an object as an object type.

use super::article::article;
use super::conform::conform as conform_value;
use super::context::TypeContext;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::{FieldType, ObjectType, Type};
use gpb_model::value::{Value, ValueEntry, ValueMap};
use std::sync::Arc;

/// Returns the object with its fields in the type's order, defaults filled in.
///
/// An optional field that was not given is there as absent, so that `x.field ?? y` works.
pub fn conform(entries: &ValueMap, ty: &ObjectType, span: Span, cx: &TypeContext) -> Result<Value, Vec<Diagnostic>> {
    let mut diagnostics = unknown_fields(entries, ty);
    let mut read = ValueMap::with_capacity_and_hasher(ty.fields.len(), foldhash::fast::RandomState::default());
    for (name, field) in &ty.fields {
        let given = entries.get(name).filter(|entry| !entry.value.is_absent());
        if given.is_none() && field.default.is_none() && is_misspelt(name, entries, ty) {
            // It is there under another name, which is reported.
            continue;
        }
        let result = match given {
            Some(entry) => one_field(entry.value.clone(), field, cx).map(|value| ValueEntry { key: entry.key, value }),
            None => missing(name, field, ty, span, cx).map(|value| ValueEntry { key: span, value }),
        };
        match result {
            Ok(entry) => {
                read.insert(name.clone(), entry);
            }
            Err(mut found) => diagnostics.append(&mut found),
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let value = Value::map(read, span);
    for id in &ty.requires {
        (cx.requirements)(*id, &value)?;
    }
    Ok(value)
}

fn one_field(value: Value, field: &FieldType, cx: &TypeContext) -> Result<Value, Vec<Diagnostic>> {
    conform_value(value, &field.ty, &cx.expected_at(field.span))
}

/// Checks whether an entry that is no field was meant to be this one.
fn is_misspelt(name: &str, entries: &ValueMap, ty: &ObjectType) -> bool {
    let unknown = entries.keys().filter(|key| !ty.fields.contains_key(*key));
    unknown.filter_map(|key| nearest(key, ty.fields.keys().map(AsRef::as_ref))).any(|meant| meant == name)
}

fn missing(
    name: &Arc<str>,
    field: &FieldType,
    ty: &ObjectType,
    span: Span,
    cx: &TypeContext,
) -> Result<Value, Vec<Diagnostic>> {
    match field.default {
        Some(id) => {
            let default = (cx.defaults)(id)?;
            // The default `none` is the word where the type has it.
            let is_word = default.is_absent()
                && matches!(field.ty.required(), Type::Words(words) if words.iter().any(|one| &**one == "none"));
            one_field(if is_word { Value::word("none", default.span) } else { default }, field, cx)
        }
        None if field.ty.is_optional() => Ok(Value::absent(span)),
        None => {
            let of = ty.name.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default();
            let message = format!("the field `{name}`{of} is missing");
            let diagnostic = Diagnostic::error("GPB1109", message)
                .with_label(span, format!("`{name}` is not given here"))
                .help(format!("`{name}` is {}", article(&field.ty)));
            Err(vec![match field.span {
                Some(declared) => diagnostic.with_label(declared, "declared here, without a default"),
                None => diagnostic,
            }])
        }
    }
}

fn unknown_fields(entries: &ValueMap, ty: &ObjectType) -> Vec<Diagnostic> {
    // What a resource's object does not have was not written by anyone.
    let unknown = entries.iter().filter(|(name, entry)| !ty.fields.contains_key(*name) && !entry.is_unwritten());
    unknown.map(|(name, entry)| unknown_field(name, entry.key, ty)).collect()
}

/// Returns the diagnostic of a name that is no field of a type.
pub fn unknown_field(name: &str, key: Span, ty: &ObjectType) -> Diagnostic {
    let of = ty.name.as_ref().map_or_else(|| "this object".to_owned(), |name| format!("`{name}`"));
    let diagnostic =
        Diagnostic::error("GPB1108", format!("{of} has no field `{name}`")).with_label(key, "no field of this name");
    if let Some(meant) = nearest(name, ty.fields.keys().map(AsRef::as_ref)) {
        return diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("rename to `{meant}`"), key, meant);
    }
    let names: Vec<&str> = ty.fields.keys().map(AsRef::as_ref).collect();
    diagnostic.help(if names.is_empty() {
        "it has no fields".to_owned()
    } else {
        format!("its fields are {}", names.join(", "))
    })
}
