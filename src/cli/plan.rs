//! `gpb plan`: reads the cloud, compares, shows the plan and saves it.

use crate::cli::args::{ReplaceArgs, UnprotectArgs};
use crate::cli::cloud_choice::{self, AccountCheck, SafeCloud};
use crate::cli::compile::CompiledProgram;
use crate::cli::cost_delta::CostDelta;
use crate::cli::session::{Session, diagnostics_document};
use crate::cli::state_folder::{self, StoredPlan};
use crate::cli::{exit::Exit, logs, progress::ProgressLines, terminal};
use crate::report;
use gpb_base::diag;
use gpb_base::diag::Diagnostic;
use gpb_base::threads::join;
use gpb_catalog::Catalog;
use gpb_engine::cloud::{Cloud, CloudError};
use gpb_engine::plan;
use gpb_engine::plan::{Observation, Plan};
use gpb_engine::reconcile as engine;
use gpb_engine::reconcile::{CrashRecovery, LockReader, Refresh, RefreshResult};
use gpb_engine::secrets::{SecretScrubber, source_name};
use gpb_engine::state::{LockHolder, SecretKey, StateSnapshot, StateStore};
use gpb_lang as lang;
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, PropertyValue, SecretSource};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};

/// A plan with everything it was made from.
pub struct PlanResult {
    /// The program with its model and graph.
    pub compiled: Arc<CompiledProgram>,
    /// The changes, in order.
    pub plan: Plan,
    /// The cloud, or the reason why it could not be asked: no credentials, or no SDKs.
    pub cloud: Result<Arc<SafeCloud>, String>,
    /// The refusals to replace or delete protected resources.
    pub refusals: Vec<Diagnostic>,
    /// The reasons for which resources are left alone: they could not be read.
    pub unread: Vec<Diagnostic>,
    /// The warnings that only the state can give.
    pub warnings: Vec<Diagnostic>,
    /// The monthly cost, before and after.
    pub bill: CostDelta,
    /// The state and the observation that it was made from, which only take time to free where the process ends next.
    pub spent: Option<(Arc<StateSnapshot>, Observation)>,
}

impl PlanResult {
    /// Returns the plan as JSON, with the warnings of its compilation.
    pub fn document(&self) -> serde_json::Value {
        let mut document = report::json::plan(&self.plan, &|name| Catalog::embedded().get(name));
        if !self.bill.is_empty() {
            document["cost"] = serde_json::json!(self.bill);
        }
        let left_alone = self.left_alone();
        if !left_alone.is_empty() {
            document["unread"] = diagnostics_document(&left_alone, &self.compiled.sources)["diagnostics"].take();
        }
        let warnings = [self.compiled.warnings.as_slice(), &self.warnings].concat();
        if !warnings.is_empty() {
            document["warnings"] = diagnostics_document(&warnings, &self.compiled.sources)["diagnostics"].take();
        }
        document
    }

    /// Lets go of what is of no use once the plan is shown: the state, the observation, the model and the trees.
    ///
    /// An apply that lasts needs the memory for what it makes.
    pub fn keep_plan(&mut self) {
        self.spent = None;
        // The bill is made, so nobody else has the program.
        if let Some(compiled) = Arc::get_mut(&mut self.compiled) {
            (compiled.model, compiled.graph) = (Model::default(), Graph::default());
            compiled.facts.clear();
        }
    }

    /// Returns why resources are left alone, and last that the plan is therefore not all that was asked for.
    pub fn left_alone(&self) -> Vec<Diagnostic> {
        self.unread.iter().cloned().chain(plan::incomplete(&self.plan)).collect()
    }
}

/// The arguments of a plan.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The spec to plan.
    pub spec: PathBuf,
    /// Everything is to be deleted.
    pub destroy: bool,
    /// The addresses whose protection is lifted; `all` lifts all.
    pub unprotect: Vec<String>,
    /// The addresses of what is to be made anew.
    pub replace: Vec<String>,
}

/// Runs `gpb plan`.
pub fn run(
    session: &Session,
    spec: Option<&Path>,
    out: Option<&Path>,
    detailed: bool,
    (replace, unprotect): (&ReplaceArgs, &UnprotectArgs),
) -> Exit {
    let spec = match spec {
        Some(spec) => spec.to_owned(),
        None => match session.load_plan(None) {
            Ok((kept, _)) => kept.spec,
            Err(exit) => return exit,
        },
    };
    let (unprotect, replace) = (unprotect.unprotect.clone(), replace.replace.clone());
    let request = PlanRequest { spec, destroy: false, unprotect, replace };
    let result = match session.block_on(make_plan(session, &request)) {
        Ok(result) => result,
        Err(exit) => return exit,
    };
    if let Err(exit) = session.present(&result, &request, out, &result.left_alone()) {
        return exit;
    }
    let exit = match (result.refusals.is_empty(), result.plan.is_empty() && result.plan.changed_outputs().is_empty()) {
        (false, _) => Exit::Refused,
        _ if !result.unread.is_empty() => Exit::Error,
        (true, false) if detailed => Exit::Changes,
        _ => Exit::Done,
    };
    // The process ends here; to take apart all that it knows would only take time. The cloud is let go of as it should.
    std::mem::forget((result.compiled, result.plan, result.spent));
    exit
}

