//! A small world: three regions with their zones, and every action allowed to exist.

use crate::lang::ty::{ActionFact, Facts};
use std::sync::LazyLock;

pub struct TestFacts;

static ZONES: LazyLock<Vec<(&'static str, Vec<String>)>> = LazyLock::new(|| {
    let zones = |region: &str| ["a", "b", "c"].iter().map(|letter| format!("{region}{letter}")).collect();
    ["cn-north-1", "us-east-1", "us-west-2"].into_iter().map(|region| (region, zones(region))).collect()
});

impl Facts for TestFacts {
    fn regions(&self) -> Vec<&str> {
        ZONES.iter().map(|(region, _)| *region).collect()
    }

    fn zones(&self, region: &str) -> Option<&[String]> {
        ZONES.iter().find(|(known, _)| *known == region).map(|(_, zones)| zones.as_slice())
    }

    fn action(&self, _action: &str) -> ActionFact {
        ActionFact::Known
    }
}
