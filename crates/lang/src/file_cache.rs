//! The files that functions read, each once in a compilation.

use crate::ty::ModuleFiles;
use foldhash::HashMap;
use gpb_base::source::{FileContent, FolderFile, Loader, UnreadableFile};
use std::cell::RefCell;

/// The files that functions have read so far, by the file that reads and the path that it names.
#[derive(Default)]
pub struct FileCache<'p> {
    loader: Option<&'p (dyn Loader + Sync)>,
    contents: RefCell<HashMap<(String, String), Result<FileContent, UnreadableFile>>>,
}

impl<'p> FileCache<'p> {
    /// Returns a cache of what a loader reads.
    pub fn new(loader: &'p (dyn Loader + Sync)) -> Self {
        Self { loader: Some(loader), contents: RefCell::default() }
    }

    /// Returns the files that the module of a path names.
    pub fn beside<'a>(&'a self, from: &'a str) -> FilesBeside<'a> {
        FilesBeside { cache: self, from }
    }

    fn loader(&self) -> Result<&'p (dyn Loader + Sync), UnreadableFile> {
        self.loader.ok_or_else(|| UnreadableFile::new("facts read no files"))
    }
}

/// The files that one module names.
pub struct FilesBeside<'a> {
    cache: &'a FileCache<'a>,
    from: &'a str,
}

impl ModuleFiles for FilesBeside<'_> {
    fn read(&self, path: &str, most: usize) -> Result<FileContent, UnreadableFile> {
        let key = (self.from.to_owned(), path.to_owned());
        if let Some(known) = self.cache.contents.borrow().get(&key) {
            return known.clone();
        }
        let read = self.cache.loader()?.read(self.from, path, most);
        self.cache.contents.borrow_mut().insert(key, read.clone());
        read
    }

    fn list(&self, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile> {
        self.cache.loader()?.list(self.from, path, most)
    }
}
