//! Answers the language's questions from the embedded catalog.

use super::ty::{ActionFact, CloudFacts, ConditionKeyFact, ConditionType, NameFact};
use gpb_catalog::policy_names::{self, ConditionKeyCheck, ConditionKeyType};
use gpb_catalog::{Catalog, actions, regions};

/// Regions, zones and IAM actions of the embedded catalog.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbeddedCloudFacts;

impl CloudFacts for EmbeddedCloudFacts {
    fn regions(&self) -> Vec<&str> {
        regions::names().collect()
    }

    fn zones(&self, region: &str) -> Option<&[String]> {
        regions::zones(region)
    }

    fn action(&self, action: &str) -> ActionFact {
        match actions::exists(action) {
            actions::ActionCheck::Known(_) => ActionFact::Known,
            actions::ActionCheck::UnknownService => ActionFact::UnknownService {
                nearest: actions::nearest(action),
                service: actions::nearest_service(action).map(str::to_owned),
            },
            _ => ActionFact::Unknown { nearest: actions::nearest(action) },
        }
    }

    fn service_principal(&self, name: &str) -> NameFact {
        if policy_names::is_service_principal(name) {
            NameFact::Known
        } else {
            NameFact::Unknown { nearest: policy_names::nearest_service_principal(name) }
        }
    }

    fn condition_key(&self, key: &str) -> ConditionKeyFact {
        match policy_names::condition_key(key) {
            ConditionKeyCheck::Known(ty) => ConditionKeyFact::Known { holds: Some(condition_type(ty)) },
            ConditionKeyCheck::Provider => ConditionKeyFact::Known { holds: None },
            ConditionKeyCheck::Unknown { nearest } => ConditionKeyFact::Unknown { nearest },
        }
    }

    fn is_principal_arn(&self, service: &str, resource: Option<&str>) -> bool {
        policy_names::is_principal_arn(service, resource)
    }

    fn is_principal_type(&self, ty: &str) -> bool {
        policy_names::is_principal_type(ty)
    }

    fn arn(&self, ty: &str) -> Option<String> {
        let def = Catalog::embedded().get(ty)?;
        let of_aws = def.read_only.iter().filter(|path| path.segments().count() == 1);
        let mut arns = of_aws.filter_map(|path| def.root.by_aws(path.head())).map(|property| property.name.as_str());
        let mut found: Vec<&str> = arns.by_ref().filter(|name| *name == "arn" || name.ends_with("_arn")).collect();
        // Where there are several, one is the resource's own and the others are those of its parts.
        if let Some(own) = found.iter().find(|name| **name == "arn") {
            found = vec![*own];
        }
        match found.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    }

    fn id_is_arn(&self, ty: &str) -> bool {
        Catalog::embedded().get(ty).is_some_and(|def| match def.primary_identifier.as_slice() {
            [only] => only.head().to_lowercase().ends_with("arn"),
            _ => false,
        })
    }
}

fn condition_type(ty: ConditionKeyType) -> ConditionType {
    match ty {
        ConditionKeyType::Arn => ConditionType::Arn,
        ConditionKeyType::Bool => ConditionType::Bool,
        ConditionKeyType::Date => ConditionType::Date,
        ConditionKeyType::IpAddress => ConditionType::IpAddress,
        ConditionKeyType::Numeric => ConditionType::Numeric,
        ConditionKeyType::String => ConditionType::String,
    }
}
