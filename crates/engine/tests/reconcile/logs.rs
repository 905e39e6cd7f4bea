//! The log of a run: a span a step, an event a call, and never a secret.

use super::*;
use std::io::Write;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what a subscriber writes.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that is logged while `act` runs, at the level of traces.
fn logged(act: impl FnOnce()) -> String {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(captured.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    String::from_utf8(captured.0.lock().unwrap().clone()).unwrap()
}

/// The lines that have all of the parts.
fn count(log: &str, parts: &[&str]) -> usize {
    log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).count()
}

fn declared(size: u32) -> DesiredMap {
    vec![
        ("data", "store", json!({"Password": {"$secret": {"from": "env", "name": "TOKEN"}}, "Note": "private-note"})),
        ("front", "box", json!({"Size": size, "Uses": [to("data", "Arn")]})),
    ]
}

#[test]
fn every_step_is_a_span_and_every_call_an_event() {
    let world = EngineFixture::new();
    let created = logged(|| drop(world.live(&declared(1))));
    let updated = logged(|| drop(world.live(&declared(2))));
    let deleted = logged(|| drop(world.live(&vec![])));
    let step = |address: &str, operation: &str, phase: &str| {
        format!("step{{address={address} operation=\"{operation}\" phase=\"{phase}\"")
    };
    for (log, address, operation, phase) in [
        (&created, "data", "create", "create"),
        (&created, "front", "create", "create"),
        (&updated, "front", "update", "create"),
        (&deleted, "front", "delete", "destroy"),
    ] {
        let step = step(address, operation, phase);
        assert_eq!(count(log, &["INFO", &step, "start"]), 1, "{step} in {log}");
        assert_eq!(count(log, &["INFO", &step, "end duration_ms=", "outcome=\"done\""]), 1, "{step} in {log}");
        let call = format!("call operation=\"{operation}\"");
        let parts = ["DEBUG", &step, "gpb_engine::reconcile", &call, "region=\"", "attempt=1", "outcome=\"ok\""];
        assert_eq!(count(log, &parts), 1, "{call} in {log}");
    }
    for log in [created, updated, deleted] {
        assert!(!log.contains("hunter2") && !log.contains("private-note"), "{log}");
    }
}

#[test]
fn a_retry_names_the_failure_and_the_wait() {
    let faults = Faults { seed: 3, throttle: 0.5, ..Faults::default() };
    let world = EngineFixture::with(faults, None);
    // The faults also depend on the state's random lineage: of so many calls, one is throttled.
    let names =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v"];
    let desired: DesiredMap = names.into_iter().map(|name| (name, "net", json!({}))).collect();
    let log = logged(|| drop(world.live(&desired)));
    assert!(count(&log, &["DEBUG", "retry", "kind=\"throttled\"", "code=", "after_ms="]) > 0, "{log}");
    assert!(count(&log, &["DEBUG", "rate limited", "service=\"aws.test\"", "calls_per_second="]) > 0, "{log}");
    assert!(count(&log, &["TRACE", "turn of a retry", "held_ms="]) > 0, "{log}");
    assert!(count(&log, &["DEBUG", "outcome=\"error\" kind=\"throttled\""]) > 0, "{log}");
    assert!(count(&log, &["DEBUG", "call operation=\"create\"", "attempt=2"]) > 0, "{log}");
}
