//! New resources: their names, outputs and identifiers, and the rules of changing them.

use super::output_forms::OutputForms;
use super::outputs::OutputGenerator;
use super::resource_table::SimResource;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::physical_names::{fill_names, short_hash};
use gpb_engine::cloud::{
    CloudError, CloudErrorKind, CreateRequest, ObservedResource, Properties, ResourceKey, property_paths,
};
use gpb_model::{Place, PropPath};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The account of places that name none.
pub(crate) const ACCOUNT: &str = "000000000000";

pub(crate) fn account(place: &Place) -> &str {
    place.account.as_deref().unwrap_or(ACCOUNT)
}

pub(crate) fn observed(resource: SimResource) -> ObservedResource {
    ObservedResource { id: resource.id, properties: resource.properties.into() }
}

pub(crate) fn missing(def: &TypeDef, key: &ResourceKey) -> CloudError {
    CloudError::new(CloudErrorKind::NotFound, "NotFound", format!("there is no {} {}", def.aws, key.id))
}

/// Makes the resource of a creation; its outputs differ by `salt`.
pub(crate) fn new_resource(
    def: &TypeDef,
    create: &CreateRequest<'_>,
    sent: String,
    salt: &str,
    forms: &OutputForms,
) -> SimResource {
    let account = account(create.place);
    let mut properties = create.desired.clone();
    let open = |(property, _): &(&str, &str)| !create.desired.contains_key(*property);
    let absent: Vec<_> = forms.absent(&def.name).filter(open).collect();
    for (property, word) in &absent {
        properties.insert((*property).to_owned(), Json::String((*word).to_owned()));
    }
    fill_names(def, &mut properties, create.label, create.token);
    let salted = [create.token, salt].concat();
    let given = properties.clone();
    OutputGenerator::new(def, create.place, account, create.label, &salted, &given, forms).fill(&mut properties);
    property_paths::fill_defaults(def, &mut properties);
    let parts = def.primary_identifier.iter().filter_map(|path| property_paths::get(&properties, path));
    let parts: Vec<String> = parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    // A type whose schema names no identifier, or one that was left open, still needs one.
    let whole = parts.len() == def.primary_identifier.len() && !parts.is_empty();
    let id = if whole { parts.join("|") } else { format!("{}-{}", create.label, short_hash(create.token)) };
    def.write_only.iter().for_each(|path| property_paths::remove(&mut properties, path));
    for (property, _) in absent {
        properties.remove(property);
    }
    SimResource {
        number: 0,
        ty: create.ty.to_owned(),
        account: account.to_owned(),
        region: create.place.region.to_string(),
        id,
        token: create.token.to_owned(),
        sent,
        properties,
    }
}

pub(crate) fn refuse_create_only(
    def: &TypeDef,
    path: &PropPath,
    before: &Properties,
    after: &Properties,
) -> Result<(), CloudError> {
    let touched = def.create_only.iter().filter(|fixed| fixed.covers(path) || path.covers(fixed));
    for fixed in touched {
        if def.is_write_only(fixed) || property_paths::all(before, fixed) == property_paths::all(after, fixed) {
            continue;
        }
        let message = format!("{fixed} of {} can be set only when it is created", def.aws);
        return Err(CloudError::new(CloudErrorKind::Invalid, "CreateOnly", message));
    }
    Ok(())
}

/// Returns the strings that only this resource can have given to others.
///
/// They are its generated outputs.
pub(crate) fn own_names<'a>(def: &TypeDef, properties: &'a Properties) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for path in &def.read_only {
        let segment = path.segments().last().unwrap_or_default().to_ascii_lowercase();
        let is_name = def.primary_identifier.contains(path) || segment.ends_with("arn") || segment.ends_with("id");
        if is_name {
            for value in property_paths::all(properties, path) {
                // An echo of a property that was given is another resource's name.
                let echo = properties
                    .iter()
                    .any(|(key, other)| !def.is_read_only(&PropPath(key.as_str().into())) && other == value);
                names.extend(value.as_str().filter(|text| text.len() >= 8 && *text != ACCOUNT && !echo));
            }
        }
    }
    names
}
