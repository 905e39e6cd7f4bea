//! A spec in memory, a cloud that behaves as AWS does, and the state: what a person works with, on a clock of their own.

use crate::acts::Act;
use crate::event_log::EventLog;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{Loader, SourceMap};
use gpb_base::stdlib::Library;
use gpb_catalog::{Catalog, TypeLookup};
use gpb_engine::cloud::clock::{Clock as _, VirtualClock};
use gpb_engine::cloud::{
    Cloud as _, CloudError, CreateRequest, Progress, ProgressSink, Properties, ResourceKey, UpdateRequest,
};
use gpb_engine::plan::{self, Action, Observation, Plan, PlanInputs, PlanOptions, ProtectionOverride};
use gpb_engine::reconcile::{
    Apply, ApplyOptions, ApplyOutcome, CancelToken, CrashRecovery, LockReader, Refresh, apply, read_deletion_locks,
    recover, refresh,
};
use gpb_engine::state::{LockHolder, SqliteStore, StateScope, StateSnapshot, StateStore as _};
use gpb_lang as lang;
use gpb_model::graph::Graph;
use gpb_model::{Address, CompiledEnvironment, Model, Place, PropPath};
use gpb_sim::{Behaviour, Faults, Latency, OutputForms, SimCloud, SimOptions};
use gpb_syntax::ast::{Item, Stmt};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The text of each file, by its path.
type FileTexts = BTreeMap<String, String>;
/// A compiled environment.
type Compiled = (Model, Graph);

/// No edits of the text.
pub const AS_IT_IS: &[(&str, &str)] = &[];

const TYPES: TypeLookup<'static> = &|name| Catalog::embedded().get(name);

/// The spec that is worked on.
const SPEC: &str = "sandbox.gpb";

/// A spec, its cloud and its state.
pub struct World {
    _temp: tempfile::TempDir,
    pub store: SqliteStore,
    pub clock: VirtualClock,
    pub sim: SimCloud,
    library: Library,
    /// AWS's bindings without a way to call them: what they cannot do is refused before the cloud is asked.
    bindings: gpb_aws::AwsCloud,
    files: FileTexts,
    first: FileTexts,
    compiled: RefCell<Option<(FileTexts, Rc<Compiled>)>>,
    /// The life so far, as a person would tell it.
    pub story: String,
}

/// Carries every service, and calls none.
struct EveryService;

#[async_trait::async_trait]
impl gpb_aws::Invoke for EveryService {
    async fn invoke(&self, _: &Place, service: &str, _: &str, _: Json) -> Result<Json, gpb_aws::InvokeError> {
        panic!("{service} is called, and a plan calls nothing")
    }
}

struct Files<'a>(&'a BTreeMap<String, String>);

impl Loader for Files<'_> {
    fn load(&self, _: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let text = self.0.get(path).ok_or_else(|| format!("there is no `{path}`"))?;
        Ok((path.to_owned(), text.as_str().into()))
    }
}

impl World {
    /// Returns the sandbox of the repository, and an empty account.
    pub fn sandbox() -> Self {
        let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
        let text = |name: &str| std::fs::read_to_string(specs.join(name)).unwrap();
        Self::with([SPEC, "platform.gpb"].map(|name| (name.to_owned(), text(name))))
    }

    /// Returns a world of one spec.
    pub fn of(text: &str) -> Self {
        Self::with([(SPEC.to_owned(), text.to_owned())])
    }

    fn with(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let (clock, library) = (VirtualClock::default(), Library::embedded());
        let options = SimOptions {
            types: Arc::new(Catalog::embedded()),
            clock: Arc::new(clock.clone()),
            faults: Faults::default(),
            latency: Latency::none(),
            forms: OutputForms::parse(library.get("sim/forms.toml").unwrap()).unwrap(),
            behaviour: Behaviour::aws(&library).unwrap(),
            hook: None,
        };
        let bindings = gpb_aws::Bindings::new(library.clone(), Arc::new(Catalog::embedded()));
        Self {
            store: SqliteStore::new(temp.path().join(".gpb")),
            _temp: temp,
            sim: SimCloud::in_memory(options).unwrap().without_idempotency(),
            clock,
            library,
            bindings: gpb_aws::AwsCloud::new(Arc::new(EveryService), Arc::new(bindings)),
            first: files.clone(),
            compiled: RefCell::default(),
            files,
            story: String::new(),
        }
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.clock.run(self.clock.sleep(time));
    }

