//! Sources of credentials and endpoints. The SDK reads the environment of the process, so each case runs the
//! ignored test below in a process of its own.

use std::env;
use std::process::Command;

use gpb_aws_facade::config::{self, Target};
use gpb_testkit::Emulator;
use serde_json::json;

use crate::support::{block, call};

/// Not a case: asks who it is with what the environment gives, and says it.
#[test]
#[ignore = "run by the cases below, with an environment"]
fn ask() {
    let variable = |name: &str| env::var(name).ok();
    let target = Target { region: "eu-west-1".into(), profile: variable("ASK_PROFILE"), role: variable("ASK_ROLE") };
    let what = variable("ASK_WHAT").unwrap_or_else(|| "sts.GetCallerIdentity".into());
    let input = variable("ASK_INPUT").map_or_else(|| json!({}), |text| text.parse().unwrap());
    let said = block(async { call(&config::load(&target).await, &what, input).await });
    println!("said: {}", said.map_or_else(|error| format!("{:?} {error}", error.kind), |json| json.to_string()));
}

fn asked(environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "clients::credentials::ask", "--ignored", "--nocapture"]);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command.env("AWS_EC2_METADATA_DISABLED", "true").envs(environment.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.split_once("said: ")).map(|(_, said)| said.to_owned()).unwrap_or(text)
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "testing")];

#[test]
fn their_absence_is_said() {
    let said = asked(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]);
    assert!(said.starts_with("Credentials NoCredentials: "), "{said}");
    assert!(!said.contains('{'), "not as the SDK debugs it: {said}");
}

#[test]
fn a_profile_that_does_not_exist_gives_none() {
    let said = asked(&[("ASK_PROFILE", "nobody"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]);
    assert!(said.starts_with("Credentials "), "{said}");
}

#[test]
fn the_environment_names_keys_endpoint_and_role() {
    let moto = Emulator::moto().unwrap();
    let endpoint = moto.endpoint();
    let said = asked(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint)]);
    assert!(said.contains("\"Account\":\"123456789012\""), "{said}");

    let (general, special) = ("http://127.0.0.1:9", endpoint.as_str());
    let both = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", general), ("AWS_ENDPOINT_URL_STS", special)];
    assert!(asked(&both).contains("\"Account\":"), "the service's own endpoint comes first");

    let role = ("ASK_ROLE", "arn:aws:iam::210987654321:role/deployer");
    let said = asked(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint), role]);
    assert!(said.contains("arn:aws:sts::210987654321:assumed-role/deployer/gpb"), "{said}");
}

#[test]
fn a_role_that_cannot_be_assumed_is_a_failure_of_the_credentials() {
    let role = ("ASK_ROLE", "arn:aws:iam::210987654321:role/deployer");
    let said = asked(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), role]);
    assert!(said.starts_with("Credentials CredentialsFailed: "), "{said}");
}

#[test]
fn a_bucket_stands_in_the_path_where_the_endpoint_is_ones_own() {
    let moto = Emulator::moto().unwrap();
    let endpoint = moto.endpoint();
    for (variable, bucket) in [("AWS_ENDPOINT_URL", "one"), ("AWS_ENDPOINT_URL_S3", "two")] {
        let place = json!({"LocationConstraint": "eu-west-1"});
        let input = json!({"Bucket": bucket, "CreateBucketConfiguration": place}).to_string();
        let what = [("ASK_WHAT", "s3.CreateBucket"), ("ASK_INPUT", input.as_str())];
        let said = asked(&[KEYS[0], KEYS[1], (variable, &endpoint), what[0], what[1]]);
        assert!(said.contains("Location"), "{said}");
    }
}
