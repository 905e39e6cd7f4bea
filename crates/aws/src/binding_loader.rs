//! Bindings from the standard library, read and validated when they are first needed.

use super::binding::{BindingFile, PropertySide, TagCalls, TypeBinding, TypeTags};
use super::bound_type::BoundType;
use super::lint;
use super::shapes::Api;
use super::source_lines::SourceLines;
use super::waiters;
use gpb_base::stdlib::Library;
use gpb_catalog::{Catalog, TypeDef};
use gpb_engine::cloud::{CloudError, CloudErrorKind, TypeSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A binding that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// A file that is not TOML, or not in the format.
    #[error("{file}: {message}")]
    Malformed {
        /// The path of the file below `stdlib`.
        file: String,
        /// The parser's message, with the place.
        message: String,
    },
    /// A binding that does not match the catalog or the API.
    #[error("{file}{}: {place}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
    Mismatch {
        /// The path of the file below `stdlib`.
        file: String,
        /// The line of what the problem is about, counted from 1.
        line: Option<usize>,
        /// The key in the file, such as `types.queue.read`.
        place: String,
        /// The problem.
        message: String,
    },
    /// A type without a binding, for which AWS publishes no handlers either.
    #[error("`{ty}` has no binding, and AWS's Cloud Control API does not drive it: expected in stdlib/{file}")]
    Missing {
        /// gpb's name of the type.
        ty: String,
        /// The path, below `stdlib`, of the file where the binding is expected.
        file: String,
    },
}

impl BindingError {
    /// Returns the code of the diagnostic.
    pub fn code(&self) -> &'static str {
        match self {
            BindingError::Malformed { .. } => "GPB8101",
            BindingError::Mismatch { .. } => "GPB8102",
            BindingError::Missing { .. } => "GPB8103",
        }
    }
}

impl From<BindingError> for CloudError {
    fn from(error: BindingError) -> CloudError {
        let kind = match error {
            BindingError::Missing { .. } => CloudErrorKind::Unsupported,
            BindingError::Malformed { .. } | BindingError::Mismatch { .. } => CloudErrorKind::Internal,
        };
        CloudError::new(kind, error.code(), error.to_string())
    }
}

/// All bindings.
pub struct Bindings {
    library: Library,
    types: Arc<dyn TypeSource>,
    files: Mutex<BTreeMap<String, Result<Arc<BindingFile>, BindingError>>>,
    apis: Mutex<BTreeMap<String, Option<Arc<Api>>>>,
    checked: Mutex<BTreeMap<String, Result<BoundType, BindingError>>>,
}

impl Bindings {
    /// Makes the bindings of a library, over the types of a catalog.
    pub fn new(library: Library, types: Arc<dyn TypeSource>) -> Bindings {
        Bindings { library, types, files: Mutex::default(), apis: Mutex::default(), checked: Mutex::default() }
    }

    /// Returns the bindings that the binary carries.
    pub fn embedded() -> Bindings {
        Bindings::new(Library::embedded(), Arc::new(Catalog::embedded()))
    }

    /// Lists every type with a binding, by gpb's name.
    ///
    /// Files that cannot be read are errors.
    pub fn names(&self) -> Vec<Result<String, BindingError>> {
        let mut names = Vec::new();
        for (path, _) in self.library.below("aws/", ".toml") {
            let Some(namespace) = path.strip_prefix("aws/").and_then(|name| name.strip_suffix(".toml")) else {
                continue;
            };
            match self.file(namespace) {
                Ok(file) => names.extend(file.types.keys().map(|name| Ok(format!("aws.{namespace}.{name}")))),
                Err(error) => names.push(Err(error)),
            }
        }
        names
    }

    /// Returns the binding of a type.
    ///
    /// # Errors
    /// A type without a binding, or one whose binding is not valid.
    pub fn get(&self, ty: &str) -> Result<BoundType, BindingError> {
        let known = lock(&self.checked).get(ty).cloned();
        known.unwrap_or_else(|| {
            let bound = self.bind(ty);
            lock(&self.checked).insert(ty.to_owned(), bound.clone());
            bound
        })
    }

    /// Returns a file of the `aws` folder by its namespace.
    ///
    /// # Errors
    /// A file that is missing or malformed.
    pub fn file(&self, namespace: &str) -> Result<Arc<BindingFile>, BindingError> {
        let path = format!("aws/{namespace}.toml");
        if let Some(known) = lock(&self.files).get(&path) {
            return known.clone();
        }
        let file = match self.library.get(&path) {
            None => Err(BindingError::Missing { ty: format!("aws.{namespace}"), file: path.clone() }),
            Some(text) => toml::from_str::<BindingFile>(text).map(Arc::new).map_err(|error| {
                let message = suggested(error.to_string().trim_end());
                BindingError::Malformed { file: path.clone(), message }
            }),
        };
        lock(&self.files).insert(path, file.clone());
        file
    }

    /// Returns the operations of a service that bindings use.
    pub fn api(&self, service: &str) -> Option<Arc<Api>> {
        let mut apis = lock(&self.apis);
        let read = || {
            let text = self.library.get(&format!("aws/generated/{service}.json"))?;
            serde_json::from_str(text).ok().map(Arc::new)
        };
        apis.entry(service.to_owned()).or_insert_with(read).clone()
    }

