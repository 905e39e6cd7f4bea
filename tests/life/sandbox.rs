//! The sandbox lives its whole life twice.

use crate::acts::ACTS;
use crate::world::{Wish, World};

#[test]
fn the_sandbox_lives_its_whole_life_twice() {
    let mut world = World::sandbox();
    let began = std::time::Instant::now();
    for _ in 0..1 {
        world.reset();
        world.act("first apply", &[]);
        for act in ACTS {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.act(act.title, act.edits)));
            println!("{:?} {} {}", began.elapsed(), act.title, if result.is_ok() { "ok" } else { "FAILED" });
        }
        world.destroy();
    }
    world.refuse("a second region", &[("  usage { users", "  recovery = us-west-2\n  usage { users")], &Wish::default());
    println!("{}", world.story);
}
