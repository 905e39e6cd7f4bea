//! Creations that would overwrite what somebody else made.

use super::*;
use script::Step;

async fn refused(script: &Arc<Script>, ty: &str, desired: Json) -> String {
    let (place, desired) = (place(), object(desired));
    let error = cloud(script).create(create(ty, &place, &desired), &Quiet::default()).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (CloudErrorKind::AlreadyExists, "NameTaken"));
    script.done();
    error.message
}

fn alarm() -> Json {
    json!({
        "AlarmName": "cpu", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1,
        "MetricName": "CPU", "Namespace": "shop", "Period": 60, "Statistic": "Average", "Threshold": 70,
    })
}

/// gpb looks for the alarm, and finds one with this mark.
fn alarm_marked(token: &str) -> Vec<Step> {
    vec![
        ok(
            "cloudwatch:DescribeAlarms",
            json!({ "AlarmNames": ["cpu"], "AlarmTypes": ["MetricAlarm"] }),
            json!({ "MetricAlarms": [{ "AlarmName": "cpu", "AlarmArn": "arn:cpu" }] }),
        ),
        ok(
            "cloudwatch:ListTagsForResource",
            json!({ "ResourceARN": "arn:cpu" }),
            json!({ "Tags": [{ "Key": "gpb:token", "Value": token }] }),
        ),
    ]
}

#[tokio::test]
async fn an_alarm_of_somebody_else_is_left_alone() {
    let message = refused(&Script::new(alarm_marked("another")), "aws.cloudwatch.alarm", alarm()).await;
    assert_eq!(message, "cpu exists already, with AlarmName = cpu, and gpb did not create it for this resource");
}

#[tokio::test]
async fn what_an_earlier_try_made_is_gone_on_with() {
    let mut steps = alarm_marked(TOKEN);
    let mut sent = alarm();
    sent["Tags"] = json!([{ "Key": "gpb:token", "Value": TOKEN }]);
    steps.push(ok("cloudwatch:PutMetricAlarm", sent, json!({})));
    // Once for what its tags need, once to see that it is ready.
    steps.extend(alarm_marked(TOKEN).into_iter().take(1));
    steps.extend(alarm_marked(TOKEN));
    let script = Script::new(steps);
    let desired = object(alarm());
    cloud(&script).create(create("aws.cloudwatch.alarm", &place(), &desired), &Quiet::default()).await.unwrap();
    script.done();
}

#[tokio::test]
async fn a_queue_is_looked_for_by_its_name() {
    let script = Script::new(vec![
        ok("sqs:GetQueueUrl", json!({ "QueueName": "jobs" }), json!({ "QueueUrl": "https://sqs/1/jobs" })),
        ok(
            "sqs:GetQueueAttributes",
            json!({ "QueueUrl": "https://sqs/1/jobs", "AttributeNames": ["All"] }),
            json!({ "Attributes": { "QueueArn": "arn:q" } }),
        ),
        ok("sqs:ListQueueTags", json!({ "QueueUrl": "https://sqs/1/jobs" }), json!({})),
    ]);
    let message = refused(&script, "aws.sqs.queue", json!({ "QueueName": "jobs" })).await;
    assert!(message.starts_with("https://sqs/1/jobs exists already"), "{message}");
}

#[tokio::test]
async fn what_is_laid_upon_several_looks_at_each() {
    let read = |url: &str, answer: Json| {
        ok("sqs:GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": ["Policy", "QueueArn"] }), answer)
    };
    let script = Script::new(vec![
        read("https://sqs/1/a", json!({ "Attributes": {} })),
        read("https://sqs/1/b", json!({ "Attributes": { "Policy": "{\"Version\":\"2012-10-17\"}" } })),
    ]);
    let policy =
        json!({ "Queues": ["https://sqs/1/a", "https://sqs/1/b"], "PolicyDocument": { "Version": "2012-10-17" } });
    let message = refused(&script, "aws.sqs.queue_policy", policy).await;
    assert!(message.contains("with Queues = https://sqs/1/b,"), "{message}");
}

#[tokio::test]
async fn who_may_not_look_may_not_create() {
    let input = json!({ "AlarmNames": ["cpu"], "AlarmTypes": ["MetricAlarm"] });
    let script = Script::new(vec![error("cloudwatch:DescribeAlarms", input, "AccessDenied")]);
    let desired = object(alarm());
    let refused = cloud(&script).create(create("aws.cloudwatch.alarm", &place(), &desired), &Quiet::default()).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind, CloudErrorKind::Denied);
    assert!(refused.message.contains("whether the name is free"), "{refused}");
    script.done();
}

/// Whatever is created by an operation that puts, sets or registers is looked for first. Task definitions are revisions,
/// which overwrite nothing.
#[test]
fn no_creation_overwrites_unseen() {
    let bindings = Bindings::embedded();
    let mut unseen = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        let overwrites = |call: &str| {
            let operation = call.rsplit(':').next().unwrap_or_default();
            ["Put", "Set", "Register", "Modify", "Update", "Upsert"].iter().any(|verb| operation.starts_with(verb))
        };
        let first = bound.binding.create.first().unwrap();
        if overwrites(&first.call) && bound.binding.upsert_key.is_empty() {
            unseen.push(name);
        }
    }
    assert_eq!(unseen, ["aws.ecs.task_definition"]);
}

/// Plans count on it: where the text gives a part of an identifier, that is the part, word for word.
#[test]
fn a_part_of_an_identifier_that_is_given_stays_as_it_is() {
    let bindings = Bindings::embedded();
    let mut changed = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        let given =
            bound.binding.id.iter().filter(|(part, _)| !bound.def.is_read_only(&PropPath((*part).clone().into())));
        for (part, template) in given {
            let mut scope = crate::template_scope::TemplateScope::default();
            scope.desired.insert(part.clone(), "given".into());
            if template.fill(&scope).value() != Some("given".into()) {
                changed.push(format!("{name}: {part}"));
            }
        }
    }
    assert!(changed.is_empty(), "{changed:?}");
}
