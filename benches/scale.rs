//! Measures how `gpb check`, `gpb plan` and `gpb apply` grow with the number of resources: wall time, time of the processor
//! and peak memory of the real binary.
//!
//! `cargo bench --no-default-features --bench scale` writes specs of 1,000, 10,000 and 100,000 resources, runs the commands
//! on each and prints the figures. It fails when one is out of proportion, on whatever machine: checking 10,000 resources
//! against reading the same as JSON, 100,000 against 10,000, the checks of scaling, and recovery, cost and scaling together
//! against a whole check; applying 10,000 to the simulated cloud, with the journal on the disk, against checking them and
//! against applying 1,000; planning again what is applied against checking it. Where Terraform is installed, plans and
//! applies of both that change nothing are printed side by side.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)] // A program that measures the outside world.

mod load;
mod terraform;

use load::spec_of;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// Number of times as long as reading 10,000 resources as JSON that checking them may take.
const CHECK_LIMIT: f64 = 40.0;
/// Megabytes that checking 10,000 resources may take; no machine needs more than another.
const CHECK_MEMORY_LIMIT_MB: f64 = 190.0;
/// 100,000 against 10,000: ten times is linear; the rest is room for caches.
const GROWTH_LIMIT: f64 = 20.0;
/// Shares of a whole check of 10,000 resources: the checks of scaling, those for a thousand services that scale, and
/// recovery, cost and scaling together. The facts are known by then; what they take is printed beside it, and counts in the
/// whole command.
const SCALING_LIMIT: f64 = 0.1;
const SERVICES_LIMIT: f64 = 0.3;
const GOALS_LIMIT: f64 = 0.5;
/// Number of times as long as checking 10,000 resources that applying them may take. Were each to wait for the disk by
/// itself, it would be more even on a fast one.
const APPLY_LIMIT: f64 = 28.0;
/// Processor time of applying 10,000 against 1,000: ten times is linear.
const APPLY_GROWTH_LIMIT: f64 = 15.0;
/// Processor time of planning 10,000 resources again, when they are applied, against checking them: what a plan waits for
/// is the disk that keeps it.
const NO_OP_LIMIT: f64 = 4.5;
/// Megabytes that applying 10,000 resources, and planning them again, may take.
const APPLY_MEMORY_LIMIT_MB: f64 = 280.0;
const RUNS: usize = 5;
/// Runs before those that count: a machine that lends its idle memory elsewhere has to fetch it back first.
const WARM_UP: usize = 3;

