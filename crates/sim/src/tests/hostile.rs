//! The hostile cloud: each kind of rule, on types of its own.

use super::super::testing::{RecordingSink, place};
use super::super::{Behaviour, Faults, SimCloud, SimOptions};
use super::{key, options, properties};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::clock::{Clock as _, VirtualClock};
use gpb_engine::cloud::deletion_locks::DeletionLockRequest;
use gpb_engine::cloud::{
    Cloud as _, CloudError, CloudErrorKind, CreateRequest, FindRequest, ObservedResource, Progress, ProgressSink,
    Properties, ResourceKey, TypeSource, UpdateRequest,
};
use gpb_model::PropPath;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// A hostile cloud with one file of rules, and its clock.
struct Hostile {
    clock: VirtualClock,
    sim: SimCloud,
}

impl Hostile {
    fn new(rules: &str) -> Self {
        Self::with(rules, Faults::default())
    }

    fn with(rules: &str, faults: Faults) -> Self {
        let clock = VirtualClock::default();
        let behaviour = Behaviour::parse([format!("service = 'test'\n{rules}").as_str()]).unwrap();
        let options = SimOptions { behaviour, ..options(&clock, faults, None) };
        Self { sim: SimCloud::in_memory(options).unwrap(), clock }
    }

    fn pass(&self, seconds: u64) {
        self.clock.run(self.clock.sleep(Duration::from_secs(seconds)));
    }

    fn create(&self, ty: &str, desired: &Json) -> Result<ObservedResource, CloudError> {
        let (desired, place, ty) = (properties(desired), place(), format!("aws.test.{ty}"));
        let token = format!("{ty} {} {:?}", Json::Object(desired.clone()), self.clock.now());
        let create = CreateRequest { ty: &ty, place: &place, desired: &desired, label: "shop", token: &token };
        self.clock.run(self.sim.create(create, &RecordingSink::default()))
    }

    fn update(&self, ty: &str, id: &str, desired: &Json) -> Result<ObservedResource, CloudError> {
        let (before, desired) = (Properties::new(), properties(desired));
        let changed: Vec<_> = desired.keys().map(|head| PropPath(head.as_str().into())).collect();
        let key = key(ty, id);
        let update = UpdateRequest {
            key: &key,
            before: &before,
            desired: &desired,
            changed: &changed,
            token: "u",
            reasserted: &[],
        };
        self.clock.run(self.sim.update(update, &RecordingSink::default()))
    }

    fn delete(&self, ty: &str, id: &str) -> Result<(), CloudError> {
        self.clock.run(self.sim.delete(&key(ty, id), "d", &RecordingSink::default()))
    }

    fn locks(&self, ty: &str, id: &str) -> Vec<String> {
        let (key, observed) = (key(ty, id), Properties::new());
        let request = DeletionLockRequest { key: &key, observed: &observed, leaving: &[] };
        let locks = self.clock.run(self.sim.deletion_locks(request)).unwrap();
        locks.into_iter().map(|lock| lock.reason).collect()
    }

    fn read(&self, ty: &str, id: &str) -> Option<Properties> {
        self.clock.run(self.sim.read(&key(ty, id))).unwrap().map(|found| found.properties.into())
    }

    fn batched(&self, ty: &str, id: &str) -> Option<Properties> {
        let mut all = self.clock.run(self.sim.read_many(&[key(ty, id)]));
        all.remove(0).unwrap().map(|found| found.properties.into())
    }

