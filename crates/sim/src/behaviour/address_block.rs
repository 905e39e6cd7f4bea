//! Blocks of IP addresses: their canonical text, and whether they overlap.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses, such as `10.0.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddressBlock {
    first: u128,
    /// The number of leading bits that its addresses share.
    bits: u32,
    width: u32,
}

impl AddressBlock {
    /// Reads `10.0.0.5/16`; the bits after the prefix are cleared.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let bits: u32 = bits.parse().ok()?;
        let (number, width) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let free = u32::checked_sub(width, bits)?;
        let first = number.checked_shr(free).unwrap_or(0).checked_shl(free).unwrap_or(0);
        Some(Self { first, bits, width })
    }

    /// Returns the text that AWS stores.
    pub fn canonical(&self) -> String {
        let address = match u32::try_from(self.first) {
            Ok(number) if self.width == 32 => IpAddr::V4(Ipv4Addr::from_bits(number)),
            _ => IpAddr::V6(Ipv6Addr::from_bits(self.first)),
        };
        format!("{address}/{}", self.bits)
    }

    /// Checks whether all addresses of another block are in this one.
    pub fn contains(&self, other: &AddressBlock) -> bool {
        let free = self.width.saturating_sub(self.bits);
        self.width == other.width
            && self.bits <= other.bits
            && self.first.checked_shr(free).unwrap_or(0) == other.first.checked_shr(free).unwrap_or(0)
    }

    /// Checks whether the blocks have an address in common.
    pub fn overlaps(&self, other: &AddressBlock) -> bool {
        self.contains(other) || other.contains(self)
    }
}

#[cfg(test)]
mod tests {
    use super::AddressBlock;

    #[test]
    fn blocks_are_canonical_and_overlap_where_one_contains_the_other() {
        let block = |text: &str| AddressBlock::parse(text).unwrap();
        assert_eq!(block("10.9.0.5/16").canonical(), "10.9.0.0/16");
        assert_eq!(block("10.9.0.5/0").canonical(), "0.0.0.0/0");
        assert_eq!(block("2001:DB8:0::1/32").canonical(), "2001:db8::/32");
        assert_eq!(block("::/0").canonical(), "::/0");
        assert!(block("10.0.0.0/16").contains(&block("10.0.4.0/24")));
        assert!(block("10.0.4.0/24").overlaps(&block("10.0.0.0/16")));
        assert!(!block("10.0.0.0/24").overlaps(&block("10.0.1.0/24")));
        assert!(!block("0.0.0.0/0").overlaps(&block("::/0")));
        for bad in ["10.0.0.0", "10.0.0.0/33", "x/8", "::/129"] {
            assert_eq!(AddressBlock::parse(bad), None, "{bad}");
        }
    }
}
