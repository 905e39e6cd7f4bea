//! Fetches a version of a repository with the `git` of the system.
#![expect(clippy::disallowed_methods, reason = "this file runs git, and waits for it")]

use super::source;
use gpb_engine::state::io_message;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The longest time that one step of git may take.
const LIMIT: Duration = Duration::from_mins(5);
/// The time between two looks at whether git has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// Fetches a version of a repository into an empty folder, and returns its commit.
///
/// A `locked` commit is fetched itself; the version may mean another by now.
///
/// # Errors
/// A sentence, when git is not there, fails or takes too long, or when the version has another commit than is locked.
pub(super) fn fetch(repository: &str, reference: &str, locked: Option<&str>, into: &Path) -> Result<String, String> {
    let url = source::url(repository)?;
    run(into, &["init", "--quiet"])?;
    let get = |what: &str| run(into, &["fetch", "--quiet", "--no-tags", "--depth", "1", "--", &url, what]);
    // Not every server gives a commit that no branch or tag is at.
    let by_commit = locked.is_some_and(|commit| get(commit).is_ok());
    if !by_commit {
        get(reference)?;
    }
    let commit = run(into, &["rev-parse", "FETCH_HEAD^{commit}"])?.trim().to_owned();
    if let Some(locked) = locked.filter(|locked| **locked != *commit) {
        return Err(format!(
            "`{reference}` is the commit {commit}, and {locked} is locked; `gpb vendor --update` takes it"
        ));
    }
    run(into, &["checkout", "--quiet", "--detach", "FETCH_HEAD"])?;
    Ok(commit)
}

/// Runs git in a folder, and returns what it prints.
fn run(folder: &Path, args: &[&str]) -> Result<String, String> {
    let cannot = |error: &std::io::Error| format!("`git` cannot be run: {}", io_message(error));
    let logs = folder.join(".git-output");
    let log = |name: &str| fs::create_dir_all(&logs).and_then(|()| fs::File::create(logs.join(name)));
    let mut command = Command::new("git");
    // No hook, no filter and no converted line ends: the files are those of the commit.
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "advice.detachedHead=false"]);
    command.args(["-c", "protocol.ext.allow=never", "-c", "init.defaultBranch=main"]).args(args).current_dir(folder);
    // It asks nobody anything.
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "true").env("SSH_ASKPASS", "true");
    command.env("GIT_LFS_SKIP_SMUDGE", "1").env("LC_ALL", "C");
    if std::env::var_os("GIT_SSH_COMMAND").is_none() {
        command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
    // It would work on the repository that gpb is called in.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command.stdout(log("out").map_err(|error| cannot(&error))?).stderr(log("err").map_err(|error| cannot(&error))?);
    let child = command.spawn().map_err(|error| cannot(&error))?;
    let status = wait(child).map_err(|error| cannot(&error))?;
    let read = |name: &str| String::from_utf8_lossy(&fs::read(logs.join(name)).unwrap_or_default()).into_owned();
    match status {
        Some(status) if status.success() => Ok(read("out")),
        Some(_) => Err(format!("`git {}` failed: {}", args.join(" "), read("err").trim())),
        None => Err(format!("`git {}` took more than {} s", args.join(" "), LIMIT.as_secs())),
    }
}

/// Waits for a child to end; `None` where that takes too long, and it is ended.
fn wait(mut child: Child) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}
