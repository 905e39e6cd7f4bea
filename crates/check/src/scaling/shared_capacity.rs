//! Capacity that many resources share: consumption, offers and quotas.

use super::source_locations::SourceLocations;
use gpb_model::Address;
use std::sync::Arc;

/// Consumption of a shared capacity by each unit of a resource.
///
/// It is taken evenly from each of several offers.
#[derive(Debug, Clone)]
pub struct Consumption {
    /// The resource that takes it.
    pub by: Address,
    /// The noun for what is taken: `connections`.
    pub what: Arc<str>,
    /// The number of them per unit.
    pub each: f64,
    /// The resources that it is taken from.
    pub of: Vec<Address>,
}

/// Capacity that a resource offers to others.
#[derive(Debug, Clone)]
pub struct CapacityOffer {
    /// The resource that offers it.
    pub of: Address,
    /// The noun for what is offered: `connections`.
    pub what: Arc<str>,
    /// The number of them that there are.
    pub amount: f64,
    /// The address of the page that says so.
    pub source: Option<Arc<str>>,
    /// The places where its figures are written.
    pub spots: SourceLocations,
}

/// A limit that AWS sets, and the use that a resource makes of it.
#[derive(Debug, Clone)]
pub struct Quota {
    /// The resource that counts towards it.
    pub of: Address,
    /// The quota's name; quotas of one name are one quota.
    pub name: Arc<str>,
    /// The noun for what is counted, for people.
    pub what: Arc<str>,
    /// The range of resources that are counted together.
    pub scope: QuotaScope,
    /// The part of a region that it is counted in: a zone.
    pub within: Option<Arc<str>>,
    /// The number of them that the resource counts for at its maximum.
    pub uses: f64,
    /// The number of them that AWS allows.
    pub limit: f64,
    /// The usage by which an environment says that AWS has granted more.
    ///
    /// Without one, AWS grants no more.
    pub raised: Option<Arc<str>>,
    /// The number that AWS counts, where the limit leaves out a part of it.
    ///
    /// That part cannot be used.
    pub granted: Option<f64>,
    /// The address of the page that says so.
    pub source: Option<Arc<str>>,
    /// The places where its figures are written.
    pub spots: SourceLocations,
}

/// The ranges of resources that a quota counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaScope {
    /// Each resource by itself.
    Resource,
    /// The resources of an account in a region.
    Region,
    /// The resources of an account in all regions.
    Account,
}
