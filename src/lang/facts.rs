//! What the compiler takes from the catalog besides types: regions, zones, and the actions of IAM.

use super::ty::{ActionFact, Facts};
use crate::catalog::{actions, regions};

/// The facts in the binary.
#[derive(Debug, Clone, Copy, Default)]
pub struct CatalogFacts;

impl Facts for CatalogFacts {
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
