//! The sandbox over the wire: gpb with the official SDKs against AWS emulators, read back by boto3.
//!
//! moto has most services; ministack has those that moto lacks or lacks in part (MSK, ElastiCache, CloudWatch).

mod kills;

use crate::support::{Folder, root};
use gpb_testkit::Emulator;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// Both emulators, and a folder whose commands talk to them.
struct WireFixture {
    folder: Folder,
    reader: Reader,
    _emulators: (Emulator, Emulator),
}

/// boto3, in a process of its own.
struct Reader {
    child: RefCell<Child>,
    answers: RefCell<BufReader<std::process::ChildStdout>>,
}

impl Reader {
    fn new(variables: &[(String, String)]) -> Self {
        let mut child = Command::new(gpb_testkit::python().unwrap())
            .arg(root().join("tests/emulators/reader.py"))
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = RefCell::new(BufReader::new(child.stdout.take().unwrap()));
        Self { child: RefCell::new(child), answers }
    }

    fn ask(&self, words: &[&str]) -> Json {
        let mut child = self.child.borrow_mut();
        writeln!(child.stdin.as_mut().unwrap(), "{}", json!(words)).unwrap();
        let mut line = String::new();
        self.answers.borrow_mut().read_line(&mut line).unwrap();
        let told: Json = serde_json::from_str(&line).unwrap();
        assert_eq!(told["error"], Json::Null, "{words:?}");
        told["answer"].clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        // It ends when nobody can ask any more.
        drop(child.stdin.take());
        let _ = child.wait();
    }
}

const ACCOUNT: &str = "123456789012";

impl WireFixture {
    fn new() -> Self {
        let moto = Emulator::moto().unwrap();
        let ministack = Emulator::ministack().unwrap();
        let mut variables: Vec<(String, String)> =
            moto.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        variables.retain(|(name, _)| !name.starts_with("AWS_ACCESS") && !name.starts_with("AWS_SECRET"));
        let mut set = |name: &str, value: &str| variables.push((name.to_owned(), value.to_owned()));
        // ministack takes an access key of twelve digits for the account.
        set("AWS_ACCESS_KEY_ID", ACCOUNT);
        set("AWS_SECRET_ACCESS_KEY", "test");
        for service in ["KAFKA", "ELASTICACHE", "CLOUDWATCH"] {
            set(&format!("AWS_ENDPOINT_URL_{service}"), &ministack.endpoint());
        }
        let mut folder = Folder::with_specs();
        for (name, value) in &variables {
            folder.set(name, value);
        }
        let reader = Reader::new(&variables);
        let world = WireFixture { folder, reader, _emulators: (moto, ministack) };
        world.bring_certificate();
        world
    }

    /// Creates the certificate that the spec expects to exist in the account.
    fn bring_certificate(&self) {
        let made = self.boto("acm", "request_certificate", &json!({ "DomainName": "sandbox.gpubroker.example" }));
        let arn = made["CertificateArn"].as_str().unwrap();
        let spec = std::fs::read_to_string(self.folder.path("specs/sandbox.gpb")).unwrap();
        let start = spec.find("arn:aws:acm:").unwrap();
        let end = start + spec[start..].find('"').unwrap();
        self.folder.edit("specs/sandbox.gpb", &spec[start..end], arn);
    }

    /// Returns every resource that the sandbox could create, by layer.
    fn inventory(&self) -> Json {
        self.reader.ask(&["inventory"])
    }

    fn layer(&self, name: &str) -> Json {
        self.reader.ask(&["inventory", name])[name].clone()
    }

    fn boto(&self, service: &str, operation: &str, arguments: &Json) -> Json {
        self.reader.ask(&["get", service, operation, &arguments.to_string()])
    }
}

