//! Zip archives of a few small files, stored as they are.
//!
//! The same content gives the same bytes: no time, no compression. The format is PKWARE's APPNOTE 6.3.

/// The time of every entry: 1980-01-01, the first that the format knows.
const DATE: u16 = 0x21;
const VERSION: u16 = 20;

/// Returns the archive of some files; `None` for one that is too large.
pub(super) fn archive(entries: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let offset = u32::try_from(out.len()).ok()?;
        let size = u32::try_from(content.len()).ok()?;
        let length = u16::try_from(name.len()).ok()?;
        let checksum = crc32(content);
        // What the local header and the directory share: version, flags, method, time, date, checksum, sizes, name.
        let mut shared = Vec::new();
        for part in [VERSION, 0, 0, 0, DATE] {
            shared.extend(part.to_le_bytes());
        }
        for part in [checksum, size, size] {
            shared.extend(part.to_le_bytes());
        }
        shared.extend(length.to_le_bytes());
        shared.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&shared);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02");
        // Made by Unix, so that the mode counts.
        directory.extend((VERSION | 3 << 8).to_le_bytes());
        directory.extend(&shared);
        // No comment, the first disk, no inner attributes.
        directory.extend([0; 6]);
        // A plain file that everybody may read: Lambda runs it as another user.
        directory.extend((0o100_644_u32 << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size) = (u32::try_from(out.len()).ok()?, u32::try_from(directory.len()).ok()?);
    let count = u16::try_from(entries.len()).ok()?;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    for part in [count, count] {
        out.extend(part.to_le_bytes());
    }
    for part in [size, start] {
        out.extend(part.to_le_bytes());
    }
    out.extend(0_u16.to_le_bytes());
    Some(out)
}

/// Returns the CRC-32 of IEEE 802.3.
fn crc32(content: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in content {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
