//! Capability at plan: what the cloud cannot do is refused before anything is made, all of it at once.

use super::change::{Action, ResourceChange};
use super::plan_file::Plan;
use crate::cloud::capability::{CapabilityGap, CapabilityRequest, GapSubject, PlannedOperation};
use crate::cloud::{Cloud, Properties};
use crate::state::StateSnapshot;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::{Address, Model, PropPath, PropertyMap, Resource, covers};
use std::collections::BTreeMap;

/// Returns a refusal for each thing that a cloud cannot do of what is declared and not in the state yet.
///
/// It needs neither the network nor a plan, so it comes before both. What a change of something that exists needs is
/// known only from its plan: [`capability_refusals`].
pub fn capability_refusals_of_model(model: &Model, snapshot: &StateSnapshot, cloud: &dyn Cloud) -> Vec<Diagnostic> {
    let is_new = |resource: &&Resource| {
        let address = &resource.address;
        let is_moved = || model.moves.iter().any(|one| covers(one.to.as_str(), address.as_str()));
        !snapshot.resources.contains_key(address) && !is_moved()
    };
    let mut found = GapCollection::default();
    for resource in model.resources.iter().filter(is_new) {
        let operation = if resource.existing { PlannedOperation::Reach } else { PlannedOperation::Create };
        let (ty, place, desired) = (&*resource.ty, &*resource.place, &resource.properties);
        let before = &Properties::new();
        let gaps = cloud.gaps(CapabilityRequest { ty, place, operation, desired, before, changed: &[] });
        found.add(&resource.address, Some(resource), gaps);
    }
    found.diagnostics()
}

/// Returns a refusal for each thing that a cloud cannot do of what a plan changes.
pub fn capability_refusals(plan: &Plan, model: Option<&Model>, cloud: &dyn Cloud) -> Vec<Diagnostic> {
    let resources: BTreeMap<&Address, &Resource> =
        model.into_iter().flat_map(|model| &model.resources).map(|resource| (&resource.address, resource)).collect();
    let mut found = GapCollection::default();
    for change in &plan.changes {
        found.add(&change.address, resources.get(&change.address).copied(), gaps(change, cloud));
    }
    found.diagnostics()
}

fn gaps(change: &ResourceChange, cloud: &dyn Cloud) -> Vec<CapabilityGap> {
    let operation = match change.action {
        Action::NoOp | Action::Forget | Action::Retain => return Vec::new(),
        Action::Read | Action::Delete => PlannedOperation::Reach,
        Action::Create | Action::Replace => PlannedOperation::Create,
        Action::Update | Action::Adopt => PlannedOperation::Update,
    };
    let nothing = Properties::new();
    let before = match operation {
        PlannedOperation::Update => change.before.as_deref().unwrap_or(&nothing),
        PlannedOperation::Create | PlannedOperation::Reach => &nothing,
    };
    let changed: Vec<PropPath> = change.differences.iter().map(|difference| difference.path.clone()).collect();
    let none = PropertyMap::default();
    let desired = if operation == PlannedOperation::Reach { &none } else { &change.desired };
    let (ty, place) = (&change.ty, &change.place);
    cloud.gaps(CapabilityRequest { ty, place, operation, desired, before, changed: &changed })
}

/// The gaps of many resources, those that are the same put together.
#[derive(Default)]
struct GapCollection<'a>(BTreeMap<CapabilityGap, NeedyResources<'a>>);

/// The resources that have a gap, by address.
type NeedyResources<'a> = BTreeMap<&'a Address, Option<&'a Resource>>;

impl<'a> GapCollection<'a> {
    fn add(&mut self, address: &'a Address, resource: Option<&'a Resource>, gaps: Vec<CapabilityGap>) {
        for gap in gaps {
            self.0.entry(gap).or_default().insert(address, resource);
        }
    }

    fn diagnostics(self) -> Vec<Diagnostic> {
        let (builds, others): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(gap, _)| matches!(gap.subject, GapSubject::Service(_)));
        let mut found: Vec<Diagnostic> = others.iter().map(|(gap, needed)| diagnostic(gap, needed)).collect();
        gpb_base::diag::sort(&mut found);
        // What another build can do comes last: it is no matter of the text.
        found.extend(builds.iter().map(|(gap, needed)| diagnostic(gap, needed)));
        found
    }
}

/// Returns the refusal of a gap, with the place of each resource that has it.
fn diagnostic(gap: &CapabilityGap, needed: &NeedyResources<'_>) -> Diagnostic {
    let addresses: Vec<&str> = needed.keys().map(|address| address.as_str()).collect();
    let help = match &gap.subject {
        GapSubject::Service(service) => {
            let message = format!("{}; needed by {}", gap.message, named(&addresses));
            let help = format!("build gpb with the feature `{service}`, as the default build is");
            return Diagnostic::error("GPB8011", message).help(help);
        }
        GapSubject::Type => "write a binding for it (docs/bindings.md), or leave it out; `--cloud sim` needs none",
        GapSubject::Property(_) => {
            "leave it out or give it another value, or extend the binding (docs/bindings.md); `--cloud sim` takes it"
        }
    };
    let mut diagnostic = Diagnostic::error("GPB7020", gap.message.clone()).help(help);
    // One declaration may be many resources.
    let mut places: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
    for (address, resource) in needed {
        if let Some(resource) = resource {
            places.entry(place(resource, &gap.subject)).or_default().push(address.as_str());
        }
    }
    if places.is_empty() {
        diagnostic.message = format!("{}; needed by {}", gap.message, named(&addresses));
    }
    for (span, addresses) in places {
        diagnostic = diagnostic.with_label(span, format!("needed by {}", named(&addresses)));
    }
    diagnostic
}

/// The number of addresses that a message names.
const NAMED: usize = 3;

fn named(addresses: &[&str]) -> String {
    let shown: Vec<String> = addresses.iter().take(NAMED).map(|address| format!("`{address}`")).collect();
    match addresses.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Returns the place of a property in the text, else of the nearest one around it, else of the declaration.
fn place(resource: &Resource, subject: &GapSubject) -> Span {
    let GapSubject::Property(path) = subject else { return resource.span };
    let mut path = path.0.as_str();
    loop {
        if let Some(span) = resource.spans.get(&PropPath(path.into())) {
            return *span;
        }
        match path.rsplit_once('/') {
            Some((parent, _)) => path = parent,
            None => return resource.span,
        }
    }
}
