//! A key that is replaced, and the alias that leads to it.

use crate::acts::{acts, spec};
use crate::world::World;

#[test]
fn a_key_is_rotated_and_replaced_under_its_alias() {
    let mut world = World::of(&spec("keys"));
    let first = live(&mut world);
    insta::assert_snapshot!(first);
    assert_eq!(live(&mut world), first, "the second life is as the first");
}

fn live(world: &mut World) -> String {
    world.reset();
    world.story.clear();
    for act in acts("keys") {
        let before = (!act.replace.is_empty()).then(|| world.key("data.key").id);
        world.play(&act);
        assert_ne!(before, Some(world.key("data.key").id), "{}", act.title);
    }
    world.destroy();
    std::mem::take(&mut world.story)
}