    fn found(&self, ty: &str) -> usize {
        let (matching, place, ty) = (Properties::new(), place(), format!("aws.test.{ty}"));
        let find = FindRequest { ty: &ty, place: &place, matching: &matching, token: None, label: None, sent: false };
        self.clock.run(self.sim.find(find)).unwrap().len()
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, CloudError>) -> String {
    result.unwrap_err().code
}

#[test]
fn a_change_is_believed_too_early_and_comes_later() {
    let cloud = Hostile::new(
        "[types.box]
         busy = { refuses = { code = 'InvalidState', kind = 'conflict' }, source = 's' }
         create = [{ takes = '90s', state = 'creating', source = 's' }]
         update = [{ begins = '5s', takes = '60s', state = 'modifying', source = 's' }]",
    );
    let made = cloud.create("box", &json!({"Note": "a"})).unwrap();
    assert_eq!(cloud.clock.now(), Duration::from_secs(90), "the waiter of a creation sees its state");
    let answer = cloud.update("box", &made.id, &json!({"Note": "b"})).unwrap();
    assert_eq!((&answer.properties["Note"], cloud.clock.now()), (&json!("a"), Duration::from_secs(90)));
    cloud.pass(10);
    assert_eq!(code(cloud.update("box", &made.id, &json!({"Note": "c"}))), "InvalidState");
    assert_eq!(code(cloud.delete("box", &made.id)), "InvalidState");
    assert_eq!(cloud.read("box", &made.id).unwrap()["Note"], "a");
    cloud.pass(60);
    assert_eq!(cloud.read("box", &made.id).unwrap()["Note"], "b");
}

#[test]
fn a_secret_is_found_some_time_after_a_resource_keeps_it() {
    let cloud = Hostile::new(
        "[types.box]
         secret = { name = 'Note', within = '12s', refuses = { code = 'Missing', kind = 'not_found' }, source = 's' }",
    );
    let secret = || cloud.clock.run(cloud.sim.secret(&place(), "key"));
    assert_eq!(code(secret()), "Missing");
    let made = cloud.create("box", &json!({"Note": "key"})).unwrap();
    assert_eq!(code(secret()), "Missing");
    cloud.pass(12);
    assert!(secret().is_ok());
    cloud.delete("box", &made.id).unwrap();
    assert_eq!(code(secret()), "Missing");
    let friendly = Hostile::new("[types.net]\nlists = { lag = '3s', source = 's' }");
    assert!(friendly.clock.run(friendly.sim.secret(&place(), "key")).is_ok(), "no type keeps secrets");
}

#[test]
fn a_waiter_that_settles_is_not_fooled() {
    let cloud = Hostile::new(
        "[types.box]
         update = [{ begins = '5s', takes = '60s', state = 'modifying', settle = '30s', source = 's' }]",
    );
    let made = cloud.create("box", &json!({"Note": "a"})).unwrap();
    let answer = cloud.update("box", &made.id, &json!({"Note": "b"})).unwrap();
    assert_eq!((&answer.properties["Note"], cloud.clock.now()), (&json!("b"), Duration::from_secs(65)));
}

#[test]
fn a_property_settles_though_its_resource_is_ready() {
    let cloud = Hostile::new("[types.box]\nsettle = [{ properties = ['Note'], within = '60s', source = 's' }]");
    let made = cloud.create("box", &json!({"Note": "a", "Size": 2})).unwrap();
    assert_eq!((made.properties.get("Note"), &made.properties["Size"]), (None, &json!(2)));
    cloud.pass(60);
    assert_eq!(cloud.read("box", &made.id).unwrap()["Note"], "a");
    cloud.update("box", &made.id, &json!({"Note": "b", "Size": 3})).unwrap();
    let early = cloud.read("box", &made.id).unwrap();
    assert_eq!((&early["Note"], &early["Size"]), (&json!("a"), &json!(3)));
    cloud.pass(60);
    assert_eq!(cloud.read("box", &made.id).unwrap()["Note"], "b");
}

#[test]
fn lists_lag_behind_single_reads() {
    let cloud = Hostile::new("[types.net]\nlists = { lag = '10s', batch = true, source = 's' }");
    let made = cloud.create("net", &json!({"Note": "a"})).unwrap();
    assert!(cloud.read("net", &made.id).is_some());
    assert_eq!((cloud.batched("net", &made.id), cloud.found("net")), (None, 0));
    cloud.pass(10);
    assert!(cloud.batched("net", &made.id).is_some());
    cloud.update("net", &made.id, &json!({"Note": "b"})).unwrap();
    assert_eq!(cloud.batched("net", &made.id).unwrap()["Note"], "a");
    cloud.delete("net", &made.id).unwrap();
    assert_eq!((cloud.read("net", &made.id), cloud.found("net")), (None, 1));
    cloud.pass(10);
    assert_eq!((cloud.batched("net", &made.id), cloud.found("net")), (None, 0));
}

#[test]
fn what_is_new_is_unknown_to_others_for_a_while() {
    let cloud = Hostile::new(
        "unknown = { refuses = { code = 'InvalidParameter', message = 'no {other}' }, source = 's' }
         [types.net]
         propagates = { within = '10s', own_service = true, source = 's' }",
    );
    let net = cloud.create("net", &json!({})).unwrap();
    let refused = cloud.create("box", &json!({"Uses": [net.id]})).unwrap_err();
    assert_eq!((refused.kind, refused.code.as_str()), (CloudErrorKind::Invalid, "InvalidParameter"));
    assert!(refused.message.ends_with(&net.id));
    cloud.pass(10);
    cloud.create("box", &json!({"Uses": [net.id]})).unwrap();
}

#[test]
fn an_update_that_changes_nothing_is_refused() {
    let cloud = Hostile::new("[types.box]\nno_change = [{ refuses = { code = 'NoModifications' }, source = 's' }]");
    let made = cloud.create("box", &json!({"Note": "a"})).unwrap();
    assert_eq!(code(cloud.update("box", &made.id, &json!({"Note": "a"}))), "NoModifications");
    cloud.update("box", &made.id, &json!({"Note": "a", "Size": 9})).unwrap();
}

#[test]
fn a_change_fails_after_its_call_and_is_undone() {
    let rules = "[types.box]
         failures = [{ when = [{ path = 'Note', ends = ':missing' }], after = '120s', ends = 'rollback', message = 'circuit breaker', source = 's' }]";
    let cloud = Hostile::new(rules);
    let made = cloud.create("box", &json!({"Note": "a"})).unwrap();
    let answer = cloud.update("box", &made.id, &json!({"Note": "b:missing"})).unwrap();
    assert_eq!((&answer.properties["Note"], cloud.clock.now()), (&json!("a"), Duration::from_mins(2)));
    let failed = cloud.create("box", &json!({"Note": "c:missing"})).unwrap_err();
    assert_eq!((failed.code.as_str(), failed.message.as_str()), ("Failed", "circuit breaker"));
    let injected = Hostile::with(rules, "later=1".parse().unwrap());
    assert_eq!(code(injected.create("box", &json!({"Note": "a"}))), "Failed");
    assert!(injected.create("net", &json!({})).is_ok(), "a type without such a rule does not fail so");
}

#[test]
fn what_holds_something_or_is_protected_or_used_is_not_deleted() {
    let cloud = Hostile::new(
        "[types.net]
         in_use = [{ by = ['aws.test.box:Uses'], refuses = { code = 'DependencyViolation', kind = 'conflict', message = '{other}' }, source = 's' }]
         refuse = [{ on = ['delete'], when = [{ path = 'Note', is = 'protected' }], lock = { reason = 'it is protected', path = 'Note', off = { map = { protected = 'free' } } }, refuses = { code = 'Protected' }, source = 's' }]
         contents = { reason = 'it is not empty', help = 'empty it', refuses = { code = 'NotEmpty' }, source = 's' }
         [types.box]
         lingers = [{ within = '180s', holds = ['aws.test.net'], remains = 'network interface', source = 's' }]",
    );
    let net = cloud.create("net", &json!({"Note": "protected"})).unwrap();
    let user = cloud.create("box", &json!({"Uses": [net.id]})).unwrap();
    assert_eq!(code(cloud.delete("net", &net.id)), "Protected");
    assert_eq!(cloud.locks("net", &net.id), ["it is protected"]);
    let sink = RecordingSink::default();
    let unlocked = cloud.clock.run(cloud.sim.turn_off_deletion_locks(&key("net", &net.id), "u", &sink)).unwrap();
    assert_eq!(unlocked.unwrap().properties["Note"], "free");
    assert!(cloud.locks("net", &net.id).is_empty(), "what gpb made is no lock");
    assert_eq!(code(cloud.delete("net", &net.id)), "DependencyViolation");
    cloud.delete("box", &user.id).unwrap();
    let held = cloud.delete("net", &net.id).unwrap_err();
    assert_eq!(held.message, format!("a network interface of {}", user.id));
    cloud.pass(180);
    cloud.sim.put_contents(&key("net", &net.id)).unwrap();
    assert_eq!(cloud.locks("net", &net.id), ["it is not empty"]);
    assert_eq!(code(cloud.delete("net", &net.id)), "NotEmpty");
}

#[test]
fn users_that_stay_are_a_lock_and_those_that_leave_are_none() {
    let cloud = Hostile::new(
        "[types.net]
         in_use = [{ by = ['aws.test.box:Uses'], lock = { reason = 'it holds boxes', help = 'delete them' }, refuses = { code = 'DependencyViolation', kind = 'conflict' }, source = 's' }]",
    );
    let net = cloud.create("net", &json!({"Note": "n"})).unwrap();
    let [one, two] = ["a", "b"].map(|note| cloud.create("box", &json!({"Uses": [net.id], "Note": note})).unwrap().id);
    assert_eq!(cloud.locks("net", &net.id), [format!("it holds boxes ({one}, {two})")]);
    let (of, observed) = (key("net", &net.id), Properties::new());
    let locks = |leaving: &[ResourceKey]| {
        let request = DeletionLockRequest { key: &of, observed: &observed, leaving };
        cloud.clock.run(cloud.sim.deletion_locks(request)).unwrap()
    };
    let all = [key("box", &one), key("box", &two)];
    assert_eq!(locks(&all[..1])[0].reason, format!("it holds boxes ({two})"));
    assert_eq!(locks(&all), []);
}

#[test]
fn one_only_values_are_refused_twice_and_held_after_deletion() {
    let cloud = Hostile::new(
        "[types.net]
         exclusive = [{ paths = ['Fixed', 'Cidr'], overlap = true, refuses = { code = 'Conflict', message = '{other}' }, source = 's' }]
         held = [{ paths = ['Note'], within = '30d', refuses = { code = 'ScheduledForDeletion' }, source = 's' }]
         [types.box]
         within = [{ path = 'Note', by = 'Fixed', of = 'aws.test.net', at = 'Cidr', refuses = { code = 'OutOfRange' }, source = 's' }]",
    );
    let net = cloud.create("net", &json!({"Fixed": "a", "Cidr": "10.0.0.0/16", "Note": "n"})).unwrap();
    assert_eq!(code(cloud.create("net", &json!({"Fixed": "a", "Cidr": "10.0.4.0/24"}))), "Conflict");
    cloud.create("net", &json!({"Fixed": "b", "Cidr": "10.0.4.0/24"})).unwrap();
    assert_eq!(code(cloud.create("box", &json!({"Fixed": net.id, "Note": "10.1.0.0/24"}))), "OutOfRange");
    cloud.create("box", &json!({"Fixed": net.id, "Note": "10.0.1.0/24"})).unwrap();
    cloud.delete("net", &net.id).unwrap();
    assert_eq!(code(cloud.create("net", &json!({"Note": "n"}))), "ScheduledForDeletion");
    cloud.pass(30 * 86_400);
    cloud.create("net", &json!({"Note": "n"})).unwrap();
}

#[test]
fn a_resource_that_needs_another_is_refused_without_it() {
    let cloud = Hostile::new(
        "[types.box]
         needs = [{ path = 'Fixed', of = 'aws.test.net', refuses = { code = 'NoSuchNet', kind = 'not_found', message = '{other}' }, source = 's' }]",
    );
    let refused = cloud.create("box", &json!({"Fixed": "a", "Note": "n"})).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.message.as_str()), ("NoSuchNet", "a"));
    let net = cloud.create("net", &json!({"Fixed": "a"})).unwrap();
    let made = cloud.create("box", &json!({"Fixed": net.id, "Note": "n"})).unwrap();
    // Only what a request says anew is looked for.
    cloud.delete("net", &net.id).unwrap();
    cloud.update("box", &made.id, &json!({"Fixed": net.id, "Note": "m"})).unwrap();
}

