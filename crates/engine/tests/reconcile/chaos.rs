//! Random declarations on a cloud that behaves as AWS does, with random faults and random deaths: what is declared comes to
//! be, once, and the state is the cloud.

use super::kill::MortalWorld;
use super::random::{desired, faults};
use super::*;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::clock::Clock;
use proptest::prelude::*;
use std::time::Duration;

/// States that lag, lists that lag more, values that come with the end of a change, users that do not know what is new.
const BEHAVIOUR: &str = r#"
service = "test"

[unknown]
refuses = { code = "Unknown", message = "{other} is not known" }
source = "eventual consistency"

[types.net]
lists = { lag = "4s", batch = true, source = "eventual consistency" }
propagates = { within = "15s", own_service = true, source = "eventual consistency" }
create = [{ takes = "10s", state = "creating", source = "asynchronous changes" }]
update = [{ begins = "3s", takes = "20s", state = "updating", values = "begin", source = "asynchronous changes" }]
delete = [{ takes = "15s", state = "deleting", source = "asynchronous changes" }]

[[types.net.in_use]]
by = ["aws.test.net:Uses", "aws.test.box:Uses", "aws.test.store:Uses"]
refuses = { code = "InUse", kind = "conflict", message = "in use by {other}" }
source = "references"

[types.box]
lists = { lag = "6s", batch = true, source = "eventual consistency" }
settle = [{ on = ["update"], within = "20s", source = "eventual consistency" }]

[types.store]
create = [{ hidden = "2s", takes = "60s", state = "creating", source = "asynchronous changes" }]
update = [{ begins = "5s", takes = "150s", state = "modifying", source = "asynchronous changes" }]
delete = [{ takes = "30s", state = "deleting", source = "asynchronous changes" }]
busy = { refuses = { code = "Busy", kind = "conflict", message = "{id} is {other}" }, source = "asynchronous changes" }

[[types.store.failures]]
after = "40s"
ends = "failed"
message = "no capacity"
source = "asynchronous changes"
"#;

/// The types of the tests, of which nets take a minute to be known everywhere.
struct SettlingTypes;

impl TypeSource for SettlingTypes {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        let mut def = TestTypes.get(name)?.as_ref().clone();
        def.lifecycle.settles = (name == "aws.test.net").then_some(Duration::from_mins(1));
        Some(Arc::new(def))
    }
}

fn world(idempotent: bool, faults: Faults) -> MortalWorld {
    let behaviour = Behaviour::parse([BEHAVIOUR]).unwrap();
    let mut mortal = MortalWorld::behaving(behaviour, idempotent, faults);
    mortal.world.types = Arc::new(SettlingTypes);
    mortal
}

/// Lives until nothing is left to do, and looks at what came of it once all lists have caught up.
fn settle(mortal: &MortalWorld, desired: &DesiredMap, what: &str) {
    mortal.killer.disarm();
    let wait = || mortal.world.clock.run(mortal.world.clock.sleep(Duration::from_mins(5)));
    for _ in 0..10 {
        mortal.live(desired).expect("nobody kills this one");
        wait();
        if mortal.world.snapshot().pending.is_empty() && mortal.world.pending(desired).is_empty() {
            break;
        }
    }
    mortal.world.assert_settled(desired, what);
}

/// The number of cases, which `PROPTEST_CASES` sets.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn what_is_declared_comes_to_be_once_on_a_hostile_cloud(
        wanted in proptest::collection::vec(desired(), 1..4),
        deaths in proptest::collection::vec(0..80i64, 0..4),
        faults in faults(),
        later in prop_oneof![Just(0.0), 0.0..0.1f64],
        idempotent in any::<bool>(),
    ) {
        let mortal = world(idempotent, Faults { later, ..faults });
        for desired in wanted {
            for instants in &deaths {
                mortal.killer.arm(*instants);
                mortal.live(&desired);
            }
            settle(&mortal, &desired, "on a hostile cloud");
        }
    }
}

#[test]
fn an_apply_on_a_quiet_day_is_complete_at_once_and_the_next_plan_is_empty() {
    let mortal = world(false, Faults::default());
    let desired = vec![
        ("net", "net", json!({"Cidr": "a"})),
        ("front", "box", json!({"Uses": [to("net", "")], "Size": 2})),
        ("data", "store", json!({"StoreName": "orders", "Size": 3, "Uses": [to("front", "")]})),
    ];
    assert_eq!(mortal.live(&desired).unwrap().failed, []);
    mortal.world.assert_settled(&desired, "created");
    let mut changed = desired.clone();
    changed[1].2["Size"] = json!(7);
    changed[2].2["Size"] = json!(8);
    assert_eq!(mortal.live(&changed).unwrap().failed, []);
    mortal.world.assert_settled(&changed, "changed");
    assert_eq!(mortal.live(&vec![]).unwrap().failed, []);
    mortal.world.assert_settled(&vec![], "destroyed");
}
