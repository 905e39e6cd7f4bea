//! Bytes as hexadecimal text.

use std::fmt::Write as _;

/// Returns bytes as lower-case hexadecimal digits, two a byte: `00ff`.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex([0_u8, 15, 16, 255]), "000f10ff");
        assert_eq!(hex([]), "");
    }
}
