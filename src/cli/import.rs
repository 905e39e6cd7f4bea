//! `gpb state import`: takes a resource that exists into the state, by a person's word and after a look.

use crate::cli::cloud_choice::{self, AccountCheck};
use crate::cli::{Session, exit::Exit};
use crate::report;
use gpb_base::diag::Diagnostic;
use gpb_engine::cloud::{Cloud, ObservedResource, Properties, ResourceKey};
use gpb_engine::secrets::SecretScrubber;
use gpb_engine::state::{ManualChange, ResourceRecord, StateScope, StateSnapshot, StateStore};
use gpb_model::graph::Graph;
use gpb_model::{Address, Resource};
use std::path::Path;
use std::sync::Arc;

/// The arguments of an import.
pub struct ImportRequest<'a> {
    /// The address at which a spec declares it.
    pub address: &'a str,
    /// Its identifier, parts joined by `|`.
    pub identifier: &'a str,
    /// The spec; by default the one planned last.
    pub spec: Option<&'a Path>,
    /// True when it is confirmed beforehand.
    pub yes: bool,
}

/// Imports a resource.
///
/// # Errors
/// The exit code, after the reason has been printed.
pub async fn run(session: &Session, request: &ImportRequest<'_>) -> Result<Exit, Exit> {
    let spec = match request.spec {
        Some(spec) => spec.to_owned(),
        None => session.load_plan(None)?.0.spec,
    };
    let compiled = session.compile(&spec)?;
    let refuse = |diagnostic: Diagnostic| {
        session.diagnostics(&[diagnostic], &compiled.sources);
        Exit::Refused
    };
    let resource = declared(&compiled.model.resources, request.address).map_err(refuse)?;
    let (store, scope) = (session.store(), session.scope(&compiled.model));
    let writer = session.state_writer(&scope)?;
    let snapshot = writer.snapshot().map_err(|error| session.state_error(&error))?;
    free(resource, &snapshot).map_err(refuse)?;
    let key = ResourceKey {
        ty: resource.ty.to_string(),
        place: (*resource.place).clone(),
        id: request.identifier.to_owned(),
    };
    let secret_key = writer.key().map_err(|error| session.state_error(&error))?;
    let scrubber = Arc::new(SecretScrubber::new(secret_key, &snapshot));
    let cloud = session.cloud(&scrubber).map_err(|why| session.fail(&format!("the cloud cannot be asked: {why}")))?;
    cloud.supports(&key.ty).map_err(|error| refuse(unsupported(&key, &error.to_string())))?;
    match cloud_choice::account(cloud.as_ref(), &compiled.model, &snapshot).await {
        AccountCheck::Right(_) => {}
        AccountCheck::Unknown(error) => {
            return Err(session.fail(&format!("the cloud cannot be asked: {}", error.message)));
        }
        AccountCheck::Wrong(diagnostics) => {
            session.diagnostics(&diagnostics, &compiled.sources);
            return Err(Exit::Refused);
        }
    }
    let observed = found(cloud.as_ref(), &key).await.map_err(refuse)?;
    let key = ResourceKey { id: observed.id.clone(), ..key };
    let owner = owner(&store, &key).map_err(|error| session.state_error(&error))?;
    owner.map_or(Ok(()), |owner| Err(refuse(managed(&key, &owner))))?;
    let mark = cloud.mark(&key).await.map_err(|error| refuse(unread(&key, &error.to_string())))?;
    let journal = store.history(&scope, None, usize::MAX).map_err(|error| session.state_error(&error))?;
    if mark.is_some_and(|mark| !journal.iter().any(|entry| cloud.mark_of(&entry.intent.token) == mark)) {
        return Err(refuse(marked(&key)));
    }
    let address = &resource.address;
    session.announce(&format!(
        "{}\n{address} will be {} {} in {}. From then on plans change it, and `gpb destroy` deletes it.\n",
        report::heading(&scope, [&key.place]),
        key.ty,
        key.id,
        key.place.region
    ));
    session.agree(request.yes, &format!("Import it into the environment {}?", scope.environment))?;
    let record = record(resource, &compiled.graph, &key, scrubber.properties(&observed.properties, None));
    let shown = report::json::resource(&record);
    session.write_by_hand(writer.as_ref(), ManualChange::Import(Box::new(record)))?;
    let text = format!("{address} is {}. `gpb plan {}` shows what differs.", key.id, spec.display());
    session.report_by_hand("imported", address, &shown, &text);
    Ok(Exit::Done)
}