    /// Lists every mistake in the binding of a type, in the order of the checks.
    pub fn mistakes(&self, ty: &str) -> Vec<BindingError> {
        match self.assemble(ty) {
            Ok(bound) => self.mismatches(&bound),
            Err(error) => vec![error],
        }
    }

    fn bind(&self, ty: &str) -> Result<BoundType, BindingError> {
        let bound = self.assemble(ty)?;
        match self.mismatches(&bound).into_iter().next() {
            Some(mistake) => Err(mistake),
            None => Ok(bound),
        }
    }

    fn mismatches(&self, bound: &BoundType) -> Vec<BindingError> {
        let problems = lint::problems(bound);
        if problems.is_empty() {
            return Vec::new();
        }
        let (file, name) = place_of(&bound.ty);
        let lines = self.library.get(&file).map(|text| SourceLines::new(text, name));
        let mistake = |problem: lint::BindingProblem| BindingError::Mismatch {
            file: file.clone(),
            line: lines.as_ref().and_then(|lines| lines.find(&problem.place, &problem.token)),
            place: format!("types.{name}.{}", problem.place),
            message: problem.message,
        };
        problems.into_iter().map(mistake).collect()
    }

    /// Returns the binding of a type that AWS's own handlers drive, and its file; none where AWS has none for it.
    fn by_handlers(&self, own: Option<&TypeBinding>, def: &TypeDef) -> Option<(Arc<BindingFile>, TypeBinding)> {
        let is_driven = ["create", "read", "delete"].iter().all(|handler| def.handlers.contains(*handler));
        let namespace = own.and_then(|own| own.via.as_deref()).unwrap_or(ANY_TYPE);
        let file = self.file(namespace).ok().filter(|_| is_driven)?;
        let binding = own.cloned().unwrap_or_default().completed_by(file.any_type.as_ref()?);
        Some((file, binding))
    }

    /// Puts a binding together with its type and its APIs.
    fn assemble(&self, ty: &str) -> Result<BoundType, BindingError> {
        let (path, name) = place_of(ty);
        let namespace = path.trim_start_matches("aws/").trim_end_matches(".toml");
        let missing = || BindingError::Missing { ty: ty.to_owned(), file: path.clone() };
        let file = match self.file(namespace) {
            Err(BindingError::Missing { .. }) => None,
            file => Some(file?),
        };
        let own = file.as_ref().and_then(|file| file.types.get(name));
        let Some(def) = self.types.get(ty) else {
            return Err(match own {
                None => missing(),
                Some(_) => BindingError::Mismatch {
                    file: path.clone(),
                    line: None,
                    place: format!("types.{name}"),
                    message: format!("the catalog has no type `{ty}`"),
                },
            });
        };
        let (file, binding) = match (&file, own) {
            (Some(file), Some(own)) if own.via.is_none() => (Arc::clone(file), own.clone()),
            (_, own) => self.by_handlers(own, &def).ok_or_else(missing)?,
        };
        let binding = Arc::new(binding);
        let tags = tags(&file, &binding, &def).map(Arc::new);
        let mut bound =
            BoundType { ty: ty.to_owned(), def, file, binding, tags, apis: BTreeMap::new(), needs_account: false };
        bound.needs_account = lint::terms(&bound).iter().any(|term| term.word == "account");
        let services = lint::calls(&bound).into_iter().map(|call| bound.split(call).0.to_owned());
        let apis =
            services.collect::<BTreeSet<_>>().into_iter().filter_map(|name| Some((name.clone(), self.api(&name)?)));
        bound.apis = apis.collect();
        waiters::resolve(&mut bound).map_err(|message| BindingError::Mismatch {
            file: path.clone(),
            line: self.library.get(&path).and_then(|text| SourceLines::new(text, name).find("ready", "waiter")),
            place: format!("types.{name}.ready"),
            message,
        })?;
        Ok(bound)
    }
}

/// The file, by its namespace, that binds every type without a binding of its own.
const ANY_TYPE: &str = "cloudcontrol";

/// Returns the file of a type's binding, and its name in it.
fn place_of(ty: &str) -> (String, &str) {
    let (namespace, name) = ty.strip_prefix("aws.").and_then(|rest| rest.split_once('.')).unwrap_or(("", ty));
    (format!("aws/{namespace}.toml"), name)
}

/// Adds to a parser's message the key that may have been meant.
fn suggested(message: &str) -> String {
    let suggestion = || {
        let (_, rest) = message.split_once("unknown field `")?;
        let (unknown, known) = rest.split_once('`')?;
        gpb_base::diag::nearest(unknown, known.split('`').skip(1).step_by(2))
    };
    match suggestion() {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

fn tags(file: &BindingFile, binding: &TypeBinding, def: &TypeDef) -> Option<TagCalls> {
    def.tagging.as_ref()?;
    let shared = file.tags.clone().unwrap_or_default();
    match &binding.tags {
        Some(TypeTags::None(_)) => None,
        None => Some(shared),
        Some(TypeTags::Some(own)) => {
            let own = own.as_ref().clone();
            let create = if own.create == PropertySide::SameName { shared.create } else { own.create };
            Some(TagCalls {
                create,
                tag: own.tag.or(shared.tag),
                replace: own.replace || shared.replace,
                untag: own.untag.or(shared.untag),
                read: own.read.or(shared.read),
            })
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
