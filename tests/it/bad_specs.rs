//! The corpus of bad specs under `tests/bad`, as users write them: each names in its first lines the diagnostics it must
//! have, and where; a snapshot next to it holds them word for word.
//!
//! ```text
//! // expect: GPB1003 "= «replcas»"                 the code, and a text that occurs once, its marked part being the span
//! // expect: GPB0035 "environment live«»"          nothing is marked: the span is the point between the marks
//! // expect: GPB2001 in parts/shop.gpb "queu_name" in another file
//! // expect: GPB0004 somewhere                     in this file
//! // expect: GPB1001                               without a place
//! // expect: nothing                               the file is well, however it looks
//! ```
//!
//! Each line is one diagnostic, alternatives are separated by ` | `, and errors or warnings beyond these lines fail the test;
//! advice is free. A file that cannot hold its expectations has them in `<name>.expect`. Files whose
//! diagnostics are not yet as they should be are in `known.txt`. `UPDATE=1` writes the snapshots.

mod expectation;
mod fixes;

use crate::support::root;
use expectation::{ExpectedDiagnostic, ExpectedPlace, expectations};
use gpb_base::diag::{Diagnostic, render};
use gpb_catalog::Catalog;

use gpb::workspace;
use gpb_base::source::{FileContent, FolderFile, Loader, UnreadableFile};
use gpb_base::stdlib::Library;
use gpb_lang as lang;
use gpb_lang::CompileInputs;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const LIMIT: Duration = Duration::from_mins(1);
/// Categories whose files gpb reads itself, because the reading is under test, or what only a whole check finds.
const BY_THE_PROGRAM: [&str; 5] = ["files", "modules", "physical", "policy_rules", "refusals"];
/// The message of the compiler when its thread panicked.
const CAUGHT_PANIC: &str = "there is no memory for the compiler's stack";

