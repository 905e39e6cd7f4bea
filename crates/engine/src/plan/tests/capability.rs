//! Capability gaps of a cloud, as refusals of a plan.

use crate::cloud::capability::{CapabilityGap, CapabilityRequest, GapSubject, PlannedOperation};
use crate::cloud::{
    Cloud, CloudError, CreateRequest, FindRequest, Identity, ObservedResource, ProgressSink, ResourceKey, UpdateRequest,
};
use crate::plan::fixtures::{FakeCloud, model, path, resource};
use crate::plan::{capability_refusals, capability_refusals_of_model};
use gpb_base::diag::Diagnostic;
use gpb_model::Place;
use serde_json::json;
use std::sync::Mutex;

/// A cloud without roles, whose stores have no backups and cannot be resized. It makes no call.
#[derive(Default)]
struct PoorCloud(Mutex<Vec<(String, PlannedOperation)>>);

fn none<T>() -> Result<T, CloudError> {
    panic!("a capability is known without a call")
}

#[async_trait::async_trait]
impl Cloud for PoorCloud {
    fn name(&self) -> &'static str {
        "poor"
    }
    fn supports(&self, _: &str) -> Result<(), CloudError> {
        Ok(())
    }
    fn gaps(&self, request: CapabilityRequest<'_>) -> Vec<CapabilityGap> {
        self.0.lock().unwrap().push((request.ty.to_owned(), request.operation));
        let gap = |subject, message: &str| CapabilityGap { subject, message: message.to_owned() };
        match (request.ty, request.operation) {
            ("aws.iam.role", _) => vec![gap(GapSubject::Type, "no roles")],
            ("aws.data.store", PlannedOperation::Create) if request.desired.contains_key("Backup") => {
                vec![gap(GapSubject::Property(path("Backup")), "no backups")]
            }
            ("aws.data.store", PlannedOperation::Update) if request.changed.contains(&path("Size")) => {
                assert_eq!(request.before.get("Size"), Some(&json!(1)));
                vec![gap(GapSubject::Property(path("Size")), "no other size")]
            }
            ("aws.net.vpc", _) => vec![gap(GapSubject::Service("net".into()), "no net")],
            _ => Vec::new(),
        }
    }
    async fn identity(&self, _: &Place) -> Result<Identity, CloudError> {
        none()
    }
    async fn read(&self, _: &ResourceKey) -> Result<Option<ObservedResource>, CloudError> {
        none()
    }
    async fn read_many(&self, _: &[ResourceKey]) -> Vec<Result<Option<ObservedResource>, CloudError>> {
        vec![none()]
    }
    async fn find(&self, _: FindRequest<'_>) -> Result<Vec<ObservedResource>, CloudError> {
        none()
    }
    async fn create(&self, _: CreateRequest<'_>, _: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        none()
    }
    async fn update(&self, _: UpdateRequest<'_>, _: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        none()
    }
    async fn delete(&self, _: &ResourceKey, _: &str, _: &dyn ProgressSink) -> Result<(), CloudError> {
        none()
    }
    async fn wait(&self, _: &ResourceKey, _: &dyn ProgressSink) -> Result<ObservedResource, CloudError> {
        none()
    }
    async fn secret(&self, _: &Place, _: &str) -> Result<String, CloudError> {
        none()
    }
}

fn said(diagnostics: &[Diagnostic]) -> Vec<(&str, &str)> {
    diagnostics.iter().map(|one| (one.code, one.message.as_str())).collect()
}

fn store(name: &str, properties: serde_json::Value) -> gpb_model::Resource {
    resource(name, "aws.data.store", properties)
}

#[test]
fn all_that_is_new_is_refused_at_once_and_each_thing_said_once() {
    let model = model([
        resource("a.one", "aws.iam.role", json!({ "RoleName": "one" })),
        resource("a.two", "aws.iam.role", json!({ "RoleName": "two" })),
        store("a.store", json!({ "StoreName": "s", "Backup": { "Days": 1 } })),
        resource("a.vpc", "aws.net.vpc", json!({})),
        resource("a.net", "aws.net.vpc", json!({})),
    ]);
    let world = FakeCloud::new();
    let refusals = capability_refusals_of_model(&model, &world.snapshot, &PoorCloud::default());
    let mut found = said(&refusals);
    assert_eq!(found.pop(), Some(("GPB8011", "no net; needed by `a.net`, `a.vpc`")), "the build comes last");
    found.sort_unstable();
    assert_eq!(found, [("GPB7020", "no backups"), ("GPB7020", "no roles")]);
    let labels = refusals.iter().find(|one| one.message == "no roles").unwrap().labels.clone();
    assert_eq!(labels[0].text, "needed by `a.one`, `a.two`");
    assert_eq!(refusals, capability_refusals(&world.plan(&model), Some(&model), &PoorCloud::default()));
}

#[test]
fn what_exists_is_asked_for_what_changes_and_no_more() {
    let before = model([store("a.store", json!({ "StoreName": "s", "Size": 1, "Backup": { "Days": 1 } }))]);
    let mut world = FakeCloud::applied(&before);
    let cloud = PoorCloud::default();
    assert_eq!(capability_refusals_of_model(&before, &world.snapshot, &cloud), []);
    assert_eq!(capability_refusals(&world.plan(&before), Some(&before), &cloud), []);
    assert_eq!(*cloud.0.lock().unwrap(), [], "nothing new, nothing changed");
    let after = model([store("a.store", json!({ "StoreName": "s", "Size": 2, "Backup": { "Days": 1 } }))]);
    let plan = world.plan(&after);
    assert_eq!(said(&capability_refusals(&plan, Some(&after), &cloud)), [("GPB7020", "no other size")]);
    // A replacement is a creation.
    let replaced = model([store("a.store", json!({ "StoreName": "t", "Size": 1, "Backup": { "Days": 1 } }))]);
    let found = capability_refusals(&world.plan(&replaced), Some(&replaced), &cloud);
    assert_eq!(said(&found), [("GPB7020", "no backups")]);
    // A deletion asks for no property.
    world.options.destroy = true;
    assert_eq!(capability_refusals(&world.plan(&before), None, &cloud), []);
}

#[test]
fn what_was_renamed_is_not_new() {
    let before = model([store("a.store", json!({ "StoreName": "s", "Backup": { "Days": 1 } }))]);
    let world = FakeCloud::applied(&before);
    let mut after = model([store("b.store", json!({ "StoreName": "s", "Backup": { "Days": 1 } }))]);
    let (from, to) = (crate::plan::fixtures::address("a"), crate::plan::fixtures::address("b"));
    after.moves.push(gpb_model::Move { from, to, span: gpb_base::source::Span::default() });
    assert_eq!(capability_refusals_of_model(&after, &world.snapshot, &PoorCloud::default()), []);
}
