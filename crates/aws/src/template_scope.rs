//! What the templates of one operation can refer to.

use super::template::{Lookup, TemplateTerm};
use gpb_engine::cloud::Properties;
use serde_json::Value as Json;

/// The names of one operation. It may hold secrets in clear, so it has no text form.
#[derive(Clone, Default)]
pub struct TemplateScope {
    pub desired: Properties,
    pub observed: Properties,
    /// In an update: as last observed, the changed ones too.
    pub before: Properties,
    /// The parts of the identifier by name.
    pub parts: Properties,
    pub id: Option<String>,
    pub ids: Option<Vec<Properties>>,
    /// The outputs of the calls so far, merged.
    pub out: Json,
    /// The whole output of the type's `read`.
    pub read: Option<Json>,
    pub item: Option<Json>,
    pub raw: Option<Json>,
    pub property: Option<String>,
    pub value: Option<Json>,
    pub name: Option<String>,
    pub token: Option<String>,
    pub marker: Option<String>,
    pub location: CloudLocation,
}

/// Of the place.
#[derive(Debug, Clone, Default)]
pub struct CloudLocation {
    pub account: Option<String>,
    pub region: String,
    pub partition: &'static str,
    pub suffix: &'static str,
}

impl CloudLocation {
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
    "item",
    "raw",
    "property",
    "value",
    "name",
    "token",
    "marker",
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
            "item" => self.item.clone(),
            "raw" => self.raw.clone(),
            "property" => text(&self.property),
            "value" => self.value.clone(),
            "name" => text(&self.name),
            "token" => text(&self.token),
            "marker" => text(&self.marker),
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

impl TemplateScope {
    /// A property: desired, else observed, else a part of the identifier.
    pub fn property(&self, name: &str) -> Option<&Json> {
        let sources = [&self.desired, &self.observed, &self.parts];
        sources.into_iter().find_map(|source| source.get(name)).filter(|value| !value.is_null())
    }

    /// In `batch`: one part of every identifier, or the whole where there is but one part.
    fn identifiers(&self, term: &TemplateTerm) -> Option<Json> {
        let all = self.ids.as_ref()?;
        let one = |parts: &Properties| match &term.path {
            Some(path) => path.get(&Json::Object(parts.clone()), &Json::Null),
            None => parts.values().next().cloned(),
        };
        Some(all.iter().filter_map(one).collect())
    }
}
