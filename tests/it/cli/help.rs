//! Help, and the reference page that quotes it.

use super::{Story, empty};
use crate::support::{Folder, root};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["check"],
    &["plan"],
    &["apply"],
    &["destroy"],
    &["show"],
    &["fmt"],
    &["vendor"],
    &["test"],
    &["cost"],
    &["prices"],
    &["prices", "refresh"],
    &["graph"],
    &["recovery"],
    &["drill"],
    &["simulate"],
    &["explain"],
    &["state"],
    &["state", "list"],
    &["state", "show"],
    &["state", "forget"],
    &["state", "import"],
    &["state", "abandon"],
    &["output"],
    &["completions"],
];

/// The page quotes the help of every command word for word. `GPB_BLESS=1` writes the quotations anew.
#[test]
fn the_reference_quotes_the_help_of_every_command() {
    let path = root().join("docs/cli.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut fresh = page.clone();
    for command in COMMANDS.iter().copied() {
        let ran = Folder::new().expect(0, &[command, &["--help"][..]].concat());
        assert_eq!(ran.err, "");
        let head = format!("\n## {}\n", ["gpb"].iter().chain(command).copied().collect::<Vec<_>>().join(" "));
        let section = fresh.find(&head).unwrap_or_else(|| panic!("docs/cli.md has no section{head}"));
        let start = section + fresh[section..].find("```text\n").expect("a quotation") + "```text\n".len();
        let end = start + fresh[start..].find("```").expect("its end");
        let help: String = ran.out.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        fresh.replace_range(start..end, &help);
    }
    if std::env::var_os("GPB_BLESS").is_some() {
        std::fs::write(path, fresh).unwrap();
    } else {
        assert_eq!(page, fresh, "docs/cli.md is behind: GPB_BLESS=1 writes its quotations anew");
    }
}

#[test]
fn every_command_is_in_the_reference() {
    let help = Folder::new().expect(0, &["--help"]).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<_> = listed.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 8, "{help}");
    for name in names {
        assert!(name == "lsp" || COMMANDS.iter().any(|command| command.first() == Some(&name)), "{name}");
    }
}

#[test]
fn the_version_and_a_wrong_command_line() {
    let folder = empty();
    Story::of(&folder)
        .run(0, &["--version"])
        .run(1, &[])
        .run(1, &["frobnicate"])
        .run(1, &["plna", "shop.gpb"])
        .run(1, &["plan", "--frob"])
        .run(1, &["plan", "--cloud", "moon"])
        .run(1, &["check"])
        .run(1, &["state", "show"])
        .end("wrong_command_line");
}

#[test]
fn completions_come_for_every_shell() {
    for (shell, start) in
        [("bash", "_gpb()"), ("zsh", "#compdef gpb"), ("fish", "# Print an optspec"), ("elvish", "\nuse builtin")]
    {
        let ran = Folder::new().expect(0, &["completions", shell]);
        assert!(ran.out.starts_with(start) && ran.out.contains("detailed-exitcode"), "{shell}: {}", &ran.out[..200]);
    }
    let powershell = Folder::new().expect(0, &["completions", "powershell"]);
    assert!(powershell.out.contains("Register-ArgumentCompleter"));
}