#[test]
fn waits_pass_at_the_pace_of_the_cloud_and_dates_do_not() {
    let rules = "service = 'test'\n[types.net]
         create = [{ takes = '90s', state = 'creating', source = 's' }]
         held = [{ paths = ['Note'], within = '30d', refuses = { code = 'ScheduledForDeletion' }, source = 's' }]";
    let clock = VirtualClock::default();
    let behaviour = Behaviour::parse([rules]).unwrap().scaled(0.0);
    let options = SimOptions { behaviour, ..options(&clock, Faults::default(), None) };
    let cloud = Hostile { sim: SimCloud::in_memory(options).unwrap(), clock };
    let net = cloud.create("net", &json!({"Note": "n"})).unwrap();
    assert_eq!(cloud.clock.now(), Duration::ZERO);
    cloud.delete("net", &net.id).unwrap();
    assert_eq!(code(cloud.create("net", &json!({"Note": "n"}))), "ScheduledForDeletion");
}

/// The journal of a state that has made something by these tokens.
struct Journal(&'static [&'static str]);

#[async_trait::async_trait]
impl ProgressSink for Journal {
    async fn progress(&self, _: Progress) -> Result<(), CloudError> {
        Ok(())
    }

    fn has_created(&self, _: &str, is_it: &dyn Fn(&str) -> bool) -> bool {
        self.0.iter().any(|token| is_it(token))
    }
}