impl Session {
    /// Shows a plan and saves it; `remarks` follow it, before the refusals.
    ///
    /// # Errors
    /// The exit code, when it cannot be saved; the reason has been printed.
    pub fn present(
        &self,
        result: &PlanResult,
        request: &PlanRequest,
        out: Option<&Path>,
        remarks: &[Diagnostic],
    ) -> Result<(), Exit> {
        let keep = || {
            let kept = StoredPlan {
                spec: request.spec.clone(),
                environment: result.compiled.model.environment.name.clone(),
                destroy: request.destroy,
                unprotect: request.unprotect.clone(),
                replace: request.replace.clone(),
                plan: &result.plan,
            };
            self.store_plan(&kept, out)
        };
        let lookup = |name: &str| Catalog::embedded().get(name);
        if self.common.json {
            keep()?;
            let mut document = result.document();
            if !result.refusals.is_empty() {
                document["refused"] =
                    diagnostics_document(&result.refusals, &result.compiled.sources)["diagnostics"].take();
            }
            self.document(&document);
            return Ok(());
        }
        let draw = || report::plan::human(&result.plan, &lookup, self.term.styles());
        let (kept, shown) = join(keep, draw);
        kept?;
        terminal::print(&shown);
        if !result.bill.is_empty() {
            let CostDelta { total, before, unpriced } = &result.bill;
            terminal::print(&format!("{}\n", report::cost::summary(total, before.as_ref(), *unpriced)));
        }
        if let Err(why) = &result.cloud {
            terminal::warn(&format!(
                "\nThe cloud was not read: {why}\nThis plan is made against the state alone and cannot be applied.\n"
            ));
        }
        self.show(&[remarks, &result.warnings, &result.refusals].concat(), &result.compiled.sources);
        Ok(())
    }
}

