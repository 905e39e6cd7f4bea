//! Secrets reach the cloud and nothing else.

use super::*;

fn with_secrets() -> DesiredMap {
    vec![
        ("data", "store", json!({"Password": {"$secret": {"from": "generated", "length": 16}}, "Note": "x"})),
        ("front", "box", json!({"Note": {"$concat": ["token:", {"$secret": {"from": "env", "name": "TOKEN"}}]}})),
        ("back", "box", json!({"Note": {"$secret": {"from": "store", "name": "stripe/key"}}})),
    ]
}

/// Every byte gpb has written, to look for what must not be there.
#[allow(clippy::disallowed_methods)] // Tests look at the files.
fn written(world: &EngineFixture) -> Vec<u8> {
    let folder = world.store.path().parent().unwrap().to_owned();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.flatten().collect()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn no_secret_is_written_down() {
    let world = EngineFixture::new();
    let heard = EventLog::default();
    let outcome = world.live_with(&with_secrets(), &*world.writer(), &CancelToken::default(), &heard).unwrap();
    assert_eq!(outcome.failed, []);
    let stripe = world.clock.run(world.sim.secret(&place(), "stripe/key")).unwrap();
    let sent: Vec<Json> = world.sim.everything().unwrap().into_iter().map(|(_, o, _)| o.properties.into()).collect();
    let sent = Json::Array(sent).to_string();
    assert!(sent.contains("hunter2hunter2") && sent.contains(&stripe), "they reach the cloud: {sent}");
    let written = written(&world);
    let told = format!("{:?} {:?}", heard.0.lock().unwrap(), outcome);
    for secret in ["hunter2", &stripe] {
        assert!(!holds(&written, secret) && !told.contains(secret), "{secret} was written down");
    }
    let record = &world.snapshot().resources[&Address::new("front")];
    assert!(is_redacted(&record.applied["Note"]) && is_redacted(&record.observed["Note"]));
}

/// A service that gives back all it is sent, in every spelling: neither its words nor what they stand beside are kept.
#[test]
fn a_service_that_echoes_a_secret_is_not_repeated() {
    let world = EngineFixture::with(Faults { echo: 1.0, ..Faults::default() }, None);
    let heard = EventLog::default();
    let outcome = world.live_with(&with_secrets(), &*world.writer(), &CancelToken::default(), &heard).unwrap();
    assert_eq!(outcome.failed.len(), 3, "{outcome:?}");
    let stripe = world.clock.run(world.sim.secret(&place(), "stripe/key")).unwrap();
    let written = written(&world);
    let told = format!("{:?} {:?} {:?}", heard.0.lock().unwrap(), outcome, outcome.diagnostics());
    for secret in ["hunter2hunter2", "token:hunter2hunter2", &stripe] {
        for spelling in gpb_sim::echo::spellings(secret) {
            let core = spelling.trim_matches(|c: char| !c.is_alphanumeric());
            assert!(!holds(&written, core) && !told.contains(core), "{core} was written down: {told}");
        }
    }
    assert!(told.contains("(secret TOKEN)") && told.contains("(secret stripe/key)"), "{told}");
    // What was generated was never seen by this test: all that is left of its value are the words around it.
    let message = &outcome.failed.iter().find(|failed| failed.address.as_str() == "data").unwrap().error.message;
    assert!(message.contains("'(secret generated)' or {\"value\": \"(secret generated)\"}"), "{message}");
    let words = message.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
    // `dTp4` is `u:x`, another property as it was sent.
    let said = ["secret", "generated", "value", "body", "parameter", "valid", "dTp4"];
    assert_eq!(words.filter(|word| !said.contains(word)).collect::<Vec<_>>(), [""; 0], "{message}");
}

/// Somebody copies a secret to where it does not belong: it is neither kept nor planned with.
#[test]
fn a_copy_of_a_secret_is_not_kept() {
    let world = EngineFixture::new();
    let desired: DesiredMap = vec![
        ("front", "box", json!({"Note": {"$secret": {"from": "env", "name": "TOKEN"}}})),
        ("other", "box", json!({"Note": "x"})),
    ];
    let mut cloud = scripted_cloud::ScriptedCloud::new(&world);
    cloud.shown = Box::new(|_, observed| scripted_cloud::with(observed, "Label", json!("copied: hunter2hunter2")));
    assert_eq!(cloud.live(&desired).failed, []);
    for (_, record) in world.snapshot().resources {
        assert!(is_redacted(&record.observed["Label"]), "{record:?}");
    }
    assert!(!holds(&written(&world), "hunter2"));
}

/// The run that keeps the copy changes another resource than the one whose secret it is.
#[test]
fn a_copy_of_an_unchanged_resources_secret_is_not_kept() {
    for secret in [json!({"from": "env", "name": "TOKEN"}), json!({"from": "store", "name": "stripe/key"})] {
        let world = EngineFixture::new();
        let desired = |note: &str| -> DesiredMap {
            vec![("front", "box", json!({"Note": {"$secret": secret}})), ("other", "box", json!({"Note": note}))]
        };
        world.live(&desired("x"));
        let stripe = world.clock.run(world.sim.secret(&place(), "stripe/key")).unwrap();
        let value = if secret["from"] == "env" { "hunter2hunter2".to_owned() } else { stripe };
        let mut cloud = scripted_cloud::ScriptedCloud::new(&world);
        let copy = json!(format!("copied:x{value}x"));
        cloud.shown = Box::new(move |_, observed| scripted_cloud::with(observed, "Label", copy.clone()));
        let outcome = cloud.live(&desired("y"));
        assert_eq!((outcome.failed.len(), outcome.done.len()), (0, 1), "{outcome:?}");
        assert!(is_redacted(&world.snapshot().resources[&Address::new("other")].observed["Label"]));
        assert!(!holds(&written(&world), &value));
    }
}

#[test]
fn a_generated_secret_is_made_once() {
    let world = EngineFixture::new();
    world.live(&with_secrets());
    let hash = || world.snapshot().resources[&Address::new("data")].applied["Password"].clone();
    let before = hash();
    assert!(is_redacted(&before));
    let mut changed = with_secrets();
    changed[0].2["Note"] = json!("y");
    let outcome = world.live(&changed);
    assert_eq!(outcome.failed, []);
    assert_eq!(hash(), before, "another property's change makes no new one");
}

#[test]
fn a_missing_secret_stops_its_resource() {
    let world = EngineFixture::new();
    let desired = vec![
        ("front", "box", json!({"Note": {"$secret": {"from": "env", "name": "MISSING"}}})),
        ("net", "net", json!({})),
    ];
    let outcome = world.live(&desired);
    assert_eq!((outcome.failed.len(), outcome.done.len()), (1, 1));
    assert_eq!(outcome.failed[0].cause, FailureCause::Secret);
    assert!(outcome.failed[0].error.message.contains("MISSING"));
}