#[test]
fn what_was_deleted_is_given_back_to_those_who_made_it() {
    let clock = VirtualClock::default();
    let types: Arc<dyn TypeSource> = Arc::new(Catalog::embedded());
    let behaviour = Behaviour::aws(&Library::embedded()).unwrap();
    let sim = SimCloud::in_memory(SimOptions { types, behaviour, ..options(&clock, Faults::default(), None) }).unwrap();
    let place = place();
    let create = |token: &str, stack: &str, journal: &'static [&'static str]| {
        let desired = json!({"Name": "key", "Description": token, "Tags": [{"Key": "stack", "Value": stack}]});
        let desired = properties(&desired);
        let ty = "aws.secretsmanager.secret";
        let create = CreateRequest { ty, place: &place, desired: &desired, label: "shop", token };
        clock.run(sim.create(create, &Journal(journal)))
    };
    let delete = |id: &str| {
        let key = ResourceKey { ty: "aws.secretsmanager.secret".into(), place: place.clone(), id: id.into() };
        clock.run(sim.delete(&key, "d", &RecordingSink::default())).unwrap();
    };
    let first = create("1", "shop", &[]).unwrap();
    delete(&first.id);
    assert_eq!(create("2", "other", &["1"]).unwrap_err().kind, CloudErrorKind::AlreadyExists, "it bears other tags");
    let another = create("2", "shop", &["of another stack"]).unwrap_err();
    assert_eq!(another.kind, CloudErrorKind::AlreadyExists, "another state made it");
    let second = create("3", "shop", &["1"]).unwrap();
    assert_eq!((&second.id, &second.properties["Description"]), (&first.id, &json!("3")));
    delete(&second.id);
    clock.run(clock.sleep(Duration::from_hours(31 * 24)));
    assert_ne!(create("4", "other", &["1"]).unwrap().id, first.id, "the name is free again");
}

