//! The tables in the binary, each compressed by itself.
#![expect(clippy::unreadable_literal, reason = "written by the build script, for the compiler alone")]

/// A table in the blob.
pub(super) struct PackedTable {
    /// The service, which names the table.
    pub service: &'static str,
    /// The offset of its first byte in the blob.
    pub start: usize,
    /// The offset after its last byte in the blob.
    pub end: usize,
    /// The number of bytes of its text.
    pub size: usize,
}

impl PackedTable {
    /// Returns the compressed bytes.
    pub fn bytes(&self) -> &'static [u8] {
        BLOB.get(self.start..self.end).unwrap_or_default()
    }
}

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prices.bin"));

include!(concat!(env!("OUT_DIR"), "/prices.rs"));
