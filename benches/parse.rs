//! Measures the share of parsing in a whole check of 10,000 resources: the figure that decides which parser gpb has.
//!
//! `cargo bench --no-default-features --bench parse` runs, by turns, a process that only parses (the spec and the whole
//! standard library, with pest alone) and `gpb check` of the spec, and prints the medians of what the processor took. It
//! also prints how many times as fast the check would be with a parser that takes no time at all. A parser of our own is
//! worth its keep if it makes the check twice as fast at least; it made it less, so plain pest it is.
//!
//! On two shared cores with 24 GiB, 10,000 resources (2.6 MB, 605,000 nodes), against functions that a build script wrote
//! from the same grammar, both in one binary and by turns, medians of 25 runs: parsing alone took 16 ms with those
//! functions and 132 ms with pest; the whole check 0.21 s and 0.36 s of processor time (1.74 times as long), and with
//! goals of recovery and cost 0.24 s and 0.39 s (1.58 times); its peak of memory was 147 MB and 195 MB.
//!
//! Since then the grammar guards what is seldom there, its commonest rules are atomic, and pest is built without `std`,
//! so that it does not ask for the room left on the stack at every step: parsing alone fell from 122 ms to 61 ms, and the
//! whole check from 0.36 s to 0.31 s on a busy machine (0.21 s with the functions that were written from the grammar).
//! A file is read in pieces since: what pest keeps of one stays small, and a second thread reads the second half. Against
//! the text in one piece, the whole check of 10,000 resources takes 19% less time and 137 MiB in place of 189.
//! Here `std` is on all the same, because the tests of the editors need `pest_meta`: a plain release build is faster than
//! what this program shows.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, missing_docs)] // A program that measures the outside world.

// The parser that pest writes names it so.
extern crate alloc;

mod load;

use pest::Parser as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use wait4::Wait4;

/// The same allocator as the command's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The grammar by itself, named from the crate's `src`.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/gpb.pest"]
struct Grammar;

const RESOURCES: usize = 10_000;
const RUNS: usize = 15;
/// Runs before those that count.
const WARM_UP: usize = 3;
/// Number of times as fast that a check must become for a parser of our own to be worth its keep.
const WORTH: f64 = 2.0;

/// Argument that makes this program parse the files behind it, and no more.
const ALONE: &str = "--parse-alone";

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != ALONE);
    if arguments.next().is_some() {
        return parse(arguments);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = folder.path().join("spec.gpb");
    std::fs::write(&spec, load::spec_of(RESOURCES)).expect("the spec can be written");
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
    let mut parses = Vec::new();
    let mut checks = Vec::new();
    for run in 0..WARM_UP + RUNS {
        let mut parse = Command::new(std::env::current_exe().expect("this program has a path"));
        parse.arg(ALONE).args([&spec, &library]);
        let mut check = Command::new(env!("CARGO_BIN_EXE_gpb"));
        check.arg("check").arg(&spec).arg("--state").arg(folder.path().join("state")).stdout(Stdio::null());
        let (parse, check) = (timed(parse), timed(check));
        if run >= WARM_UP {
            parses.push(parse);
            checks.push(check);
        }
    }
    let (parse, check) = (median(parses), median(checks));
    let free = check / (check - parse);
    println!("{RESOURCES} resources, seconds of the processor");
    println!("parsing alone      {parse:.3}");
    println!("the whole check    {check:.3}");
    println!("with free parsing  {free:.2} times as fast");
    if free >= WORTH {
        println!("A faster parser may be worth its keep: it could make a check {WORTH} times as fast.");
    }
}

/// Parses the files, and those with programs in the folders, as a check does: from cold.
fn parse(paths: impl Iterator<Item = String>) {
    let mut left: Vec<_> = paths.map(PathBuf::from).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|end| end == "gpb") {
            let text = std::fs::read_to_string(path).expect("a program is text");
            let pairs = Grammar::parse(Rule::file, &text).expect("every text parses");
            assert!(pairs.tokens().len() > 2, "a program has nodes");
        }
    }
}

/// Returns what the processor took for a process, in all of its threads.
fn timed(mut command: Command) -> Duration {
    let end = command.spawn().expect("it starts").wait4().expect("it ends");
    assert!(end.status.success(), "{command:?} failed");
    end.rusage.utime + end.rusage.stime
}

/// Returns the median, in seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