#[test]
fn aws_changes_and_makes_things_by_itself() {
    let cloud = Hostile::new(
        "[types.net]
         normal = [{ path = 'Note', form = { map = { 16 = '16.8' } }, source = 's' }]
         later = [{ path = 'Note', after = '7d', form = { map = { '16.8' = '16.9' } }, source = 's' }]
         spawns = [{ type = 'aws.test.box', after = '10min', properties = { Uses = ['{id}'] }, source = 's' }]
         in_use = [{ by = ['aws.test.box:Uses'], refuses = { code = 'StillHasMembers' }, source = 's' }]",
    );
    let net = cloud.create("net", &json!({"Note": "16"})).unwrap();
    assert_eq!(net.properties["Note"], "16.8");
    cloud.pass(600);
    assert_eq!(cloud.found("box"), 1);
    assert_eq!(code(cloud.delete("net", &net.id)), "StillHasMembers");
    assert_eq!(cloud.locks("net", &net.id).len(), 1, "what AWS made is in nobody's plan");
    cloud.pass(7 * 86_400);
    assert_eq!(cloud.read("net", &net.id).unwrap()["Note"], "16.9");
}

#[test]
fn a_deletion_takes_time_and_is_hidden_or_shown() {
    let rules =
        |hidden: &str| format!("[types.net]\ndelete = [{{ takes = '60s', hidden = '{hidden}', source = 's' }}]");
    // What is out of sight is gone for a waiter: the second of the look is all that passes.
    for (hidden, shown, waited) in [("0s", true, 60), ("1d", false, 1)] {
        let cloud = Hostile::new(&rules(hidden));
        let net = cloud.create("net", &json!({})).unwrap();
        let place = key("net", &net.id);
        let sink = RecordingSink::default();
        let deleting = cloud.sim.delete(&place, "d", &sink);
        let seen = cloud.clock.run(async {
            let (_, seen) = futures::future::join(deleting, async {
                cloud.clock.sleep(Duration::from_secs(1)).await;
                cloud.sim.read(&place).await.unwrap().is_some()
            })
            .await;
            seen
        });
        assert_eq!((seen, cloud.clock.now()), (shown, Duration::from_secs(waited)));
        assert_eq!(cloud.read("net", &net.id), None);
    }
}