struct Figure {
    wall: Duration,
    processor: Duration,
    peak_mb: f64,
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("{:<8} {:>10} {:>10} {:>10} {:>10}", "command", "resources", "seconds", "processor", "MB");
    let (mut checks, mut applies, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    for count in [1_000, 10_000, 100_000] {
        let spec = folder.path().join(format!("spec_{count}.gpb"));
        std::fs::write(&spec, spec_of(count)).expect("the spec can be written");
        checks.push(report("check", count, &spec, folder.path(), &[]));
        report("plan", count, &spec, folder.path(), &["--cloud", "sim"]);
        if count <= 10_000 {
            let applied = folder.path().join(format!("applied_{count}"));
            applies.push(apply(count, &spec, &applied));
            plans.push(report("no-op", count, &spec, &applied, &["--cloud", "sim"]));
        }
    }
    let held = [scaling_checks(), goals_checks()].concat();
    let [_, ten, hundred] = checks.as_slice() else { return };
    let json = read_as_json(10_000);
    println!("json     10,000 resources: {:.3} s", json.as_secs_f64());
    hold("checking 10,000 resources, against reading them as JSON", ratio(ten.wall, json), CHECK_LIMIT);
    hold("checking 100,000 resources, against 10,000", ratio(hundred.wall, ten.wall), GROWTH_LIMIT);
    for (what, took, limit) in held {
        hold(what, ratio(took, ten.wall), limit);
    }
    let ([thousand, applied], Some(planned)) = (applies.as_slice(), plans.last()) else { return };
    hold("applying 10,000 resources, against checking them", ratio(applied.wall, ten.wall), APPLY_LIMIT);
    hold("applying 10,000 resources, against 1,000", ratio(applied.processor, thousand.processor), APPLY_GROWTH_LIMIT);
    hold(
        "planning 10,000 resources again, against checking them",
        ratio(planned.processor, ten.processor),
        NO_OP_LIMIT,
    );
    for (what, figure) in [("apply", applied), ("plan again", planned)] {
        let peak = figure.peak_mb;
        assert!(peak < APPLY_MEMORY_LIMIT_MB, "10,000 resources took {peak:.0} MB to {what}");
    }
    assert!(ten.peak_mb < CHECK_MEMORY_LIMIT_MB, "10,000 resources took {:.0} MB to check", ten.peak_mb);
    terraform::compare(folder.path());
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// Prints a ratio and fails when it is over its limit.
fn hold(what: &str, ratio: f64, limit: f64) {
    println!("{what}: {ratio:.2} (at most {limit})");
    assert!(ratio < limit, "{what}: {ratio:.2}, more than {limit}");
}

/// Returns the time that it takes to read resources of the same size from JSON and to write them again.
fn read_as_json(resources: usize) -> Duration {
    let text = load::json_of(resources);
    median(|| {
        let all: Vec<serde_json::Value> = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(all.len(), resources);
        assert!(serde_json::to_string(&all).expect("it can be written").len() > resources);
    })
}

/// A measurement: its name, its time, and the share of a whole check that it may take.
type Measurement = (&'static str, Duration, f64);

/// The checks of scaling by themselves, on the model of 10,000 resources and on one of services that do scale.
fn scaling_checks() -> Vec<Measurement> {
    let groups = of_model("10,000 resources", &spec_of(10_000));
    let services = of_model("1,000 services that scale", &services_of(1_000));
    vec![("scaling of resources without any", groups, SCALING_LIMIT), ("scaling of services", services, SERVICES_LIMIT)]
}

/// Measures the time for the goals of an environment: all that happens with the facts of the library and does not without, and of that
/// the three checks by themselves.
fn goals_checks() -> Vec<Measurement> {
    let goals = "  recover from node, zone {\n    rpo 1min\n    rto 10min\n  }\n";
    let held = |text: String| {
        let text = text.replacen("stack load {\n", &format!("stack load {{\n{goals}"), 1);
        text.replacen("  mode = sandbox\n", "  mode = sandbox\n  budget $1_000_000_000 per month\n", 1)
    };
    let queues = goals_of("queues", &held(spec_of(10_000)));
    let services = goals_of("services that scale", &held(services_of(1_667)));
    vec![("the checks of queues", queues, GOALS_LIMIT), ("the checks of services", services, GOALS_LIMIT)]
}

fn goals_of(what: &str, text: &str) -> Duration {
    let whole = gpb_base::stdlib::Library::embedded();
    let bare = whole.below("", ".gpb").filter(|(path, _)| !path.starts_with("facts/"));
    let bare: gpb_base::stdlib::Library = bare.map(|(path, text)| (path.to_owned(), text.clone())).collect();
    let without = median(|| drop(compiled(text, &bare)));
    let mut checks = Vec::new();
    let with = median(|| {
        let mut compilation = compiled(text, &whole);
        let started = Instant::now();
        let types = &|name: &str| gpb_catalog::Catalog::embedded().get(name);
        gpb::analysis::analyze(&mut compilation, &whole, types, "2026-01-01");
        checks.push(started.elapsed());
        let model = compilation.model().expect("the spec has a model");
        assert!(!compilation.has_errors(), "{what}: {:?}", compilation.diagnostics.first());
        assert!(model.facts.len() > model.resources.len(), "{what} has few facts");
    });
    checks.sort();
    let whole = with.saturating_sub(without);
    let checks = checks[RUNS / 2];
    let seconds = |duration: Duration| duration.as_secs_f64();
    println!(
        "goals    10,000 resources, {what}: {:.3} s, of which the checks are {:.3} s",
        seconds(whole),
        seconds(checks)
    );
    checks
}

/// As a process does it that starts anew: nothing of the library has been read.
fn compiled(text: &str, library: &gpb_base::stdlib::Library) -> gpb_lang::Compilation {
    let loader = Spec(text.into());
    let library: gpb_base::stdlib::Library =
        library.below("", "").map(|(path, text)| (path.to_owned(), text.clone())).collect();
    gpb_lang::compile("spec.gpb", &gpb_lang::CompileInputs::embedded(&loader, &library), None)
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut walls: Vec<_> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    walls.sort();
    walls[RUNS / 2]
}

fn of_model(what: &str, text: &str) -> Duration {
    let library = gpb_base::stdlib::Library::embedded();
    let compilation = compiled(text, &library);
    let model = compilation.model().expect("the spec has a model");
    assert_eq!(compilation.diagnostics, [], "{what}");
    let wall = median(|| assert_eq!(gpb_check::scaling::check(model), [], "{what}"));
    println!("scaling  {what}: {:.4} s, {} facts", wall.as_secs_f64(), model.facts.len());
    wall
}

struct Spec(std::sync::Arc<str>);

impl gpb_base::source::Loader for Spec {
    fn load(&self, _: &str, path: &str) -> Result<(String, std::sync::Arc<str>), String> {
        Ok((path.to_owned(), self.0.clone()))
    }
}

/// Services with a target, two policies and two alarms each: six resources.
fn services_of(count: usize) -> String {
    let mut text = String::from("stack load {\n  layer compute {\n");
    for n in 0..count {
        let _ = write!(
            text,
            r#"    resource aws.ecs.service api_{n} {{
      service_name  = "api-{n}"
      desired_count = 2
    }}
    resource aws.applicationautoscaling.scalable_target capacity_{n} {{
      service_namespace  = "ecs"
      scalable_dimension = "ecs:service:DesiredCount"
      resource_id        = "service/default/api-{n}"
      min_capacity       = 2
      max_capacity       = 200
    }}
"#
        );
        for (name, by, bound, op, threshold) in
            [("add", 2, "lower", "GreaterThan", 70), ("remove", -1, "upper", "LessThan", 30)]
        {
            let _ = write!(
                text,
                r#"    resource aws.applicationautoscaling.scaling_policy {name}_{n} {{
      policy_name        = "{name}-{n}"
      policy_type        = "StepScaling"
      service_namespace  = "ecs"
      scalable_dimension = "ecs:service:DesiredCount"
      resource_id        = "service/default/api-{n}"
      step_scaling_policy_configuration {{
        adjustment_type  = "ChangeInCapacity"
        cooldown         = 300
        step_adjustments = [{{ metric_interval_{bound}_bound = 0, scaling_adjustment = {by} }}]
      }}
    }}
    resource aws.cloudwatch.alarm {name}_alarm_{n} {{
      namespace           = "AWS/ECS"
      metric_name         = "CPUUtilization"
      statistic           = "Average"
      period              = 60
      evaluation_periods  = 3
      comparison_operator = "{op}Threshold"
      threshold           = {threshold}
      alarm_actions       = [{name}_{n}.arn]
    }}
"#
            );
        }
    }
    text.push_str("  }\n}\nenvironment bench of load {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n  usage {\n    granted_managed_policies = 1M\n  }\n}\n");
    text
}

