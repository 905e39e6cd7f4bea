//! Services whose bindings use the words that the first ones did not need: tables, functions, their events, state machines.

use super::*;
use gpb_engine::cloud::capability::{CapabilityRequest, PlannedOperation};
use gpb_engine::cloud::{CloudError, ObservedResource};
use gpb_model::{PropertyMap, PropertyValue};
use script::Step;

async fn update(
    steps: Vec<Step>,
    (ty, id): (&str, &str),
    before: Json,
    desired: Json,
    changed: &[&str],
) -> Result<ObservedResource, CloudError> {
    let script = Script::new(steps);
    let (before, desired, key) = (object(before), object(desired), key(ty, id));
    let changed: Vec<PropPath> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let answer = cloud(&script).update(update, &Quiet::default()).await;
    script.done();
    answer
}

fn gaps(ty: &str, before: Json, desired: Json, changed: &[&str]) -> Vec<String> {
    let Some(PropertyValue::Map(entries)) = PropertyValue::from_json(&desired) else {
        panic!("{desired} is no object")
    };
    let desired: PropertyMap = entries.into_iter().collect();
    let (place, before) = (place(), object(before));
    let changed: Vec<PropPath> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let operation = PlannedOperation::Update;
    let request =
        CapabilityRequest { ty, place: &place, operation, desired: &desired, before: &before, changed: &changed };
    cloud(&Script::new(Vec::new())).gaps(request).into_iter().map(|gap| gap.message).collect()
}

const TABLE: (&str, &str) = ("aws.dynamodb.table", "t");

fn table(status: &str, more: Json) -> Step {
    let mut table = json!({ "TableName": "t", "TableArn": "arn:t", "TableStatus": status });
    table.as_object_mut().unwrap().extend(object(more));
    ok("dynamodb:DescribeTable", json!({ "TableName": "t" }), json!({ "Table": table }))
}

fn change(mut input: Json) -> Step {
    input["TableName"] = "t".into();
    ok("dynamodb:UpdateTable", input, json!({ "TableDescription": { "TableName": "t" } }))
}

/// The properties of a table that other operations than its own set.
fn rest(ttl: &str) -> Vec<Step> {
    let name = || json!({ "TableName": "t" });
    vec![
        ok(
            "dynamodb:DescribeTimeToLive",
            name(),
            json!({ "TimeToLiveDescription": { "TimeToLiveStatus": ttl, "AttributeName": "at" } }),
        ),
        ok(
            "dynamodb:DescribeContinuousBackups",
            name(),
            json!({ "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35 },
            } }),
        ),
        error("dynamodb:GetResourcePolicy", json!({ "ResourceArn": "arn:t" }), "PolicyNotFoundException"),
        ok(
            "dynamodb:DescribeContributorInsights",
            name(),
            json!({ "TableName": "t", "ContributorInsightsStatus": "DISABLED" }),
        ),
        ok(
            "dynamodb:DescribeKinesisStreamingDestination",
            name(),
            json!({ "TableName": "t", "KinesisDataStreamDestinations": [] }),
        ),
        ok("dynamodb:ListTagsOfResource", json!({ "ResourceArn": "arn:t" }), json!({ "Tags": [] })),
    ]
}

fn index(name: &str, read: u32) -> Json {
    json!({ "IndexName": name, "KeySchema": [{ "AttributeName": name, "KeyType": "HASH" }],
        "Projection": { "ProjectionType": "ALL" }, "ProvisionedThroughput": { "ReadCapacityUnits": read, "WriteCapacityUnits": 1 } })
}

fn indexes(states: &[(&str, &str)]) -> Json {
    let one = |(name, status): &(&str, &str)| json!({ "IndexName": name, "IndexStatus": status });
    json!({ "GlobalSecondaryIndexes": states.iter().map(one).collect::<Json>() })
}

