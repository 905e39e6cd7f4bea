//! Source files and places in them.
//!
//! Every value the compiler makes remembers the [`Span`] it came from, so that any later stage (a catalog check, a cycle,
//! a refused plan) can point at the text that caused it.

use crate::diag::Diagnostic;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Identifies a file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Its first byte, counted from 0.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl Span {
    /// Returns the bytes from `start` to before `end`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        // A file is at most `MAX_FILE_BYTES` long, far below `u32::MAX`.
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// Returns the smallest span that covers both.
    ///
    /// `other` is ignored when it lies in another file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Returns its bytes as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The largest file the compiler reads, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The file's name in messages.
    ///
    /// Relative to the working folder, or `std:data/aurora.gpb`.
    pub path: String,
    /// Its content.
    pub text: Arc<str>,
    /// The first byte of each line, computed at first use.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    fn new(path: String, text: Arc<str>) -> Self {
        Self { path, text, lines: OnceLock::new() }
    }

    /// Returns the line (from 0) that holds a byte, and the first byte of that line.
    pub fn line(&self, at: usize) -> (usize, usize) {
        let lines = self.line_starts();
        let line = lines.partition_point(|start| *start <= at).saturating_sub(1);
        (line, lines.get(line).copied().unwrap_or_default())
    }

    /// Returns the first byte of a line (from 0).
    ///
    /// The end of the text if it has no such line.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts().get(line).copied().unwrap_or(self.text.len())
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect()
        })
    }
}

/// All files of one compilation, in the order they were first used.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Those of the standard library, which have the same number in every compilation.
    library: BTreeMap<u32, SourceFile>,
}

/// The number of the library's first file: more than any program has.
const LIBRARY: u32 = 1 << 24;

impl SourceMap {
    /// Adds a file of the program.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(path.into(), text.into()));
        id
    }

    /// Returns the id of a file of the standard library, by its place among those.
    pub fn of_library(number: usize) -> FileId {
        FileId(u32::try_from(number).unwrap_or(u32::MAX).saturating_add(LIBRARY))
    }

    /// Adds a file of the standard library, by its place among those.
    pub fn add_library(&mut self, number: usize, path: impl Into<String>, text: impl Into<Arc<str>>) {
        self.library.insert(Self::of_library(number).0, SourceFile::new(path.into(), text.into()));
    }

    /// Returns a file; none where the id is of another map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize).or_else(|| self.library.get(&id.0))
    }

    /// Returns the id of the file of that path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.iter().find(|(_, file)| file.path == path).map(|(id, _)| id)
    }

    /// Returns all files: the program's, then the library's.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let library = self.library.iter().map(|(id, file)| (FileId(*id), file));
        (0u32..).map(FileId).zip(&self.files).chain(library)
    }

    /// Returns the text a span covers; empty when the span does not belong to this map.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.range())).unwrap_or("")
    }

    /// Returns line and column of a span's start, both from 1.
    ///
    /// The column counts characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.get(span.file) else { return (1, 1) };
        let at = (span.start as usize).min(file.text.len());
        let (line, start) = file.line(at);
        (line + 1, file.text.get(start..at).unwrap_or("").chars().count() + 1)
    }
}

/// Reads the text of `use "path"`; the compiler itself touches no file system.
pub trait Loader {
    /// Returns the path that a file is known by from here on, and its text.
    ///
    /// `path` is as the source writes it, seen from the file `from` (its [`SourceFile::path`]).
    ///
    /// # Errors
    /// A sentence for the user that says why the file cannot be read.
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String>;

    /// Returns what all paths to one file have in common: two paths may lead to it.
    fn identity(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Returns the first file of a package that the file `from` uses, `file:../shared` or `git:host/org/repo?ref=v1`.
    ///
    /// # Errors
    /// A diagnostic without a place, where the package is not there as it is locked.
    fn package(&self, _from: &str, source: &str) -> Result<(String, Arc<str>), Box<Diagnostic>> {
        Err(Diagnostic::error("GPB1030", format!("the package `{source}` is not locked")).into())
    }
}