#[test]
fn the_sandbox_lives_its_whole_life_over_the_wire() {
    let world = WireFixture::new();
    let folder = &world.folder;
    let before = world.inventory();

    // From text to resources.
    let plan = folder.expect(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(plan.out.contains("103 to create"), "{}", plan.text());
    folder.expect(0, &["apply", "--yes"]);
    let after = world.inventory();
    insta::assert_json_snapshot!("sandbox", after);

    // What was applied is what is declared.
    let again = folder.expect(0, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(again.out.contains("No changes"), "{}", again.text());

    // A changed parameter updates in place.
    folder.edit("specs/sandbox.gpb", "log_retention = 7d", "log_retention = 14d");
    let update = folder.expect(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(update.out.contains("0 to create, 3 to update, 0 to replace, 0 to delete"), "{}", update.text());
    folder.expect(0, &["apply", "--yes"]);
    assert_eq!(world.layer("streaming")["log_groups"]["/msk/gpubroker-sandbox"], 14);

    // A create-only change is a replacement that names the property.
    folder.edit("specs/platform.gpb", "name       = \"${prefix}-jobs\"", "name       = \"${prefix}-work\"");
    let replace = folder.expect(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    let forced = replace.out.lines().any(|line| line.contains("queue_name") && line.contains("forces replacement"));
    assert!(forced, "{}", replace.text());
    folder.expect(0, &["apply", "--yes"]);
    let queues = world.layer("streaming")["queues"].clone();
    let names: Vec<_> = queues.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["gpubroker-sandbox-work", "gpubroker-sandbox-work-dead"]);

    // A change outside gpb is drift, shown and repaired.
    let url = world.boto("sqs", "get_queue_url", &json!({ "QueueName": "gpubroker-sandbox-work" }))["QueueUrl"].clone();
    let attributes = json!({ "QueueUrl": url, "Attributes": { "VisibilityTimeout": "999" } });
    world.boto("sqs", "set_queue_attributes", &attributes);
    world.boto("logs", "delete_log_group", &json!({ "logGroupName": "/msk/gpubroker-sandbox" }));
    let drift = folder.expect(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(drift.out.contains("999") && drift.out.contains("visibility_timeout"), "{}", drift.text());
    assert!(drift.out.contains("1 to create, 1 to update"), "{}", drift.text());
    folder.expect(0, &["apply", "--yes"]);
    let repaired = world.layer("streaming");
    assert_eq!(repaired["queues"]["gpubroker-sandbox-work"]["VisibilityTimeout"], "120");
    assert_eq!(repaired["log_groups"]["/msk/gpubroker-sandbox"], 14);
    let still = folder.expect(0, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(still.out.contains("No changes"), "{}", still.text());

    // The end leaves nothing.
    folder.expect(0, &["destroy", "specs/sandbox.gpb", "--yes"]);
    assert_eq!(world.inventory(), before);
}

const TAKEN: &str = r#"
environment test of shop { account = "123456789012", region = us-east-1, mode = sandbox }

stack shop {
  layer streaming {
    resource aws.sqs.queue jobs { queue_name = "jobs" }

    resource aws.cloudwatch.alarm busy {
      alarm_name          = "busy"
      namespace           = "shop"
      metric_name         = "depth"
      statistic           = "Maximum"
      period              = 60
      evaluation_periods  = 1
      threshold           = 100
      comparison_operator = "GreaterThanThreshold"
    }
  }
}
"#;

/// AWS would return the existing queue as if it were new, and overwrite the alarm.
#[test]
fn what_somebody_else_made_under_the_same_name_is_left_as_it_was() {
    let world = WireFixture::new();
    world.folder.write("shop.gpb", TAKEN);
    world.boto("sqs", "create_queue", &json!({ "QueueName": "jobs" }));
    let alarm = json!({
        "AlarmName": "busy", "Namespace": "theirs", "MetricName": "depth", "Statistic": "Maximum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 7.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    world.boto("cloudwatch", "put_metric_alarm", &alarm);
    let alarms = || world.boto("cloudwatch", "describe_alarms", &json!({}));
    let url = world.boto("sqs", "get_queue_url", &json!({ "QueueName": "jobs" }))["QueueUrl"].clone();
    let tags = || world.boto("sqs", "list_queue_tags", &json!({ "QueueUrl": url }));
    let (before, alarms_before, tags_before) = (world.layer("streaming"), alarms(), tags());

    let refused = world.folder.expect(1, &["apply", "shop.gpb", "--yes"]);
    assert_eq!(refused.err.matches("GPB8002").count(), 2, "{}", refused.text());
    for part in ["streaming.jobs", "AlarmName = busy", "QueueName = jobs", url.as_str().unwrap(), "`existing`"] {
        assert!(refused.err.contains(part), "{part}\n{}", refused.text());
    }
    assert_eq!((world.layer("streaming"), alarms(), tags()), (before, alarms_before, tags_before));
    // Nothing of theirs is in the state, so nothing of theirs goes.
    world.folder.expect(0, &["destroy", "shop.gpb", "--yes"]);
    assert_eq!(alarms()["MetricAlarms"][0]["Namespace"], "theirs");
}

#[test]
fn credentials_of_another_account_are_refused_before_anything_is_done() {
    let world = WireFixture::new();
    let before = world.inventory();
    world.folder.edit("specs/sandbox.gpb", "account = \"123456789012\"", "account = \"999999999999\"");
    let refused = world.folder.expect(3, &["apply", "specs/sandbox.gpb", "--yes"]);
    assert!(refused.err.contains("GPB8020"), "{}", refused.text());
    assert_eq!(world.inventory(), before);
}

#[test]
fn without_credentials_a_plan_is_made_against_the_state_alone() {
    let mut folder = Folder::with_specs();
    let nowhere = folder.path("none").display().to_string();
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        folder.set(name, &nowhere);
    }
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        folder.set(name, "");
    }
    let plan = folder.expect(0, &["plan", "specs/sandbox.gpb"]);
    assert!(plan.out.contains("103 to create") && plan.err.contains("cannot be applied"), "{}", plan.text());
    let apply = folder.expect(1, &["apply", "--yes"]);
    assert!(apply.err.contains("--cloud sim"), "{}", apply.text());
}
