//! One event a call, without a property of the resource.

use super::*;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Keeps each event as one line of `field=value`.
#[derive(Clone, Default)]
struct EventLines(Arc<Mutex<Vec<String>>>);

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

#[test]
fn each_call_is_one_event() {
    let events = EventLines::default();
    let listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(events.clone()));
    let sim = sim();
    let made = create(&sim, "store", &json!({"StoreName": "main", "Password": "hunter2"}), "t").unwrap();
    block_on(sim.read(&key("store", &made.id))).unwrap();
    block_on(sim.read_many(&[key("store", &made.id)])).pop().unwrap().unwrap();
    update(&sim, &key("store", "none"), &json!({"Password": "hunter2"}), &["Password"]).unwrap_err();
    delete(&sim, &key("store", &made.id)).unwrap();
    block_on(sim.secret(&place(), "db")).unwrap();
    drop(listening);
    let lines = events.0.lock().unwrap();
    let event = |operation: &str, ty: &str, outcome: &str| {
        format!(
            "DEBUG message=simulated call operation={operation:?} ty={ty:?} account=\"000000000000\" \
             region=\"eu-west-1\" outcome={outcome:?}"
        )
    };
    assert_eq!(
        *lines,
        [
            event("create", "aws.test.store", "ok"),
            event("read", "aws.test.store", "ok"),
            event("read", "aws.test.store", "ok"),
            event("update", "aws.test.store", "NotFound"),
            event("delete", "aws.test.store", "ok"),
            event("secret", "secret", "ok"),
        ]
    );
}
