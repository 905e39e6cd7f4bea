//! Lists of resources that mirror others which gpb manages: what gpb does to those is not blamed on anybody.

use super::hostile::world;
use super::scripted_cloud::{ScriptedCloud, with};
use super::*;
use gpb_engine::plan::ResourceChange;

/// A group with rules for some ports that are resources of their own.
fn group(description: &str, ports: &[u16]) -> DesiredMap {
    let network = json!({"CidrBlock": "10.0.0.0/16"});
    let named = json!({"GroupName": "web", "GroupDescription": "web", "VpcId": to("vpc", ""), "Tags": [{"Key": "for", "Value": description}]});
    let mut desired = vec![("vpc", "ec2.vpc", network), ("group", "ec2.security_group", named)];
    for port in ports {
        let mut own = rule(*port);
        own["GroupId"] = to("group", "");
        desired.push((if *port == 443 { "https" } else { "http" }, "ec2.security_group_ingress", own));
    }
    desired
}

fn rule(port: u16) -> Json {
    json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8"})
}

fn drifted(plan: &Plan) -> Vec<&ResourceChange> {
    plan.changes.iter().filter(|change| !change.drift.is_empty()).collect()
}

#[test]
fn what_gpb_changes_and_deletes_is_not_told_of_the_list_that_shows_it() {
    let world = world();
    let rules: Arc<Mutex<Vec<Json>>> = Arc::default();
    let mut cloud = ScriptedCloud::new(&world);
    let shown = Arc::clone(&rules);
    cloud.shown = Box::new(move |_, observed| {
        let is_group = observed.as_ref().is_some_and(|one| one.properties.contains_key("GroupName"));
        let rules = shown.lock().unwrap().clone();
        if is_group { with(observed, "SecurityGroupIngress", rules.into()) } else { observed }
    });
    let plan = |desired: &DesiredMap| cloud.plan(desired, &ProtectionOverride::All).0;
    assert_eq!(cloud.live(&group("a", &[443, 80])).failed, []);
    *rules.lock().unwrap() = vec![rule(443), rule(80)];
    assert_eq!(drifted(&plan(&group("a", &[443, 80]))), [] as [&ResourceChange; 0], "made after the group");
    // The group itself changes: what is read of it then has both rules.
    assert_eq!(cloud.live(&group("b", &[443, 80])).failed, []);
    assert_eq!(
        world.snapshot().resources[&Address::new("group")].observed["SecurityGroupIngress"],
        json!([rule(443), rule(80)])
    );
    assert_eq!(cloud.live(&group("b", &[443])).failed, []);
    *rules.lock().unwrap() = vec![rule(443)];
    assert_eq!(drifted(&plan(&group("b", &[443]))), [] as [&ResourceChange; 0], "one is deleted");
    // Others take away the rule that is left, and put another one there.
    *rules.lock().unwrap() = vec![rule(22)];
    let plan = plan(&group("b", &[443]));
    let [group] = drifted(&plan)[..] else { panic!("{plan:?}") };
    assert_eq!((group.address.as_str(), group.drift.len()), ("group", 1));
    assert_eq!(group.drift_warnings[0].why, "open port: more may reach it");
}
