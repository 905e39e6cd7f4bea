//! The checks of scaling on whole programs: each one under `tests/scaling` names in its first line the codes of its
//! diagnostics, and a snapshot next to it holds them. Each mistake has both sides: `…_refused` and, with the change that the
//! message suggests, `…_mended`. `UPDATE=1` writes the snapshots.

use crate::support::{Folder, root};
use gpb_base::diag;
use gpb_base::diag::{Diagnostic, render};
use gpb_base::source::Loader;
use gpb_base::stdlib::Library;
use gpb_check as check;
use gpb_lang as lang;
use gpb_lang::CompileInputs;
use gpb_model::{Fact, Model};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

/// Lists programs by their paths below `tests/scaling`.
struct Programs;

impl Loader for Programs {
    fn load(&self, _: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let text = fs::read_to_string(folder().join(path)).map_err(|error| error.to_string())?;
        Ok((path.to_owned(), text.into()))
    }
}

fn folder() -> PathBuf {
    root().join("tests/scaling")
}

fn programs() -> Vec<String> {
    let mut found = Vec::new();
    for category in fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        for path in fs::read_dir(category).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|ending| ending == "gpb") {
                found.push(path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

struct ScalingReport {
    codes: Vec<&'static str>,
    text: String,
    model: Option<Model>,
}

fn told(file: &str, library: &Library) -> ScalingReport {
    let mut compilation = lang::check(file, &CompileInputs::embedded(&Programs, library), None);
    let mut found: Vec<Diagnostic> = std::mem::take(&mut compilation.diagnostics);
    if !found.iter().any(Diagnostic::is_error) {
        found.extend(compilation.model().map(check::scaling::check).unwrap_or_default());
    }
    diag::sort(&mut found);
    let codes: BTreeSet<&'static str> = found.iter().map(|diagnostic| diagnostic.code).collect();
    let text = render::human(&found, &compilation.sources, render::Style::PLAIN);
    let model = compilation.models.into_iter().next().map(|made| made.model);
    ScalingReport { codes: codes.into_iter().collect(), text, model }
}

/// Each program is compiled once: its diagnostics are those that its first line names, and all of them together use every
/// fact of the library, for one that cannot be read would show as a mistake of a user of the type.
#[test]
fn each_program_is_told_what_its_first_line_says() {
    let library = Library::embedded();
    let mut wrong = String::new();
    let mut met: BTreeSet<(String, String)> = BTreeSet::new();
    for file in programs() {
        let path = folder().join(&file);
        let source = fs::read_to_string(&path).unwrap();
        let expected = source.lines().next().and_then(|line| line.strip_prefix("// expect: ")).unwrap_or("");
        let told = told(&file, &library);
        let codes = if told.codes.is_empty() { "nothing".to_owned() } else { told.codes.join(" ") };
        if codes != expected {
            let _ = writeln!(wrong, "{file}: expected {expected}, and was told\n{}", told.text);
        }
        let beside = path.with_extension("txt");
        let before = fs::read_to_string(&beside).unwrap_or_default();
        if env::var_os("UPDATE").is_some() {
            if told.text.is_empty() {
                let _ = fs::remove_file(beside);
            } else {
                fs::write(beside, &told.text).unwrap();
            }
        } else if before != told.text {
            let _ = writeln!(wrong, "{file}: was told\n{before}and now is\n{}", told.text);
        }
        let facts = told.model.map(|model| model.facts).unwrap_or_default();
        let read = facts.iter().filter(|fact| is_ours(fact));
        met.extend(read.map(|fact| (fact.kind.to_string(), fact.name.to_string())));
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    let written = written(&library);
    assert!(written.len() > 30, "{written:?}");
    assert_eq!(written.difference(&met).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}

#[test]
fn each_mistake_has_both_its_sides() {
    let programs = programs();
    let refused: Vec<&String> = programs.iter().filter(|file| file.ends_with("_refused.gpb")).collect();
    assert!(refused.len() >= 40, "{} refusals", refused.len());
    for file in refused {
        assert!(programs.contains(&file.replace("_refused", "_mended")), "{file} has no other side");
    }
}

/// Lists the facts about scaling in the library: kind and name.
fn written(library: &Library) -> BTreeSet<(String, String)> {
    let mut written = BTreeSet::new();
    for (_, text) in library.below("facts/scaling/", ".gpb") {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            if let (Some(kind), Some(name), Some("{")) = (words.next(), words.next(), words.next())
                && KINDS.contains(&kind)
            {
                written.insert((kind.to_owned(), name.to_owned()));
            }
        }
    }
    written
}

const KINDS: [&str; 5] = ["scaling", "rule", "takes", "offers", "quota"];

fn is_ours(fact: &Fact) -> bool {
    KINDS.contains(&&*fact.kind)
}

#[test]
fn a_plan_is_refused_for_what_a_check_refuses() {
    let folder = Folder::with_specs();
    folder.edit("specs/live.gpb", "granted_fargate_vcpu = 200", "granted_fargate_vcpu = 199");
    let ran = folder.expect(3, &["plan", "specs/live.gpb", "--cloud", "sim"]);
    assert!(ran.err.contains("GPB6011") && ran.err.contains("granted_fargate_vcpu = 200"), "{}", ran.text());
    folder.edit("specs/live.gpb", "granted_fargate_vcpu = 199", "granted_fargate_vcpu = 200");
    folder.expect(0, &["plan", "specs/live.gpb", "--cloud", "sim"]);
}

#[test]
fn a_simulation_is_the_same_again_and_another_with_another_seed() {
    let folder = Folder::with_specs();
    let curve = "day peak=60000/min base=6000/min";
    let run = |more: &[&str]| {
        let arguments = [&["simulate", "specs/live.gpb", "--curve", curve, "--svg", "day.svg"], more].concat();
        let ran = folder.expect(0, &arguments);
        (ran.out, fs::read_to_string(folder.path("day.svg")).unwrap())
    };
    let first = run(&["--json"]);
    assert_eq!(first, run(&["--json"]));
    assert_ne!(first, run(&["--json", "--seed", "2"]));
    insta::assert_snapshot!("simulated_day", run(&[]).0);
}

/// Simulates a fleet with steps and a target, with the warm-up of its instances; executions that are kept ready; units of a
/// table, of which few can be removed in a day.
#[test]
fn instances_executions_and_units_are_simulated_too() {
    let folder = Folder::new();
    folder.write("all.gpb", &fs::read_to_string(root().join("tests/components/all.gpb")).unwrap());
    let run = |of: &str, curve: &str| folder.expect(0, &["simulate", "all.gpb", "--of", of, "--curve", curve]).out;
    let units = "spike base=300/min peak=12000/min at=30min for=3h length=12h";
    let told = [
        run("compute.workers", "spike base=3000/min peak=30000/min at=30min for=2h length=6h"),
        run("compute.resize", "day peak=9000/min base=500/min"),
        run("data.sessions", units),
        run("data.sessions.table.writes", units),
        run("data.sessions.index_reads[\"by_user\"]", units),
        folder.gpb(&["simulate", "all.gpb"]).text(),
    ];
    insta::assert_snapshot!("simulated_components", told.join("---\n"));
}

#[test]
fn a_simulation_reads_a_table_and_says_where_it_cannot() {
    let folder = Folder::with_specs();
    folder.write("load.csv", "time,load\n0:00,100/min\n0:10,3000/min\n1:00,100/min\n2:00,100/min\n");
    insta::assert_snapshot!(
        "simulated_table",
        folder.gpb(&["simulate", "specs/sandbox.gpb", "--load", "load.csv", "--noise", "0%"]).text()
    );
    folder.write("bad.csv", "time,load\n0:00,100/min\n0:10,3000%\n");
    insta::assert_snapshot!("bad_table", folder.gpb(&["simulate", "specs/sandbox.gpb", "--load", "bad.csv"]).text());
    insta::assert_snapshot!(
        "bad_curves",
        [
            folder.gpb(&["simulate", "specs/sandbox.gpb", "--curve", "week peak=1/min"]).text(),
            folder.gpb(&["simulate", "specs/sandbox.gpb", "--curve", "day peak=5"]).text(),
            folder.gpb(&["simulate", "specs/sandbox.gpb", "--of", "compute.djago"]).text(),
            folder.gpb(&["simulate", "specs/sandbox.gpb", "--noise", "120%"]).text(),
        ]
        .join("---\n")
    );
}
