//! `gpb state`: looks at the state, and changes by a person's word what no plan would.

use crate::cli::args::StateCommand;
use crate::cli::import;
use crate::cli::plan::command_line;
use crate::cli::{Session, exit::Exit, terminal};
use crate::report;
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_catalog::Catalog;
use gpb_engine::state::{
    Intent, LockHolder, ManualChange, OperationKind, StateError, StateScope, StateSnapshot, StateStore, StateWriter,
};
use gpb_model::Address;
use serde_json::json;

/// Runs `gpb state list|show|forget|import|abandon`.
pub fn run(session: &Session, command: &StateCommand) -> Exit {
    let outcome = match command {
        StateCommand::List => list(session),
        StateCommand::Show { address } => show(session, address),
        StateCommand::Forget { address, yes } => forget(session, address, *yes),
        StateCommand::Abandon { address, yes } => abandon(session, address, *yes),
        StateCommand::Import { address, identifier, spec, yes } => {
            let request = import::ImportRequest { address, identifier, spec: spec.as_deref(), yes: *yes };
            session.block_on(import::run(session, &request))
        }
    };
    outcome.unwrap_or_else(|exit| exit)
}

fn list(session: &Session) -> Result<Exit, Exit> {
    let snapshot = session.chosen_snapshot()?;
    if session.common.json {
        session.document(&report::json::state(&snapshot));
    } else {
        terminal::print(&report::state::list(&snapshot, session.term.styles()));
    }
    Ok(Exit::Done)
}

fn show(session: &Session, address: &str) -> Result<Exit, Exit> {
    let snapshot = session.chosen_snapshot()?;
    let Some(record) = snapshot.resources.get(&Address::new(address)) else {
        return Err(session.fail(&unknown(address, snapshot.resources.keys())));
    };
    if session.common.json {
        session.document(&report::json::resource(record));
    } else {
        let types = |name: &str| Catalog::embedded().get(name);
        let text = report::state::show(&snapshot, &record.address, &types, session.term.styles());
        terminal::print(&text.unwrap_or_default());
    }
    Ok(Exit::Done)
}

/// Drops the record of a resource, which stays where it is.
fn forget(session: &Session, address: &str, yes: bool) -> Result<Exit, Exit> {
    let (snapshot, writer) = session.locked_state()?;
    let address = Address::new(address);
    let Some(record) = snapshot.resources.get(&address) else {
        return Err(session.fail(&unknown(address.as_str(), snapshot.resources.keys())));
    };
    let place = &record.place.region;
    session.announce(&format!(
        "{}\ngpb will no longer know {address}: {} {} in {place}. It stays there, and costs what it costs.\nA spec that \
         declares {address} will create another one.\n",
        report::heading(&snapshot.scope, [&record.place]),
        record.ty,
        record.id
    ));
    session.agree(yes, &format!("Forget it in the environment {}?", snapshot.scope.environment))?;
    session.write_by_hand(writer.as_ref(), ManualChange::Forget(address.clone()))?;
    let record = report::json::resource(record);
    session.report_by_hand("forgotten", &address, &record, &format!("{address} is forgotten."));
    Ok(Exit::Done)
}

/// Gives up an interrupted change whose outcome nobody can find out.
fn abandon(session: &Session, address: &str, yes: bool) -> Result<Exit, Exit> {
    let (snapshot, writer) = session.locked_state()?;
    let address = Address::new(address);
    let Some(intent) = snapshot.pending.iter().find(|intent| intent.address == address) else {
        let open = snapshot.pending.iter().map(|intent| &intent.address);
        let near = nearest(address.as_str(), open);
        let message = format!("no change of {address} was interrupted{near}");
        let help = "`gpb state list --json` shows under `pending` what an interrupted run left open";
        return Err(session.refuse(&Diagnostic::error("GPB7050", message).help(help)));
    };
    let heading = report::heading(&snapshot.scope, [&intent.place]);
    session.announce(&format!("{heading}\n{}", left_behind(intent, &snapshot)));
    session.agree(yes, &format!("Give it up in the environment {}?", snapshot.scope.environment))?;
    session.write_by_hand(writer.as_ref(), ManualChange::Abandon(address.clone()))?;
    let shown = json!({
        "sequence": intent.sequence, "address": intent.address, "type": intent.ty, "operation": intent.operation,
        "id": intent.id,
    });
    let text = format!("The interrupted change of {address} is given up. The next plan starts from what it can read.");
    session.report_by_hand("abandoned", &address, &shown, &text);
    Ok(Exit::Done)
}

