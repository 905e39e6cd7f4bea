//! Changes of the state by hand: forget, import, abandon.

use super::{applied, shop};
use crate::support::Folder;
use crate::support::cloud::{garble, in_the_cloud, snapshot};
use gpb_engine::state::{IntentStatus, SqliteStore, StateStore as _};
use gpb_model::Address;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

const JOBS: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs";

fn last_end(folder: &Folder, address: &str) -> Option<IntentStatus> {
    let scope = snapshot(folder).unwrap().scope;
    let store = SqliteStore::new(folder.path(".gpb"));
    store.history(&scope, Some(&Address::new(address)), 1).unwrap().pop()?.verdict
}

#[test]
fn what_is_forgotten_stays_and_can_be_imported_again() {
    let folder = applied();
    let before = in_the_cloud(&folder);
    let asked = folder.expect(1, &["state", "forget", "messages.jobs"]);
    assert!(asked.err.contains("It stays there") && asked.err.contains("not confirmed"), "{}", asked.text());
    let near = folder.expect(1, &["state", "rm", "messages.job", "--yes"]);
    assert!(near.err.contains("did you mean `messages.jobs`?"), "{}", near.text());
    assert_eq!(snapshot(&folder).unwrap().resources.len(), 3);
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    folder.expect(0, &["state", "forget", "messages.jobs", "--yes"]);
    assert_eq!(last_end(&folder, "messages.jobs"), Some(IntentStatus::Forgotten));
    assert_eq!((in_the_cloud(&folder), snapshot(&folder).unwrap().resources.len()), (before.clone(), 2));
    assert!(folder.expect(3, &["apply", "kept.json", "--yes"]).err.contains("GPB7006"), "plans from before are stale");
    assert!(folder.expect(0, &["plan", "shop.gpb"]).out.contains("+ messages.jobs"));

    let import = ["state", "import", "messages.jobs", JOBS, "--json"];
    assert!(folder.expect(1, &import).out.contains("not confirmed"));
    let json = folder.expect(0, &[&import[..], &["--yes"]].concat()).json();
    assert_eq!(json["imported"]["id"], JOBS, "{json}");
    assert_eq!(last_end(&folder, "messages.jobs"), Some(IntentStatus::Imported));
    folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]);
    let record = &snapshot(&folder).unwrap().resources[&Address::new("messages.jobs")];
    assert!(record.tainted.is_none() && record.layer.as_deref() == Some("messages"), "{record:?}");

    folder.expect(0, &["state", "forget", "messages.jobs", "--yes", "--json"]);
    folder.edit("shop.gpb", "hold: duration = 30s", "hold: duration = 50s");
    folder.expect(0, &["state", "import", "messages.jobs", JOBS, "--spec", "shop.gpb", "--yes"]);
    let plan = folder.expect(0, &["plan", "shop.gpb"]);
    assert!(plan.out.contains("~ messages.jobs") && plan.out.contains("30 -> 50"), "{}", plan.text());
    folder.expect(0, &["apply", "--yes"]);
    folder.expect(0, &["destroy", "shop.gpb", "--yes"]);
    assert!(in_the_cloud(&folder).is_empty(), "what was imported is deleted with the rest");
}

#[test]
fn an_import_is_refused_where_it_would_be_a_mistake() {
    let folder = applied();
    let refused = |code: &str, address: &str, id: &str, more: &[&str]| {
        let command = [&["state", "import", address, id, "--spec", "shop.gpb", "--yes"], more].concat();
        let ran = folder.expect(3, &command);
        assert!(ran.err.contains(code), "{code}: {}", ran.text());
    };
    refused("GPB7509", "messages.jobs", JOBS, &[]);
    refused("GPB7051", "messages.job", JOBS, &[]);
    folder.expect(0, &["state", "forget", "messages.news", "--yes"]);
    refused("GPB7052", "messages.news", "arn:aws:sns:us-east-1:123456789012:newz", &[]);
    let other = "environment other of shop { account = \"123456789012\", region = us-east-1, mode = sandbox }\n\n";
    folder.edit("shop.gpb", "environment test", &format!("{other}environment test"));
    refused("GPB7053", "messages.jobs", JOBS, &["--env", "other"]);
    assert_eq!(in_the_cloud(&folder).len(), 3);
    // The state is lost, and with it the journal: the mark on the queue is no longer known as gpb's own here.
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = std::fs::remove_file(folder.path(&format!(".gpb/{name}")));
    }
    refused("GPB7053", "messages.jobs", JOBS, &["--env", "test"]);
}

