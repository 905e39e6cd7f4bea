//! The parts of a network that AWS allows only one of, each made anew while everything else stands on it.

use crate::acts::{acts, spec};
use crate::world::World;

#[test]
fn each_part_of_a_network_is_made_anew() {
    let mut world = World::of(&spec("network"));
    let first = live(&mut world);
    insta::assert_snapshot!(first);
    assert_eq!(live(&mut world), first, "the second life is as the first");
}

fn live(world: &mut World) -> String {
    world.reset();
    world.story.clear();
    for act in acts("network") {
        world.play(&act);
    }
    world.destroy();
    std::mem::take(&mut world.story)
}
