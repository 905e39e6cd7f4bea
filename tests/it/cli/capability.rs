//! What AWS, or this build, cannot do is said at plan, all at once, without credentials and before anything is made.

use super::settings;
use crate::support::{Folder, Ran};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Runs a command on AWS that is refused, in a folder without credentials.
fn refused(folder: &Folder, arguments: &[&str]) -> Ran {
    folder.expect(3, &[arguments, &["--cloud", "aws"]].concat())
}

/// Returns the diagnostics of a refused plan that have a code, or that have not.
fn diagnostics(ran: &Ran, code: &str) -> Vec<Json> {
    let all = ran.json()["diagnostics"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|diagnostic| diagnostic["code"] == code).collect()
}

fn without_credentials() -> Folder {
    let mut folder = Folder::with_specs();
    // Whoever asks the network fails.
    folder.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    folder
}

/// Two types that AWS publishes no handlers of, and a property that a binding leaves out.
const UNDRIVEN: &str = r#"
stack shop {
  layer data {
    resource aws.docdb.db_cluster documents {}
    resource aws.dms.replication_instance copier { replication_instance_class = "dms.t3.micro" }
    resource aws.s3.bucket site {
      website_configuration = { index_document = "index.html" }
    }
    resource aws.guardduty.detector detector { enable = true }
  }
}

environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

/// All of the live platform can be made on AWS: what this build lacks are the SDKs alone.
#[test]
fn a_plan_of_the_live_platform_names_nothing_that_aws_bindings_cannot_do() {
    let folder = without_credentials();
    let ran = folder.gpb(&["plan", "specs/live.gpb", "--json", "--cloud", "aws"]);
    assert_eq!(diagnostics(&ran, "GPB7020"), Vec::<Json>::new());
}

#[test]
fn a_plan_names_all_that_aws_bindings_cannot_do() {
    let folder = without_credentials();
    folder.write("shop.gpb", UNDRIVEN);
    let ran = refused(&folder, &["plan", "shop.gpb", "--json"]);
    let mut text = String::new();
    for diagnostic in diagnostics(&ran, "GPB7020") {
        let _ = writeln!(text, "{}", diagnostic["message"].as_str().unwrap());
        for label in diagnostic["labels"].as_array().unwrap() {
            let _ = writeln!(text, "  {}: {}", label["at"]["file"].as_str().unwrap(), label["text"].as_str().unwrap());
        }
    }
    let mut settings = settings();
    settings.set_snapshot_path("snapshots");
    settings.bind(|| insta::assert_snapshot!("undriven", text));
    for arguments in [["apply", "shop.gpb", "--yes"], ["plan", "shop.gpb", "--out=saved.json"]] {
        let ran = refused(&folder, &arguments);
        assert!(ran.err.contains("`aws.docdb.db_cluster` has no binding"), "{}", ran.text());
    }
    assert!(!folder.path("saved.json").exists(), "a refused plan is not kept");
}

/// However many resources need a service.
#[cfg(not(feature = "_sdk"))]
#[test]
fn a_build_without_sdks_names_each_service_once() {
    let folder = without_credentials();
    let ran = refused(&folder, &["plan", "specs/sandbox.gpb", "--json"]);
    assert_eq!(diagnostics(&ran, "GPB7020"), Vec::<Json>::new(), "every type of the sandbox is bound");
    let all = diagnostics(&ran, "GPB8011");
    let mut services: Vec<&str> = all.iter().filter_map(|one| one["message"].as_str()?.split('`').nth(1)).collect();
    assert!(services.contains(&"ec2") && services.contains(&"rds"), "{services:?}");
    let named = services.len();
    services.sort_unstable();
    services.dedup();
    assert_eq!(services.len(), named, "{services:?}");
}

#[test]
fn the_embedded_cloud_takes_what_aws_bindings_do_not() {
    let folder = without_credentials();
    folder.write("shop.gpb", UNDRIVEN);
    folder.expect(0, &["plan", "shop.gpb", "--cloud", "sim"]);
}
