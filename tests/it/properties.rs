//! Laws that hold for every program, with any fault of the cloud and any crash of the process.

use crate::support::cloud::{in_the_cloud, in_the_state, snapshot};
use crate::support::random_specs::{disarrayed, edited, programs};
use crate::support::{Folder, InMemoryLoader, Ran};
use gpb_base::stdlib::Library;
use gpb_engine::plan;
use gpb_lang as lang;
use gpb_lang::CompileInputs;
use gpb_model::graph::{Graph, output};
use gpb_syntax as syntax;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Shrinking starts many processes a step, so it is limited. With `PROPTEST_CASES` the limit is higher.
fn cases(few: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(few);
    Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() }
}

/// Random edits lose queues and delete one where another begins, which gpb takes for a forgotten `moved` otherwise.
const APPLY: [&str; 5] = ["apply", "a.gpb", "--yes", "--unprotect", "all"];

fn folder() -> Folder {
    let mut folder = Folder::new();
    folder.set("GPB_CLOUD", "sim");
    folder.set("GPB_SIM", "latency=0");
    folder
}

/// Runs a command until it succeeds, with other faults of the cloud each time.
fn insist(folder: &Folder, arguments: &[&str], faults: &str) {
    let mut last = None;
    for seed in 0..12 {
        let sim = format!("seed={seed},latency=0{faults}");
        let ran = folder.gpb(&[arguments, &["--sim", &sim]].concat());
        if ran.code == 0 {
            return;
        }
        assert_eq!(ran.code, 1, "only the cloud may be the reason\n{}", ran.text());
        last = Some(ran);
    }
    panic!("{arguments:?} never succeeded\n{}", last.map(|ran: Ran| ran.text()).unwrap_or_default());
}

