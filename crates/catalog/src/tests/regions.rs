//! Regions and zones, and the curated files.

use crate::regions::{names, partition, zones};
use crate::{Catalog, secret_places};
use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn regions_have_zones_and_a_partition() {
    assert_eq!(zones("us-east-1").map(<[String]>::len), Some(6));
    assert_eq!(zones("us-west-2").unwrap()[..3], ["us-west-2a", "us-west-2b", "us-west-2c"]);
    assert_eq!(zones("ca-central-1").unwrap().last().map(String::as_str), Some("ca-central-1c"));
    assert_eq!(partition("us-east-1"), Some("aws"));
    assert_eq!(partition("cn-north-1"), Some("aws-cn"));
    assert_eq!(partition("us-gov-west-1"), Some("aws-us-gov"));
    assert_eq!((zones("us-east-9"), partition("")), (None, None));
    assert!(names().filter(|region| partition(region) == Some("aws")).count() >= 34);
    for region in names() {
        let zones = zones(region).unwrap();
        assert!(zones.len() >= 2, "{region}");
        assert!(zones.iter().all(|zone| zone.strip_prefix(region).is_some_and(|letter| letter.len() == 1)), "{region}");
    }
}

#[test]
fn places_for_secrets_exist() {
    let text = Library::embedded().get("catalog/secret_safe.toml").cloned().unwrap();
    let places: BTreeMap<String, Vec<PropPath>> = toml::from_str(&text).unwrap();
    assert!(places.len() > 10);
    for (aws, places) in &places {
        let def = Catalog::embedded().get_aws(aws).unwrap_or_else(|| panic!("no {aws}"));
        for place in places {
            assert!(def.shape_at(place).is_some(), "{aws} {place}");
            assert!(!def.is_write_only(place), "{aws} {place} needs no mention");
        }
        assert_eq!(secret_places::is_secret_safe(aws), Some(places.as_slice()));
    }
}

#[test]
fn credentials_are_known_by_their_names() {
    let is = |ty: &str, path: &str| {
        let def = Catalog::embedded().get(ty).unwrap_or_else(|| panic!("no {ty}"));
        secret_places::is_credential(&def, &PropPath(path.into()))
    };
    assert!(is("aws.rds.db_instance", "MasterUserPassword"));
    assert!(is("aws.elasticache.replication_group", "AuthToken"));
    assert!(is("aws.elasticache.user", "Passwords/0"));
    assert!(is("aws.secretsmanager.secret", "SecretString"));
    assert!(is("aws.docdb.db_cluster", "MasterUserPassword"));
    assert!(!is("aws.rds.db_instance", "DBSnapshotIdentifier"));
    assert!(!is("aws.rds.db_instance", "MasterUsername"));
    // Each name is one that a schema has.
    let text = Library::embedded().get("catalog/credentials.toml").cloned().unwrap();
    let names: BTreeMap<String, Vec<String>> = toml::from_str(&text).unwrap();
    let known: BTreeSet<String> = super::all()
        .iter()
        .flat_map(|def| {
            def.write_only.iter().filter_map(|one| one.segments().last().map(str::to_owned)).collect::<Vec<_>>()
        })
        .collect();
    for name in names.values().flatten() {
        assert!(known.contains(name), "no type has a write-only {name}");
    }
}
