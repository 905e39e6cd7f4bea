//! Answers that AWS shows later, in another form or with more than was sent.

use super::drift::{plan, told, world};
use crate::plan::Action;
use crate::plan::fixtures::address;
use serde_json::json;

#[test]
fn what_gpb_set_and_a_read_shows_later_is_not_blamed_on_others() {
    let applied = json!({ "BucketName": "b", "VersioningConfiguration": { "Status": "Enabled" } });
    let (model, mut world) = world(&[("x.one", "aws.s3.bucket", applied, json!({}), json!({}))]);
    let record = world.snapshot.resources.get_mut(&address("x.one")).unwrap();
    record.observed.remove("VersioningConfiguration");
    let change = plan(&model, &world).changes.remove(0);
    assert_eq!((change.action, told(&change)), (Action::NoOp, vec![]));
    let seen = world.cloud.get_mut(&address("x.one")).unwrap().as_mut().unwrap();
    seen.properties.insert("VersioningConfiguration".into(), json!({ "Status": "Suspended" }));
    let change = plan(&model, &world).changes.remove(0);
    assert_eq!(change.drift.len(), 1, "what is not as it was sent is: {:?}", change.drift);
}

/// Only what an update takes away or sets is shown as differing: no default of AWS's, and no other spelling.
#[test]
fn an_element_is_shown_without_what_aws_filled_in() {
    let container = |image: &str| json!({ "Name": "w", "Image": image, "PortMappings": [{ "ContainerPort": 80 }] });
    let mut shown = container("nginx:1");
    shown["PortMappings"][0]["Protocol"] = "tcp".into();
    let rule = |port: i64, cidr: &str| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": 90, "CidrIp": cidr });
    let mut read = rule(80, "10.8.0.0/16");
    read["Description"] = "".into();
    let (task, group) = (json!({ "ContainerDefinitions": [shown] }), json!({ "SecurityGroupIngress": [read] }));
    let (mut model, world) = world(&[
        (
            "x.a",
            "aws.ecs.task_definition",
            json!({ "ContainerDefinitions": [container("nginx:1")] }),
            task.clone(),
            task,
        ),
        (
            "x.b",
            "aws.ec2.security_group",
            json!({ "SecurityGroupIngress": [rule(80, "10.8.10.0/16")] }),
            group.clone(),
            group,
        ),
    ]);
    let lift = |json| gpb_model::PropertyValue::try_from(json).unwrap();
    model.resources[0].properties.insert("ContainerDefinitions".into(), lift(json!([container("nginx:2")])));
    model.resources[1].properties.insert("SecurityGroupIngress".into(), lift(json!([rule(81, "10.8.10.0/16")])));
    let changes = plan(&model, &world).changes;
    assert_eq!(changes[0].differences[0].before, Some(json!([container("nginx:1")])));
    assert_eq!(changes[1].differences[0].before, Some(json!([rule(80, "10.8.0.0/16")])));
}
