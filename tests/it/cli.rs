//! The command line's contract: what each command prints, where, and how it ends.

mod apply;
mod capability;
mod deletion_locks;
mod errors;
mod files;
mod help;
mod incomplete;
mod inputs;
mod keep;
mod logs;
mod look;
mod modules;
mod packages;
mod plan;
mod protection;
mod secrets;
mod state;
mod tests;

use crate::support::{Folder, Ran};
use std::fmt::Write as _;

/// A spec with a queue, a topic, and the subscription of the one to the other.
const SHOP: &str = r#"stack shop {
  param mode: sandbox | live
  param hold: duration = 30s

  layer messages {
    resource aws.sqs.queue jobs {
      queue_name         = "jobs"
      visibility_timeout = seconds(hold)
    }
    resource aws.sns.topic news { topic_name = "news" }
  }

  layer wiring uses messages {
    resource aws.sns.subscription feed {
      topic_arn = messages.news.topic_arn
      protocol  = "sqs"
      endpoint  = messages.jobs.arn
    }
  }

  output queue = messages.jobs.queue_url
  output hold = { wait = seconds(hold) }
}

environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

/// Returns a folder with the shop, on a simulated cloud without latencies.
fn shop() -> Folder {
    let folder = empty();
    folder.write("shop.gpb", SHOP);
    folder
}

/// Returns the folder of the shop after an apply.
fn applied() -> Folder {
    let folder = shop();
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder
}

fn empty() -> Folder {
    let mut folder = Folder::new();
    folder.set("GPB_CLOUD", "sim");
    folder.set("GPB_SIM", "latency=0");
    folder
}

/// Returns the result of a command without the parts that differ from run to run.
fn shown(folder: &Folder, ran: &Ran) -> String {
    let text = Ran { code: ran.code, out: in_order(&ran.out), err: in_order(&ran.err) }.text();
    text.replace(&folder.path("").display().to_string(), "FOLDER/").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// Sorts lines of progress by address, for the order of independent resources is chance. Other lines stay in place.
fn in_order(text: &str) -> String {
    let address = |line: &str| -> Option<String> {
        if let Some(rest) = line.strip_prefix("{\"event\":") {
            let rest = rest.split_once("\"address\":\"")?.1;
            return rest.split_once('"').map(|(address, _)| address.to_owned());
        }
        let (address, rest) = line.split_once(": ")?;
        let progress = rest.ends_with('…') || rest.starts_with("is ") || rest.ends_with(')');
        (progress && !address.contains(' ')).then(|| address.to_owned())
    };
    let mut lines: Vec<_> = text.split_inclusive('\n').map(|line| (address(line.trim_end()), line)).collect();
    for block in lines.chunk_by_mut(|(one, _), (two, _)| one.is_some() == two.is_some()) {
        if block.first().is_some_and(|(address, _)| address.is_some()) {
            block.sort_by(|(one, _), (two, _)| one.cmp(two));
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Returns the settings of snapshots: they hold no times, hashes or process numbers.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("cli/snapshots");
    settings.set_omit_expression(true);
    for (pattern, stands) in [
        (r"\(\d+ ms\)", "(TIME)"),
        (r#""(elapsed_ms|at_ms)":\d+"#, r#""$1":TIME"#),
        (r#""lineage": "[0-9a-f]{32}""#, r#""lineage": "LINEAGE""#),
        (r"\d+ of [0-9a-f]{8}\b", "SERIAL of LINEAGE"),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
        (r"\b((?:shop|test)-[a-z-]+)-[0-9a-f]{8}\b", "$1-HASH"),
        (r"\b(secret|sg|vpc)-[0-9a-f]{17}\b", "$1-HASH"),
    ] {
        settings.add_filter(pattern, stands);
    }
    settings
}

/// Holds one snapshot of several commands in turn: each command line, and what it did.
struct Story<'a> {
    folder: &'a Folder,
    text: String,
}

impl<'a> Story<'a> {
    fn of(folder: &'a Folder) -> Self {
        Self { folder, text: String::new() }
    }

    fn run(mut self, code: i32, arguments: &[&str]) -> Self {
        let ran = self.folder.expect(code, arguments);
        self.record(arguments, &ran);
        self
    }

    fn record(&mut self, arguments: &[&str], ran: &Ran) {
        let _ = writeln!(self.text, "$ gpb {}\n{}", arguments.join(" "), shown(self.folder, ran));
    }

    /// Runs a command whose standard output must be one JSON document.
    fn json(mut self, code: i32, arguments: &[&str]) -> Self {
        let ran = self.folder.expect(code, arguments);
        drop(ran.json());
        assert_eq!(ran.err, "", "JSON leaves nothing to standard error");
        self.record(arguments, &ran);
        self
    }

    /// Runs a command whose standard output must be JSON lines, each with an event.
    fn lines(mut self, code: i32, arguments: &[&str]) -> Self {
        let ran = self.folder.expect(code, arguments);
        for line in ran.out.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(line["event"].is_string(), "{line}");
        }
        self.record(arguments, &ran);
        self
    }

    fn edit(mut self, from: &str, to: &str) -> Self {
        self.folder.edit("shop.gpb", from, to);
        let _ = writeln!(self.text, "# shop.gpb: `{from}` becomes `{to}`\n");
        self
    }

    fn then(mut self, what: &str, act: impl FnOnce(&Folder)) -> Self {
        act(self.folder);
        let _ = writeln!(self.text, "# {what}\n");
        self
    }

    fn end(self, name: &str) {
        settings().bind(|| insta::assert_snapshot!(name, self.text));
    }
}
