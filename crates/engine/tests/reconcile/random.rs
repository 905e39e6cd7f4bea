//! Random declarations, random faults, random deaths: what is declared comes to be, once.

use super::kill::MortalWorld;
use super::*;
use proptest::prelude::*;

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Resources that refer only to earlier ones, so that no circle comes about.
pub fn desired() -> impl Strategy<Value = DesiredMap> {
    let one = (any::<bool>(), 0..3u32, 0..3u32, proptest::collection::vec(0..8usize, 0..3));
    proptest::collection::vec(one, NAMES.len()).prop_map(|all| {
        let mut desired: DesiredMap = Vec::new();
        for (index, (there, size, fixed, uses)) in all.into_iter().enumerate() {
            if !there {
                continue;
            }
            let uses: Vec<Json> =
                uses.iter().filter_map(|at| desired.get(*at)).map(|(name, ..)| to(name, "")).collect();
            let (name, ty) = (NAMES[index], ["net", "box", "store"][index % 3]);
            let mut properties = json!({"Size": size, "Uses": uses});
            match ty {
                "net" => properties["Cidr"] = json!(format!("c{fixed}")),
                "store" => {
                    properties["StoreName"] = json!(format!("store-{name}"));
                    properties["Fixed"] = json!(format!("f{fixed}"));
                    properties["Password"] = json!({"$secret": {"from": "generated", "length": 12}});
                }
                _ => properties["Fixed"] = json!(format!("f{fixed}")),
            }
            desired.push((name, ty, properties));
        }
        desired
    })
}

pub fn faults() -> impl Strategy<Value = Faults> {
    let share = || prop_oneof![Just(0.0), 0.0..0.3f64];
    (any::<u64>(), share(), share(), share(), share(), share(), share()).prop_map(
        |(seed, throttle, unavailable, ambiguous, lost, not_ready, unfinished)| {
            let sum: f64 = throttle + unavailable + ambiguous + lost + not_ready + unfinished;
            // With more than this, patience ends now and then, as it should.
            let scale = if sum > 0.6 { 0.6 / sum } else { 1.0 };
            Faults {
                seed,
                throttle: throttle * scale,
                unavailable: unavailable * scale,
                ambiguous: ambiguous * scale,
                lost: lost * scale,
                not_ready: not_ready * scale,
                unfinished: unfinished * scale,
                // What comes later is the hostile cloud's alone, and what is refused stays so.
                ..Faults::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_declared_comes_to_be_whatever_fails(wanted in proptest::collection::vec(desired(), 1..4), faults in faults()) {
        let world = EngineFixture::with(faults, None);
        for desired in wanted {
            for _ in 0..6 {
                world.live(&desired);
                let open = !world.snapshot().pending.is_empty();
                if !open && world.pending(&desired).is_empty() {
                    break;
                }
            }
            world.assert_settled(&desired, "after failures");
        }
    }

    #[test]
    fn what_is_declared_comes_to_be_once_whoever_dies(
        wanted in proptest::collection::vec(desired(), 1..3),
        deaths in proptest::collection::vec(0..80i64, 0..5),
        faults in faults(),
        idempotent in any::<bool>(),
    ) {
        let mortal = MortalWorld::of_kind(idempotent, faults);
        for desired in wanted {
            for instants in &deaths {
                mortal.killer.arm(*instants);
                mortal.live(&desired);
            }
            mortal.killer.disarm();
            for _ in 0..6 {
                mortal.live(&desired).expect("nobody kills this one");
                let open = !mortal.world.snapshot().pending.is_empty();
                if !open && mortal.world.pending(&desired).is_empty() {
                    break;
                }
            }
            mortal.world.assert_settled(&desired, "after deaths");
        }
    }
}