#[tokio::test]
async fn indexes_come_go_and_change_one_after_the_other() {
    let gone = json!({ "GlobalSecondaryIndexUpdates": [{ "Delete": { "IndexName": "old" } }] });
    let throughput = json!({ "ReadCapacityUnits": 5, "WriteCapacityUnits": 1 });
    let more = json!({ "GlobalSecondaryIndexUpdates": [{ "Update": { "IndexName": "kept", "ProvisionedThroughput": throughput } }] });
    let attributes = json!([{ "AttributeName": "new", "AttributeType": "S" }]);
    let made =
        json!({ "AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [{ "Create": index("new", 1) }] });
    let mut steps = vec![
        table("ACTIVE", json!({})),
        change(gone),
        // The table is active before its index is gone, or made.
        table("UPDATING", indexes(&[("kept", "ACTIVE"), ("old", "DELETING")])),
        table("ACTIVE", indexes(&[("kept", "ACTIVE")])),
        change(more),
        table("UPDATING", indexes(&[("kept", "UPDATING")])),
        table("ACTIVE", indexes(&[("kept", "ACTIVE")])),
        change(made),
        table("ACTIVE", indexes(&[("kept", "ACTIVE"), ("new", "CREATING")])),
        table("ACTIVE", indexes(&[("kept", "ACTIVE"), ("new", "ACTIVE")])),
        table("ACTIVE", indexes(&[("kept", "ACTIVE"), ("new", "ACTIVE")])),
    ];
    steps.extend(rest("DISABLED"));
    let before = json!({ "GlobalSecondaryIndexes": [index("old", 1), index("kept", 1)] });
    let desired =
        json!({ "AttributeDefinitions": attributes, "GlobalSecondaryIndexes": [index("kept", 5), index("new", 1)] });
    let changed = ["GlobalSecondaryIndexes/0", "AttributeDefinitions/0"];
    let seen = update(steps, TABLE, before, desired, &changed).await.unwrap();
    assert_eq!(seen.properties["TimeToLiveSpecification"], json!({ "Enabled": false, "AttributeName": "at" }));
    assert_eq!(seen.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
}

#[tokio::test]
async fn a_table_that_becomes_provisioned_names_the_capacity_of_its_indexes() {
    let capacity = json!({ "ReadCapacityUnits": 5, "WriteCapacityUnits": 1 });
    let sent = json!({ "BillingMode": "PROVISIONED", "ProvisionedThroughput": capacity,
        "GlobalSecondaryIndexUpdates": [{ "Update": { "IndexName": "i", "ProvisionedThroughput": capacity } }] });
    let mut steps = vec![
        table("ACTIVE", json!({})),
        change(sent),
        table("UPDATING", json!({})),
        table("ACTIVE", json!({})),
        table("ACTIVE", json!({})),
    ];
    steps.extend(rest("DISABLED"));
    let mut free = index("i", 5);
    free.as_object_mut().unwrap().remove("ProvisionedThroughput");
    let before = json!({ "BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexes": [free] });
    let desired = json!({ "BillingMode": "PROVISIONED", "ProvisionedThroughput": capacity, "GlobalSecondaryIndexes": [index("i", 5)] });
    let changed = ["BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexes/0/ProvisionedThroughput"];
    assert_eq!(gaps(TABLE.0, before.clone(), desired.clone(), &changed), [""; 0]);
    update(steps, TABLE, before, desired, &changed).await.unwrap();
}

#[test]
fn attributes_change_only_along_with_the_indexes() {
    let attributes = |name: &str| json!([{ "AttributeName": name, "AttributeType": "S" }]);
    let (before, desired) = (attributes("a"), attributes("b"));
    let found = gaps(
        TABLE.0,
        json!({ "AttributeDefinitions": before }),
        json!({ "AttributeDefinitions": desired }),
        &["AttributeDefinitions/0"],
    );
    assert_eq!(
        found,
        [
            "`attribute_definitions` of `aws.dynamodb.table` changes only along with `global_secondary_indexes`: AWS refuses the change by itself"
        ]
    );
}

#[tokio::test]
async fn what_is_turned_off_is_named_as_it_was() {
    let off = json!({ "TableName": "t", "TimeToLiveSpecification": { "Enabled": false, "AttributeName": "at" } });
    let answer = json!({ "TimeToLiveSpecification": { "Enabled": false, "AttributeName": "at" } });
    let mut steps = vec![ok("dynamodb:UpdateTimeToLive", off, answer), table("ACTIVE", json!({}))];
    // The tags' calls want the ARN that only a read shows.
    steps.insert(0, table("ACTIVE", json!({})));
    steps.extend(rest("DISABLING"));
    let before = json!({ "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "at" } });
    update(steps, TABLE, before, json!({}), &["TimeToLiveSpecification"]).await.unwrap();
}

#[tokio::test]
async fn a_table_has_no_empty_list_and_its_stream_keeps_its_view() {
    let marker = json!({ "Key": "gpb:token", "Value": TOKEN });
    let sent = json!({ "TableName": "t", "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }], "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" }, "Tags": [marker] });
    let made =
        ok("dynamodb:CreateTable", sent, json!({ "TableDescription": { "TableName": "t", "TableArn": "arn:t" } }));
    let mut steps = vec![made, table("CREATING", json!({})), table("CREATING", json!({})), table("ACTIVE", json!({}))];
    steps.extend(rest("DISABLED"));
    let script = Script::new(steps);
    let desired = object(json!({ "TableName": "t", "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexes": [], "StreamSpecification": { "StreamViewType": "NEW_IMAGE" } }));
    cloud(&script).create(create(TABLE.0, &place(), &desired), &Quiet::default()).await.unwrap();
    script.done();
}

fn mapping(state: &str) -> Step {
    let mapping = json!({ "UUID": "u", "EventSourceMappingArn": "arn:m", "FunctionArn": "arn:f", "State": state });
    ok("lambda:GetEventSourceMapping", json!({ "UUID": "u" }), mapping)
}

#[tokio::test]
async fn a_text_that_means_on_or_off_is_a_truth_value() {
    let sent = json!({ "UUID": "u", "Enabled": false });
    let steps = vec![
        mapping("Enabled"),
        ok("lambda:UpdateEventSourceMapping", sent, json!({ "UUID": "u", "State": "Disabling" })),
        mapping("Disabling"),
        mapping("Disabled"),
        mapping("Disabled"),
        ok("lambda:ListTags", json!({ "Resource": "arn:m" }), json!({ "Tags": {} })),
    ];
    let ty = ("aws.lambda.event_source_mapping", "u");
    let seen = update(steps, ty, json!({ "Enabled": true }), json!({ "Enabled": false }), &["Enabled"]).await.unwrap();
    assert_eq!(seen.properties["Enabled"], false);
    assert_eq!(seen.properties["FunctionName"], "arn:f");
}

#[test]
fn a_name_is_the_arn_that_ends_in_it() {
    let def = Catalog::embedded().get("aws.lambda.event_source_mapping").unwrap();
    let form = def.form(&PropPath("FunctionName".into())).expect("a form of names");
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
    for given in ["f", "123456789012:function:f", arn] {
        assert!(form.is_same(given, arn), "{given}");
    }
    assert!(!form.is_same("g", arn));
}

#[tokio::test]
async fn code_in_the_text_is_sent_as_an_archive() {
    struct Taken(std::sync::Mutex<Vec<Json>>);

    #[async_trait::async_trait]
    impl crate::Invoke for Taken {
        async fn invoke(&self, _: &Place, _: &str, operation: &str, input: Json) -> Result<Json, crate::InvokeError> {
            if operation == "CreateFunction" {
                self.0.lock().unwrap().push(input);
                return Err(crate::InvokeError::new(
                    crate::InvokeErrorKind::Service,
                    "InvalidParameterValueException",
                    "no",
                ));
            }
            Err(crate::InvokeError::new(crate::InvokeErrorKind::Service, "ResourceNotFoundException", ""))
        }
    }

    let api = Arc::new(Taken(std::sync::Mutex::default()));
    let cloud = crate::AwsCloud::new(Arc::clone(&api) as Arc<dyn crate::Invoke>, Arc::new(Bindings::embedded()));
    let desired =
        object(json!({ "FunctionName": "f", "Role": "arn:r", "Runtime": "python3.13", "Handler": "index.handler",
        "Code": { "ZipFile": "def handler(event, context): pass" } }));
    cloud.create(create("aws.lambda.function", &place(), &desired), &Quiet::default()).await.unwrap_err();
    let sent = api.0.lock().unwrap().remove(0);
    let archive = sent["Code"]["ZipFile"].as_str().unwrap();
    assert!(archive.starts_with("UEsDB"), "{sent}");
    assert_eq!(sent["Handler"], "index.handler");
}

#[tokio::test]
async fn names_in_a_definition_are_filled() {
    let script = Script::new(vec![error(
        "sfn:CreateStateMachine",
        json!({ "name": "m", "roleArn": "arn:r", "definition": r#"{"States":{"A":{"Resource":"arn:f"}}}"#,
            "tags": [{ "key": "gpb:token", "value": TOKEN }] }),
        "InvalidDefinition",
    )]);
    let desired = object(
        json!({ "StateMachineName": "m", "RoleArn": "arn:r", "DefinitionSubstitutions": { "Function": "arn:f" },
        "Definition": { "States": { "A": { "Resource": "${Function}" } } } }),
    );
    let refused = cloud(&script)
        .create(create("aws.stepfunctions.state_machine", &place(), &desired), &Quiet::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "InvalidDefinition");
    script.done();
}