/// Returns what giving up a change may leave behind, for people.
fn left_behind(intent: &Intent, snapshot: &StateSnapshot) -> String {
    let Intent { address, ty, place, .. } = intent;
    let region = &place.region;
    match (intent.operation, &intent.id) {
        (OperationKind::Create, Some(id)) => format!(
            "{address} was being created as {ty} {id} in {region}. It may exist: gpb will not know it, and not delete it.\n\
             Take it into the state afterwards with `gpb state import {address} '{id}'`, or delete it by hand.\n"
        ),
        (OperationKind::Create, None) => format!(
            "{address}, a {ty} in {region}, was being created. It may exist, under a name that gpb was never told: look for \
             it there.\nIt is gpb's if it bears the tag `gpb:token` with the beginning of {}.\n",
            intent.token
        ),
        (OperationKind::Update, _) => {
            format!(
                "{address}, a {ty} in {region}, was being changed. It may be changed in part; the next plan shows it.\n"
            )
        }
        (OperationKind::Delete, id) => {
            let id = id.as_deref().unwrap_or_default();
            let record = if snapshot.resources.contains_key(address) { " It stays in the state." } else { "" };
            format!("{address}, {ty} {id} in {region}, was being deleted. It may be gone, or go yet.{record}\n")
        }
    }
}

fn unknown<'a>(address: &str, known: impl Iterator<Item = &'a Address>) -> String {
    format!("`{address}` is not in the state{}", nearest(address, known))
}

fn nearest<'a>(address: &str, known: impl Iterator<Item = &'a Address>) -> String {
    let near = gpb_base::diag::nearest(address, known.map(Address::as_str));
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

impl Session {
    /// Returns the state of the environment of `--env`, or of the only one there is.
    ///
    /// # Errors
    /// The exit code, after the reason has been printed.
    pub fn chosen_snapshot(&self) -> Result<StateSnapshot, Exit> {
        let scope = self.chosen_scope()?;
        self.store().snapshot(&scope).map_err(|error| self.state_error(&error))
    }

    fn chosen_scope(&self) -> Result<StateScope, Exit> {
        let cloud = self.cloud_name();
        let mut scopes = self.store().scopes().map_err(|error| self.state_error(&error))?;
        scopes.retain(|scope| scope.cloud == cloud);
        if let Some(name) = &self.common.env {
            scopes.retain(|scope| scope.environment == *name);
        }
        match scopes.as_slice() {
            [scope] => Ok(scope.clone()),
            [] => {
                let of = self.common.env.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default();
                let folder = self.common.state.display();
                Err(self.fail(&format!("there is no state{of} in `{folder}` for `--cloud {cloud}`")))
            }
            several => {
                let names: Vec<_> = several.iter().map(|scope: &StateScope| scope.environment.as_str()).collect();
                Err(self.fail(&format!("there are several environments, choose with `--env`: {}", names.join(", "))))
            }
        }
    }

    /// Takes the lock of the chosen state, and returns it as it is under the lock.
    fn locked_state(&self) -> Result<(StateSnapshot, Box<dyn StateWriter>), Exit> {
        let scope = self.chosen_scope()?;
        let writer = self.state_writer(&scope)?;
        let snapshot = writer.snapshot().map_err(|error| self.state_error(&error))?;
        Ok((snapshot, writer))
    }

    /// Takes the lock of a state.
    ///
    /// # Errors
    /// The exit code, after the reason has been printed.
    pub fn state_writer(&self, scope: &StateScope) -> Result<Box<dyn StateWriter>, Exit> {
        let holder = LockHolder::current(command_line(), self.clock().epoch_ms());
        self.store().writer(scope, &holder).map_err(|error| self.state_error(&error))
    }

    /// Prints an error of the state, and returns the exit code.
    pub fn state_error(&self, error: &StateError) -> Exit {
        self.diagnostics(&[error.diagnostic()], &SourceMap::default());
        Exit::Error
    }

    /// Prints why a change of the state by hand is refused, and returns the exit code.
    pub fn refuse(&self, diagnostic: &Diagnostic) -> Exit {
        self.diagnostics(std::slice::from_ref(diagnostic), &SourceMap::default());
        Exit::Refused
    }

    /// Prints what is about to happen, for people.
    pub fn announce(&self, text: &str) {
        if !self.common.json {
            terminal::warn(text);
        }
    }

    /// Asks for a confirmation, unless it was given.
    ///
    /// # Errors
    /// The exit code, when it is refused.
    pub fn agree(&self, yes: bool, question: &str) -> Result<(), Exit> {
        if yes || (!self.common.json && terminal::confirm(question)) {
            return Ok(());
        }
        Err(self.fail("nothing was done: it was not confirmed (`--yes` confirms beforehand)"))
    }

    /// Writes a change by hand into the state and its journal.
    ///
    /// # Errors
    /// The exit code, after the reason has been printed.
    pub fn write_by_hand(&self, writer: &dyn StateWriter, change: ManualChange) -> Result<(), Exit> {
        writer.change_by_hand(change, self.clock().epoch_ms()).map_err(|error| self.state_error(&error))
    }

    /// Prints what was done by hand: a line for people, a document for machines.
    pub fn report_by_hand(&self, done: &str, address: &Address, shown: &serde_json::Value, text: &str) {
        tracing::info!(%address, done, "state changed by hand");
        if self.common.json {
            self.document(&json!({ done: shown }));
        } else {
            terminal::print(&format!("{text}\n"));
        }
    }
}
