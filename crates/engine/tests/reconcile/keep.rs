//! A kept resource stays in the cloud at whatever instant the process that lets go of it dies.

use super::kill::MortalWorld;
use super::*;

/// A box that is kept, and another that is not.
fn boxes(size: &str) -> DesiredMap {
    vec![("main", "box", json!({"Fixed": size, "Size": 7, "@keep": true})), ("other", "box", json!({"Fixed": size}))]
}

fn in_cloud(world: &EngineFixture) -> BTreeSet<String> {
    world.sim.everything().unwrap().into_iter().map(|(key, ..)| key.id).collect()
}

/// Lives on until nothing is left to do, and checks that of all that was there only what is kept remains beside the state.
fn check(from: &DesiredMap, to: &DesiredMap) {
    let mut instant = 0;
    loop {
        let mortal = MortalWorld::new(Faults::default());
        assert!(mortal.world.live(from).is_complete());
        let kept = ids(&mortal.world.snapshot())["main"].clone();
        mortal.killer.arm(instant);
        let is_whole = mortal.live(to).is_some();
        assert!(in_cloud(&mortal.world).contains(&kept), "instant {instant}: it was deleted");
        mortal.killer.disarm();
        for _ in 0..3 {
            let outcome = mortal.live(to).unwrap();
            assert!(outcome.is_complete(), "instant {instant}: {:?} {:?}", outcome.failed, outcome.skipped);
        }
        let known: BTreeSet<String> = mortal.world.snapshot().resources.values().map(|one| one.id.clone()).collect();
        let mut expected = known.clone();
        expected.insert(kept.clone());
        assert_eq!(in_cloud(&mortal.world), expected, "instant {instant}: only what is kept is left behind");
        assert!(!known.contains(&kept), "instant {instant}: gpb has let go of it");
        assert_eq!(mortal.world.pending(to), [], "instant {instant}: nothing is left to do");
        if is_whole {
            return;
        }
        instant += 1;
    }
}

#[test]
fn it_stays_when_it_leaves_the_program() {
    check(&boxes("a"), &vec![]);
}

#[test]
fn it_stays_when_it_is_replaced() {
    check(&boxes("a"), &boxes("b"));
}

#[test]
fn it_stays_though_its_replacement_is_the_first_to_say_so() {
    let mut plain = boxes("a");
    plain[0].2 = json!({"Fixed": "a", "Size": 7});
    check(&plain, &boxes("b"));
}

/// A creation that was interrupted is known to be kept, though no record says so yet.
#[test]
fn it_stays_though_the_process_that_made_it_died() {
    for instant in 0.. {
        let mortal = MortalWorld::new(Faults::default());
        mortal.killer.arm(instant);
        let is_whole = mortal.live(&boxes("a")).is_some();
        mortal.killer.disarm();
        let made = |mortal: &MortalWorld| {
            let all = mortal.world.sim.everything().unwrap();
            all.into_iter().filter(|(_, properties, ..)| properties.properties.get("Size") == Some(&json!(7))).count()
        };
        let before = made(&mortal);
        assert!(mortal.live(&vec![]).unwrap().is_complete());
        assert_eq!(made(&mortal), before, "instant {instant}");
        assert!(mortal.world.snapshot().resources.is_empty(), "instant {instant}");
        if is_whole {
            return;
        }
    }
}

#[test]
fn the_journal_says_what_was_let_go_of() {
    let world = EngineFixture::new();
    world.live(&boxes("a"));
    let kept = ids(&world.snapshot())["main"].clone();
    world.live(&vec![]);
    let history = world.store.history(&EngineFixture::scope(), Some(&Address::new("main")), 1).unwrap();
    let verdict = history[0].verdict.map(|verdict| format!("{verdict:?}"));
    assert_eq!((history[0].intent.id.as_deref(), verdict.as_deref()), (Some(kept.as_str()), Some("Forgotten")));
    assert!(world.store.was_known(&EngineFixture::scope(), &Address::new("main")).unwrap());
    assert!(!world.store.was_known(&EngineFixture::scope(), &Address::new("mai")).unwrap());
}
