//! Source files and places in them.
//!
//! Every value the compiler makes remembers the [`Span`] it came from, so that any later stage (a catalog check, a cycle,
//! a refused plan) can point at the text that caused it.

use std::sync::Arc;

/// The number of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        // A file is at most `MAX_FILE_BYTES` long, far below `u32::MAX`.
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; `other` is ignored when it lies in another file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The largest file the compiler reads, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// How the file is named in messages: relative to where the user stands, or `std:data/aurora.gpb`.
    pub path: String,
    pub text: Arc<str>,
}

/// All files of one compilation, in the order they were first used.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path: path.into(), text: text.into() });
        id
    }

    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    pub fn find(&self, path: &str) -> Option<FileId> {
        let index = self.files.iter().position(|file| file.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The text a span covers; empty when the span does not belong to this map.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.range())).unwrap_or("")
    }

    /// Line and column (both from 1, the column in characters) of a span's start.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.get(span.file) else { return (1, 1) };
        let before = file.text.get(..span.start as usize).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// Where `use "path"` gets its text from; the compiler itself touches no file system.
pub trait Loader {
    /// The text of `path` as named in the source, seen from the file `from` (its [`SourceFile::path`]).
    /// Returns the path the file is to be known by and its text.
    ///
    /// # Errors
    /// A sentence for the user that says why the file cannot be read.
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String>;
}
