//! The names that policies are written with, besides actions: service principals and condition keys.

use crate::actions;
use crate::nearest::nearest as nearest_word;
use crate::regions;
use gpb_base::stdlib::Library;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKeyType {
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A point in time.
    Date,
    /// An address of the Internet Protocol.
    IpAddress,
    /// A number.
    Numeric,
    /// Any text.
    String,
}

/// The result of looking up a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionKeyCheck {
    /// The key is documented.
    Known(ConditionKeyType),
    /// The key belongs to an identity provider, whose keys are its own.
    Provider,
    /// The key is not documented.
    Unknown {
        /// The key probably meant, spelt in full.
        nearest: Option<String>,
    },
}

/// Looks up a condition key such as `aws:SourceAccount`, in any mix of capitals.
pub fn condition_key(key: &str) -> ConditionKeyCheck {
    let Some((prefix, name)) = key.split_once(':') else { return ConditionKeyCheck::Unknown { nearest: None } };
    // `accounts.google.com:aud`, `oidc.eks.us-east-1.amazonaws.com/id/…:sub`
    if prefix.contains('.') {
        return ConditionKeyCheck::Provider;
    }
    let all = condition_keys();
    let known = all.get(prefix.to_ascii_lowercase().as_str());
    let is = |documented: &&str| match documented.strip_suffix(['/', ':']) {
        Some(_) => {
            name.len() > documented.len()
                && name.get(..documented.len()).is_some_and(|start| start.eq_ignore_ascii_case(documented))
        }
        None => documented.eq_ignore_ascii_case(name),
    };
    let found = known.into_iter().flatten().find(|(_, names)| names.iter().any(|one| is(&one.as_str())));
    match found {
        Some((ty, _)) => ConditionKeyCheck::Known(*ty),
        None => ConditionKeyCheck::Unknown { nearest: nearest_key(prefix, name) },
    }
}

/// Returns the condition key probably meant.
fn nearest_key(prefix: &str, name: &str) -> Option<String> {
    let all = condition_keys();
    let lower = prefix.to_ascii_lowercase();
    let prefix = match all.get_key_value(lower.as_str()) {
        Some((prefix, _)) => prefix.as_str(),
        None => nearest_word(&lower, all.keys().map(String::as_str))?,
    };
    let names = || all.get(prefix).into_iter().flatten().flat_map(|(_, names)| names).map(String::as_str);
    // What follows a tag's slash is one's own.
    let (stem, rest) = name.split_once('/').map_or((name, ""), |(stem, rest)| (stem, rest));
    let stems = || names().filter_map(|one| one.strip_suffix('/'));
    if let Some(meant) = nearest_word(stem, stems()).filter(|_| !rest.is_empty()) {
        return Some(format!("{prefix}:{meant}/{rest}"));
    }
    let whole = || names().filter(|one| !one.ends_with(['/', ':']));
    let same = whole().find(|one| one.eq_ignore_ascii_case(name));
    let meant = same.or_else(|| nearest_word(name, whole()))?;
    Some(format!("{prefix}:{meant}"))
}

fn condition_keys() -> &'static BTreeMap<String, BTreeMap<ConditionKeyType, Vec<String>>> {
    static KEYS: OnceLock<BTreeMap<String, BTreeMap<ConditionKeyType, Vec<String>>>> = OnceLock::new();
    // The file is in the binary and a test reads it.
    KEYS.get_or_init(|| toml::from_str(&text("catalog/condition_keys.toml")).unwrap_or_default())
}

/// Checks whether a service is known to policies by this name, such as `lambda.amazonaws.com`.
pub fn is_service_principal(name: &str) -> bool {
    let all = service_principals();
    if all.others.iter().any(|other| other == name) {
        return true;
    }
    let Some(service) = service_of(name) else { return false };
    // A region may stand in the name: `logs.us-east-1.amazonaws.com`.
    let (bare, region) = service.rsplit_once('.').map_or((service, ""), |(bare, last)| (bare, last));
    let service = if regions::zones(region).is_some() { bare } else { service };
    all.names.iter().any(|known| known == service) || actions::of_service(service).is_some()
}

/// Returns the service principal probably meant.
pub fn nearest_service_principal(name: &str) -> Option<String> {
    let service = service_of(name).or_else(|| name.split_once('.').map(|(service, _)| service))?;
    let names = &service_principals().names;
    let meant = names.iter().map(String::as_str).find(|known| *known == service);
    let meant = meant.or_else(|| nearest_word(service, names.iter().map(String::as_str)))?;
    Some(format!("{meant}.amazonaws.com"))
}

fn service_of(name: &str) -> Option<&str> {
    name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".amazonaws.com.cn"))
}

/// The services by the names that policies know them by.
#[derive(Debug, Default, serde::Deserialize)]
struct ServicePrincipals {
    names: Vec<String>,
    others: Vec<String>,
}

fn service_principals() -> &'static ServicePrincipals {
    static PRINCIPALS: OnceLock<ServicePrincipals> = OnceLock::new();
    PRINCIPALS.get_or_init(|| toml::from_str(&text("catalog/service_principals.toml")).unwrap_or_default())
}

/// Checks whether the ARN of a resource type is a principal of policies.
pub fn is_principal_type(ty: &str) -> bool {
    principals().types.iter().any(|known| known == ty)
}

/// Checks whether an ARN may be a principal of policies: its service, and the name of its resource where it is known.
pub fn is_principal_arn(service: &str, resource: Option<&str>) -> bool {
    let Some(forms) = principals().arns.get(service) else { return false };
    let Some(resource) = resource else { return true };
    forms.iter().any(|form| match form.strip_suffix('/') {
        Some(_) => resource.len() > form.len() && resource.starts_with(form.as_str()),
        None => resource == form,
    })
}

/// The principals of policies, accounts aside.
#[derive(Debug, Default, serde::Deserialize)]
struct Principals {
    types: Vec<String>,
    arns: BTreeMap<String, Vec<String>>,
}

fn principals() -> &'static Principals {
    static PRINCIPALS: OnceLock<Principals> = OnceLock::new();
    PRINCIPALS.get_or_init(|| toml::from_str(&text("catalog/principals.toml")).unwrap_or_default())
}

/// Checks for a resource that a policy names in a form of its own in the place of an ARN.
pub fn is_short_resource(text: &str) -> bool {
    short_resources().beginnings.iter().any(|beginning| text.starts_with(beginning.as_str()))
}

/// The forms of resources that are no ARNs, by how they begin.
#[derive(Debug, Default, serde::Deserialize)]
struct ShortResources {
    beginnings: Vec<String>,
}

fn short_resources() -> &'static ShortResources {
    static RESOURCES: OnceLock<ShortResources> = OnceLock::new();
    RESOURCES.get_or_init(|| toml::from_str(&text("catalog/short_resources.toml")).unwrap_or_default())
}

fn text(file: &str) -> String {
    Library::embedded().get(file).map(std::string::ToString::to_string).unwrap_or_default()
}