    /// Lists the parameters that a stack declares.
    pub fn params(&self) -> BTreeSet<String> {
        let mut sources = SourceMap::default();
        let mut found = BTreeSet::new();
        for (name, text) in &self.files {
            let file = sources.add(name.clone(), text.as_str());
            let module = gpb_syntax::parse(file, text).module;
            let stacks = module.items.iter().filter_map(|item| match item {
                Item::Stack(body) => Some(&body.stmts),
                _ => None,
            });
            found.extend(stacks.flatten().filter_map(|stmt| match stmt {
                Stmt::Param(param) => Some(param.name.text.to_string()),
                _ => None,
            }));
        }
        found
    }

    /// Replaces a text that must occur once in the spec or in a file that it imports.
    pub fn edit(&mut self, from: &str, to: &str) {
        let holders: Vec<_> = self.files.values_mut().filter(|text| text.contains(from)).collect();
        let [text] = <[_; 1]>::try_from(holders).unwrap_or_else(|all| panic!("{} files have `{from}`", all.len()));
        assert_eq!(text.matches(from).count(), 1, "`{from}` must be there once");
        *text = text.replace(from, to);
    }

    /// Puts the texts back as they were first.
    pub fn reset(&mut self) {
        self.files = self.first.clone();
    }

    /// Compiles the spec as it is now, once; it must be without errors.
    pub fn compile(&self) -> Rc<(Model, Graph)> {
        let mut last = self.compiled.borrow_mut();
        match &*last {
            Some((files, compiled)) if *files == self.files => compiled.clone(),
            _ => {
                let compiled = Rc::new(self.compile_anew());
                *last = Some((self.files.clone(), compiled.clone()));
                compiled
            }
        }
    }

    fn compile_anew(&self) -> (Model, Graph) {
        let inputs = lang::CompileInputs {
            loader: &Files(&self.files),
            library: &self.library,
            catalog: Catalog::embedded(),
            facts: &lang::EmbeddedCloudFacts,
            given: &lang::ProgramInputs::default(),
        };
        let mut compilation = lang::compile(SPEC, &inputs, None);
        let (mut graphs, cycles) = gpb_check::build_graphs(&compilation.models, TYPES);
        compilation.diagnostics.extend(cycles);
        assert_eq!(errors(&compilation.diagnostics), Vec::<String>::new());
        let CompiledEnvironment { model, .. } = compilation.models.pop().unwrap();
        (model, graphs.pop().unwrap())
    }

    fn scope(model: &Model) -> StateScope {
        let environment = &model.environment;
        StateScope { cloud: "sim".into(), stack: environment.stack.clone(), environment: environment.name.clone() }
    }

    /// Returns the state; there is one of each world.
    pub fn snapshot(&self) -> StateSnapshot {
        let [scope] = <[_; 1]>::try_from(self.store.scopes().unwrap()).unwrap();
        self.store.snapshot(&scope).unwrap()
    }

    fn observe(&self, snapshot: &StateSnapshot, model: &Model) -> Observation {
        let refreshing = Refresh {
            cloud: &self.sim,
            types: Catalog::embedded(),
            functions: &lang::builtins::resolve,
            clock: &self.clock,
            seed: 1,
        };
        let refreshed = self.clock.run(refresh(refreshing, snapshot, model));
        assert_eq!(errors(&refreshed.diagnostics), Vec::<String>::new());
        refreshed.observation
    }

    /// Plans, and returns what refuses the plan with it.
    pub fn plan(&self, wish: &Wish) -> (Option<Plan>, Vec<Diagnostic>) {
        let compiled = self.compile();
        let (model, graph) = &*compiled;
        let snapshot = self.store.snapshot(&Self::scope(model)).unwrap();
        let observation = self.observe(&snapshot, model);
        let replace = wish.replace.iter().map(|name| Address::new(name.as_str())).collect();
        let unprotect = ProtectionOverride::All;
        let options = PlanOptions { destroy: wish.destroy, unprotect, replace, ..PlanOptions::default() };
        let inputs = PlanInputs {
            model,
            graph,
            types: TYPES,
            snapshot: &snapshot,
            observation: Some(&observation),
            call: &lang::builtins::resolve,
            secret: &|_| None,
            options: &options,
        };
        let mut plan = match plan::plan(&inputs) {
            Ok(plan) => plan,
            Err(refusals) => return (None, refusals),
        };
        let reader = LockReader { cloud: &self.sim, clock: &self.clock, seed: 1 };
        let locks = self.clock.run(read_deletion_locks(reader, &plan, &snapshot, &observation));
        plan::add_deletion_locks(&mut plan, locks, &options.unprotect);
        let mut refusals = plan::refusals(&plan, Some(model));
        refusals.extend(plan::capability_refusals(&plan, Some(model), &self.bindings));
        let made = plan.changes.iter().filter(|change| matches!(change.action, Action::Create | Action::Replace));
        let made = made.map(|change| &change.address).collect();
        refusals.extend(gpb_check::rules::check_creations(model, &self.library, TYPES, &made));
        (Some(plan), refusals)
    }

