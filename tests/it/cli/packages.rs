//! Packages: locked and copied by `gpb vendor`, and read as they were locked by everything else.

use super::empty;
use crate::support::Folder;
use std::fs;
use std::path::Path;
use std::process::Command;

const MAIN: &str = r#"use "file:../shared-lib" as shared
stack shop {
  shared.lane main {}
  output text = shared.label("x")
}
environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

const LIB: &str = r#"use "inner.gpb"
pub fn label(kind: string) -> string = "${prefix}-${kind}"
pub component lane {
  resource aws.sqs.queue main { queue_name = label("lane") }
}
"#;

/// Returns a folder with a program in `shop` and a library in `shared-lib`.
fn program() -> Folder {
    let folder = empty();
    for name in ["shop", "shared-lib/parts"] {
        fs::create_dir_all(folder.path(name)).unwrap();
    }
    folder.write("shop/main.gpb", MAIN);
    folder.write("shared-lib/lib.gpb", LIB);
    folder.write("shared-lib/inner.gpb", "pub const prefix = \"shared\"\n");
    folder.write("shared-lib/parts/unused.gpb", "const x = 1\n");
    folder
}

fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]).args(args);
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_folder_is_locked_copied_and_held_to_its_hash() {
    let folder = program();
    let check = |code: i32, part: &str| {
        let ran = folder.expect(code, &["check", "shop/main.gpb"]);
        assert!(ran.err.contains(part), "{}", ran.text());
    };
    check(3, "GPB1030");
    let vendored = folder.expect(0, &["vendor", "shop"]);
    assert_eq!(vendored.out, "file:../shared-lib: copied\n");
    check(0, "");
    assert_eq!(folder.expect(0, &["vendor", "shop"]).out, "");
    folder.expect(0, &["vendor", "shop", "--check"]);
    let lock = fs::read_to_string(folder.path("shop/gpb.lock")).unwrap();
    assert!(lock.contains("\"source\": \"file:../shared-lib\""), "{lock}");

    // From inside the folder, and by the editor's absolute path, the same package is meant.
    let mut inside = folder.command(&["check", "main.gpb"]);
    assert!(inside.current_dir(folder.path("shop")).output().unwrap().status.success());
    let whole = folder.path("shop/main.gpb").display().to_string();
    folder.expect(0, &["check", &whole]);

    folder.write("shop/vendor/shared-lib/inner.gpb", "pub const prefix = \"changed\"\n");
    check(3, "GPB1032");
    assert!(folder.expect(1, &["vendor", "shop", "--check"]).out.contains("it is not as it was locked"));
    folder.expect(0, &["vendor", "shop"]);
    check(0, "");

    fs::write(folder.path("shop/vendor/shared-lib/more.gpb"), "const y = 1\n").unwrap();
    check(3, "GPB1032");
    fs::remove_dir_all(folder.path("shop/vendor")).unwrap();
    check(3, "GPB1031");
    folder.expect(1, &["vendor", "shop", "--check"]);
    folder.expect(0, &["vendor", "shop"]);
    check(0, "");

    // The library changes: that is seen when it is asked for.
    folder.write("shared-lib/inner.gpb", "pub const prefix = \"new\"\n");
    check(0, "");
    assert_eq!(folder.expect(0, &["vendor", "shop"]).out, "file:../shared-lib: copied\n");
    folder.write("shop/gpb.lock", "{ \"version\": 1 ");
    check(3, "GPB1033");
}

#[test]
fn what_nothing_uses_goes() {
    let folder = program();
    folder.expect(0, &["vendor", "shop"]);
    folder.write("shop/main.gpb", "const x = 1\n");
    assert!(folder.expect(1, &["vendor", "shop", "--check"]).out.contains("nothing uses it"));
    assert_eq!(folder.expect(0, &["vendor", "shop"]).out, "file:../shared-lib: removed: nothing uses it\n");
    assert!(!folder.path("shop/vendor/shared-lib").exists());
    folder.expect(0, &["vendor", "shop", "--check"]);
}

