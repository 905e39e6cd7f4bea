//! `gpb apply` and `gpb destroy`.

use crate::cli::args::{ReplaceArgs, UnprotectArgs};
use crate::cli::plan::{PlanRequest, PlanResult, command_line, make_plan, observe, unprotected};
use crate::cli::progress::{JsonLines, ProgressLines};
use crate::cli::session::{Session, diagnostics_document};
use crate::cli::stop_signals::StopSignals;
use crate::cli::{exit::Exit, given, inspect, logs, memory, terminal};
use crate::report;
use crate::report::outcome::EndReport;
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_catalog::Catalog;
use gpb_engine::cloud::Cloud;
use gpb_engine::plan;
use gpb_engine::plan::Plan;
use gpb_engine::reconcile as engine;
use gpb_engine::reconcile::{Apply, ApplyOptions, ApplyOutcome, CancelToken, EventSink, RefreshResult};
use gpb_engine::state::{LockHolder, StateError, StateScope, StateStore};
use gpb_lang as lang;
use std::path::Path;

/// Runs `gpb apply [SPEC|PLAN]`.
pub fn run(
    session: &Session,
    target: Option<&Path>,
    yes: bool,
    (replace, unprotect): (&ReplaceArgs, &UnprotectArgs),
) -> Exit {
    memory::take_small_pages();
    let is_spec = target.is_some_and(|target| target.extension().is_some_and(|end| end == "gpb"));
    let outcome = match target {
        Some(spec) if is_spec => {
            let (unprotect, replace) = (unprotect.unprotect.clone(), replace.replace.clone());
            let request = PlanRequest { spec: spec.to_owned(), destroy: false, unprotect, replace };
            session.block_on(plan_and_apply(session, &request, yes))
        }
        _ if !session.given.set.is_empty() => {
            Err(session.fail("`--set` and `--set-file` make another plan: name the spec, or give them to `gpb plan`"))
        }
        _ if !replace.replace.is_empty() => {
            Err(session.fail("`--replace` makes another plan: name the spec, or give it to `gpb plan`"))
        }
        plan => session.block_on(apply_stored_plan(session, plan, yes, &unprotect.unprotect)),
    };
    outcome.unwrap_or_else(|exit| exit)
}

/// Advice for a cloud that cannot be reached for want of credentials.
const WAYS_ON: &str = "set credentials (AWS_PROFILE, `aws sso login`) for AWS, or use `--cloud sim` to try it out";

/// Runs `gpb destroy SPEC`.
pub fn destroy(session: &Session, spec: &Path, yes: bool, unprotect: &UnprotectArgs) -> Exit {
    memory::take_small_pages();
    let unprotect = unprotect.unprotect.clone();
    let request = PlanRequest { spec: spec.to_owned(), destroy: true, unprotect, replace: Vec::new() };
    session.block_on(plan_and_apply(session, &request, yes)).unwrap_or_else(|exit| exit)
}

/// Plans, shows, asks, applies.
async fn plan_and_apply(session: &Session, request: &PlanRequest, yes: bool) -> Result<Exit, Exit> {
    let mut result = make_plan(session, request).await?;
    if session.common.json {
        announce(&result);
    } else {
        // That the plan is not all is said when its run has ended, unless it ends here.
        let remarks = if result.refusals.is_empty() { result.unread.clone() } else { result.left_alone() };
        session.present(&result, request, None, &remarks)?;
    }
    if !result.refusals.is_empty() {
        if session.common.json {
            session.diagnostics(&result.refusals, &result.compiled.sources);
        }
        return Err(Exit::Refused);
    }
    result.keep_plan();
    confirm_and_apply(session, &result, yes, request.destroy).await
}

