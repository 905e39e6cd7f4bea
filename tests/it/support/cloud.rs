//! Reads the simulated cloud's own table and the state, without the command line.

use super::Folder;
use gpb_catalog::Catalog;
use gpb_engine::cloud::clock::SystemClock;
use gpb_engine::cloud::{Cloud as _, CloudError, Progress, ProgressSink, Properties, ResourceKey, UpdateRequest};
use gpb_engine::state::{SqliteStore, StateSnapshot, StateStore as _};
use gpb_model::PropPath;
use gpb_sim::{Behaviour, Faults, Latency, OutputForms, SimCloud, SimOptions};
use std::sync::Arc;

/// Opens the simulated cloud that commands in this folder work on.
fn cloud(folder: &Folder) -> SimCloud {
    let options = SimOptions {
        types: Arc::new(Catalog::embedded()),
        clock: Arc::new(SystemClock::default()),
        faults: Faults::default(),
        latency: Latency::none(),
        forms: OutputForms::none(),
        behaviour: Behaviour::friendly(),
        hook: None,
    };
    SimCloud::open(&folder.path(".gpb/sim.db"), options).unwrap()
}

/// Returns type and identifier of everything in the cloud, sorted, duplicates included.
pub fn in_the_cloud(folder: &Folder) -> Vec<(String, String)> {
    if !folder.path(".gpb/sim.db").exists() {
        return Vec::new();
    }
    let mut all: Vec<_> = cloud(folder).everything().unwrap().into_iter().map(|(key, _, _)| (key.ty, key.id)).collect();
    all.sort();
    all
}

/// Returns the only state; none before the first apply.
pub fn snapshot(folder: &Folder) -> Option<StateSnapshot> {
    let store = SqliteStore::new(folder.path(".gpb"));
    let scopes = store.scopes().unwrap();
    assert!(scopes.len() <= 1, "{scopes:?}");
    scopes.first().map(|scope| store.snapshot(scope).unwrap())
}

/// Returns type and identifier of everything in the state, sorted.
pub fn in_the_state(folder: &Folder) -> Vec<(String, String)> {
    let resources = snapshot(folder).map(|snapshot| snapshot.resources).unwrap_or_default();
    let mut all: Vec<_> = resources.into_values().map(|record| (record.ty, record.id)).collect();
    all.sort();
    all
}

/// Deletes a resource outside gpb.
pub fn lose(folder: &Folder, ty: &str) {
    let cloud = cloud(folder);
    let all = cloud.everything().unwrap();
    let (key, _, _) = all.into_iter().find(|(key, _, _)| key.ty == ty).unwrap();
    run(async { cloud.delete(&key, "behind", &Deaf).await }).unwrap();
    assert!(run(cloud.read(&ResourceKey { ..key })).unwrap().is_none());
}

/// Changes a property of every resource of a type outside gpb.
pub fn alter(folder: &Folder, ty: &str, property: &str, value: &str) {
    let cloud = cloud(folder);
    for (key, observed, _) in cloud.everything().unwrap().into_iter().filter(|(key, ..)| key.ty == ty) {
        let mut desired = observed.properties.clone();
        desired.insert(property.to_owned(), value.into());
        let changed = [PropPath::default().child(property)];
        let update = UpdateRequest {
            key: &key,
            before: &observed.properties,
            desired: &desired,
            changed: &changed,
            reasserted: &[],
            token: "behind",
        };
        run(async { cloud.update(update, &Deaf).await }).unwrap();
    }
}

/// Returns the properties of every resource of a type.
pub fn read(folder: &Folder, ty: &str) -> Vec<Properties> {
    let all = cloud(folder).everything().unwrap();
    all.into_iter().filter(|(key, ..)| key.ty == ty).map(|(_, observed, _)| observed.properties).collect()
}

/// Has the cloud answer something that is no resource for all of a type, until it is called with `false`.
pub fn garble(folder: &Folder, ty: &str, is_garbled: bool) {
    let table = rusqlite::Connection::open(folder.path(".gpb/sim.db")).unwrap();
    let sql = if is_garbled {
        "UPDATE thing SET properties = '<html>' || properties WHERE ty = ?1"
    } else {
        "UPDATE thing SET properties = replace(properties, '<html>', '') WHERE ty = ?1"
    };
    assert!(table.execute(sql, [ty]).unwrap() > 0);
}

struct Deaf;

#[async_trait::async_trait]
impl ProgressSink for Deaf {
    async fn progress(&self, _: Progress) -> Result<(), CloudError> {
        Ok(())
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
