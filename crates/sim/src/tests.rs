//! The promises of the simulated cloud to its callers.

mod aws_behaviour;
mod call_log;
mod forms;
mod hostile;

use super::testing::{self, RecordingSink, place};
use super::{Faults, Latency, OutputForms, SimCloud, SimOptions};
use futures::executor::block_on;
use gpb_engine::cloud::clock::{Clock as _, VirtualClock};
use gpb_engine::cloud::{
    Cloud as _, CloudError, CloudErrorKind, CreateRequest, FindRequest, ObservedResource, Progress, Properties,
    ResourceKey, UpdateRequest,
};
use gpb_model::{Place, PropPath};
use rusqlite::Connection;
use serde_json::Value as Json;
use serde_json::json;
use std::time::Duration;

fn properties(json: &Json) -> Properties {
    json.as_object().cloned().unwrap_or_default()
}

/// Gives the process a subscriber before its first event: an event that is met first without one may stay switched off for
/// the test that listens.
fn listen_to_all() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
}

fn options(clock: &VirtualClock, faults: Faults, hook: Option<super::CrashHook>) -> SimOptions {
    listen_to_all();
    testing::options(clock, faults, hook)
}

fn sim() -> SimCloud {
    listen_to_all();
    testing::sim()
}

fn create(sim: &SimCloud, ty: &str, desired: &Json, token: &str) -> Result<ObservedResource, CloudError> {
    let (desired, place) = (properties(desired), place());
    let create =
        CreateRequest { ty: &format!("aws.test.{ty}"), place: &place, desired: &desired, label: "shop-box", token };
    block_on(sim.create(create, &RecordingSink::default()))
}

fn key(ty: &str, id: &str) -> ResourceKey {
    ResourceKey { ty: format!("aws.test.{ty}"), place: place(), id: id.to_owned() }
}

fn update(sim: &SimCloud, key: &ResourceKey, desired: &Json, changed: &[&str]) -> Result<ObservedResource, CloudError> {
    let changed: Vec<_> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let (before, desired) = (Properties::new(), properties(desired));
    let update =
        UpdateRequest { key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "u" };
    block_on(sim.update(update, &RecordingSink::default()))
}

fn delete(sim: &SimCloud, key: &ResourceKey) -> Result<(), CloudError> {
    block_on(sim.delete(key, "d", &RecordingSink::default()))
}

fn kind<T: std::fmt::Debug>(result: Result<T, CloudError>) -> CloudErrorKind {
    result.unwrap_err().kind
}

