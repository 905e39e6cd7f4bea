//! The facts in the binary, as the language asks for them.

use super::ty::{ActionFact, Facts};
use crate::catalog::{actions, regions};

/// Regions, zones and IAM actions of the embedded catalog.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmbeddedFacts;

impl Facts for EmbeddedFacts {
    fn regions(&self) -> Vec<&str> {
        regions::names().collect()
    }

    fn zones(&self, region: &str) -> Option<&[String]> {
        regions::zones(region)
    }

    fn action(&self, action: &str) -> ActionFact {
        match actions::exists(action) {
            actions::ActionCheck::Known(_) => ActionFact::Known,
            _ => ActionFact::Unknown { nearest: actions::nearest(action) },
        }
    }
}
