//! Measures plans and applies that change nothing, beside Terraform's where it is installed.
//!
//! Terraform has as many of its built-in `terraform_data`, gpb as many queues on the embedded cloud: neither waits for a
//! network. Both read the program, the state from the disk and what is there, and compare. It is unequal in that a
//! `terraform_data` knows itself, while gpb reads each queue from the file of its cloud, prices it, checks its recovery and
//! scaling, and keeps the plan on the disk; and in that Terraform is a program without a catalog of AWS's properties. What
//! AWS takes to answer is in neither figure.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COUNTS: [usize; 2] = [1_000, 10_000];

/// Prints how many times as long as gpb Terraform takes, or that it is not here.
pub fn compare(folder: &Path) {
    if !terraform(folder, &["version"]) {
        println!("terraform is not installed: nothing is compared with it");
        return;
    }
    for count in COUNTS {
        let (own, other) = (folder.join(format!("gpb_{count}")), folder.join(format!("terraform_{count}")));
        for path in [&own, &other] {
            std::fs::create_dir_all(path).expect("a folder can be made");
        }
        std::fs::write(own.join("spec.gpb"), queues(count)).expect("the spec can be written");
        std::fs::write(other.join("main.tf"), program(count)).expect("the program can be written");
        std::fs::write(other.join("terraform.tfstate"), state(count)).expect("the state can be written");
        assert!(gpb(&own, "apply", &["--sim", "latency=0", "--yes"]), "gpb makes the queues");
        assert!(terraform(&other, &["init", "-input=false"]), "terraform starts");
        let plan = (timed(|| gpb(&own, "plan", &[])), timed(|| terraform(&other, &["plan", "-input=false"])));
        let apply = &["apply", "-input=false", "-auto-approve"];
        let apply = (timed(|| gpb(&own, "apply", &["--yes"])), timed(|| terraform(&other, apply)));
        for (what, (own, other)) in [("plan", plan), ("apply", apply)] {
            let (own, other) = (own.as_secs_f64(), other.as_secs_f64());
            println!(
                "{what} of {count} without changes: gpb {own:.3} s, terraform {other:.3} s, {:.0} times",
                other / own
            );
        }
    }
}

fn timed(run: impl FnOnce() -> bool) -> Duration {
    let started = Instant::now();
    assert!(run(), "the command failed");
    started.elapsed()
}

fn gpb(folder: &Path, command: &str, options: &[&str]) -> bool {
    let mut gpb = Command::new(env!("CARGO_BIN_EXE_gpb"));
    gpb.args([command, "spec.gpb", "--state", "state", "--cloud", "sim"]).args(options);
    ran(&mut gpb, folder)
}

fn terraform(folder: &Path, arguments: &[&str]) -> bool {
    // It would ask over the network for a newer version.
    ran(Command::new("terraform").args(arguments).env("CHECKPOINT_DISABLE", "1"), folder)
}

fn ran(command: &mut Command, folder: &Path) -> bool {
    let end = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    end.is_ok_and(|status| status.success())
}

fn queues(count: usize) -> String {
    let mut text = String::from("stack load {\n  layer queues {\n");
    for n in 0..count {
        let _ = writeln!(text, "    resource aws.sqs.queue q_{n} {{\n      queue_name = \"q-{n}\"\n    }}");
    }
    text.push_str("  }\n}\nenvironment bench of load {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n}\n");
    text
}

fn program(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = writeln!(text, "resource \"terraform_data\" \"q_{n}\" {{\n  input = \"q-{n}\"\n}}");
    }
    text
}

/// Returns the state after an apply, which would take many minutes for 10,000.
fn state(count: usize) -> String {
    let resource = |n: usize| {
        let value = serde_json::json!({ "value": format!("q-{n}"), "type": "string" });
        serde_json::json!({
            "mode": "managed", "type": "terraform_data", "name": format!("q_{n}"),
            "provider": "provider[\"terraform.io/builtin/terraform\"]",
            "instances": [{ "schema_version": 0, "sensitive_attributes": [], "attributes": {
                "id": format!("{n:08x}-0000-4000-8000-{n:012x}"), "input": value, "output": value, "triggers_replace": null,
            } }],
        })
    };
    let resources: Vec<_> = (0..count).map(resource).collect();
    serde_json::json!({
        "version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "00000000-0000-4000-8000-000000000000",
        "outputs": {}, "resources": resources, "check_results": null,
    })
    .to_string()
}
