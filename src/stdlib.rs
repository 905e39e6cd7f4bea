//! The standard library: components, bindings and facts, as data. It is in the binary; a folder may take its place.

use crate::lang::Index;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The files of a standard library, by their path in it: `data/aurora.gpb`, `aws/sqs.toml`.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: Arc<BTreeMap<String, Arc<str>>>,
    /// What its language files hold, read as far as somebody has needed it: those who share the library share this.
    index: Arc<OnceLock<Index>>,
}

impl Library {
    /// What the binary carries.
    pub fn embedded() -> Library {
        static EMBEDDED: LazyLock<Library> =
            LazyLock::new(|| FILES.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect());
        EMBEDDED.clone()
    }

    /// What its language files define.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(self))
    }

    pub fn get(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)
    }

    /// All files below a folder (`aws/`) with an ending (`.toml`), by path.
    pub fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a Arc<str>)> {
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text));
        files.filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }
}

impl FromIterator<(String, Arc<str>)> for Library {
    fn from_iter<I: IntoIterator<Item = (String, Arc<str>)>>(files: I) -> Self {
        Self { files: Arc::new(files.into_iter().collect()), index: Arc::default() }
    }
}