/// Applies a plan that was saved before, unless it is stale.
async fn apply_stored_plan(
    session: &Session,
    path: Option<&Path>,
    yes: bool,
    unprotect: &[String],
) -> Result<Exit, Exit> {
    let (kept, mut promised) = session.load_plan(path)?;
    if let Some(diagnostic) = session.other_environment(&kept) {
        session.diagnostics(&[diagnostic], &SourceMap::default());
        return Err(Exit::Refused);
    }
    let unprotect = [kept.unprotect, unprotect.to_owned()].concat();
    let request = PlanRequest { spec: kept.spec, destroy: kept.destroy, unprotect, replace: kept.replace };
    if let Some(diagnostic) = plan::inputs_changed(&promised, &given::now) {
        session.diagnostics(&[diagnostic], &SourceMap::default());
        return Err(Exit::Refused);
    }
    let given = given::of_plan(&promised.inputs).map_err(|why| session.fail(&why))?;
    let session = &session.of_environment(&kept.environment, given);
    if promised.scope.cloud != session.cloud_name() {
        let message = format!(
            "the plan was made for `--cloud {}`, and this is `--cloud {}`",
            promised.scope.cloud,
            session.cloud_name()
        );
        session.fail(&message);
        return Err(Exit::Refused);
    }
    let mut result = make_plan(session, &request).await?;
    let seen = check_promise(session, &promised, &result).await?;
    result.unread = seen.diagnostics;
    take_locks(&mut promised, &result.plan);
    plan::take_clear(&mut promised, &result.plan);
    plan::unprotect(&mut promised, &unprotected(&request.unprotect));
    result.refusals = plan::refusals(&promised, Some(&result.compiled.model));
    result.refusals.extend(crate::cli::plan::creation_refusals(session, &promised, &result.compiled.model));
    if let Ok(cloud) = &result.cloud {
        let gaps = plan::capability_refusals(&promised, Some(&result.compiled.model), cloud.as_ref());
        result.refusals.extend(gaps);
    }
    plan::take_drift(&mut promised, &result.plan);
    result.plan = promised;
    if session.common.json {
        announce(&result);
    } else {
        terminal::print(&report::plan::human(
            &result.plan,
            &|name| Catalog::embedded().get(name),
            session.term.styles(),
        ));
        session.show(&result.unread, &result.compiled.sources);
    }
    if !result.refusals.is_empty() {
        session.diagnostics(&result.refusals, &result.compiled.sources);
        return Err(Exit::Refused);
    }
    result.keep_plan();
    confirm_and_apply(session, &result, yes, request.destroy).await
}

/// Reads the cloud once more, and checks that a plan that was saved holds still.
async fn check_promise(session: &Session, promised: &Plan, result: &PlanResult) -> Result<RefreshResult, Exit> {
    let sources = &result.compiled.sources;
    let refuse = |diagnostics: &[Diagnostic], exit| {
        session.diagnostics(diagnostics, sources);
        exit
    };
    let snapshot = session.store().snapshot(&promised.scope);
    let snapshot = snapshot.map_err(|error| refuse(&[error.diagnostic()], Exit::Error))?;
    let cloud = match &result.cloud {
        Ok(cloud) => cloud.as_ref(),
        Err(why) => return Err(session.fail(&format!("the cloud cannot be asked: {why}; {WAYS_ON}"))),
    };
    let seen = observe(session, &snapshot, &result.compiled, cloud).await.map_err(|d| refuse(&d, Exit::Error))?;
    let model = plan::model_hash(&result.compiled.model);
    let stale = plan::stale(promised, Some(&model), &snapshot, Some(&seen.observation));
    if let Some(diagnostic) = stale.or_else(|| plan::weakened_since(promised, &result.plan)) {
        return Err(refuse(&[diagnostic], Exit::Refused));
    }
    if let Some(diagnostic) = plan::unread_since(promised, &seen.unread) {
        return Err(refuse(&[seen.diagnostics, vec![diagnostic]].concat(), Exit::Refused));
    }
    Ok(seen)
}

/// Takes over the deletion locks that the cloud reports now.
///
/// One that was not there when the plan was shown refuses it all the same.
fn take_locks(promised: &mut plan::Plan, now: &plan::Plan) {
    for change in promised.changes.iter_mut().filter(|change| change.deletion_locks.is_empty()) {
        let now = now.changes.iter().find(|now| now.address == change.address);
        change.deletion_locks = now.map(|now| now.deletion_locks.clone()).unwrap_or_default();
    }
}

/// Prints the plan as the first of the JSON lines.
fn announce(result: &PlanResult) {
    terminal::print(&format!("{}\n", serde_json::json!({ "event": "plan", "plan": result.document() })));
}

/// Asks for a confirmation, unless `yes` is set, and applies.
///
/// A plan without changes is applied without a question, for its outputs.
async fn confirm_and_apply(session: &Session, result: &PlanResult, yes: bool, destroys: bool) -> Result<Exit, Exit> {
    if result.plan.is_empty() {
        return if result.cloud.is_ok() { apply_plan(session, result).await } else { Ok(Exit::Done) };
    }
    let StateScope { stack, environment, .. } = &result.plan.scope;
    let question = if destroys {
        let kept = result.plan.changes.iter().filter(|change| change.retains()).count();
        let but = if kept == 0 { String::new() } else { format!(", but for what it keeps ({kept})") };
        format!("Delete all of the environment {environment} of {stack}{but}?")
    } else {
        format!("Apply this to the environment {environment} of {stack}?")
    };
    if !yes && (session.common.json || !terminal::confirm(&question)) {
        return Err(session.fail("nothing was done: it was not confirmed (`--yes` confirms beforehand)"));
    }
    apply_plan(session, result).await
}

