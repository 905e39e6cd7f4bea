//! Service principals and condition keys.

use crate::policy_names::ConditionKeyCheck::{Known, Provider, Unknown};
use crate::policy_names::{ConditionKeyType, condition_key, is_service_principal, nearest_service_principal};

#[test]
fn condition_keys_are_documented_or_not() {
    for (key, ty) in [
        ("aws:SourceAccount", ConditionKeyType::String),
        ("AWS:sourceip", ConditionKeyType::IpAddress),
        ("aws:SecureTransport", ConditionKeyType::Bool),
        ("aws:PrincipalTag/team", ConditionKeyType::String),
        ("s3:prefix", ConditionKeyType::String),
        ("s3:max-keys", ConditionKeyType::Numeric),
        ("s3:object-lock-retain-until-date", ConditionKeyType::Date),
        ("kms:EncryptionContext:tenant", ConditionKeyType::String),
        ("iam:PassedToService", ConditionKeyType::String),
        ("sts:ExternalId", ConditionKeyType::String),
        ("sns:Protocol", ConditionKeyType::String),
        ("ec2:ResourceTag/team", ConditionKeyType::String),
        ("lambda:FunctionArn", ConditionKeyType::Arn),
    ] {
        assert_eq!(condition_key(key), Known(ty), "{key}");
    }
    assert_eq!(condition_key("accounts.google.com:aud"), Provider);
    for (key, nearest) in [
        ("aws:SourceAcount", Some("aws:SourceAccount")),
        ("aws:PrincipalTags/team", Some("aws:PrincipalTag/team")),
        ("s3:prefx", Some("s3:prefix")),
        ("aws:Zorkistan", None),
        ("aws:RequestTag/", None),
        ("prefix", None),
    ] {
        assert_eq!(condition_key(key), Unknown { nearest: nearest.map(str::to_owned) }, "{key}");
    }
}

#[test]
fn services_have_principals() {
    for name in [
        "lambda.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "logs.us-east-1.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "kafka.amazonaws.com",
        "alexa-appkit.amazon.com",
    ] {
        assert!(is_service_principal(name), "{name}");
    }
    for name in ["lamda.amazonaws.com", "ecs-task.amazonaws.com", "lambda.amazon.com", "amazonaws.com", "lambda"] {
        assert!(!is_service_principal(name), "{name}");
    }
    assert_eq!(nearest_service_principal("lamda.amazonaws.com").as_deref(), Some("lambda.amazonaws.com"));
    assert_eq!(nearest_service_principal("ecs-task.amazonaws.com").as_deref(), Some("ecs-tasks.amazonaws.com"));
    assert_eq!(nearest_service_principal("lambda.amazon.com").as_deref(), Some("lambda.amazonaws.com"));
    assert_eq!(nearest_service_principal("zorkistan.amazonaws.com"), None);
}
