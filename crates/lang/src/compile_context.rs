//! The surroundings that every part of the compiler looks at: the program, its names, the catalog, and where diagnostics go.

use super::body_index::BodyIndexes;
use super::file_cache::FileCache;
use super::inputs::PlacedInputs;
use super::modules::{ModuleId, Program};
use super::names::{NamedItem, Names, private_item};
use super::node_id::NodeId;
use super::ty::CloudFacts;
use super::type_table::TypeTable;
use foldhash::{HashMap, HashSet};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Loader, Span};
use gpb_catalog::{Catalog, TypeDef};
use gpb_syntax::ast::{Deprecation, Ident, NamePath, PathSegment};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// The failure of something that could not be evaluated. A diagnostic has been reported, so what needs it stays silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyReported;

/// The result of an evaluation.
pub type EvalResult<T> = Result<T, AlreadyReported>;

/// The surroundings of one compilation.
pub struct CompileContext<'p> {
    /// The files and their trees.
    pub program: &'p Program,
    /// The files of the standard library.
    pub library: HashSet<FileId>,
    /// The items of the program, by name.
    pub names: Arc<Names<'p>>,
    /// The resource types.
    pub catalog: &'p Catalog,
    /// Regions, zones and the actions of IAM.
    pub facts: &'p (dyn CloudFacts + Sync),
    /// The inputs from outside.
    pub inputs: Rc<PlacedInputs>,
    /// The names that bodies declare.
    pub indexes: BodyIndexes<'p>,
    /// The types that were read.
    pub types: TypeTable<'p>,
    /// The diagnostics.
    pub reports: DiagnosticSink,
    /// True once some evaluation reached a ceiling: then nothing more is evaluated.
    pub spent: Cell<bool>,
    /// True where a test is about the environment: then what layers and components give out is kept.
    pub keeps_parts: bool,
    /// The files that functions read.
    pub files: FileCache<'p>,
    defs: RefCell<HashMap<String, Option<Arc<TypeDef>>>>,
    /// The deprecated items, by the name that declares each. Looked up only.
    deprecations: HashMap<NodeId, &'p Deprecation>,
    /// The resources and uses of components that some environment has expanded.
    expanded: RefCell<HashSet<NodeId>>,
}

impl<'p> CompileContext<'p> {
    /// Returns the surroundings of a program, nothing of which has been looked at.
    pub fn new(
        program: &'p Program,
        names: Arc<Names<'p>>,
        catalog: &'p Catalog,
        facts: &'p (dyn CloudFacts + Sync),
    ) -> Self {
        let library = program.modules.iter().filter(|loaded| loaded.std).map(|loaded| loaded.module.file);
        Self {
            program,
            library: library.collect(),
            names,
            catalog,
            facts,
            inputs: Rc::default(),
            indexes: BodyIndexes::default(),
            types: TypeTable::default(),
            reports: DiagnosticSink::default(),
            spent: Cell::default(),
            keeps_parts: false,
            files: FileCache::default(),
            defs: RefCell::default(),
            expanded: RefCell::default(),
            deprecations: deprecations(program),
        }
    }

    /// Returns the surroundings with files that functions read.
    #[must_use]
    pub fn with_files(self, loader: &'p (dyn Loader + Sync)) -> Self {
        Self { files: FileCache::new(loader), ..self }
    }

    /// Returns a resource type, decoded once.
    pub fn def(&self, name: &str) -> Option<Arc<TypeDef>> {
        if let Some(known) = self.defs.borrow().get(name) {
            return known.clone();
        }
        let found = self.catalog.get(name);
        self.defs.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// Reports the use of what is deprecated, by the place of the name that declares it.
    pub fn check_deprecated(&self, used: Span, declared: Span) {
        if self.deprecations.is_empty() {
            return;
        }
        let Some(deprecation) = self.deprecations.get(&NodeId::new(declared)) else { return };
        self.reports.add(
            Diagnostic::warning("GPB1230", format!("`{}` is deprecated: {}", deprecation.of.text, deprecation.reason))
                .with_label(used, "used here")
                .with_label(deprecation.span, "declared so here"),
        );
    }

    /// Reports an item that is private to another file than the one it is used in.
    pub fn check_visible(&self, from: ModuleId, used: &Ident, item: &NamedItem<'p>) {
        self.check_deprecated(used.span, item.name().span);
        if self.names.is_private(from, item) {
            let declared = (item.name(), item.span());
            self.reports.add(private_item(self.program, item.kind().as_str(), used, declared));
        }
    }

    /// Returns the module that a part of a body was written in: what extends a stack stands in another than the stack.
    pub fn home_of(&self, part: Span, body: ModuleId) -> ModuleId {
        match self.program.get(body) {
            Some(loaded) if loaded.module.file != part.file => self.program.module_of(part.file).unwrap_or(body),
            _ => body,
        }
    }

    /// Notes that an environment has expanded a resource or the use of a component.
    pub fn expand(&self, statement: Span) {
        self.expanded.borrow_mut().insert(NodeId::new(statement));
    }

    /// Takes nothing for expanded, because an environment could not be expanded as a whole.
    pub fn forget_expanded(&self) {
        self.expanded.take();
    }

    /// Checks whether some environment has expanded a resource or the use of a component.
    pub fn is_expanded(&self, statement: Span) -> bool {
        self.expanded.borrow().contains(&NodeId::new(statement))
    }

    /// Checks that a resource type is known. Most of the types the library speaks of are of no use to a program, so none
    /// is decoded for this.
    pub fn check_type_name(&self, path: &NamePath) {
        if let Some(name) = whole(path).filter(|name| !self.catalog.knows(name)) {
            self.unknown_type(&name, path.span);
        }
    }

    /// Returns the resource type a path names; an unknown one is reported.
    pub fn def_at(&self, path: &NamePath) -> EvalResult<(String, Arc<TypeDef>)> {
        let Some(name) = whole(path) else { return Err(AlreadyReported) };
        match self.def(&name) {
            Some(def) => Ok((name, def)),
            None => Err(self.unknown_type(&name, path.span)),
        }
    }

    /// Reports a resource type that is unknown.
    pub fn unknown_type(&self, name: &str, span: Span) -> AlreadyReported {
        let diagnostic = Diagnostic::error("GPB1008", format!("there is no resource type `{name}`"))
            .with_label(span, "unknown resource type");
        if let Some(types) = self.types_of_service(name) {
            return self.reports.add(diagnostic.help(types));
        }
        let near = self.catalog.suggest(name);
        self.reports.add(match near.as_slice() {
            [near] => {
                diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, *near)
            }
            [_, ..] => diagnostic.help(format!("did you mean `{}`?", near.join("` or `"))),
            [] => diagnostic.help("types are written `aws.service.type`"),
        })
    }

