//! Regions, their partitions and their availability zones.

use gpb_base::stdlib::Library;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Returns the names of a region's availability zones; none for an unknown region.
///
/// Those open to every account are first.
pub fn zones(region: &str) -> Option<&'static [String]> {
    regions().get(region).map(|region| region.zones.as_slice())
}

/// Returns a region's partition; none for an unknown region.
///
/// It is `aws`, `aws-cn`, `aws-us-gov`, ….
pub fn partition(region: &str) -> Option<&'static str> {
    regions().get(region).map(|region| region.partition.as_str())
}

/// Returns every region, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    regions().keys().map(String::as_str)
}

#[derive(serde::Deserialize)]
struct RegionData {
    partition: String,
    zones: Vec<String>,
}

fn regions() -> &'static BTreeMap<String, RegionData> {
    static REGIONS: OnceLock<BTreeMap<String, RegionData>> = OnceLock::new();
    REGIONS.get_or_init(|| {
        let text = Library::embedded().get("catalog/generated/regions.toml").cloned().unwrap_or_default();
        toml::from_str(&text).unwrap_or_default()
    })
}
