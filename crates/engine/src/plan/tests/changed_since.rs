//! Changes outside gpb since a plan was saved.

use super::drift::{plan, world};
use crate::plan::{take_drift, weakened_since};
use serde_json::json;

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn what_is_weakened_under_a_plan_makes_it_stale_and_the_rest_is_told() {
    let role = |policies: &[&str], path: &str| {
        let trust = json!({ "Version": "2012-10-17", "Statement": [] });
        let applied = json!({ "AssumeRolePolicyDocument": trust, "RoleName": "r", "Description": "one" });
        let now = json!({ "ManagedPolicyArns": policies, "Description": "one", "Path": path });
        let recorded = json!({ "ManagedPolicyArns": [], "Path": "/" });
        let group = json!({ "GroupDescription": "g" });
        let open = json!({ "SecurityGroupEgress": [{ "CidrIp": "10.0.0.0/8", "IpProtocol": "-1" }] });
        let kept = if policies.is_empty() { json!({}) } else { open };
        let (mut model, world) = world(&[
            ("x.role", "aws.iam.role", applied, recorded, now),
            ("x.kept", "aws.ec2.security_group", group, json!({}), kept),
        ]);
        model.resources[0].properties.insert("Description".into(), gpb_model::PropertyValue::Text("two".into()));
        plan(&model, &world)
    };
    let quiet = role(&[], "/");
    assert!(quiet.changes.iter().all(|change| change.drift.is_empty()));
    assert_eq!(weakened_since(&quiet, &role(&[], "/moved/")), None, "no warning");
    let wider = role(&[ADMIN], "/");
    let stale = weakened_since(&quiet, &wider).unwrap();
    assert_eq!(stale.code, "GPB7006");
    assert!(stale.message.contains("`x.role` was changed outside gpb (wider policy"), "{}", stale.message);
    assert_eq!(weakened_since(&wider, &wider), None, "what the plan told is agreed to");
    let other = role(&[ADMIN, "arn:aws:iam::aws:policy/IAMFullAccess"], "/");
    assert!(weakened_since(&wider, &other).is_some(), "and nothing else");

    let mut promised = quiet;
    take_drift(&mut promised, &wider);
    assert!(promised.changes.iter().all(|change| !change.drift.is_empty()), "all of it is told");
    assert_eq!(promised.changes[1].drift_warnings, wider.changes[1].drift_warnings);
}
