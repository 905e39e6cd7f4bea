//! Names of what the place of a resource has: its zones, the regions of its partition.

use gpb_catalog::regions;

/// A part of the place of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlacePart {
    /// A zone of its region.
    Zone,
    /// A region of its partition.
    Region,
}

impl PlacePart {
    /// Returns a part by its name.
    ///
    /// # Errors
    /// The mistake in words, where there is no part of that name.
    pub fn named(name: &str) -> Result<PlacePart, String> {
        match name {
            "zone" => Ok(PlacePart::Zone),
            "region" => Ok(PlacePart::Region),
            _ => Err(format!("a place has no `{name}`: zone or region")),
        }
    }

    /// Checks whether a name is that of a part; none where the catalog cannot tell.
    pub fn has(self, name: &str, region: &str) -> Option<bool> {
        match self {
            PlacePart::Zone => has_zone(name, region),
            PlacePart::Region => {
                regions::partition(region).map(|partition| regions::partition(name) == Some(partition))
            }
        }
    }
}

/// Checks whether a zone is one of a region; a zone that is near a city is in the list of no region.
fn has_zone(zone: &str, region: &str) -> Option<bool> {
    let zones = regions::zones(region)?;
    if zones.iter().any(|known| known == zone) {
        return Some(true);
    }
    let behind = |region: &str| zone.strip_prefix(region).map(str::as_bytes);
    match behind(region) {
        Some([b'a'..=b'z']) => Some(false),
        Some([b'-', ..]) => Some(true),
        _ => regions::names().any(|other| matches!(behind(other), Some([b'a'..=b'z'] | [b'-', ..]))).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_of_the_region_that_its_name_begins_with() {
        let zone = |zone: &str, region: &str| PlacePart::Zone.has(zone, region);
        assert_eq!((zone("us-east-1a", "us-east-1"), zone("us-west-2a", "us-east-1")), (Some(true), Some(false)));
        assert_eq!((zone("us-east-1z", "us-east-1"), zone("us-gov-west-1a", "us-west-1")), (Some(false), Some(false)));
        assert_eq!(zone("us-east-1-bos-1a", "us-east-1"), Some(true));
        assert_eq!(zone("us-west-2-lax-1a", "us-east-1"), Some(false));
        assert_eq!((zone("use1-az1", "us-east-1"), zone("us-east-1a", "")), (None, None));
    }

    #[test]
    fn a_region_is_of_one_partition() {
        let region = |region: &str, around: &str| PlacePart::Region.has(region, around);
        assert_eq!((region("eu-west-1", "us-east-1"), region("cn-north-1", "us-east-1")), (Some(true), Some(false)));
        assert_eq!((region("us-east-9", "us-east-1"), region("eu-west-1", "")), (Some(false), None));
    }
}
