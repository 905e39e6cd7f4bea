//! The outputs of bound types: in AWS's documented form, and with the names that AWS makes up.

use super::super::form_words::general_path;
use super::super::new_resource::new_resource;
use super::super::{Behaviour, OutputForms};
use super::properties;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::{CreateRequest, Properties};
use gpb_model::{Place, PropPath};
use regress::Regex;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn made(ty: &str, desired: &Json) -> Properties {
    let forms = OutputForms::parse(Library::embedded().get("sim/forms.toml").unwrap()).unwrap();
    let place = Place { region: "eu-west-1".into(), account: Some("123456789012".into()), ..Place::default() };
    let desired = properties(desired);
    let create = CreateRequest { ty, place: &place, desired: &desired, label: "shop-sandbox-data-Main", token: "t" };
    let resource = new_resource(&Catalog::embedded().get(ty).unwrap(), &create, String::new(), "", &forms);
    resource.properties
}

/// Calls `act` with each string below a place, and its place.
fn each(value: &Json, path: &PropPath, act: &mut dyn FnMut(&PropPath, &str)) {
    match value {
        Json::String(text) => act(path, text),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| each(item, &path.child(&at.to_string()), act));
        }
        Json::Object(entries) => entries.iter().for_each(|(key, value)| each(value, &path.child(key), act)),
        _ => {}
    }
}

#[test]
fn every_output_of_a_bound_type_has_the_form_that_aws_documents() {
    let documented: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("documented_forms.toml")).unwrap();
    let mut wrong = Vec::new();
    for ty in Behaviour::aws(&Library::embedded()).unwrap().types() {
        let def = Catalog::embedded().get(&ty).unwrap();
        let desired = if def.root.by_aws("DestinationCidrBlock").is_some() {
            json!({"DestinationCidrBlock": "10.9.0.0/16"})
        } else if ty.ends_with("scalable_target") {
            json!({"ResourceId": "service/a/b", "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs"})
        } else {
            json!({})
        };
        each(&Json::Object(made(&ty, &desired)), &PropPath::default(), &mut |path, text| {
            let read_only = def.read_only.iter().any(|one| one.covers(path));
            // States, dates and what is told apart by no form.
            let plain = ["State", "StateMessage", "Time", "Date", "ValidTill", "Timestamp"]
                .iter()
                .any(|end| path.0.ends_with(end));
            if !read_only || plain {
                return;
            }
            let pattern = documented.get(&ty).and_then(|forms| forms.get(&general_path(path)));
            match pattern.map(|pattern| Regex::new(pattern).unwrap()) {
                None => wrong.push(format!("{ty} {path}: no documented form ({text})")),
                Some(regex) if regex.find(text).is_none() => wrong.push(format!("{ty} {path}: {text}")),
                Some(_) => {}
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_that_was_left_open_comes_back() {
    for (ty, property) in [
        ("aws.logs.log_group", "LogGroupName"),
        ("aws.s3.bucket", "BucketName"),
        ("aws.sqs.queue", "QueueName"),
        ("aws.sns.topic", "TopicName"),
        ("aws.elasticloadbalancingv2.target_group", "Name"),
        ("aws.elasticloadbalancingv2.load_balancer", "Name"),
        ("aws.ec2.security_group", "GroupName"),
    ] {
        let name = made(ty, &json!({}))[property].as_str().unwrap().to_owned();
        assert!(name.starts_with("shop-sandbox-data-"), "{ty} {name}");
        assert_eq!(made(ty, &json!({ property: "mine" }))[property], "mine", "{ty}");
    }
    let fifo = made("aws.sqs.queue", &json!({"FifoQueue": true}));
    let endings = ["QueueName", "Arn"].map(|property| fifo[property].as_str().unwrap().rsplit('.').next());
    assert_eq!(endings, [Some("fifo"); 2]);
}

#[test]
fn a_plain_record_has_no_identifier_of_a_set() {
    let forms = OutputForms::parse(Library::embedded().get("sim/forms.toml").unwrap()).unwrap();
    let place = Place { region: "eu-west-1".into(), ..Place::default() };
    let made = |desired: Json| {
        let (ty, desired) = ("aws.route53.record_set", properties(&desired));
        let create = CreateRequest { ty, place: &place, desired: &desired, label: "shop", token: "t" };
        new_resource(&Catalog::embedded().get(ty).unwrap(), &create, String::new(), "", &forms)
    };
    let plain = made(json!({"Name": "a.example.com", "Type": "A", "HostedZoneId": "Z1"}));
    assert_eq!((plain.id.as_str(), plain.properties.get("SetIdentifier")), ("a.example.com|Z1|A|-", None));
    let one = made(json!({"Name": "a.example.com", "Type": "A", "HostedZoneId": "Z1", "SetIdentifier": "one"}));
    assert_eq!(one.id, "a.example.com|Z1|A|one");
}