    /// Returns the types of a service, where a name is one and lacks the type.
    fn types_of_service(&self, name: &str) -> Option<String> {
        let service = name.to_lowercase();
        let service = service.strip_prefix("aws.").unwrap_or(&service);
        let is_of = |known: &&str| known.split('.').nth(1) == Some(service) && !service.contains('.');
        let types: Vec<&str> = self.catalog.names().filter(is_of).collect();
        let shown = types.get(..MOST_TYPES).unwrap_or(&types).join("`, `");
        match types.len() {
            0 => None,
            count if count > MOST_TYPES => {
                Some(format!("`aws.{service}` is a service with {count} types: `{shown}`, …"))
            }
            _ => Some(format!("`aws.{service}` is a service; its types are `{shown}`")),
        }
    }
}

/// The most types of a service that a message lists.
const MOST_TYPES: usize = 24;

/// Returns a type's name; a path that is not whole has been reported as such.
fn whole(path: &NamePath) -> Option<String> {
    dotted(path).filter(|name| !name.split('.').any(str::is_empty))
}

/// Returns `aws.sqs.queue` as a string; none for a path with an index in it.
pub fn dotted(path: &NamePath) -> Option<String> {
    let mut dotted = String::new();
    for segment in &path.segments {
        let PathSegment::Name(name) = segment else { return None };
        if !dotted.is_empty() {
            dotted.push('.');
        }
        dotted.push_str(&name.text);
    }
    Some(dotted)
}

/// Collects diagnostics. One that was reported before (a body is expanded a thousand times) is not reported again.
#[derive(Debug, Default)]
pub struct DiagnosticSink {
    list: RefCell<Vec<Diagnostic>>,
    seen: RefCell<HashSet<(&'static str, Option<Span>, String)>>,
    muted: std::cell::Cell<bool>,
}

impl DiagnosticSink {
    /// Reports a diagnostic.
    pub fn add(&self, diagnostic: Diagnostic) -> AlreadyReported {
        if self.muted.get() {
            return AlreadyReported;
        }
        let key = (diagnostic.code, diagnostic.span(), diagnostic.message.clone());
        if self.seen.borrow_mut().insert(key) {
            self.list.borrow_mut().push(diagnostic);
        }
        AlreadyReported
    }

    /// Reports several diagnostics.
    pub fn all(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) -> AlreadyReported {
        for diagnostic in diagnostics {
            self.add(diagnostic);
        }
        AlreadyReported
    }

    /// Does something whose diagnostics are not reported.
    pub fn muted<T>(&self, f: impl FnOnce() -> T) -> T {
        let before = self.muted.replace(true);
        let result = f();
        self.muted.set(before);
        result
    }

    /// Returns the places of the errors so far.
    pub fn error_spans(&self) -> Vec<Span> {
        self.list.borrow().iter().filter(|one| one.is_error()).filter_map(Diagnostic::span).collect()
    }

    /// Returns the number of diagnostics so far.
    pub fn count(&self) -> usize {
        self.list.borrow().len()
    }

    /// Takes out the diagnostics that were reported after the first so many.
    pub fn take_after(&self, first: usize) -> Vec<Diagnostic> {
        let mut list = self.list.borrow_mut();
        if first < list.len() { list.split_off(first) } else { Vec::new() }
    }

    /// Changes the diagnostics that were reported after the first so many.
    ///
    /// The diagnostics as they were may then be reported again: the same place may be wrong for another reason.
    pub fn change_after(&self, first: usize, change: impl Fn(Diagnostic) -> Diagnostic) {
        for diagnostic in self.take_after(first) {
            self.seen.borrow_mut().remove(&(diagnostic.code, diagnostic.span(), diagnostic.message.clone()));
            self.add(change(diagnostic));
        }
    }

    /// Reports a diagnostic that was taken out before.
    pub fn restore(&self, diagnostic: Diagnostic) {
        self.list.borrow_mut().push(diagnostic);
    }

    /// Checks whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.list.borrow().iter().any(Diagnostic::is_error)
    }

    /// Takes the diagnostics out, in the order they were reported.
    pub fn take_diagnostics(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.list.borrow_mut())
    }
}

fn deprecations(program: &Program) -> HashMap<NodeId, &Deprecation> {
    let all = program.modules.iter().flat_map(|loaded| &loaded.module.deprecations);
    all.map(|one| (NodeId::new(one.of.span), one)).collect()
}
