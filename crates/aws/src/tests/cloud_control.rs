//! Types without a binding of their own: Cloud Control creates, reads, changes, deletes and finds them.

use super::script::Step;
use super::*;
use crate::Driver;
use crate::map::merge;
use gpb_engine::cloud::{CloudError, ObservedResource};

const DETECTOR: &str = "aws.guardduty.detector";
const DETECTOR_TYPE: &str = "AWS::GuardDuty::Detector";

fn event(operation: &str, status: &str) -> Json {
    json!({ "TypeName": DETECTOR_TYPE, "RequestToken": "r-1", "Operation": operation, "OperationStatus": status })
}

fn with(mut event: Json, more: Json) -> Json {
    merge(&mut event, more);
    event
}

fn progress(event: Json) -> Json {
    json!({ "ProgressEvent": event })
}

fn status(event: Json) -> Step {
    ok("cloudcontrol:GetResourceRequestStatus", json!({ "RequestToken": "r-1" }), progress(event))
}

fn shown(id: &str, properties: &Json) -> Step {
    let description = json!({ "Identifier": id, "Properties": properties.to_string() });
    let input = json!({ "TypeName": DETECTOR_TYPE, "Identifier": id });
    ok("cloudcontrol:GetResource", input, json!({ "TypeName": DETECTOR_TYPE, "ResourceDescription": description }))
}

