//! The standard library: components, bindings and facts, as data. It is in the binary; a folder may take its place.

use std::collections::BTreeMap;
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The files of a standard library, by their path in it: `data/aurora.gpb`, `aws/sqs.toml`.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: BTreeMap<String, Arc<str>>,
}

impl Library {
    /// What the binary carries.
    pub fn embedded() -> Library {
        FILES.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect()
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
        Self { files: files.into_iter().collect() }
    }
}
