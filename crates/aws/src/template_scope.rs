//! The values that the templates of one operation can refer to.

use super::map::matches;
use super::name_matching::text_of;
use super::path::MemberPath;
use super::template::{Lookup, TemplateTerm};
use gpb_engine::cloud::Properties;
use gpb_model::PropPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The values of one operation.
///
/// They may hold secrets in clear, so the scope has no `Debug`.
#[derive(Clone, Default)]
pub struct TemplateScope {
    /// The properties that shall be.
    pub desired: Properties,
    /// The properties as last observed.
    pub observed: Properties,
    /// In an update: the properties as last observed, the changed ones too.
    pub before: Properties,
    /// The parts of the identifier by name.
    pub parts: Properties,
    /// The whole identifier.
    pub id: Option<String>,
    /// In `batch`: the parts of each identifier.
    pub ids: Option<Vec<Properties>>,
    /// The outputs of the calls so far, merged.
    pub out: Json,
    /// The whole output of the type's `read`.
    pub read: Option<Json>,
    /// The resource in the output of the type's `read`.
    pub object: Option<Json>,
    /// The output of the operation's first `read`, and the resource in it.
    pub first_read: Option<(Json, Json)>,
    /// The lists whose elements have a key, and the member that is it.
    pub keys: BTreeMap<String, String>,
    /// In an update: the properties that change, as they shall be.
    pub changed: Properties,
    /// In an update: the places that change.
    pub changed_places: Vec<PropPath>,
    /// The element of a `for` or an `each`.
    pub item: Option<Json>,
    /// The element as the API gave it.
    pub raw: Option<Json>,
    /// In `once_per`: the property, in the API's spelling.
    pub property: Option<String>,
    /// In `once_per`: the property's value.
    pub value: Option<Json>,
    /// In the secret store: the secret's name.
    pub name: Option<String>,
    /// The idempotency token, 32 hexadecimal digits.
    pub token: Option<String>,
    /// The token of the interrupted creation that is searched for.
    pub marker: Option<String>,
    /// AWS's name of the type, `AWS::SQS::Queue`.
    pub ty: String,
    /// The properties whose documents AWS's schema calls strings.
    pub text_documents: Vec<String>,
    /// In an update: what changes, as a JSON patch (RFC 6902) of the properties.
    pub patch: Option<Json>,
    /// In a search: the properties without which the API does not list the type.
    pub list_model: Option<Json>,
    /// The place of the operation.
    pub location: CloudLocation,
}

/// The place of an operation, as templates name it.
#[derive(Debug, Clone, Default)]
pub struct CloudLocation {
    /// The account, as 12 digits.
    pub account: Option<String>,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The partition, such as `aws` or `aws-cn`.
    pub partition: &'static str,
    /// The end of host names, such as `amazonaws.com`.
    pub suffix: &'static str,
}

impl CloudLocation {
    /// Returns the location of a region, with the catalog's partition.
    pub fn new(region: &str, account: Option<String>) -> CloudLocation {
        let partition = gpb_catalog::regions::partition(region).unwrap_or("aws");
        let suffix = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        CloudLocation { account, region: region.to_owned(), partition, suffix }
    }
}

/// The words that are not properties.
pub const WORDS: &[&str] = &[
    "id",
    "ids",
    "out",
    "read",
    "object",
    "before",
    "changed",
    "added",
    "modified",
    "removed",
    "kept",
    "item",
    "raw",
    "property",
    "value",
    "name",
    "token",
    "marker",
    "type",
    "desired",
    "patch",
    "list_model",
    "account",
    "region",
    "partition",
    "dns_suffix",
];