#[test]
fn a_service_throttles_at_its_rate() {
    let cloud = Hostile::new(
        "rates = [{ on = ['create'], per_second = 0.5, burst = 2.0, refuses = { code = 'RequestLimitExceeded', kind = 'throttled' }, source = 's' }]",
    );
    let create = |note: &str| cloud.create("net", &json!({"Note": note}));
    create("a").unwrap();
    create("b").unwrap();
    let refused = create("c").unwrap_err();
    assert_eq!((refused.kind, refused.code.as_str()), (CloudErrorKind::Throttled, "RequestLimitExceeded"));
    assert_eq!(cloud.found("net"), 2, "other calls are not limited");
    cloud.pass(2);
    create("c").unwrap();
    assert_eq!(code(create("d")), "RequestLimitExceeded");
}

#[test]
fn a_file_of_rules_that_is_not_sound_is_refused() {
    for bad in [
        "service = 'x'\n[types.y]",
        "service = 'x'\n[types.y]\nlists = { lag = '1s', source = ' ' }",
        "service = 'x'\n[types.y]\nlists = { lag = '1s' }",
        "service = 'x'\n[types.y]\nlists = { lag = 'soon', source = 's' }",
        "service = 'x'\n[types.y]\nlags = { lag = '1s', source = 's' }",
        "[types.y]\nlists = { lag = '1s', source = 's' }",
    ] {
        assert!(Behaviour::parse([bad]).is_err(), "{bad}");
    }
    assert!(Behaviour::parse(["service = 'x'", "service = 'x'"]).is_err());
}

#[test]
fn outputs_count_updates_and_some_things_end_with_others() {
    let cloud = Hostile::new(
        "[types.box]
         revises = [{ path = 'Size', properties = ['Note'], source = 's' }]
         [types.net]
         takes_along = [{ type = 'aws.test.box', path = 'Fixed', is = 'net/{Note}', source = 's' }]",
    );
    let net = cloud.create("net", &json!({"Note": "a"})).unwrap();
    let made = cloud.create("box", &json!({"Fixed": "net/a", "Size": 1})).unwrap();
    let other = cloud.create("box", &json!({"Fixed": "net/b", "Size": 1})).unwrap();
    assert_eq!(cloud.update("box", &made.id, &json!({"Note": "x"})).unwrap().properties["Size"], 2);
    cloud.delete("net", &net.id).unwrap();
    assert_eq!((cloud.read("box", &made.id).is_some(), cloud.read("box", &other.id).is_some()), (false, true));
}