/// Starts an apply, and ends it without a warning while a creation is under way.
fn killed(folder: &Folder) {
    let mut command = folder.command(&["apply", "shop.gpb", "--yes", "--json", "--sim", "latency=100"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..2 {
        assert!(lines.any(|line| line.unwrap().contains("\"event\":\"waiting\"")));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_interrupted_change_is_given_up() {
    let folder = shop();
    killed(&folder);
    assert_eq!(snapshot(&folder).unwrap().pending.len(), 2);
    let abandon = ["state", "abandon", "messages.jobs"];
    let asked = folder.expect(1, &abandon);
    assert!(
        asked.err.contains("It may exist") && asked.err.contains("gpb state import messages.jobs"),
        "{}",
        asked.text()
    );
    let import = ["state", "import", "messages.jobs", JOBS, "--spec", "shop.gpb", "--yes"];
    assert!(folder.expect(3, &import).err.contains("GPB7506"), "it is still open");
    folder.expect(0, &[&abandon[..], &["--yes"]].concat());
    assert_eq!(last_end(&folder, "messages.jobs"), Some(IntentStatus::Failed));
    assert!(folder.expect(3, &[&abandon[..], &["--yes"]].concat()).err.contains("GPB7050"));
    folder.expect(0, &import);
    let json = folder.expect(0, &["state", "abandon", "messages.news", "--yes", "--json"]).json();
    assert_eq!(json["abandoned"]["operation"], "create", "{json}");
    assert_eq!(snapshot(&folder).unwrap().pending, []);
}

/// An interrupted change that nobody can find out about: the others do not wait for it.
#[test]
fn an_interrupted_change_that_stays_open_stops_only_what_depends_on_it() {
    let folder = shop();
    killed(&folder);
    garble(&folder, "aws.sqs.queue", true);
    let ran = folder.expect(1, &["apply", "shop.gpb", "--yes"]);
    for text in ["GPB7607", "`gpb state abandon", "GPB7040", "Done: 1 of 1."] {
        assert!(ran.err.contains(text), "{text}: {}", ran.text());
    }
    assert!(ran.out.contains("wiring.feed (aws.sns.subscription): depends on messages.jobs"), "{}", ran.text());
    let after = snapshot(&folder).unwrap();
    assert_eq!((after.pending.len(), after.resources.len()), (1, 1));
    garble(&folder, "aws.sqs.queue", false);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    assert_eq!(in_the_cloud(&folder).len(), 3, "the queue that was being created is the one there is");
}

#[cfg(unix)]
#[test]
fn the_state_is_changed_by_one_process_at_a_time_also_by_a_link() {
    let folder = applied();
    std::fs::create_dir(folder.path("other")).unwrap();
    std::os::unix::fs::symlink("../.gpb/state.db", folder.path("other/state.db")).unwrap();
    std::os::unix::fs::symlink(".gpb", folder.path("linked")).unwrap();
    folder.edit("shop.gpb", "hold: duration = 30s", "hold: duration = 50s");
    let mut command = folder.command(&["apply", "shop.gpb", "--yes", "--json", "--sim", "latency=100"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("\"event\":\"started\"")));
    for state in [".gpb", "other", "linked"] {
        for command in [
            &["state", "forget", "messages.news", "--yes"][..],
            &["state", "abandon", "messages.jobs", "--yes"],
            &["state", "import", "messages.news", "x", "--spec", "shop.gpb", "--yes"],
        ] {
            let ran = folder.expect(1, &[command, &["--state", state]].concat());
            assert!(ran.err.contains("GPB7504"), "{state}: {}", ran.text());
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    folder.expect(0, &["state", "forget", "messages.news", "--yes", "--state", "other"]);
    assert_eq!(snapshot(&folder).unwrap().resources.len(), 2);
}