#[test]
fn what_is_made_has_outputs_names_and_defaults() {
    let made = create(&sim(), "box", &json!({"Port": 5432, "Fixed": "a"}), "t").unwrap();
    insta::assert_json_snapshot!(made, @r#"
    {
      "id": "box-035bece5c778eae77",
      "properties": {
        "BoxId": "box-035bece5c778eae77",
        "Endpoint": {
          "Address": "shop-box-e3b98a4d.a6924789.test.eu-west-1.sim.invalid",
          "Port": "5432"
        },
        "Fixed": "a",
        "Port": 5432,
        "Size": 1
      }
    }
    "#);
    let store = create(&sim(), "store", &json!({"Password": "hunter2"}), "t").unwrap();
    insta::assert_json_snapshot!(store, @r#"
    {
      "id": "shop-box-e3b98a4d",
      "properties": {
        "Arn": "arn:aws:test:eu-west-1:000000000000:store/shop-box-e3b98a4d",
        "Size": 1,
        "StoreName": "shop-box-e3b98a4d"
      }
    }
    "#);
}

#[test]
fn the_same_token_makes_one_resource() {
    let sim = sim();
    let first = create(&sim, "net", &json!({"Cidr": "10.0.0.0/16"}), "t").unwrap();
    assert_eq!(create(&sim, "net", &json!({"Cidr": "10.0.0.0/16"}), "t"), Ok(first.clone()));
    assert_eq!(kind(create(&sim, "net", &json!({"Cidr": "10.1.0.0/16"}), "t")), CloudErrorKind::Invalid);
    let second = create(&sim, "net", &json!({"Cidr": "10.0.0.0/16"}), "u").unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(sim.everything().unwrap().len(), 2);
}

#[test]
fn a_cloud_without_idempotency_makes_another() {
    let sim = sim().without_idempotency();
    let first = create(&sim, "net", &json!({}), "t").unwrap();
    assert_ne!(create(&sim, "net", &json!({}), "t").unwrap().id, first.id);
    create(&sim, "store", &json!({}), "u").unwrap();
    assert_eq!(kind(create(&sim, "store", &json!({}), "u")), CloudErrorKind::AlreadyExists);
}

#[test]
fn a_name_is_taken_once() {
    let sim = sim();
    create(&sim, "store", &json!({"StoreName": "main"}), "t").unwrap();
    assert_eq!(kind(create(&sim, "store", &json!({"StoreName": "main"}), "u")), CloudErrorKind::AlreadyExists);
    delete(&sim, &key("store", "main")).unwrap();
    create(&sim, "store", &json!({"StoreName": "main"}), "v").unwrap();
}

#[test]
fn what_the_catalog_forbids_is_refused() {
    let sim = sim();
    assert_eq!(kind(create(&sim, "box", &json!({"Sise": 1}), "t")), CloudErrorKind::Invalid);
    assert_eq!(kind(create(&sim, "box", &json!({"BoxId": "x"}), "t")), CloudErrorKind::Invalid);
    assert_eq!(kind(create(&sim, "nothing", &json!({}), "t")), CloudErrorKind::Unsupported);
    assert!(sim.everything().unwrap().is_empty());
}

#[test]
fn an_update_changes_the_places_it_names() {
    let sim = sim();
    let made = create(&sim, "box", &json!({"Fixed": "a", "Note": "x", "Size": 2}), "t").unwrap();
    let key = key("box", &made.id);
    let after = update(&sim, &key, &json!({"Fixed": "a", "Note": "y", "Size": 3}), &["Size"]).unwrap();
    assert_eq!((&after.properties["Size"], &after.properties["Note"]), (&json!(3), &json!("x")));
    assert_eq!(block_on(sim.read(&key)), Ok(Some(after)));
    let gone = update(&sim, &key, &json!({"Fixed": "a"}), &["Note", "Size"]).unwrap();
    assert_eq!((gone.properties.get("Note"), &gone.properties["Size"]), (None, &json!(1)), "a default comes back");
    assert_eq!(kind(update(&sim, &key, &json!({"Fixed": "b"}), &["Fixed"])), CloudErrorKind::Invalid);
    assert_eq!(kind(update(&sim, &super::tests::key("box", "none"), &json!({}), &[])), CloudErrorKind::NotFound);
}

#[test]
fn what_is_in_use_cannot_go() {
    let sim = sim();
    let net = create(&sim, "net", &json!({}), "t").unwrap();
    let user = create(&sim, "box", &json!({"Uses": [net.id]}), "u").unwrap();
    assert_eq!(kind(delete(&sim, &key("net", &net.id))), CloudErrorKind::Conflict);
    update(&sim, &key("box", &user.id), &json!({"Uses": []}), &["Uses"]).unwrap();
    delete(&sim, &key("net", &net.id)).unwrap();
    assert_eq!(delete(&sim, &key("net", &net.id)), Ok(()), "gone is gone");
    assert_eq!(block_on(sim.read(&key("net", &net.id))), Ok(None));
}

#[test]
fn it_finds_by_token_and_by_properties_in_one_place() {
    let sim = sim();
    let first = create(&sim, "box", &json!({"Note": "x", "Size": 2}), "t").unwrap();
    create(&sim, "box", &json!({"Note": "x", "Size": 3}), "u").unwrap();
    let find = |matching: Json, token: Option<&str>, region: &str| {
        let (matching, place) = (properties(&matching), Place { region: region.into(), ..Place::default() });
        block_on(sim.find(FindRequest {
            ty: "aws.test.box",
            place: &place,
            matching: &matching,
            token,
            label: None,
            sent: false,
        }))
        .unwrap()
    };
    assert_eq!(find(json!({"Note": "x"}), None, "eu-west-1").len(), 2);
    assert_eq!(find(json!({"Note": "x", "Size": 2}), None, "eu-west-1"), std::slice::from_ref(&first));
    assert_eq!(find(json!({"Note": "other"}), Some("t"), "eu-west-1"), [first]);
    assert!(find(json!({"Note": "x"}), Some("none"), "eu-west-1").is_empty());
    assert!(find(json!({"Note": "x"}), None, "us-east-1").is_empty());
}

#[test]
fn a_file_keeps_everything_and_no_other_file_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        SimCloud::open(&folder.path().join(name), options(&VirtualClock::default(), Faults::default(), None))
    };
    let made = create(&open("sim.db").unwrap(), "net", &json!({}), "t").unwrap();
    let again = open("sim.db").unwrap();
    assert_eq!(block_on(again.read(&key("net", &made.id))), Ok(Some(made)));
    let other = Connection::open(folder.path().join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    assert_eq!(open("other.db").map(drop).unwrap_err().code, "NotASimulation");
}

#[test]
fn a_lost_answer_leaves_the_change_made_or_not() {
    let with =
        |faults: &str| SimCloud::in_memory(options(&VirtualClock::default(), faults.parse().unwrap(), None)).unwrap();
    let sim = with("ambiguous=1");
    assert_eq!(kind(create(&sim, "net", &json!({}), "t")), CloudErrorKind::Ambiguous);
    assert_eq!(sim.everything().unwrap().len(), 1);
    let sim = with("lost=1");
    assert_eq!(kind(create(&sim, "net", &json!({}), "t")), CloudErrorKind::Ambiguous);
    assert_eq!(sim.everything().unwrap().len(), 0);
    let sim = with("unfinished=1");
    let (desired, place, told) = (Properties::new(), place(), RecordingSink::default());
    let create = CreateRequest { ty: "aws.test.net", place: &place, desired: &desired, label: "n", token: "t" };
    assert_eq!(kind(block_on(sim.create(create, &told))), CloudErrorKind::Unavailable);
    assert!(matches!(told.0.lock().unwrap().as_slice(), [Progress::Identified { .. }]));
}

#[test]
fn latency_passes_on_the_clock_and_is_told() {
    let clock = VirtualClock::default();
    let table = "[default]\ncreate = 60.0\nupdate = 1.0\ndelete = 1.0";
    let latency = Latency::parse(table, 0.5).unwrap();
    let sim = SimCloud::in_memory(SimOptions { latency, ..options(&clock, Faults::default(), None) }).unwrap();
    let (desired, place, told) = (Properties::new(), place(), RecordingSink::default());
    let create = CreateRequest { ty: "aws.test.net", place: &place, desired: &desired, label: "n", token: "t" };
    clock.run(sim.create(create, &told)).unwrap();
    assert_eq!(clock.now(), Duration::from_secs(30));
    let told = told.0.lock().unwrap();
    assert!(told.iter().filter(|told| matches!(told, Progress::Waiting { .. })).count() >= 4);
}

/// Every type of the catalog has an identifier and outputs of the right form, the same each time.
#[test]
fn every_type_of_the_catalog_can_be_made_up() {
    use gpb_catalog::{Catalog, ViolationKind, check_json};
    let library = gpb_base::stdlib::Library::embedded();
    let forms = OutputForms::parse(library.get("sim/forms.toml").unwrap()).unwrap();
    let (place, catalog, mut wrong) = (place(), Catalog::embedded(), Vec::new());
    for name in catalog.names() {
        let def = catalog.get(name).unwrap();
        let make = || {
            let desired = Properties::new();
            let create =
                CreateRequest { ty: name, place: &place, desired: &desired, label: "shop-test-data-main", token: "t" };
            super::new_resource::new_resource(&def, &create, String::new(), "", &forms)
        };
        let resource = make();
        assert_eq!(resource, make(), "{name}");
        assert!(!resource.id.is_empty(), "{name}");
        let about_form = |kind: &ViolationKind| {
            use ViolationKind::{Bounds, Format, NotInEnum, Pattern, WrongType};
            matches!(kind, Bounds | Format | NotInEnum | Pattern | WrongType)
        };
        let found = check_json(&def, &resource.properties).into_iter().filter(|one| about_form(&one.kind));
        wrong.extend(found.map(|one| format!("{name} {}: {}", one.path, one.message)));
    }
    // A handful of published defaults break their schema (`false` for a string); nothing generated here may.
    assert!(wrong.len() < 8, "{}", wrong.join("\n"));
}
