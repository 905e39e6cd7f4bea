//! The generated data: every type decodes, and means what AWS's schemas say.

use super::all;
use crate::{Catalog, NameScope, ObjectRule, Shape, TypeDef, TypeLifecycle, ValueForm};
use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use std::sync::Arc;
use std::time::Duration;

fn get(name: &str) -> Arc<TypeDef> {
    Catalog::embedded().get(name).unwrap_or_else(|| panic!("no {name}"))
}

fn paths(paths: &[PropPath]) -> Vec<&str> {
    paths.iter().map(|path| path.0.as_str()).collect()
}

#[test]
fn every_type_decodes() {
    assert_eq!(all().len(), 1898);
}

#[test]
fn both_names_lead_to_the_same_type() {
    let catalog = Catalog::embedded();
    for name in catalog.names() {
        let def = get(name);
        assert_eq!(*def.name, *name);
        assert_eq!(catalog.name_of(&def.aws), Some(name));
        assert!(Arc::ptr_eq(&def, &catalog.get_aws(&def.aws).unwrap()));
    }
    assert!(catalog.get("aws.rds.nothing").is_none());
    assert!(catalog.get_aws("AWS::RDS::Nothing").is_none());
    assert!(catalog.get("").is_none());
}

#[test]
fn special_places_exist() {
    let mut unresolved = Vec::new();
    for def in all() {
        let identifiers = def.additional_identifiers.iter().flatten();
        let places = [&def.read_only, &def.create_only, &def.conditional_create_only, &def.write_only, &def.deprecated];
        for path in places.into_iter().flatten().chain(&def.primary_identifier).chain(identifiers) {
            if def.shape_at(path).is_none() {
                unresolved.push(format!("{} {path}", def.aws));
            }
        }
        if let Some(tagging) = &def.tagging {
            assert!(def.shape_at(&PropPath(tagging.property.clone().into())).is_some(), "{} {tagging:?}", def.aws);
        }
    }
    assert!(unresolved.is_empty(), "{unresolved:#?}");
}

#[test]
fn required_and_ruled_properties_exist() {
    fn walk(def: &TypeDef, shape: &Shape) {
        match shape {
            Shape::Object(object) => {
                let mut named: Vec<&String> = object.required.iter().collect();
                for rule in &object.rules {
                    match rule {
                        ObjectRule::RequiredTogether(first, others) | ObjectRule::Excluded(first, others) => {
                            named.push(first);
                            named.extend(others);
                        }
                        ObjectRule::ExactlyOne(names) | ObjectRule::AtLeastOne(names) => named.extend(names),
                        ObjectRule::OneOfGroups(groups) => named.extend(groups.iter().flatten()),
                    }
                }
                for name in named {
                    assert!(object.by_aws(name).is_some(), "{} has no {name}", def.aws);
                }
                object.properties.iter().for_each(|property| walk(def, &property.shape));
            }
            Shape::List(list) => walk(def, &list.item),
            Shape::Map { value, .. } => walk(def, value),
            Shape::Any(shapes) => shapes.iter().for_each(|shape| walk(def, shape)),
            Shape::Nested(index) => assert!(
                def.nested.get(*index).is_some_and(|nested| !matches!(nested.shape, Shape::Nested(_))),
                "{} refers to what is not there",
                def.aws
            ),
            _ => {}
        }
    }
    for def in all() {
        walk(&def, &Shape::Object(def.root.clone()));
        def.nested.iter().for_each(|nested| walk(&def, &nested.shape));
    }
}

#[test]
fn a_database_cluster() {
    let def = get("aws.rds.db_cluster");
    assert_eq!(def.aws, "AWS::RDS::DBCluster");
    assert_eq!(paths(&def.primary_identifier), ["DBClusterIdentifier"]);
    assert!(def.stateful && def.updatable);
    assert!(def.is_create_only(&PropPath("DBSubnetGroupName".into())));
    assert!(def.is_read_only(&PropPath("Endpoint/Address".into())));
    assert!(!def.is_read_only(&PropPath("Engine".into())));
    assert_eq!(
        def.display(&PropPath("ServerlessV2ScalingConfiguration/MinCapacity".into())),
        "serverless_v2_scaling_configuration.min_capacity"
    );
    assert!(def.root.rules.contains(&ObjectRule::Excluded("SnapshotIdentifier".into(), vec!["MasterUsername".into()])));
    assert!(def.permissions["create"].contains(&"rds:CreateDBCluster".to_owned()));
}

#[test]
fn a_queue() {
    let def = get("aws.sqs.queue");
    let Some(Shape::Int { min, max, .. }) = def.shape_at(&PropPath("DelaySeconds".into())) else {
        panic!("delay_seconds is a whole number");
    };
    assert_eq!((*min, *max), (Some(0), Some(900)));
    assert!(matches!(def.shape_at(&PropPath("RedrivePolicy".into())), Some(Shape::Object(_))));
    assert!(matches!(def.shape_at(&PropPath("RedriveAllowPolicy".into())), Some(Shape::Json)));
    let Some(Shape::List(tags)) = def.shape_at(&PropPath("Tags".into())) else { panic!("tags is a list") };
    assert!(!tags.ordered);
}

#[test]
fn choices_become_rules() {
    let def = get("aws.ec2.vpc");
    assert!(def.root.rules.contains(&ObjectRule::ExactlyOne(vec!["CidrBlock".into(), "Ipv4IpamPoolId".into()])));
    let def = get("aws.iam.policy");
    let at_least_one = ["Groups", "Roles", "Users"].map(str::to_owned).to_vec();
    assert!(def.root.rules.contains(&ObjectRule::AtLeastOne(at_least_one)));
}