fn creation() -> (&'static str, Json) {
    let state = format!(r#"{{"Enable":true,"Tags":[{{"Key":"gpb:token","Value":"{TOKEN}"}}]}}"#);
    ("cloudcontrol:CreateResource", json!({ "TypeName": DETECTOR_TYPE, "DesiredState": state, "ClientToken": TOKEN }))
}

async fn created(script: &Arc<Script>) -> (Result<ObservedResource, CloudError>, Vec<String>) {
    let (place, desired, sink) = (place(), object(json!({ "Enable": true })), Quiet::default());
    let made = cloud(script).create(create(DETECTOR, &place, &desired), &sink).await;
    script.done();
    (made, sink.identified())
}

#[tokio::test]
async fn a_creation_is_followed_to_its_end() {
    let (call, input) = creation();
    let tags = json!([{ "Key": "gpb:token", "Value": TOKEN }, { "Key": "aws:x", "Value": "y" }]);
    let properties = json!({ "Id": "d-1", "Enable": true, "Tags": tags });
    let script = Script::new(vec![
        ok(call, input, progress(event("CREATE", "PENDING"))),
        error(
            "cloudcontrol:GetResourceRequestStatus",
            json!({ "RequestToken": "r-1" }),
            "RequestTokenNotFoundException",
        ),
        status(event("CREATE", "IN_PROGRESS")),
        status(with(event("CREATE", "SUCCESS"), json!({ "Identifier": "d-1" }))),
        shown("d-1", &properties),
    ]);
    let (made, told) = created(&script).await;
    let made = made.unwrap();
    assert_eq!(made.id, "d-1");
    assert_eq!(Json::from(made.properties.clone()), json!({ "Id": "d-1", "Enable": true }));
    assert_eq!(told, ["d-1"]);
}

/// A resource that a handler could not finish is there, and the next run deletes it; one that bears the name already is not ours.
#[tokio::test]
async fn a_creation_that_fails_leaves_what_it_made_known() {
    let failed = |code: &str, more: Json| {
        let failed = json!({ "ErrorCode": code, "StatusMessage": "why" });
        status(with(with(event("CREATE", "FAILED"), failed), more))
    };
    let id = json!({ "Identifier": "d-1" });
    for (code, more, kind, left) in [
        ("NotStabilized", id.clone(), CloudErrorKind::FailedState, vec!["d-1"]),
        ("Throttling", json!({}), CloudErrorKind::FailedState, vec![]),
        ("AlreadyExists", id, CloudErrorKind::AlreadyExists, vec![]),
        ("AccessDenied", json!({}), CloudErrorKind::Denied, vec![]),
        ("InvalidRequest", json!({}), CloudErrorKind::Invalid, vec![]),
        ("ServiceLimitExceeded", json!({}), CloudErrorKind::Quota, vec![]),
    ] {
        let (call, input) = creation();
        let script = Script::new(vec![ok(call, input, progress(event("CREATE", "IN_PROGRESS"))), failed(code, more)]);
        let (made, told) = created(&script).await;
        let error = made.unwrap_err();
        assert_eq!((error.kind, error.code.as_str()), (kind, code));
        assert!(error.message.contains("FAILED`: why"), "{error}");
        assert_eq!(told, left, "{code}");
    }
}

/// A patch replaces whole properties: it keeps the mark of the creation, and removes only what is there.
#[tokio::test]
async fn an_update_is_a_patch_of_what_changes() {
    let before = json!({ "Id": "d-1", "Enable": true, "FindingPublishingFrequency": "SIX_HOURS" });
    let tags = json!([{ "Key": "gpb:token", "Value": "t" }, { "Key": "aws:x", "Value": "y" }]);
    let full = with(before.clone(), json!({ "Tags": tags }));
    let patch = json!([
        { "op": "add", "path": "/Enable", "value": false },
        { "op": "remove", "path": "/FindingPublishingFrequency" },
        { "op": "add", "path": "/Tags", "value": [{ "Key": "team", "Value": "x" }, { "Key": "gpb:token", "Value": "t" }] },
    ]);
    let input = json!({
        "TypeName": DETECTOR_TYPE, "Identifier": "d-1", "PatchDocument": patch.to_string(), "ClientToken": TOKEN,
    });
    let script = Script::new(vec![
        shown("d-1", &full),
        ok("cloudcontrol:UpdateResource", input, progress(event("UPDATE", "IN_PROGRESS"))),
        status(event("UPDATE", "SUCCESS")),
        shown("d-1", &full),
    ]);
    let desired = object(json!({ "Enable": false, "Tags": [{ "Key": "team", "Value": "x" }] }));
    let changed: Vec<PropPath> =
        ["DataSources", "Enable", "FindingPublishingFrequency", "Tags"].map(|name| PropPath(name.into())).into();
    let key = key(DETECTOR, "d-1");
    let before = object(before);
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "a" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

/// The tags of a fleet say whether its machines bear them: gpb's own are sent as they are shown.
#[tokio::test]
async fn a_patch_sends_gpbs_tags_as_they_are_shown() {
    let (ty, aws) = ("aws.autoscaling.auto_scaling_group", "AWS::AutoScaling::AutoScalingGroup");
    let own = json!({ "Key": "gpb:token", "PropagateAtLaunch": false, "Value": "t" });
    let shown = json!({ "AutoScalingGroupName": "g", "Tags": [own] });
    let read = || {
        let description = json!({ "Identifier": "g", "Properties": shown.to_string() });
        let input = json!({ "TypeName": aws, "Identifier": "g" });
        ok("cloudcontrol:GetResource", input, json!({ "ResourceDescription": description }))
    };
    let patch = json!([{ "op": "add", "path": "/Tags", "value": [own] }]);
    let input = json!({ "TypeName": aws, "Identifier": "g", "PatchDocument": patch.to_string(), "ClientToken": TOKEN });
    let script = Script::new(vec![
        read(),
        ok("cloudcontrol:UpdateResource", input, progress(event("UPDATE", "SUCCESS"))),
        status(event("UPDATE", "SUCCESS")),
        read(),
    ]);
    let team = json!([{ "Key": "team", "PropagateAtLaunch": true, "Value": "x" }]);
    let (before, key, changed) = (object(json!({ "Tags": team })), key(ty, "g"), [PropPath("Tags".into())]);
    let (key, before, desired, changed) = (&key, &before, &Properties::new(), &changed);
    let update = UpdateRequest { key, before, desired, changed, reasserted: &[], token: "a" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

/// A binding may leave its calls to the handlers, and says what they do not.
#[test]
fn a_binding_by_way_of_the_handlers_keeps_what_it_says_itself() {
    let mut files: Vec<(String, Arc<str>)> =
        Library::embedded().below("aws/", "").map(|(path, text)| (path.to_owned(), Arc::clone(text))).collect();
    let own = "service = \"guardduty\"\n[types.detector]\nvia = \"cloudcontrol\"\n\
               unsupported = [\"DataSources\"]\n[types.detector.list]\ncall = \"cloudcontrol:ListResources\"\n\
               input = { TypeName = \"${type}\" }\nat = \"ResourceDescriptions.*.Identifier\"\n";
    files.push(("aws/guardduty.toml".to_owned(), Arc::from(own)));
    let bindings = Bindings::new(files.into_iter().collect(), Arc::new(Catalog::embedded()));
    let bound = bindings.get(DETECTOR).unwrap();
    assert_eq!(bound.driver(), Driver::CloudControl);
    let binding = &bound.binding;
    assert_eq!(binding.create.first().map(|call| call.call.as_str()), Some("CreateResource"));
    assert_eq!(binding.list.first().map(|list| list.call.as_str()), Some("cloudcontrol:ListResources"));
    assert_eq!(binding.unsupported, ["DataSources"]);
}

/// Nothing shows a password: a patch without it would take it away.
#[tokio::test]
async fn a_patch_holds_what_no_read_shows() {
    let shown = json!({ "ClusterIdentifier": "c", "NodeType": "ra3.large" });
    let read = || {
        let description = json!({ "Identifier": "c", "Properties": shown.to_string() });
        let input = json!({ "TypeName": "AWS::Redshift::Cluster", "Identifier": "c" });
        ok("cloudcontrol:GetResource", input, json!({ "ResourceDescription": description }))
    };
    let patch = json!([
        { "op": "add", "path": "/MasterUserPassword", "value": "p" },
        { "op": "add", "path": "/NodeType", "value": "ra3.4xlarge" },
    ]);
    let input = json!({
        "TypeName": "AWS::Redshift::Cluster", "Identifier": "c", "PatchDocument": patch.to_string(), "ClientToken": TOKEN,
    });
    let script = Script::new(vec![
        read(),
        ok("cloudcontrol:UpdateResource", input, progress(event("UPDATE", "SUCCESS"))),
        status(event("UPDATE", "SUCCESS")),
        read(),
    ]);
    let desired = object(json!({ "NodeType": "ra3.4xlarge", "MasterUserPassword": "p", "SnapshotIdentifier": "s" }));
    let (before, key) = (object(shown.clone()), key("aws.redshift.cluster", "c"));
    let changed = [PropPath("NodeType".into())];
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "a" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

/// AWS refuses a patch that changes what only a creation sets, be it to nothing: hashicorp/terraform-provider-awscc, issue
/// 2138; pulumi/pulumi-aws-native, issue 1722.
#[tokio::test]
async fn a_patch_leaves_the_parts_that_only_a_creation_sets() {
    // A target group's kind of addresses is AWS's choice; of a route no read shows anything.
    let group = ("aws.vpclattice.target_group", "AWS::VpcLattice::TargetGroup", "Config");
    let chosen = json!({ "Port": 80, "HealthCheck": { "Enabled": true }, "IpAddressType": "IPV4" });
    let route = ("aws.refactorspaces.route", "AWS::RefactorSpaces::Route", "UriPathRoute");
    for ((ty, aws, property), shown, wanted, sent) in [
        (
            group,
            json!({ "Config": chosen }),
            json!({ "Port": 80, "HealthCheck": { "Enabled": false } }),
            json!({ "Port": 80, "HealthCheck": { "Enabled": false }, "IpAddressType": "IPV4" }),
        ),
        (
            route,
            json!({ "Arn": "a" }),
            json!({ "ActivationState": "INACTIVE", "SourcePath": "/x" }),
            json!({ "ActivationState": "INACTIVE" }),
        ),
    ] {
        let read = || {
            let description = json!({ "Identifier": "a", "Properties": shown.to_string() });
            let input = json!({ "TypeName": aws, "Identifier": "a" });
            ok("cloudcontrol:GetResource", input, json!({ "ResourceDescription": description }))
        };
        let patch = json!([{ "op": "add", "path": format!("/{property}"), "value": sent }]);
        let input =
            json!({ "TypeName": aws, "Identifier": "a", "PatchDocument": patch.to_string(), "ClientToken": TOKEN });
        let script = Script::new(vec![
            read(),
            ok("cloudcontrol:UpdateResource", input, progress(event("UPDATE", "SUCCESS"))),
            status(event("UPDATE", "SUCCESS")),
            read(),
        ]);
        let (before, desired, key) = (object(shown.clone()), object(json!({ property: wanted })), key(ty, "a"));
        let changed = [PropPath(property.into())];
        let (key, before, desired, changed) = (&key, &before, &desired, &changed);
        let update = UpdateRequest { key, before, desired, changed, reasserted: &[], token: "a" };
        cloud(&script).update(update, &Quiet::default()).await.unwrap();
        script.done();
    }
}

#[tokio::test]
async fn a_deletion_is_followed_to_its_end() {
    let input = || json!({ "TypeName": DETECTOR_TYPE, "Identifier": "d-1", "ClientToken": TOKEN });
    let gone = || {
        let input = json!({ "TypeName": DETECTOR_TYPE, "Identifier": "d-1" });
        error("cloudcontrol:GetResource", input, "ResourceNotFoundException")
    };
    let begun = || ok("cloudcontrol:DeleteResource", input(), progress(event("DELETE", "IN_PROGRESS")));
    let failed = |code: &str| status(with(event("DELETE", "FAILED"), json!({ "ErrorCode": code })));
    for (steps, expected) in [
        (vec![begun(), status(event("DELETE", "SUCCESS")), gone()], Ok(())),
        (vec![begun(), failed("NotFound"), gone()], Ok(())),
        (vec![error("cloudcontrol:DeleteResource", input(), "ResourceNotFoundException"), gone()], Ok(())),
        (vec![begun(), failed("ResourceConflict")], Err(CloudErrorKind::FailedState)),
    ] {
        let script = Script::new(steps);
        let done = cloud(&script).delete(&key(DETECTOR, "d-1"), "a", &Quiet::default()).await;
        assert_eq!(done.map_err(|error| error.kind), expected);
        script.done();
    }
}

fn requests(events: &[Json]) -> Step {
    let filter = json!({ "Operations": ["CREATE"], "OperationStatuses": ["PENDING", "IN_PROGRESS", "SUCCESS"] });
    let input = json!({ "ResourceRequestStatusFilter": filter });
    ok("cloudcontrol:ListResourceRequests", input, json!({ "ResourceRequestStatusSummaries": events }))
}

/// A creation whose process died goes on by itself: nothing lists it before it is over.
#[tokio::test]
async fn a_creation_that_goes_on_without_us_is_waited_for() {
    let done = with(event("CREATE", "SUCCESS"), json!({ "Identifier": "d-2" }));
    let other = json!({ "TypeName": "AWS::SQS::Queue", "RequestToken": "r-9", "OperationStatus": "IN_PROGRESS" });
    let marked = |token: &str| json!({ "Enable": true, "Tags": [{ "Key": "gpb:token", "Value": token }] });
    let script = Script::new(vec![
        requests(&[event("CREATE", "IN_PROGRESS"), other.clone()]),
        requests(&[done, other]),
        ok(
            "cloudcontrol:ListResources",
            json!({ "TypeName": DETECTOR_TYPE }),
            json!({ "ResourceDescriptions": [{ "Identifier": "d-1", "Properties": "{}" }] }),
        ),
        shown("d-2", &marked(TOKEN)),
        shown("d-1", &marked("theirs")),
    ]);
    let (place, matching) = (place(), object(json!({ "Enable": true })));
    let find =
        FindRequest { ty: DETECTOR, place: &place, matching: &matching, token: Some("a"), label: None, sent: false };
    let found = cloud(&script).find(find).await.unwrap();
    script.done();
    assert_eq!(found.iter().map(|seen| seen.id.as_str()).collect::<Vec<_>>(), ["d-2"]);
}

/// An archive rule is listed below its analyzer alone.
#[tokio::test]
async fn a_list_names_the_parent() {
    let (ty, aws) = ("aws.accessanalyzer.archive_rule", "AWS::AccessAnalyzer::ArchiveRule");
    let rule = json!({ "Arn": "arn:r", "AnalyzerName": "a", "RuleName": "r" });
    let description = json!({ "Identifier": "arn:r", "Properties": rule.to_string() });
    let script = Script::new(vec![
        ok(
            "cloudcontrol:ListResources",
            json!({ "TypeName": aws, "ResourceModel": "{\"AnalyzerName\":\"a\"}" }),
            json!({ "ResourceDescriptions": [{ "Identifier": "arn:r", "Properties": "{}" }] }),
        ),
        ok(
            "cloudcontrol:GetResource",
            json!({ "TypeName": aws, "Identifier": "arn:r" }),
            json!({ "ResourceDescription": description }),
        ),
    ]);
    let (place, matching) = (place(), object(json!({ "AnalyzerName": "a", "RuleName": "r" })));
    let find = FindRequest { ty, place: &place, matching: &matching, token: None, label: None, sent: false };
    assert_eq!(cloud(&script).find(find).await.unwrap().len(), 1);
    script.done();
    // Without it nothing is asked.
    let (script, matching) = (Script::new(Vec::new()), object(json!({ "RuleName": "r" })));
    let find = FindRequest { ty, place: &place, matching: &matching, token: None, label: None, sent: false };
    assert_eq!(cloud(&script).find(find).await.unwrap_err().kind, CloudErrorKind::Unsupported);
}

/// Every type that AWS publishes handlers of is bound, and none of the bindings has a mistake.
#[test]
fn every_type_with_handlers_is_driven() {
    let (bindings, catalog) = (Bindings::embedded(), Catalog::embedded());
    let (mut own, mut by_handlers, mut not) = (0, 0, 0);
    for name in catalog.names() {
        let def = catalog.get(name).unwrap();
        let is_driven = ["create", "read", "delete"].iter().all(|handler| def.handlers.contains(*handler));
        match bindings.get(name) {
            Ok(bound) if bound.driver() == Driver::Native => own += 1,
            Ok(_) => {
                assert!(is_driven, "{name}");
                by_handlers += 1;
            }
            Err(error) => {
                assert_eq!((error.code(), is_driven), ("GPB8103", false), "{name}: {error}");
                not += 1;
            }
        }
    }
    // The figures that the documents give.
    let readme = include_str!("../../../../README.md");
    let shown = [
        format!("{own} types have bindings of their own"),
        format!("{},{:03} more are driven by AWS's own", by_handlers / 1000, by_handlers % 1000),
        format!("The other {not}, of services"),
    ];
    for text in shown {
        assert!(readme.contains(&text), "README.md lacks: {text}");
    }
}

/// A document that AWS's schema calls a string is sent as one.
#[tokio::test]
async fn a_document_that_is_a_string_in_the_schema_is_sent_as_one() {
    let policy = r#"{\"Version\":\"2012-10-17\"}"#;
    let tags = format!(r#"[{{"Key":"gpb:token","Value":"{TOKEN}"}}]"#);
    let state = format!(
        r#"{{"DestinationName":"d","DestinationPolicy":"{policy}","RoleArn":"arn:r","Tags":{tags},"TargetArn":"arn:t"}}"#
    );
    let input = json!({ "TypeName": "AWS::Logs::Destination", "DesiredState": state, "ClientToken": TOKEN });
    let read = json!({ "TypeName": "AWS::Logs::Destination", "Identifier": "d" });
    let description = json!({ "Identifier": "d", "Properties": state });
    let script = Script::new(vec![
        ok("cloudcontrol:CreateResource", input, progress(event("CREATE", "IN_PROGRESS"))),
        status(with(event("CREATE", "SUCCESS"), json!({ "Identifier": "d" }))),
        ok("cloudcontrol:GetResource", read, json!({ "ResourceDescription": description })),
    ]);
    let desired = object(json!({
        "DestinationName": "d", "RoleArn": "arn:r", "TargetArn": "arn:t",
        "DestinationPolicy": { "Version": "2012-10-17" },
    }));
    let (place, ty) = (place(), "aws.logs.destination");
    let made = cloud(&script).create(create(ty, &place, &desired), &Quiet::default()).await.unwrap();
    script.done();
    assert_eq!(made.properties.get("DestinationPolicy"), Some(&json!({ "Version": "2012-10-17" })));
}
