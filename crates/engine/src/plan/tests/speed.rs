//! Planning takes time in proportion to the number of resources. Counted in steps of a tenfold, so that a slow machine
//! does not matter.
#![allow(clippy::disallowed_methods)] // the one place of this room that looks at a clock

use crate::plan::fixtures::*;
use gpb_model::Model;
use serde_json::json;
use std::time::Instant;

fn chain(count: usize) -> Model {
    model((0..count).map(|n| {
        let properties = if n == 0 {
            json!({ "StoreName": "s0", "Size": 1 })
        } else {
            json!({
                "StoreName": format!("s{n}"), "Size": 1, "Engine": to(&format!("data.s{}", n - 1), "Endpoint/Host"),
                "Subnets": ["a", "b"], "Tags": [{ "Key": "n", "Value": "x" }],
            })
        };
        resource(&format!("data.s{n}"), "aws.data.store", properties)
    }))
}

fn time(count: usize) -> (f64, f64) {
    let model = chain(count);
    let start = Instant::now();
    let mut world = FakeCloud::new();
    let plan = world.plan(&model);
    let create = start.elapsed().as_secs_f64();
    world.apply(&plan);
    let start = Instant::now();
    assert!(world.plan(&model).is_empty());
    (create, start.elapsed().as_secs_f64())
}

#[test]
fn ten_times_the_resources_take_about_ten_times_as_long() {
    let (small, large) = (time(500), time(5_000));
    println!("500: {small:?} s, 5000: {large:?} s");
    let grew = (large.0 / small.0).max(large.1 / small.1);
    assert!(grew < 40.0, "{small:?} {large:?}");
}

#[test]
#[ignore = "a measurement: run it in release"]
fn ten_thousand() {
    println!("10000: {:?} s (create, keep)", time(10_000));
    println!("100000: {:?} s (create, keep)", time(100_000));
}