#[test]
fn a_misspelt_type_is_understood() {
    let suggest = |name: &str| Catalog::embedded().suggest(name);
    assert_eq!(suggest("aws.rds.db_clutser").first(), Some(&"aws.rds.db_cluster"));
    assert_eq!(suggest("AWS::RDS::DBCluster"), ["aws.rds.db_cluster"]);
    assert_eq!(suggest("aws::rds::dbcluster"), ["aws.rds.db_cluster"]);
    assert!(suggest("db_cluster").contains(&"aws.rds.db_cluster"));
    assert!(suggest("zzzzzzzzzzzz").is_empty());
    assert!(suggest(&"a".repeat(1_000_000)).is_empty());
}

#[test]
fn services_are_listed_once() {
    let services: Vec<_> = Catalog::embedded().services().collect();
    assert!(services.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
    assert!(services.contains(&"aws.elasticloadbalancingv2") && services.contains(&"alexa.ask"));
}

#[test]
fn lifecycles_name_places_that_exist() {
    let mut unresolved = Vec::new();
    for def in all() {
        let life = &def.lifecycle;
        let places = life
            .passed()
            .flatten()
            .chain(&life.unique_within)
            .chain(life.volatile.keys())
            .chain(life.volatile.values().flatten());
        let places = places.chain(&life.identified_by).chain(life.forms.keys()).chain(def.forms.keys());
        let places = places.chain(life.filled.keys()).chain(life.filled.values());
        let places = places.chain(life.scaled.iter().map(|one| &one.property));
        let raised = life.raised.iter().flat_map(|one| [Some(&one.property), one.switch.as_ref(), one.engine.as_ref()]);
        for path in places.chain(raised.flatten()).filter(|path| def.shape_at(path).is_none()) {
            unresolved.push(format!("{} {path}", def.aws));
        }
        for output in life.volatile.keys().filter(|output| !def.read_only.iter().any(|one| output.covers(one))) {
            unresolved.push(format!("{} {output} is no output", def.aws));
        }
        for by in &life.scaled {
            let scaler = get(&by.by);
            let named = by.conditions.keys().chain([&by.names]).filter(|path| scaler.shape_at(path).is_none());
            unresolved.extend(named.map(|path| format!("{} {path}", scaler.aws)));
        }
        unresolved.extend(
            life.deleted_with
                .iter()
                .chain(&life.held_by)
                .filter(|ty| !Catalog::embedded().knows(ty))
                .map(ToString::to_string),
        );
    }
    assert!(unresolved.is_empty(), "{unresolved:#?}");
}

#[test]
fn names_that_aws_keeps_in_lower_case_have_that_form() {
    let types = [
        "aws.rds.db_instance",
        "aws.rds.db_cluster",
        "aws.rds.db_subnet_group",
        "aws.elasticache.subnet_group",
        "aws.elasticache.replication_group",
    ];
    for def in types.map(get) {
        assert_eq!(def.form(&def.primary_identifier[0]), Some(ValueForm::AnyCase), "{}", def.name);
    }
}

#[test]
fn lifecycles_are_read() {
    let subnet = get("aws.ec2.subnet");
    assert_eq!(paths(&subnet.lifecycle.exclusive[0]), ["VpcId", "CidrBlock"]);
    assert_eq!(subnet.form(&PropPath("CidrBlock".into())), Some(ValueForm::Cidr));
    let role = get("aws.iam.role");
    assert_eq!(role.lifecycle.settles, Some(Duration::from_mins(2)));
    assert_eq!(*role.lifecycle.held_by[0], *"aws.iam.instance_profile");
    let raised = &get("aws.rds.db_instance").lifecycle.raised[0];
    assert_eq!((raised.major_parts(Some("mysql")), raised.major_parts(Some("postgres"))), (2, 1));
    assert_eq!(get("aws.iam.role").lifecycle.unique_in, NameScope::Account);
    assert_eq!(get("aws.sqs.queue").lifecycle.unique_in, NameScope::Region);
    assert_eq!(get("aws.ses.template").lifecycle, TypeLifecycle::default());
}

/// Holds that the planner knows what the simulated cloud refuses.
#[test]
fn lifecycles_know_what_the_simulated_cloud_refuses() {
    let library = Library::embedded();
    let mut unknown = Vec::new();
    for (path, text) in library.below("sim/behaviour/", ".toml") {
        let service = path.trim_start_matches("sim/behaviour/").trim_end_matches(".toml");
        let file: toml::Table = toml::from_str(text).unwrap();
        for (ty, rules) in file.get("types").and_then(toml::Value::as_table).into_iter().flatten() {
            let def = get(&format!("aws.{service}.{ty}"));
            for group in list(rules, "exclusive").iter().map(|rule| texts(rule, "paths")) {
                let is_known = |known: &[PropPath]| paths(known) == group;
                if !def.lifecycle.passed().any(|known| is_known(known)) && !is_known(&def.primary_identifier) {
                    unknown.push(format!("{} is exclusive in {group:?}", def.name));
                }
            }
            for user in list(rules, "in_use").iter().flat_map(|rule| texts(rule, "by")) {
                let (by, place) = user.split_once(':').unwrap();
                let user = get(by);
                // A user that cannot turn to another is replaced with what it uses.
                let turns = user.updatable && !user.is_create_only(&PropPath(place.into()));
                if turns && !def.lifecycle.held_by.iter().any(|known| **known == *by) {
                    unknown.push(format!("{} is held by {by}", def.name));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

fn list<'t>(table: &'t toml::Value, key: &str) -> &'t [toml::Value] {
    table.get(key).and_then(toml::Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts<'t>(table: &'t toml::Value, key: &str) -> Vec<&'t str> {
    list(table, key).iter().filter_map(toml::Value::as_str).collect()
}