impl Lookup for TemplateScope {
    fn lookup(&self, term: &TemplateTerm) -> Option<Json> {
        let text = |text: &Option<String>| text.clone().map(Json::from);
        let base = match term.word.as_str() {
            "id" => text(&self.id),
            "ids" => return self.identifiers(term),
            "out" => Some(self.out.clone()),
            "read" => self.read.clone(),
            "object" => self.object.clone(),
            "before" => match term.property().as_deref() {
                Some("read") => return within_first_read(self.first_read.as_ref().map(|(root, _)| root)?, term),
                Some("object") => return within_first_read(self.first_read.as_ref().map(|(_, object)| object)?, term),
                _ => Some(Json::Object(self.before.clone())),
            },
            "added" | "modified" | "removed" | "kept" => return self.elements(term),
            "changed" => Some(Json::Object(self.changed.clone())),
            "item" => self.item.clone(),
            "raw" => self.raw.clone(),
            "property" => text(&self.property),
            "value" => self.value.clone(),
            "name" => text(&self.name),
            "token" => text(&self.token),
            "marker" => text(&self.marker),
            "type" => Some(self.ty.clone().into()),
            "desired" => Some(Json::Object(self.desired_document())),
            "patch" => self.patch.clone(),
            "list_model" => self.list_model.clone(),
            "account" => text(&self.location.account),
            "region" => Some(self.location.region.clone().into()),
            "partition" => Some(self.location.partition.into()),
            "dns_suffix" => Some(self.location.suffix.into()),
            property => self.property(property).cloned(),
        }?;
        match &term.path {
            Some(path) => path.get(&base, &base),
            None => Some(base),
        }
    }
}

/// Returns what is behind `before.read` or `before.object`.
fn within_first_read(shown: &Json, term: &TemplateTerm) -> Option<Json> {
    let steps = term.path.as_ref()?.steps().get(1..)?;
    MemberPath { absolute: false, alternatives: vec![steps.to_vec()] }.get(shown, shown)
}

impl TemplateScope {
    /// Keeps what a read shows; the first one of an operation stays in `${before.read…}`.
    pub fn set_read(&mut self, root: Json, object: Json) {
        if self.first_read.is_none() {
            self.first_read = Some((root.clone(), object.clone()));
        }
        (self.read, self.object) = (Some(root), Some(object));
    }

    /// Returns what a condition tests, a property or a term of a template.
    pub fn tested(&self, name: &str) -> Option<Json> {
        if let Some(value) = self.property(name) {
            return Some(value.clone());
        }
        self.lookup(&TemplateTerm::parse(name).ok()?).filter(|value| !value.is_null())
    }

    /// Returns the elements of a list that an update adds, modifies, removes or keeps.
    ///
    /// No element is absence.
    fn elements(&self, term: &TemplateTerm) -> Option<Json> {
        let property = term.property()?;
        let key = self.keys.get(&property).map(String::as_str);
        let list = |from: &Properties| from.get(&property).and_then(Json::as_array).cloned().unwrap_or_default();
        let (old, new) = (list(&self.before), list(&self.desired));
        let twin = |element: &Json, others: &[Json]| others.iter().find(|other| is_same(key, element, other)).cloned();
        let found: Vec<Json> = match term.word.as_str() {
            "added" => new.into_iter().filter(|one| twin(one, &old).is_none()).collect(),
            "removed" => old.into_iter().filter(|one| twin(one, &new).is_none()).collect(),
            "kept" => new.into_iter().filter(|one| twin(one, &old).is_some()).collect(),
            _ => new.into_iter().filter(|one| twin(one, &old).is_some_and(|was| !matches(one, &was))).collect(),
        };
        (!found.is_empty()).then_some(Json::Array(found))
    }

    /// Returns the properties that shall be, in the form of AWS's schema.
    pub fn desired_document(&self) -> Properties {
        let mut document = self.desired.clone();
        for name in &self.text_documents {
            if let Some(value) = document.get_mut(name).filter(|value| !value.is_string()) {
                *value = value.to_string().into();
            }
        }
        document
    }

    /// Returns a property: desired, else observed, else a part of the identifier.
    pub fn property(&self, name: &str) -> Option<&Json> {
        let sources = [&self.desired, &self.observed, &self.parts];
        sources.into_iter().find_map(|source| source.get(name)).filter(|value| !value.is_null())
    }

    /// Returns one part of every identifier of a `batch`.
    ///
    /// It is the whole identifier where that has one part.
    fn identifiers(&self, term: &TemplateTerm) -> Option<Json> {
        let all = self.ids.as_ref()?;
        let one = |parts: &Properties| match &term.path {
            Some(path) => path.get(&Json::Object(parts.clone()), &Json::Null),
            None => parts.values().next().cloned(),
        };
        Some(all.iter().filter_map(one).collect())
    }
}

/// Checks that two elements are the same one: by their key, or by all that they hold.
pub fn is_same(key: Option<&str>, wanted: &Json, found: &Json) -> bool {
    match key {
        Some(key) => wanted.get(key).zip(found.get(key)).is_some_and(|(a, b)| text_of(a) == text_of(b)),
        None => matches(wanted, found),
    }
}
