//! Zip archives of a few small files, stored as they are.
//!
//! The same content gives the same bytes on every system: no time, no compression.

use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// Returns the archive of some files; `None` for one that is too large.
pub(super) fn archive(entries: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        // A plain file that everybody may read: Lambda runs it as another user.
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, options).ok()?;
        archive.write_all(content).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_bytes_each_time() {
        let bytes = archive(&[("a", b"one"), ("b.py", b"")]).unwrap();
        assert_eq!(Some(&bytes), archive(&[("a", b"one"), ("b.py", b"")]).as_ref());
        let mut read = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(read.len(), 2);
        let file = read.by_index(0).unwrap();
        assert_eq!((file.name(), file.unix_mode(), file.crc32()), ("a", Some(0o100_644), 0x7A6C_86F1));
        assert_eq!(file.last_modified(), Some(DateTime::DEFAULT));
        assert_eq!(std::io::read_to_string(file).unwrap(), "one");
    }
}
