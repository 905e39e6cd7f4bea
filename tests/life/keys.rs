//! A key that is replaced, and the alias that leads to it.

use crate::world::{AS_IT_IS, Wish, World};

const KEYS: &str = r#"
environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}

stack shop {
  key data {
    alias       = "shop"
    description = "Data of the shop"
    services    = ["logs.us-east-1.amazonaws.com"]
  }

  resource aws.logs.log_group log {
    log_group_name    = "shop"
    retention_in_days = 7
    kms_key_id        = data.arn
  }
}
"#;

#[test]
fn a_key_is_rotated_and_replaced_under_its_alias() {
    let mut world = World::of(KEYS);
    let first = live(&mut world);
    insta::assert_snapshot!(first);
    assert_eq!(live(&mut world), first, "the second life is as the first");
}

fn live(world: &mut World) -> String {
    world.reset();
    world.story.clear();
    world.act("a key", AS_IT_IS);
    world.act("it stays as it is", &[("\"Data of the shop\"", "\"Data of the shop\"\n    rotation = false")]);
    world.act("it is rotated again", &[("rotation = false", "rotation = true")]);
    let before = world.key("data.key").id;
    world.carry("another key", &Wish { replace: vec!["data.key"], ..Wish::default() });
    assert_ne!(world.key("data.key").id, before);
    world.destroy();
    std::mem::take(&mut world.story)
}