/// Applies a plan that was confirmed, and reports what came of it.
async fn apply_plan(session: &Session, result: &PlanResult) -> Result<Exit, Exit> {
    let cloud = match &result.cloud {
        Ok(cloud) => cloud.as_ref(),
        Err(why) => {
            return Err(session.fail(&format!("the plan was made without reading the cloud: {why}; {WAYS_ON}")));
        }
    };
    let lines = ProgressLines::new(session.term.interactive);
    let json_lines = JsonLines::default();
    let events: &dyn EventSink = if session.common.json { &json_lines } else { &lines };
    let applied = logs::stage_async("apply", execute(session, &result.plan, cloud, events)).await;
    let outcome = applied.map_err(|error| {
        session.diagnostics(&[error], &result.compiled.sources);
        Exit::Error
    })?;
    Ok(report_outcome(session, result, &outcome))
}

/// Takes the lock, listens for requests to stop, and runs the engine.
async fn execute(
    session: &Session,
    plan: &Plan,
    cloud: &dyn Cloud,
    events: &dyn EventSink,
) -> Result<ApplyOutcome, Diagnostic> {
    let clock = session.clock();
    let store = session.store();
    let holder = LockHolder::current(command_line(), clock.epoch_ms());
    let writer = store.writer(&plan.scope, &holder).map_err(|error| error.diagnostic())?;
    let durations = store.durations(&plan.scope).map_err(|error| error.diagnostic())?;
    let options = ApplyOptions { seed: plan.basis.serial, durations, ..ApplyOptions::default() };
    let cancel = CancelToken::default();
    let stop = cancel.clone();
    let mut signals = StopSignals::listen().map_err(|error| {
        let path = session.common.state.clone();
        StateError::Io { path, what: format!("signals cannot be listened for: {error}") }.diagnostic()
    })?;
    let listener = tokio::spawn(async move {
        let name = signals.next().await;
        terminal::warn(&format!(
            "\nStopping ({name}): the steps in progress finish, no new step starts. Once more stops at once.\n"
        ));
        stop.cancel();
        signals.next().await;
        terminal::warn("\nStopped at once. The next apply reconciles what was in progress.\n");
        std::process::exit(1);
    });
    let apply = Apply {
        plan,
        writer: writer.as_ref(),
        cloud,
        types: Catalog::embedded(),
        functions: &lang::builtins::resolve,
        environment: &terminal::variable,
        clock: clock.as_ref(),
        events,
        cancel: &cancel,
        options: &options,
    };
    let outcome = engine::apply(apply).await;
    listener.abort();
    outcome.map_err(|error| error.diagnostic())
}

/// Prints the outcome of an apply, and returns the exit code.
fn report_outcome(session: &Session, result: &PlanResult, outcome: &ApplyOutcome) -> Exit {
    let diagnostics: Vec<Diagnostic> =
        outcome.diagnostics().into_iter().chain(plan::incomplete(&result.plan)).collect();
    let is_complete = outcome.is_complete() && result.plan.withheld.is_empty();
    if session.common.json {
        let mut line = serde_json::json!({ "event": "end", "complete": is_complete, "outcome": outcome });
        if !diagnostics.is_empty() {
            line["diagnostics"] = diagnostics_document(&diagnostics, &result.compiled.sources)["diagnostics"].take();
        }
        terminal::print(&format!("{line}\n"));
    } else {
        session.show(&diagnostics, &result.compiled.sources);
        let next = next_command();
        let is_simulated = session.cloud_name() == "sim";
        let remark = if is_simulated { "This was the simulated cloud: nothing real was created." } else { "" };
        let end = EndReport { plan: &result.plan, outcome, next: &next, remark };
        if end.pending() > 0 {
            terminal::warn(&format!("\n{}", end.human(session.term.styles())));
        }
        if !outcome.outputs.is_empty() {
            terminal::print(&inspect::outputs(&outcome.outputs));
        }
    }
    if is_complete { Exit::Done } else { Exit::Error }
}

/// Returns the command that goes on where this run ended.
fn next_command() -> String {
    let command = command_line();
    // A plan that was saved holds no more once a part of it is done: it is made again.
    let names_spec = command.split_whitespace().any(|word| Path::new(word).extension().is_some_and(|end| end == "gpb"));
    if names_spec { command } else { "gpb plan".to_owned() }
}
