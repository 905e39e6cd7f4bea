//! Holds this workspace to its bounds.

use gpb_audit::Audit;
use std::path::Path;

#[test]
fn the_workspace_keeps_its_structural_promises() {
    let audit = Audit::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let broken: Vec<String> =
        audit.measure().iter().filter(|measurement| measurement.broken).map(|broken| broken.text(20)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