/// Compiles, reconciles interrupted changes, reads the cloud, and plans.
///
/// # Errors
/// The exit code, after the reason has been printed.
#[expect(
    clippy::too_many_lines,
    reason = "the stages stand in the order in which each needs what the one before gives"
)]
pub async fn make_plan(session: &Session, request: &PlanRequest) -> Result<PlanResult, Exit> {
    let store = session.store();
    let (early, compiled) =
        join(|| state_folder::only_state(&store, session.cloud_name()), || session.compile(&request.spec));
    let compiled = Arc::new(compiled?);
    let refuse = |diagnostics: &[Diagnostic], exit| {
        session.diagnostics(diagnostics, &compiled.sources);
        exit
    };
    let scope = session.scope(&compiled.model);
    let state_error = |error: gpb_engine::state::StateError| refuse(&[error.diagnostic()], Exit::Error);
    let early = early.filter(|early| early.scope == scope);
    let mut snapshot = Arc::new(early.map_or_else(|| store.snapshot(&scope), Ok).map_err(state_error)?);
    let key = store.key().map_err(state_error)?;
    let scrubber = Arc::new(SecretScrubber::new(key.clone(), &snapshot));
    let mut cloud = session.cloud(&scrubber);
    if let (Err(why), "sim") = (&cloud, session.cloud_name()) {
        // AWS may be out of reach, and a plan can be made all the same; the simulated cloud is either there or broken.
        return Err(session.fail(&format!("the simulated cloud cannot be used: {why}")));
    }
    // What the cloud cannot do at all is known without asking it: it is said first, and all at once.
    let known_cloud = session.known_cloud(&cloud);
    if !request.destroy {
        let gaps = plan::capability_refusals_of_model(&compiled.model, &snapshot, known_cloud.as_ref());
        if !gaps.is_empty() {
            return Err(refuse(&gaps, Exit::Refused));
        }
    }
    let mut account = None;
    if let Ok(found) = &cloud {
        match cloud_choice::account(found.as_ref(), &compiled.model, &snapshot).await {
            AccountCheck::Right(own) => account = own,
            AccountCheck::Unknown(error) => cloud = Err(error.message),
            AccountCheck::Wrong(diagnostics) => return Err(refuse(&diagnostics, Exit::Refused)),
        }
    }
    let mut secrets = BTreeMap::new();
    let (mut seen, mut is_seen) = (RefreshResult::default(), false);
    let mut bill = None;
    if let Ok(cloud) = &cloud {
        let mut open = Vec::new();
        if !snapshot.pending.is_empty() {
            open = recover_open_intents(session, &store, &snapshot, cloud.as_ref())
                .await
                .map_err(|d| refuse(&d, Exit::Error))?;
            snapshot = Arc::new(store.snapshot(&scope).map_err(state_error)?);
        }
        bill = Some(start_bill(session, &compiled, &snapshot, request.destroy));
        secrets = hashes(&compiled, cloud, &key).await;
        seen = observe(session, &snapshot, &compiled, cloud.as_ref()).await.map_err(|d| refuse(&d, Exit::Error))?;
        is_seen = true;
        // What an interrupted run may have done to a resource cannot be read either.
        for (address, diagnostic) in open {
            seen.observation.remove(&address);
            seen.unread.insert(address, diagnostic.message.clone());
            seen.diagnostics.push(diagnostic);
        }
    }
    let observation = is_seen.then_some(&seen.observation);
    let options = plan::PlanOptions {
        destroy: request.destroy,
        unprotect: unprotected(&request.unprotect),
        replace: request.replace.iter().map(|name| Address::new(name.as_str())).collect(),
        account,
        unread: seen.unread.clone(),
        scrubber: Some(Arc::clone(&scrubber)),
    };
    let inputs = plan::PlanInputs {
        model: &compiled.model,
        graph: &compiled.graph,
        types: &|name| Catalog::embedded().get(name),
        snapshot: &snapshot,
        observation,
        call: &lang::builtins::resolve,
        secret: &|secret| secrets.get(secret).cloned(),
        options: &options,
    };
    let bill = bill.unwrap_or_else(|| start_bill(session, &compiled, &snapshot, request.destroy));
    let mut plan =
        logs::stage("plan", || plan::plan(&inputs)).map_err(|diagnostics| refuse(&diagnostics, Exit::Refused))?;
    if let (Ok(cloud), Some(observation), true) = (&cloud, observation, plan.deletes()) {
        let clock = session.clock();
        let reader = LockReader { cloud: cloud.as_ref(), clock: clock.as_ref(), seed: snapshot.serial };
        let read = engine::read_deletion_locks(reader, &plan, &snapshot, observation);
        let locks = logs::stage_async("deletion_locks", read).await;
        plan::add_deletion_locks(&mut plan, locks, &options.unprotect);
    }
    unknown_addresses(request, &plan).map_or(Ok(()), |why| Err(session.fail(&why)))?;
    let mut refusals = plan::refusals(&plan, Some(&compiled.model));
    refusals.extend(creation_refusals(session, &plan, &compiled.model));
    refusals.extend(plan::capability_refusals(&plan, Some(&compiled.model), known_cloud.as_ref()));
    let mut warnings = Vec::new();
    for removal in plan::idle_removals(&compiled.model, &snapshot) {
        if !store.was_known(&scope, &removal.address).map_err(state_error)? {
            warnings.push(plan::never_known(removal, &plan));
        }
    }
    let bill = bill.await.unwrap_or_else(|error| resume_unwind(error.into_panic()));
    let spent = Some((snapshot, seen.observation));
    Ok(PlanResult { compiled, plan, cloud, refusals, unread: seen.diagnostics, warnings, bill, spent })
}

/// Starts the estimate of the costs, which needs nothing of the cloud: it is read meanwhile.
fn start_bill(
    session: &Session,
    compiled: &Arc<CompiledProgram>,
    snapshot: &Arc<StateSnapshot>,
    destroy: bool,
) -> JoinHandle<CostDelta> {
    let (library, compiled, snapshot) = (session.library.clone(), Arc::clone(compiled), Arc::clone(snapshot));
    spawn_blocking(move || CostDelta::estimate(&library, &compiled, &snapshot, destroy))
}

/// Returns what AWS would refuse to create.
pub fn creation_refusals(session: &Session, plan: &Plan, model: &Model) -> Vec<Diagnostic> {
    let made =
        plan.changes.iter().filter(|change| matches!(change.action, plan::Action::Create | plan::Action::Replace));
    let created = made.map(|change| &change.address).collect();
    gpb_check::rules::check_creations(model, &session.library, &|name| Catalog::embedded().get(name), &created)
}

/// Returns why an address that the request names is wrong.
fn unknown_addresses(request: &PlanRequest, plan: &Plan) -> Option<String> {
    let named = [("--unprotect", &request.unprotect), ("--replace", &request.replace)];
    named.into_iter().find_map(|(option, names)| unknown_address(option, names, plan))
}