    /// Applies a plan; returns its outcome and what it told.
    pub fn carry_out(&self, plan: &Plan) -> (ApplyOutcome, EventLog) {
        let log = EventLog::new(&self.clock);
        let holder = LockHolder::current("gpb apply", self.clock.epoch_ms());
        let writer = self.store.writer(&plan.scope, &holder).unwrap();
        let outcome = self.clock.run(async {
            let settling =
                CrashRecovery { writer: &*writer, cloud: &self.sim, clock: &self.clock, events: &log, seed: 1 };
            recover(settling).await.unwrap();
            apply(Apply {
                plan,
                writer: &*writer,
                cloud: &self.sim,
                types: Catalog::embedded(),
                functions: &lang::builtins::resolve,
                environment: &|_| None,
                clock: &self.clock,
                events: &log,
                cancel: &CancelToken::default(),
                options: &ApplyOptions::default(),
            })
            .await
            .unwrap()
        });
        (outcome, log)
    }

    /// Does what an act says, and asserts that this settled everything; tells it in the story.
    pub fn play(&mut self, act: &Act) {
        let wish = Wish { replace: act.replace.clone(), ..Wish::default() };
        if act.refused {
            self.refuse(&act.title, &act.edits, &wish);
            return;
        }
        for (from, to) in &act.edits {
            self.edit(from, to);
        }
        self.carry(&act.title, &wish);
        if act.waits {
            // AWS has made what it makes by itself, or has raised a version: nobody has to do anything about it.
            self.pass(Duration::from_hours(8 * 24));
            self.assert_settled(&act.title, false);
        }
    }

    /// Changes the text, plans and applies, and asserts that this settled everything; tells it in the story.
    pub fn act(&mut self, title: &str, edits: &[(impl AsRef<str>, impl AsRef<str>)]) {
        for (from, to) in edits {
            self.edit(from.as_ref(), to.as_ref());
        }
        self.carry(title, &Wish::default());
    }

    /// Deletes everything.
    pub fn destroy(&mut self) {
        self.carry("destroy", &Wish { destroy: true, ..Wish::default() });
        assert!(self.own().is_empty(), "{:?}", self.own());
    }

    /// Plans and applies what is wished, and asserts that this settled everything; tells it in the story.
    pub fn carry(&mut self, title: &str, wish: &Wish) {
        let (plan, refusals) = self.plan(wish);
        assert_eq!(errors(&refusals), Vec::<String>::new(), "{title}");
        let plan = plan.unwrap();
        self.tell(title, &plan);
        let (outcome, log) = self.carry_out(&plan);
        let failed: Vec<_> = outcome.failed.iter().map(|failed| errors(&[failed.diagnostic()]).join("")).collect();
        assert!(outcome.is_complete(), "{title}: {failed:#?}\n{:?}", outcome.skipped);
        self.assert_told(title, &log);
        self.assert_settled(title, wish.destroy);
    }

    /// Changes the text so that the plan is refused, tells why, and takes the change back.
    pub fn refuse(&mut self, title: &str, edits: &[(impl AsRef<str>, impl AsRef<str>)], wish: &Wish) {
        use std::fmt::Write as _;
        let before = self.files.clone();
        for (from, to) in edits {
            self.edit(from.as_ref(), to.as_ref());
        }
        let (_, refusals) = self.plan(wish);
        assert!(!errors(&refusals).is_empty(), "{title}: nothing refuses it");
        let _ = writeln!(self.story, "## {title}: refused\n\n{}\n", errors(&refusals).join("\n"));
        self.files = before;
        self.assert_settled(title, false);
    }

    /// Asserts the law: nothing is retried for long without a word about what blocks it.
    pub fn assert_told(&self, title: &str, log: &EventLog) {
        let named = self.names();
        assert_eq!(
            log.silent_retries(&named),
            Vec::<String>::new(),
            "{title}: retried without a word about what blocks"
        );
    }

    /// Asserts that a plan made now is empty, and that the cloud holds what the state says, no more and no less.
    pub fn assert_settled(&self, title: &str, destroy: bool) {
        let (again, _) = self.plan(&Wish { destroy, ..Wish::default() });
        let left: Vec<_> = again.iter().flat_map(|plan| &plan.changes).filter(|change| change.is_pending()).collect();
        assert!(left.is_empty(), "{title}: something is left to do: {left:#?}");
        let snapshot = self.snapshot();
        assert_eq!(snapshot.pending, [], "{title}");
        let held: BTreeSet<_> = snapshot.resources.values().map(|one| (one.ty.clone(), one.id.clone())).collect();
        assert_eq!(self.own().into_keys().collect::<BTreeSet<_>>(), held, "{title}: the state and the cloud differ");
    }

