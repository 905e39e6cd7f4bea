//! Zip archives as text: the code of a function in one property.
//!
//! The same content gives the same bytes on every system: no time, no compression. As text an archive is a `data:` URI
//! (RFC 2397) with its hash, so that a difference can be told without its bytes.

use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The beginning of an archive as text, before its hash.
const HEAD: &str = "data:application/zip;sha256=";
/// The sign between the hash and the bytes.
const BODY: &str = ";base64,";

/// A file of an archive.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveEntry<'a> {
    /// Its path, with `/` between the names.
    pub name: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
    /// Whoever may read it may run it.
    pub executable: bool,
}

/// Returns the archive of some files; `None` for one that is too large.
pub fn zip(entries: &[ArchiveEntry<'_>]) -> Option<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        // A plain file that everybody may read: Lambda runs it as another user.
        let mode = if entry.executable { 0o755 } else { 0o644 };
        archive.start_file(entry.name, options.unix_permissions(mode)).ok()?;
        archive.write_all(entry.content).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

/// Returns an archive as text: its hash in hexadecimal digits, and its bytes in base 64.
pub fn to_text(hash: &str, base64: &str) -> String {
    format!("{HEAD}{hash}{BODY}{base64}")
}

/// Returns the hash and the bytes, in base 64, of a text that is an archive.
pub fn of_text(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(HEAD)?.split_once(BODY)
}

/// Returns a text that is an archive without its bytes: what it is, and its hash.
pub fn without_bytes(text: &str) -> Option<&str> {
    of_text(text).and_then(|(hash, _)| text.get(..HEAD.len() + hash.len()))
}

/// Returns what a reader is shown of a text that is an archive: its size in bytes, and the beginning of its hash.
pub fn summary(text: &str) -> Option<String> {
    let (hash, base64) = of_text(text)?;
    let padding = base64.bytes().rev().take_while(|byte| *byte == b'=').count();
    let size = (base64.len() / 4 * 3).saturating_sub(padding);
    Some(format!("(archive of {size} bytes, sha256 {})", hash.get(..16).unwrap_or(hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_bytes_each_time() {
        let entry = |name, content, executable| ArchiveEntry { name, content, executable };
        let entries = [entry("a", &b"one"[..], false), entry("b/run.py", b"", true)];
        let bytes = zip(&entries).unwrap();
        assert_eq!(Some(&bytes), zip(&entries).as_ref());
        let mut read = ::zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read.by_index(1).unwrap().unix_mode(), Some(0o100_755));
        let file = read.by_index(0).unwrap();
        assert_eq!((file.name(), file.unix_mode(), file.crc32()), ("a", Some(0o100_644), 0x7A6C_86F1));
        assert_eq!(file.last_modified(), Some(DateTime::DEFAULT));
        assert_eq!(std::io::read_to_string(file).unwrap(), "one");
    }

    #[test]
    fn an_archive_as_text_shows_its_size_and_hash() {
        let text = to_text("0123456789abcdef0123", "aGVsbG8=");
        assert_eq!(of_text(&text), Some(("0123456789abcdef0123", "aGVsbG8=")));
        assert_eq!(summary(&text).as_deref(), Some("(archive of 5 bytes, sha256 0123456789abcdef)"));
        assert_eq!(without_bytes(&text), Some("data:application/zip;sha256=0123456789abcdef0123"));
        assert_eq!(summary("data:text/plain,x"), None);
    }
}