#[test]
fn a_version_of_a_repository_is_locked_with_its_commit() {
    let folder = program();
    let repository = folder.path("repository");
    fs::create_dir_all(repository.join("net/vpc")).unwrap();
    fs::write(repository.join("net/vpc/lib.gpb"), "pub const size = 2\n").unwrap();
    fs::write(repository.join("README.md"), "elsewhere\n").unwrap();
    git(&repository, &["init", "--quiet"]);
    git(&repository, &["add", "."]);
    git(&repository, &["commit", "--quiet", "-m", "one"]);
    git(&repository, &["tag", "v1.0"]);
    let first = git(&repository, &["rev-parse", "HEAD"]);
    let source = format!("git:file://{}//net/vpc?ref=v1.0", repository.display());
    folder.write("shop/main.gpb", &format!("use \"{source}\" as vpc\nconst n = vpc.size\n"));
    let vendored = folder.expect(0, &["vendor", "shop"]);
    assert_eq!(vendored.out, format!("{source}: copied at the commit {first}\n"));
    folder.expect(0, &["check", "shop/main.gpb"]);
    assert!(!folder.path("shop/vendor/vpc/README.md").exists());
    assert!(!folder.path("shop/vendor/vpc/.git").exists());
    assert!(fs::read_to_string(folder.path("shop/gpb.lock")).unwrap().contains(&first));

    // The tag moves: what is locked stays, and is refused where it cannot be had any more.
    fs::write(repository.join("net/vpc/lib.gpb"), "pub const size = 3\n").unwrap();
    git(&repository, &["commit", "--quiet", "-a", "--amend", "-m", "two"]);
    git(&repository, &["tag", "--force", "v1.0"]);
    let second = git(&repository, &["rev-parse", "HEAD"]);
    assert_eq!(folder.expect(0, &["vendor", "shop"]).out, "");
    let updated = folder.expect(0, &["vendor", "shop", "--update"]);
    assert_eq!(updated.out, format!("{source}: copied at the commit {second}\n"));
    assert!(fs::read_to_string(folder.path("shop/vendor/vpc/lib.gpb")).unwrap().contains("= 3"));
    folder.expect(0, &["check", "shop/main.gpb"]);

    // The lock file names another commit of the same files: that is not what was copied.
    let lock = fs::read_to_string(folder.path("shop/gpb.lock")).unwrap();
    folder.write("shop/gpb.lock", &lock.replace(&second, &first));
    let ran = folder.expect(3, &["check", "shop/main.gpb"]);
    assert!(ran.err.contains("GPB1032") && ran.err.contains(&format!("at the commit {first}")), "{}", ran.text());
    folder.write("shop/gpb.lock", &lock);
    folder.expect(0, &["check", "shop/main.gpb"]);

    folder.write("shop/main.gpb", &format!("use \"{}\" as vpc\n", source.replace("v1.0", "v9")));
    let ran = folder.expect(1, &["vendor", "shop"]);
    assert!(ran.err.contains("cannot be had"), "{}", ran.text());
}

#[test]
fn a_package_is_closed_in_itself() {
    let folder = program();
    folder.write("shop/own.gpb", "pub const own = 1\n");
    folder.write("shared-lib/lib.gpb", "use \"../../own.gpb\"\nuse \"file:../other\" as other\n");
    folder.write("shop/main.gpb", "use \"file:../shared-lib\" as shared\nuse \"vendor/shared-lib/inner.gpb\"\n");
    folder.expect(0, &["vendor", "shop"]);
    let ran = folder.expect(3, &["check", "shop/main.gpb"]);
    for part in ["it is not in the package `shared-lib`", "GPB1034", "it is in the package `shared-lib`"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.text());
    }
    folder.write("shop/main.gpb", "use \"file:..\" as all\n");
    assert!(folder.expect(1, &["vendor", "shop"]).err.contains("holds the program itself"));
}

#[cfg(unix)]
#[test]
fn links_in_a_package_are_refused() {
    let folder = program();
    std::os::unix::fs::symlink("/etc/hostname", folder.path("shared-lib/host.gpb")).unwrap();
    assert!(folder.expect(1, &["vendor", "shop"]).err.contains("is a link"));
    fs::remove_file(folder.path("shared-lib/host.gpb")).unwrap();
    folder.expect(0, &["vendor", "shop"]);
    std::os::unix::fs::symlink("/etc/hostname", folder.path("shop/vendor/shared-lib/host.gpb")).unwrap();
    assert!(folder.expect(3, &["check", "shop/main.gpb"]).err.contains("GPB1032"));
}

#[cfg(unix)]
#[test]
fn the_folder_of_packages_is_no_link() {
    let folder = program();
    folder.expect(0, &["vendor", "shop"]);
    fs::rename(folder.path("shop/vendor"), folder.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", folder.path("shop/vendor")).unwrap();
    let ran = folder.expect(3, &["check", "shop/main.gpb"]);
    assert!(ran.err.contains("GPB1032") && ran.err.contains("`vendor` is a link"), "{}", ran.text());
    assert!(folder.expect(1, &["vendor", "shop"]).err.contains("`vendor` is a link"));
    fs::remove_file(folder.path("shop/vendor")).unwrap();
    fs::create_dir(folder.path("shop/vendor")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere/shared-lib", folder.path("shop/vendor/shared-lib")).unwrap();
    assert!(folder.expect(3, &["check", "shop/main.gpb"]).err.contains("shared-lib` is a link"));
}