    /// Changes properties of a resource as somebody else would, and lets that be read everywhere.
    pub fn change_outside(&self, address: &str, properties: &Json) {
        let key = self.key(address);
        let desired = properties.as_object().cloned().unwrap();
        let changed: Vec<_> = desired.keys().map(|head| PropPath(head.as_str().into())).collect();
        let update = UpdateRequest {
            key: &key,
            before: &Properties::new(),
            desired: &desired,
            changed: &changed,
            reasserted: &[],
            token: "outside",
        };
        self.clock.run(self.sim.update(update, &Deaf)).unwrap();
        self.pass(Duration::from_mins(5));
    }

    /// Deletes a resource as somebody else would, and lets that be read everywhere.
    pub fn delete_outside(&self, address: &str) {
        self.clock.run(self.sim.delete(&self.key(address), "outside", &Deaf)).unwrap();
        self.pass(Duration::from_mins(5));
    }

    /// Makes a resource as AWS or somebody else would.
    pub fn create_outside(&self, ty: &str, desired: &Json) -> ResourceKey {
        let place = self.compile().0.environment.place.clone();
        let (place, desired) = (place, desired.as_object().cloned().unwrap());
        let create = CreateRequest { ty, place: &place, desired: &desired, label: "theirs", token: "aws:outside" };
        let made = self.clock.run(self.sim.create(create, &Deaf)).unwrap();
        ResourceKey { ty: ty.to_owned(), place, id: made.id }
    }

    /// Returns the identifiers of everything of a type in the cloud, whoever made it, in order.
    pub fn everything(&self, ty: &str) -> Vec<String> {
        let all = self.sim.everything().unwrap().into_iter().map(|(key, ..)| key);
        let mut ids: Vec<_> = all.filter(|key| key.ty == ty).map(|key| key.id).collect();
        ids.sort();
        ids
    }

    /// Returns the key of the resource at an address of the state.
    pub fn key(&self, address: &str) -> ResourceKey {
        let record = self.snapshot().resources[&Address::new(address)].clone();
        ResourceKey { ty: record.ty, place: record.place, id: record.id }
    }

    /// Returns what is in the cloud and was made by gpb, by type and identifier.
    pub fn own(&self) -> BTreeMap<(String, String), ResourceKey> {
        let all = self.sim.everything().unwrap().into_iter();
        let own = all.filter(|(_, _, token)| !token.starts_with("aws:"));
        own.map(|(key, ..)| ((key.ty.clone(), key.id.clone()), key)).collect()
    }

    /// Returns what a message may name that blocks the step at an address: any other resource, by address or identifier.
    fn names(&self) -> impl Fn(&Address) -> Vec<String> {
        let all: Vec<_> = self.sim.everything().unwrap().into_iter().map(|(key, ..)| key.id).collect();
        let records: Vec<_> =
            self.snapshot().resources.into_values().map(|record| (record.address, record.id)).collect();
        move |address| {
            let own = records.iter().find(|(one, _)| one == address).map(|(_, id)| id.clone());
            let others = records.iter().map(|(one, _)| one.to_string()).filter(|one| one != address.as_str());
            others.chain(all.iter().filter(|id| Some(*id) != own.as_ref()).cloned()).collect()
        }
    }

    fn tell(&mut self, title: &str, plan: &Plan) {
        use std::fmt::Write as _;
        let _ = writeln!(self.story, "## {title}\n");
        for change in plan.changes.iter().filter(|change| change.is_pending()) {
            let sign = match change.action {
                Action::Create => "+",
                Action::Delete => "-",
                Action::Replace if change.create_first => "+/-",
                Action::Replace => "-/+",
                Action::Update => "~",
                _ => "?",
            };
            let parts: BTreeSet<_> = change.differences.iter().map(|one| one.path.to_string()).collect();
            let parts = parts.into_iter().collect::<Vec<_>>().join(", ");
            let parts = if change.action == Action::Create { String::new() } else { format!(" {parts}") };
            let _ = writeln!(self.story, "{sign} {}{}", change.address, parts.trim_end());
        }
        self.story.push('\n');
    }
}

/// The wishes of a person besides the text.
#[derive(Debug, Default)]
pub struct Wish {
    /// Everything is to be deleted.
    pub destroy: bool,
    /// The addresses of what is to be made anew.
    pub replace: Vec<String>,
}

struct Deaf;

#[async_trait::async_trait]
impl ProgressSink for Deaf {
    async fn progress(&self, _: Progress) -> Result<(), CloudError> {
        Ok(())
    }
}

/// Returns the errors among diagnostics, a line each.
pub fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors = diagnostics.iter().filter(|one| one.is_error());
    errors.map(|one| format!("{} {}", one.code, one.message)).collect()
}