/// Asserts that the cloud has exactly the declared resources, and the state all of them.
fn settled(folder: &Folder) {
    let plan = folder.gpb(&["plan", "a.gpb", "--detailed-exitcode", "--unprotect", "all"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    assert_eq!(in_the_cloud(folder), in_the_state(folder), "left: the cloud, right: the state");
    assert!(snapshot(folder).is_none_or(|snapshot| snapshot.pending.is_empty()));
}

fn empty(folder: &Folder) {
    assert_eq!(in_the_cloud(folder), [], "left in the cloud");
    assert_eq!(in_the_state(folder), [], "left in the state");
}

fn faults() -> impl Strategy<Value = String> {
    let share = || 0u8..12;
    (share(), share(), share(), share(), share(), share()).prop_map(|(a, b, c, d, e, f)| {
        format!(",throttle=0.{a:02},unavailable=0.{b:02},ambiguous=0.{c:02},lost=0.{d:02},not_ready=0.{e:02},unfinished=0.{f:02}")
    })
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn what_was_applied_is_what_is_declared_whatever_the_cloud_does(spec in edited(), faults in faults()) {
        let folder = folder();
        folder.write("a.gpb", &spec.before);
        insist(&folder, &APPLY, &faults);
        settled(&folder);
        folder.write("a.gpb", &spec.after);
        insist(&folder, &APPLY, &faults);
        settled(&folder);
        insist(&folder, &["destroy", "a.gpb", "--yes"], &faults);
        empty(&folder);
    }
}

/// A running command with its JSON lines, slow enough to be interrupted.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Running {
    fn start(folder: &Folder, arguments: &[&str], latency: &str) -> Self {
        let sim = format!("latency={latency}");
        let mut command = folder.command(&[arguments, &["--json", "--sim", &sim]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Reads until an event of this name, and returns whether there was one.
    fn until(&mut self, event: &str) -> bool {
        let wanted = format!("\"event\":\"{event}\"");
        self.lines.any(|line| line.unwrap().contains(&wanted))
    }

    fn kill_after(mut self, lines: usize) {
        self.lines.by_ref().take(lines).for_each(drop);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn a_killed_run_leaves_nothing_behind_and_makes_nothing_twice(
        spec in edited(),
        kills in prop::collection::vec(0usize..30, 1..4),
        more in prop::collection::vec(0usize..30, 0..3),
        end in prop::collection::vec(0usize..20, 0..3),
    ) {
        let folder = folder();
        for (text, kills) in [(&spec.before, &kills), (&spec.after, &more)] {
            folder.write("a.gpb", text);
            for lines in kills {
                Running::start(&folder, &APPLY, "0.002").kill_after(*lines);
            }
            folder.expect(0, &APPLY);
            settled(&folder);
        }
        for lines in &end {
            Running::start(&folder, &["destroy", "a.gpb", "--yes"], "0.002").kill_after(*lines);
        }
        folder.expect(0, &["destroy", "a.gpb", "--yes"]);
        empty(&folder);
    }
}

/// Returns the meaning of a program: its graph and the hash of its model.
fn meaning(text: &str) -> (serde_json::Value, String) {
    let (loader, library) = (InMemoryLoader(text.to_owned()), Library::embedded());
    let compiled = lang::compile("a.gpb", &CompileInputs::embedded(&loader, &library), None);
    let model = compiled.model().unwrap_or_else(|| panic!("{:?}\n{text}", compiled.diagnostics));
    let graph = Graph::build(model);
    (output::json(model, &graph), plan::model_hash(model))
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn formatting_is_stable_and_keeps_the_meaning(
        program in programs(),
        choices in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let text = disarrayed(&program, &choices);
        let formatted = syntax::format(&text).unwrap();
        prop_assert_eq!(&syntax::format(&formatted).unwrap(), &formatted);
        prop_assert_eq!(meaning(&formatted), meaning(&text));
        prop_assert_eq!(formatted.matches("//").count(), text.matches("//").count(), "comments are kept");
        prop_assert_eq!(meaning(&text), meaning(&program), "the disarray itself changes nothing");
    }
}

/// Returns a program of twelve resources, each after the one before.
fn chain() -> String {
    let mut text = String::from("stack shop {\n  param mode: sandbox | live\n");
    for n in 0..12 {
        let after = if n == 0 { String::new() } else { format!("    after r{}\n", n - 1) };
        let _ = writeln!(text, "  resource aws.sns.topic r{n} {{\n    topic_name = \"t{n}\"\n{after}  }}");
    }
    text + "}\nenvironment test of shop {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n}\n"
}

#[test]
fn a_second_apply_is_told_who_is_at_it() {
    let folder = folder();
    folder.write("a.gpb", &chain());
    let mut first = Running::start(&folder, &["apply", "a.gpb", "--yes"], "100");
    assert!(first.until("waiting"));
    let pid = first.child.id();
    for command in [&["apply", "a.gpb", "--yes"][..], &["destroy", "a.gpb", "--yes"], &["plan", "a.gpb"]] {
        let second = folder.expect(1, command);
        let told = second.err.replace("\n  | ", " ");
        assert!(told.contains("GPB7504") && told.contains("gpb apply a.gpb --yes"), "{}", second.text());
        assert!(told.contains(&format!("process {pid} ")), "{pid}: {}", second.text());
    }
    first.kill_after(0);
    folder.expect(0, &["apply", "a.gpb", "--yes"]);
    settled(&folder);
}

#[test]
fn a_signal_finishes_what_is_under_way_and_no_more() {
    ["INT", "TERM"].into_iter().for_each(finishes_what_is_under_way_on);
}

fn finishes_what_is_under_way_on(signal: &str) {
    let folder = folder();
    folder.write("a.gpb", &chain());
    let mut run = Running::start(&folder, &["apply", "a.gpb", "--yes"], "0.3");
    assert!(run.until("waiting"));
    send(signal, &run.child);
    let end = run.lines.map(Result::unwrap).last().unwrap();
    let end: serde_json::Value = serde_json::from_str(&end).unwrap();
    assert_eq!((&end["event"], &end["complete"]), (&"end".into(), &false.into()), "{end}");
    assert_eq!(end["outcome"]["cancelled"], true, "{end}");
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
    // The steps in progress have finished and are known; no intent is open.
    let done = end["outcome"]["done"].as_array().unwrap().len();
    assert!((1..12).contains(&done), "{end}");
    let after = snapshot(&folder).unwrap();
    assert_eq!((after.resources.len(), after.pending.len()), (done, 0));
    assert_eq!(in_the_cloud(&folder), in_the_state(&folder));
    folder.expect(0, &["apply", "a.gpb", "--yes"]);
    settled(&folder);
    assert_eq!(in_the_cloud(&folder).len(), 12);
}

#[test]
fn a_second_signal_stops_at_once_and_the_next_apply_finishes() {
    ["INT", "TERM"].into_iter().for_each(stops_at_once_on);
}

fn stops_at_once_on(signal: &str) {
    let folder = folder();
    folder.write("a.gpb", &chain());
    let mut run = Running::start(&folder, &["apply", "a.gpb", "--yes"], "100");
    assert!(run.until("waiting"));
    // One signal may be lost in the other while both are pending, so they are sent until the process ends.
    while run.child.try_wait().unwrap().is_none() {
        send(signal, &run.child);
    }
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
    assert_eq!(snapshot(&folder).unwrap().pending.len(), 1);
    folder.expect(0, &["apply", "a.gpb", "--yes"]);
    settled(&folder);
    assert_eq!(in_the_cloud(&folder).len(), 12);
}

#[test]
fn a_reader_that_goes_away_does_not_stop_an_apply() {
    let folder = folder();
    folder.write("a.gpb", &chain());
    let mut run = Running::start(&folder, &["apply", "a.gpb", "--yes"], "0.02");
    assert!(run.until("started"));
    drop(run.lines);
    assert_eq!(run.child.wait().unwrap().code(), Some(0));
    settled(&folder);
    assert_eq!(in_the_cloud(&folder).len(), 12);
}

/// A terminal that is closed: its process hears of it, and can write to neither of its streams.
#[test]
fn a_lost_terminal_does_not_stop_an_apply() {
    let folder = folder();
    folder.write("a.gpb", &chain());
    let mut command = folder.command(&["apply", "a.gpb", "--yes", "--sim", "latency=0.02"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(told.any(|line| line.unwrap().contains("creating")));
    drop((told, child.stdout.take()));
    for _ in 0..3 {
        send("HUP", &child);
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    settled(&folder);
    assert_eq!(in_the_cloud(&folder).len(), 12);
}

/// A terminal that is closed under a process that does not hear of it: each write to it fails.
#[cfg(unix)]
#[test]
fn a_terminal_that_fails_does_not_stop_an_apply() {
    const TERMINAL: &str = "import os, subprocess, sys\n\
        ours, theirs = os.openpty()\n\
        child = subprocess.Popen(sys.argv[1:], stdin=theirs, stdout=theirs, stderr=theirs)\n\
        os.close(theirs)\n\
        shown = b''\n\
        while b'created' not in shown:\n    shown += os.read(ours, 4096)\n\
        os.close(ours)\n\
        sys.exit(child.wait())\n";
    let folder = folder();
    folder.write("a.gpb", &chain());
    let apply = folder.command(&["apply", "a.gpb", "--yes", "--sim", "latency=0.02"]);
    let mut terminal = Command::new("python3");
    terminal.args(["-c", TERMINAL]).arg(apply.get_program()).args(apply.get_args());
    terminal.current_dir(apply.get_current_dir().unwrap()).env_clear();
    terminal.envs(apply.get_envs().filter_map(|(name, value)| Some((name, value?))));
    terminal.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let ran = terminal.output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    settled(&folder);
    assert_eq!(in_the_cloud(&folder).len(), 12);
}

fn send(signal: &str, child: &Child) {
    let sent =
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).stderr(Stdio::null()).status();
    sent.unwrap();
}