/// Returns why an address that an option names is wrong.
///
/// One that is misspelt would do nothing, and should not seem to.
fn unknown_address(option: &str, names: &[String], plan: &Plan) -> Option<String> {
    let known = || plan.changes.iter().map(|change| change.address.as_str());
    let is_all = |name: &str| name == "all" && option == "--unprotect";
    let unknown = names.iter().find(|name| !is_all(name) && !known().any(|address| address == *name))?;
    let near = diag::nearest(unknown, known()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    Some(format!("`{option} {unknown}` names no resource of this plan{near}"))
}

/// Returns the resources whose protection is lifted.
pub fn unprotected(names: &[String]) -> plan::ProtectionOverride {
    if names.iter().any(|name| name == "all") {
        return plan::ProtectionOverride::All;
    }
    plan::ProtectionOverride::Only(names.iter().map(|name| Address::new(name.as_str())).collect())
}

/// Reconciles the interrupted changes: asks the cloud for the outcome of each, and returns those that stay open.
async fn recover_open_intents(
    session: &Session,
    store: &dyn StateStore,
    snapshot: &StateSnapshot,
    cloud: &dyn Cloud,
) -> Result<Vec<(Address, Diagnostic)>, Vec<Diagnostic>> {
    let clock = session.clock();
    let holder = LockHolder::current(command_line(), clock.epoch_ms());
    let writer = store.writer(&snapshot.scope, &holder).map_err(|error| vec![error.diagnostic()])?;
    let lines = ProgressLines::new(false);
    let silent = engine::NullSink;
    let events: &dyn engine::EventSink = if session.common.json { &silent } else { &lines };
    let recovery =
        CrashRecovery { writer: writer.as_ref(), cloud, clock: clock.as_ref(), events, seed: snapshot.serial };
    let settled = logs::stage_async("crash_recovery", engine::recover(recovery))
        .await
        .map_err(|error| vec![error.diagnostic()])?;
    Ok(settled.iter().filter_map(|one| Some((one.address().clone(), one.diagnostic()?))).collect())
}

/// Reads the resources of the state and the existing ones the program refers to.
pub async fn observe(
    session: &Session,
    snapshot: &StateSnapshot,
    compiled: &CompiledProgram,
    cloud: &dyn Cloud,
) -> Result<RefreshResult, Vec<Diagnostic>> {
    let clock = session.clock();
    let refresh = Refresh {
        cloud,
        types: Catalog::embedded(),
        functions: &lang::builtins::resolve,
        clock: clock.as_ref(),
        seed: snapshot.serial,
    };
    let refreshed = logs::stage_async("refresh", engine::refresh(refresh, snapshot, &compiled.model)).await;
    if refreshed.is_plannable() { Ok(refreshed) } else { Err(refreshed.diagnostics) }
}

/// Returns the keyed hashes of the secrets that can be read now.
///
/// They show the plan which secret has changed.
async fn hashes(compiled: &CompiledProgram, cloud: &SafeCloud, key: &SecretKey) -> BTreeMap<SecretSource, String> {
    let mut request = BTreeSet::new();
    for resource in &compiled.model.resources {
        let watched = resource.lifecycle.watched.iter().filter_map(|one| one.value.as_ref());
        for value in resource.properties.values().chain(watched) {
            collect(value, &mut request);
        }
    }
    let mut found = BTreeMap::new();
    for secret in request {
        let value: Result<String, CloudError> = match secret {
            SecretSource::Generated { .. } => continue,
            SecretSource::Env { name } => match crate::cli::terminal::variable(name) {
                Some(value) => Ok(value),
                None => continue,
            },
            SecretSource::Store { name } => cloud.secret(&compiled.model.environment.place, name).await,
        };
        // One that cannot be read now is read again when it is needed, and reported then.
        if let Ok(value) = value {
            cloud.scrubber().hold(&value, source_name(secret));
            found.insert(secret.clone(), key.hash(&value.into()));
        }
    }
    found
}

/// Collects the secrets in a value.
fn collect<'a>(value: &'a PropertyValue, found: &mut BTreeSet<&'a SecretSource>) {
    match value {
        PropertyValue::Secret(secret) => drop(found.insert(secret)),
        PropertyValue::List(items) | PropertyValue::Concat(items) | PropertyValue::Call { args: items, .. } => {
            for item in items {
                collect(item, found);
            }
        }
        PropertyValue::Map(entries) => entries.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// Returns the command line of this process, to name the holder of the lock.
///
/// No option holds a secret.
pub fn command_line() -> String {
    let mut words = std::env::args();
    let name = words.next().map_or_else(String::new, |path| {
        Path::new(&path).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    });
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}
