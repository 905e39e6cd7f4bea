//! Waits: what AWS carries out after its answer is waited for before it counts as done.

use super::*;
use script::Step;

/// Of each state that lasts for a while on the simulated cloud the binding must know that it is none to stop at.
#[test]
fn every_state_that_lasts_is_waited_for() {
    let (bindings, library) = (Bindings::embedded(), Library::embedded());
    let mut unwaited = Vec::new();
    for (path, text) in library.below("sim/behaviour/", ".toml") {
        let service = path.trim_start_matches("sim/behaviour/").trim_end_matches(".toml");
        let file: toml::Table = toml::from_str(text).unwrap();
        for (ty, rules) in file.get("types").and_then(toml::Value::as_table).into_iter().flatten() {
            let name = format!("aws.{service}.{ty}");
            let bound = bindings.get(&name).unwrap();
            for course in ["create", "update", "delete"] {
                for rule in rules.get(course).and_then(toml::Value::as_array).into_iter().flatten() {
                    // What is out of sight meanwhile is gone for a read.
                    let lasts = rule.get("takes").is_some() && rule.get("hidden").is_none();
                    let state = rule.get("state").and_then(toml::Value::as_str).filter(|_| lasts);
                    let is_waited = |state: &str| match course {
                        "delete" => is_end_waited_for(&bound.binding, state),
                        "create" => is_waited_for(&bound.binding, &bound.binding.create, state),
                        _ => is_waited_for(&bound.binding, &bound.binding.update, state),
                    };
                    unwaited.extend(state.filter(|state| !is_waited(state)).map(|state| format!("{name}: {state}")));
                }
            }
        }
    }
    assert!(unwaited.is_empty(), "{unwaited:#?}");
}

fn is_waited_for(binding: &TypeBinding, calls: &[ApiCall], state: &str) -> bool {
    let is_ready = |rule: &ReadyCheck| rule.ready.iter().any(|ready| ready == state);
    calls.iter().all(|call| call.operation.is_some())
        || !binding.ready.is_empty() && !binding.ready.iter().any(is_ready)
}

fn is_end_waited_for(binding: &TypeBinding, state: &str) -> bool {
    let is_waited = binding.delete_timeout.is_none_or(|timeout| !timeout.0.is_zero());
    is_waited && !binding.deleted_states.iter().any(|deleted| deleted == state)
}

#[tokio::test]
async fn a_table_is_gone_when_its_deletion_is_over() {
    let table = || json!({ "TableName": "orders" });
    let described = |state: &str| {
        ok("dynamodb:DescribeTable", table(), json!({ "Table": { "TableName": "orders", "TableStatus": state } }))
    };
    let script = Script::new(vec![
        ok("dynamodb:DeleteTable", table(), json!({ "TableDescription": { "TableStatus": "DELETING" } })),
        described("DELETING"),
        described("DELETING"),
        error("dynamodb:DescribeTable", table(), "ResourceNotFoundException"),
    ]);
    cloud(&script).delete(&key("aws.dynamodb.table", "orders"), "t", &Quiet::default()).await.unwrap();
    script.done();
}

fn record() -> Json {
    json!({ "HostedZoneId": "Z", "Name": "shop.example", "Type": "A", "TTL": "60", "ResourceRecords": ["10.0.0.1"] })
}

/// A look that finds nothing, and the call that makes the record.
fn sent() -> Vec<Step> {
    let set = json!({ "Name": "shop.example", "Type": "A", "TTL": 60, "ResourceRecords": [{ "Value": "10.0.0.1" }] });
    let batch = json!({ "Changes": [{ "Action": "CREATE", "ResourceRecordSet": set }] });
    let change = json!({ "ChangeInfo": { "Id": "/change/C1", "Status": "PENDING" } });
    vec![
        shown(json!([])),
        ok("route53:ChangeResourceRecordSets", json!({ "HostedZoneId": "Z", "ChangeBatch": batch }), change),
    ]
}

fn shown(found: Json) -> Step {
    let input = json!({ "HostedZoneId": "Z", "StartRecordName": "shop.example", "StartRecordType": "A" });
    ok("route53:ListResourceRecordSets", input, json!({ "ResourceRecordSets": found, "IsTruncated": false }))
}

#[tokio::test]
async fn a_record_is_there_when_all_servers_know_it() {
    let change = |status: &str| {
        let answer = json!({ "ChangeInfo": { "Id": "/change/C1", "Status": status } });
        ok("route53:GetChange", json!({ "Id": "C1" }), answer)
    };
    let mut steps = sent();
    steps.extend([change("PENDING"), change("INSYNC")]);
    let set = json!({ "Name": "shop.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{ "Value": "10.0.0.1" }] });
    // The first look is for whether it is there at all, the second reads it.
    steps.extend([shown(json!([set])), shown(json!([set]))]);
    let (script, place, desired) = (Script::new(steps), place(), object(record()));
    let made = cloud(&script).create(create("aws.route53.record_set", &place, &desired), &Quiet::default()).await;
    assert_eq!(made.unwrap().properties["TTL"], "60");
    script.done();
}

/// A record is known before it is waited for: a wait that fails leaves no orphan.
#[tokio::test]
async fn a_record_is_known_though_nobody_may_see_whether_it_is_in_sync() {
    let mut steps = sent();
    steps.push(error("route53:GetChange", json!({ "Id": "C1" }), "AccessDenied"));
    let (script, place, desired, sink) = (Script::new(steps), place(), object(record()), Quiet::default());
    let made = cloud(&script).create(create("aws.route53.record_set", &place, &desired), &sink).await;
    assert_eq!(made.unwrap_err().kind, CloudErrorKind::Denied);
    assert_eq!(sink.identified(), ["shop.example|Z|A|-"]);
    script.done();
}