/// The median of several runs, the first left out.
fn report(command: &str, count: usize, spec: &Path, folder: &Path, options: &[&str]) -> Figure {
    let name = if command == "no-op" { "plan" } else { command };
    let runs = (0..WARM_UP + RUNS).map(|_| run(name, spec, folder, options));
    middle(command, count, runs.skip(WARM_UP).collect())
}

/// The median of several applies to a cloud where nothing is yet; `folder` is left as the last one leaves it.
fn apply(count: usize, spec: &Path, folder: &Path) -> Figure {
    let anew = |_| {
        drop(std::fs::remove_dir_all(folder));
        run("apply", spec, folder, &["--cloud", "sim", "--sim", "latency=0", "--yes"])
    };
    middle("apply", count, (0..RUNS).map(anew).collect())
}

fn middle(command: &str, count: usize, mut figures: Vec<Figure>) -> Figure {
    figures.sort_by_key(|figure| figure.wall);
    let figure = figures.swap_remove(figures.len() / 2);
    let (wall, processor) = (figure.wall.as_secs_f64(), figure.processor.as_secs_f64());
    println!("{command:<8} {count:>10} {wall:>10.3} {processor:>10.3} {:>10.1}", figure.peak_mb);
    figure
}

fn run(command: &str, spec: &Path, folder: &Path, options: &[&str]) -> Figure {
    let started = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_gpb"))
        .arg(command)
        .arg(spec)
        .args(["--state".as_ref(), folder.join("state").as_os_str()])
        .args(options)
        .stdout(Stdio::null())
        // Progress is a line a step.
        .stderr(if command == "apply" { Stdio::null() } else { Stdio::inherit() })
        .spawn()
        .expect("gpb starts");
    let end = child.wait4().expect("gpb ends");
    assert!(end.status.success(), "gpb {command} failed");
    let wall = started.elapsed();
    #[allow(clippy::cast_precision_loss)] // Megabytes need no more than a float's precision.
    Figure { wall, processor: end.rusage.utime + end.rusage.stime, peak_mb: end.rusage.maxrss as f64 / 1_000_000.0 }
}
