//! The open documents of an editor, which come before the files on the disk.

use crate::{files, packages, workspace};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileContent, FolderFile, Loader, UnreadableFile};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// An open document: the text in the editor, saved or not.
#[derive(Debug, Clone)]
pub struct Document {
    /// The URI by which the editor names it; answers must spell it the same.
    pub uri: String,
    /// The version of the text, by number, as the editor counts.
    pub version: Option<i32>,
    /// The whole text.
    pub text: Arc<str>,
}

/// All open documents, by the path the compiler knows each by.
#[derive(Debug, Default)]
pub struct Documents {
    open: BTreeMap<String, Document>,
}

impl Documents {
    /// Opens a document, or replaces its text.
    pub fn put(&mut self, uri: &str, version: Option<i32>, text: String) {
        let document = Document { uri: uri.to_owned(), version, text: text.into() };
        self.open.insert(path_of(uri), document);
    }

    /// Closes a document.
    pub fn remove(&mut self, uri: &str) {
        self.open.remove(&path_of(uri));
    }

    /// Returns the document at a path of the compiler.
    pub fn get(&self, path: &str) -> Option<&Document> {
        self.open.get(path)
    }

    /// Returns the document of a URI, with the path the compiler knows it by.
    pub fn named(&self, uri: &str) -> Option<(&str, &Document)> {
        self.open.get_key_value(&path_of(uri)).map(|(path, document)| (path.as_str(), document))
    }

    /// Lists the paths of all documents, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// Returns the URI of a path, spelled as the editor spells it.
    pub fn uri(&self, path: &str) -> String {
        self.open.get(path).map_or_else(|| uri_of(path), |document| document.uri.clone())
    }
}

impl Loader for Documents {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        if let Some(document) = self.open.get(path).filter(|_| from.is_empty()) {
            return Ok((path.to_owned(), document.text.clone()));
        }
        let path = files::relative_to(from, path);
        if let Some(why) = packages::outside(from, &path) {
            return Err(why);
        }
        let name = path.display().to_string();
        let text = self.open.get(&name).map_or_else(|| files::text(&path), |document| Ok(document.text.clone()));
        text.map(|text| (name, text))
    }

    fn identity(&self, path: &str) -> String {
        files::identity(path)
    }

    fn package(&self, from: &str, source: &str) -> Result<(String, Arc<str>), Box<Diagnostic>> {
        packages::package(from, source)
    }

    fn read(&self, from: &str, path: &str, most: usize) -> Result<FileContent, UnreadableFile> {
        let read = workspace::read(from, path, most)?;
        match self.open.get(&read.path) {
            Some(document) => Ok(FileContent { bytes: document.text.as_bytes().into(), ..read }),
            None => Ok(read),
        }
    }

    fn list(&self, from: &str, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile> {
        workspace::list(from, path, most)
    }
}

/// Returns the path of a `file:` URI.
///
/// Any other URI, of an unsaved document, is its own path.
fn path_of(uri: &str) -> String {
    let Some(rest) = uri.strip_prefix("file://") else { return uri.to_owned() };
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
    let path = decode(path);
    // `/c:/x` is how a drive is written.
    let drive =
        path.get(1..3).filter(|drive| drive.ends_with(':') && drive.starts_with(|c: char| c.is_ascii_alphabetic()));
    let path = if drive.is_some() { path.get(1..).unwrap_or(&path) } else { &path };
    files::normalize(Path::new(path)).display().to_string()
}

/// Returns the `file:` URI of a path (RFC 8089).
fn uri_of(path: &str) -> String {
    let mut uri = String::from("file://");
    if !path.starts_with('/') {
        uri.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            b'\\' => uri.push('/'),
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

/// Decodes percent escapes, `%20` to a blank; anything else stays.
fn decode(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = hex.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests write files")]

    use super::*;

    #[test]
    fn uris_and_paths() {
        assert_eq!(path_of("file:///home/a%20b/x.gpb"), "/home/a b/x.gpb");
        assert_eq!(path_of("file://host/x.gpb"), "/x.gpb");
        assert_eq!(path_of("file:///c%3A/x.gpb"), "c:/x.gpb");
        assert_eq!(path_of("file:///a/./b/../%zz%"), "/a/%zz%");
        assert_eq!(path_of("untitled:Untitled-1"), "untitled:Untitled-1");
        assert_eq!(uri_of("/home/a b/é.gpb"), "file:///home/a%20b/%C3%A9.gpb");
        assert_eq!(uri_of("c:\\x.gpb"), "file:///c%3A/x.gpb");
    }

    #[test]
    fn open_files_come_before_those_on_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let (main, other) = (dir.path().join("main.gpb"), dir.path().join("other.gpb"));
        std::fs::write(&main, "saved").unwrap();
        std::fs::write(&other, "on the disk").unwrap();
        let mut documents = Documents::default();
        documents.put(&uri_of(&main.display().to_string()), Some(1), "open".into());

        let load = |from: &str, path: &str| documents.load(from, path).map(|(_, text)| text.to_string());
        let main = main.display().to_string();
        assert_eq!(load("", &main), Ok("open".into()));
        assert_eq!(load(&main, "./other.gpb"), Ok("on the disk".into()));
        assert_eq!(load(&other.display().to_string(), "main.gpb"), Ok("open".into()));
        assert_eq!(load(&main, "absent.gpb"), Err("no such file or directory".into()));
    }
}