/// Returns the resource that a spec declares at an address.
fn declared<'m>(resources: &'m [Resource], address: &str) -> Result<&'m Resource, Diagnostic> {
    let found = resources.iter().find(|resource| resource.address.as_str() == address);
    let Some(resource) = found else {
        let known = resources.iter().filter(|one| !one.existing).map(|one| one.address.as_str());
        let near = gpb_base::diag::nearest(address, known).map(|near| format!("; did you mean `{near}`?"));
        let message = format!("the spec declares no `{address}`{}", near.unwrap_or_default());
        return Err(Diagnostic::error("GPB7051", message)
            .help("declare the resource first: its declaration says of which type it is, and where it lives"));
    };
    if resource.existing {
        let message = format!("`{address}` is `existing`: gpb only reads it, so it is in no state");
        return Err(Diagnostic::error("GPB7051", message)
            .with_label(resource.span, "declared here")
            .help("declare it as a `resource` to have gpb manage it"));
    }
    Ok(resource)
}

/// Checks that nothing is, or may be, at the address.
fn free(resource: &Resource, snapshot: &StateSnapshot) -> Result<(), Diagnostic> {
    let address = &resource.address;
    if let Some(record) = snapshot.resources.get(address) {
        let message = format!("{address} is in the state already, as {}", record.id);
        let help = format!("`gpb state forget {address}` lets go of that one; it stays where it is");
        return Err(Diagnostic::error("GPB7509", message).help(help));
    }
    if snapshot.pending.iter().any(|intent| intent.address == *address) {
        let message = format!("an earlier run was interrupted while it worked on {address}");
        let help = format!("`gpb plan` finds out what it did; `gpb state abandon {address}` gives it up");
        return Err(Diagnostic::error("GPB7506", message).help(help));
    }
    Ok(())
}

async fn found(cloud: &dyn Cloud, key: &ResourceKey) -> Result<ObservedResource, Diagnostic> {
    match cloud.read(key).await {
        Ok(Some(observed)) => Ok(observed),
        Ok(None) => {
            let message = format!("there is no {} {} in {}", key.ty, key.id, key.place.region);
            Err(Diagnostic::error("GPB7052", message).help(
                "check the identifier, the region and the account; `gpb explain TYPE` names the parts of an identifier",
            ))
        }
        Err(error) => Err(unread(key, &error.to_string())),
    }
}

/// Returns the environment and the address that has a resource already, in any state of the folder.
fn owner(
    store: &impl StateStore,
    key: &ResourceKey,
) -> Result<Option<(StateScope, Address)>, gpb_engine::state::StateError> {
    for scope in store.scopes()? {
        let snapshot = store.snapshot(&scope)?;
        let is_same = |record: &&ResourceRecord| {
            let is_there = record.place.region == key.place.region && record.place.account == key.place.account;
            record.ty == key.ty && record.id == key.id && is_there
        };
        if let Some(record) = snapshot.resources.values().find(is_same) {
            return Ok(Some((scope, record.address.clone())));
        }
    }
    Ok(None)
}

fn record(resource: &Resource, graph: &Graph, key: &ResourceKey, observed: Properties) -> ResourceRecord {
    ResourceRecord {
        address: resource.address.clone(),
        ty: key.ty.clone(),
        place: key.place.clone(),
        id: key.id.clone(),
        // Nothing was applied by gpb: whatever the text says otherwise is a difference.
        applied: Properties::new().into(),
        observed: observed.into(),
        depends_on: graph.dependencies(&resource.address).map(|(to, _)| to.clone()).collect(),
        layer: resource.layer.as_deref().map(str::to_owned),
        protect: resource.lifecycle.protect,
        tainted: None,
        failed: false,
        changing: false,
        keep: resource.lifecycle.keep == Some(true),
        watched: serde_json::Map::new(),
    }
}

fn unsupported(key: &ResourceKey, why: &str) -> Diagnostic {
    Diagnostic::error("GPB8011", format!("{} cannot be imported: {why}", key.ty))
        .help("only what gpb can read, change and delete can be imported")
}

fn unread(key: &ResourceKey, why: &str) -> Diagnostic {
    Diagnostic::error("GPB7052", format!("{} {} cannot be read: {why}", key.ty, key.id))
        .help("mend what the message names; nothing was imported")
}

fn managed(key: &ResourceKey, (scope, address): &(StateScope, Address)) -> Diagnostic {
    let (stack, environment) = (&scope.stack, &scope.environment);
    let message = format!("{} {} is managed already: {address} of {stack}, environment {environment}", key.ty, key.id);
    let help = format!("let go of it there first: `gpb state forget {address} --env {environment}`");
    Diagnostic::error("GPB7053", message).help(help)
}

fn marked(key: &ResourceKey) -> Diagnostic {
    let message = format!("{} {} was created by gpb for another state: it bears the tag `gpb:token`", key.ty, key.id);
    Diagnostic::error("GPB7053", message).help(
        "let go of it where it is managed (`gpb state forget`); where that state is lost, remove the tag and import again",
    )
}
