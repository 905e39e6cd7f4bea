//! IAM's action names.

use crate::actions::{ActionCheck, exists, nearest, of_service, services};

#[test]
fn actions_exist_or_not() {
    assert_eq!(exists("s3:GetObject"), ActionCheck::Known(1));
    assert_eq!(exists("S3:getobject"), ActionCheck::Known(1));
    assert!(matches!(exists("s3:Get*"), ActionCheck::Known(count) if count > 10));
    assert_eq!(exists("s3:GetObjec?"), ActionCheck::Known(1));
    assert!(matches!(exists("*"), ActionCheck::Known(count) if count > 20_000));
    assert_eq!(exists("s3:Fetch*"), ActionCheck::UnknownAction);
    assert_eq!(exists("s3:GetObjekt"), ActionCheck::UnknownAction);
    assert_eq!(exists("s33:GetObject"), ActionCheck::UnknownService);
    for malformed in ["", "GetObject", "s3:", "s*:GetObject"] {
        assert_eq!(exists(malformed), ActionCheck::Malformed, "{malformed}");
    }
    exists(&format!("s3:{}", "*a".repeat(100_000)));
}

#[test]
fn the_nearest_is_spelt_in_full() {
    assert_eq!(nearest("s3:GetObjekt").as_deref(), Some("s3:GetObject"));
    assert_eq!(nearest("kmss:Decrypt").as_deref(), Some("kms:Decrypt"));
    assert_eq!(nearest("S3:GETOBJECT").as_deref(), Some("s3:GetObject"));
    assert_eq!(nearest("zzzzzz:GetObject"), None);
    assert_eq!(nearest("nonsense"), None);
}

#[test]
fn actions_are_spelt_as_people_write_them() {
    for (service, wanted) in [
        ("s3", "ListBucket"),
        ("iam", "PassRole"),
        ("sqs", "SendMessage"),
        ("kafka-cluster", "Connect"),
        ("secretsmanager", "GetSecretValue"),
        ("elasticloadbalancing", "DescribeTargetHealth"),
    ] {
        assert!(of_service(service).is_some_and(|known| known.contains(&wanted)), "{service}:{wanted}");
    }
    assert!(services().count() > 300);
}