#[test]
fn each_bad_spec_is_told_what_is_wrong_with_it() {
    let files = corpus();
    let known = known();
    let mut wrong = String::new();
    for (file, told) in ask_all(&files) {
        let complaints = match told {
            Ok(told) => judge(&file, &told, known.contains(&file)),
            Err(message) => format!("{file}: {message}\n"),
        };
        wrong += &complaints;
    }
    for file in known.iter().filter(|file| !files.contains(file)) {
        let _ = writeln!(wrong, "known.txt: there is no `{file}`");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_corpus_is_large_and_wide() {
    let files = corpus();
    assert!(files.len() >= 200, "{} files", files.len());
    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &files {
        *categories.entry(category(file)).or_default() += 1;
    }
    let small: Vec<_> = categories.iter().filter(|(_, count)| **count < 3).collect();
    assert!(small.is_empty(), "categories with fewer than three files: {small:?}");
    let mostly_bad = files.iter().filter(|file| expectations(file).0 != ["nothing"]).count();
    assert!(mostly_bad >= 200, "only {mostly_bad} files have a mistake");
}

#[test]
fn every_snapshot_belongs_to_a_spec() {
    let files: BTreeSet<PathBuf> = corpus().iter().map(|file| bad().join(file)).collect();
    let mut wrong = Vec::new();
    for ending in ["txt", "expect"] {
        wrong.extend(
            below(&bad(), ending)
                .into_iter()
                .filter(|path| path.parent() != Some(&bad()) && !files.contains(&path.with_extension("gpb"))),
        );
    }
    assert_eq!(wrong, Vec::<PathBuf>::new());
}

/// The diagnostics of a file, and their text.
struct SpecReport {
    diagnostics: Vec<Value>,
    text: String,
}

fn bad() -> PathBuf {
    root().join("tests/bad")
}

/// Lists the specs by their paths below `tests/bad`; deeper files are imported by them.
fn corpus() -> Vec<String> {
    let mut files = Vec::new();
    for folder in fs::read_dir(bad()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let specs = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let specs = specs.filter(|path| path.extension().is_some_and(|ending| ending == "gpb"));
        files.extend(specs.map(|path| path.strip_prefix(bad()).unwrap().to_str().unwrap().to_owned()));
    }
    files.sort();
    files
}

fn below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found
}

fn category(file: &str) -> &str {
    file.split('/').next().unwrap_or_default()
}

/// Returns the files whose diagnostics are not yet as they should be: one a line, then a colon and why.
fn known() -> BTreeSet<String> {
    let text = fs::read_to_string(bad().join("known.txt")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split(':').next().unwrap_or(line).to_owned()).collect()
}

/// Checks all files in parallel. A file that never ends is named, so that the test ends.
fn ask_all(files: &[String]) -> Vec<(String, Result<SpecReport, String>)> {
    let queue = Arc::new(Mutex::new(files.iter().rev().cloned().collect::<Vec<_>>()));
    let library = Arc::new(Library::embedded());
    let (sender, receiver) = mpsc::channel();
    for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
        let (queue, sender, library) = (Arc::clone(&queue), sender.clone(), Arc::clone(&library));
        thread::spawn(move || {
            loop {
                let Some(file) = queue.lock().unwrap().pop() else { return };
                let told = catch_unwind(AssertUnwindSafe(|| ask(&file, &library)));
                let told = told.map_err(|_| "panicked".to_owned());
                if sender.send((file, told)).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let start = Instant::now();
    let mut told = BTreeMap::new();
    while told.len() < files.len() {
        let Ok((file, result)) = receiver.recv_timeout(LIMIT.saturating_sub(start.elapsed())) else {
            let missing: Vec<_> = files.iter().filter(|file| !told.contains_key(*file)).take(4).collect();
            panic!("after {LIMIT:?} there is no word about {missing:?} and those after them");
        };
        told.insert(file, result);
    }
    told.into_iter().collect()
}

fn ask(file: &str, library: &Library) -> SpecReport {
    if BY_THE_PROGRAM.contains(&category(file)) {
        return ask_the_program(file);
    }
    let mut compilation = lang::check(file, &CompileInputs::embedded(&Corpus, library), None);
    gpb::analysis::graphs(&mut compilation, &|name| Catalog::embedded().get(name));
    let (diagnostics, sources) = (&compilation.diagnostics, &compilation.sources);
    SpecReport {
        diagnostics: diagnostics.iter().map(|diagnostic: &Diagnostic| render::json(diagnostic, sources)).collect(),
        text: render::human(diagnostics, sources, render::Style::PLAIN),
    }
}

/// Lists the files below `tests/bad`, by their paths from there.
struct Corpus;

impl Loader for Corpus {
    fn load(&self, _: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let text = fs::read_to_string(bad().join(path)).map_err(|error| error.to_string())?;
        Ok((path.to_owned(), text.into()))
    }

    fn read(&self, from: &str, path: &str, most: usize) -> Result<FileContent, UnreadableFile> {
        let read = workspace::read(bad().join(from).to_str().unwrap(), path, most)?;
        let name = Path::new(&read.path).strip_prefix(bad()).unwrap().to_str().unwrap().to_owned();
        Ok(FileContent { path: name, ..read })
    }

    fn list(&self, from: &str, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile> {
        workspace::list(bad().join(from).to_str().unwrap(), path, most)
    }
}

fn ask_the_program(file: &str) -> SpecReport {
    let run = |json: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpb"));
        command.args(["check", file]).args(json).current_dir(bad());
        command.env_remove("GPB_STDLIB").env("COLUMNS", "100").env("NO_COLOR", "1").output().unwrap()
    };
    let json = run(&["--json"]);
    let document: Value = serde_json::from_slice(&json.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&json.stderr)));
    let plain = run(&[]);
    let refused = if document["ok"] == true { 0 } else { 3 };
    assert_eq!((json.status.code(), plain.status.code()), (Some(refused), Some(refused)), "{file}");
    SpecReport {
        diagnostics: document["diagnostics"].as_array().unwrap().clone(),
        text: without_count(&String::from_utf8(plain.stderr).unwrap()),
    }
}

/// The program closes several diagnostics with their number.
fn without_count(text: &str) -> String {
    let counts = |line: &str| {
        let words = line.split(", ").all(|part| part.ends_with(" error") || part.ends_with('s'));
        words && line.starts_with(|first: char| first.is_ascii_digit())
    };
    match text.trim_end().rsplit_once('\n') {
        Some((before, last)) if counts(last) => format!("{before}\n"),
        _ => text.to_owned(),
    }
}

/// Returns the differences from the expectations, as lines; none when it is empty.
fn judge(file: &str, told: &SpecReport, is_known: bool) -> String {
    let mut wrong = compare(file, told);
    let panicked = told.diagnostics.iter().any(|diagnostic| diagnostic["message"] == CAUGHT_PANIC);
    if panicked {
        return format!("{file}: panicked\n");
    }
    if is_known {
        return if wrong.is_empty() {
            format!("{file}: is well now; take it out of known.txt\n")
        } else {
            String::new()
        };
    }
    let path = bad().join(file).with_extension("txt");
    let snapshot = fs::read_to_string(&path).unwrap_or_default();
    if env::var_os("UPDATE").is_some() {
        if told.text.is_empty() {
            let _ = fs::remove_file(path);
        } else {
            fs::write(path, &told.text).unwrap();
        }
    } else if snapshot != told.text {
        let _ = writeln!(wrong, "{file}: the snapshot was\n{snapshot}and now it is\n{}", told.text);
    }
    wrong
}

fn compare(file: &str, told: &SpecReport) -> String {
    let mut wrong = String::new();
    let (lines, offset) = expectations(file);
    if lines.is_empty() {
        let _ = writeln!(wrong, "{file}: says nothing of what is expected");
    }
    let mut left: Vec<ExpectedPlace> = told.diagnostics.iter().map(ExpectedPlace::of).collect();
    for line in lines.iter().filter(|line| *line != "nothing") {
        let parts = line.split(" | GPB").map(|part| part.trim_start_matches("GPB"));
        let any: Result<Vec<ExpectedDiagnostic>, String> =
            parts.map(|part| ExpectedDiagnostic::parse(part, file, offset)).collect();
        let problem = match any {
            Ok(any) => match left.iter().position(|place| any.iter().any(|wanted| wanted.is(place))) {
                Some(found) => {
                    left.remove(found);
                    continue;
                }
                None => "not told".to_owned(),
            },
            Err(problem) => problem,
        };
        let _ = writeln!(wrong, "{file}: expected {line}: {problem}");
    }
    for place in left.iter().filter(|place| !place.is_advice) {
        let _ = writeln!(wrong, "{file}: not expected: {place}");
    }
    wrong
}
