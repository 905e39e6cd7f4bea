//! The standard library: components, bindings and facts, as data. It is in the binary; a folder may take its place.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The files of a standard library, by their path in it.
///
/// `data/aurora.gpb`, `aws/sqs.toml`.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: Arc<BTreeMap<String, Arc<str>>>,
    /// Values that readers derived from the files, one a type.
    ///
    /// Those who share the library share these.
    derived: Arc<Mutex<Vec<Arc<dyn Any + Send + Sync>>>>,
}

impl Library {
    /// Returns the library in the binary.
    pub fn embedded() -> Library {
        static EMBEDDED: LazyLock<Library> =
            LazyLock::new(|| FILES.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(*text))).collect());
        EMBEDDED.clone()
    }

    /// Returns what `derive` makes of the files; it runs once for all who share them.
    pub fn derived<T: Any + Send + Sync>(&self, derive: impl FnOnce(&Library) -> T) -> Arc<T> {
        let mut all = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find_map(|one| one.clone().downcast::<T>().ok()) {
            return known;
        }
        let made = Arc::new(derive(self));
        all.push(made.clone());
        made
    }

    /// Returns the text of a file; none where there is no such file.
    pub fn get(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)
    }

    /// Returns all files below a folder (`aws/`) with an ending (`.toml`), by path.
    pub fn below<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a Arc<str>)> {
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text));
        files.filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }
}

impl FromIterator<(String, Arc<str>)> for Library {
    fn from_iter<I: IntoIterator<Item = (String, Arc<str>)>>(files: I) -> Self {
        Self { files: Arc::new(files.into_iter().collect()), derived: Arc::default() }
    }
}
