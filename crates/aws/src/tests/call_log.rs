//! One event a call, with its fields, and without a word of the input or the output.

use super::script::Step;
use super::*;
use std::fmt::{self, Write as _};
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Keeps each event as one line of `field=value`.
#[derive(Clone, Default)]
struct EventLines(Arc<Mutex<Vec<String>>>);

impl EventLines {
    /// Listens on this thread as long as the guard lives.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl<S: tracing::Subscriber> Layer<S> for EventLines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = FieldLine(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct FieldLine(String);

impl Visit for FieldLine {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

fn failure(operation: &'static str, input: Json, code: &str) -> Step {
    let mut failed = crate::InvokeError::new(crate::InvokeErrorKind::Service, code, "hunter2 is too short");
    failed.request_id = Some("req-1".into());
    Step { answer: Err(failed), ..ok(operation, input, Json::Null) }
}

#[tokio::test]
async fn each_call_is_one_event_without_its_bodies() {
    let put = || json!({ "Name": "db", "SecretString": "hunter2", "ClientRequestToken": TOKEN });
    let named = |mut input: Json| {
        input["Tags"] = json!([{ "Key": "gpb:token", "Value": TOKEN }]);
        input
    };
    let script = Script::new(vec![failure("secretsmanager:CreateSecret", named(put()), "InvalidParameterException")]);
    let events = EventLines::default();
    let listening = events.listen();
    let desired = object(json!({ "Name": "db", "SecretString": "hunter2" }));
    let refused = cloud(&script)
        .create(create("aws.secretsmanager.secret", &place(), &desired), &Quiet::default())
        .await
        .unwrap_err();
    drop(listening);
    assert_eq!(refused.code, "InvalidParameterException");
    script.done();
    assert_eq!(
        events.lines(),
        [concat!(
            "DEBUG message=API call service=\"secretsmanager\" operation=\"CreateSecret\" account=\"123456789012\" ",
            "region=\"us-east-1\" attempt=1 duration_ms=0 request_id=\"req-1\" outcome=\"InvalidParameterException\""
        )]
    );
}

#[tokio::test]
async fn an_output_is_not_logged() {
    let script = Script::new(vec![ok(
        "secretsmanager:GetSecretValue",
        json!({ "SecretId": "db" }),
        json!({ "SecretString": "hunter2" }),
    )]);
    let events = EventLines::default();
    let listening = events.listen();
    assert_eq!(cloud(&script).secret(&place(), "db").await.unwrap(), "hunter2");
    drop(listening);
    let lines = events.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines.iter().all(|line| line.ends_with("outcome=\"ok\"") && !line.contains("hunter2")), "{lines:?}");
}

#[tokio::test]
async fn each_try_has_its_number() {
    let attach = || json!({ "VpcId": "v", "InternetGatewayId": "i" });
    let look = json!({ "Filters": [{ "Name": "attachment.vpc-id", "Values": ["v"] }] });
    let script = Script::new(vec![
        ok("ec2:DescribeInternetGateways", look, json!({ "InternetGateways": [] })),
        failure("ec2:AttachInternetGateway", attach(), "InvalidInternetGatewayID.NotFound"),
        failure("ec2:AttachInternetGateway", attach(), "InvalidParameterValue"),
    ]);
    let events = EventLines::default();
    let listening = events.listen();
    let desired = object(attach());
    cloud(&script)
        .create(create("aws.ec2.vpc_gateway_attachment", &place(), &desired), &Quiet::default())
        .await
        .unwrap_err();
    drop(listening);
    let lines = events.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].contains("attempt=1") && lines[1].ends_with("outcome=\"InvalidInternetGatewayID.NotFound\""));
    assert!(lines[2].contains("attempt=2") && lines[2].ends_with("outcome=\"InvalidParameterValue\""));
}
