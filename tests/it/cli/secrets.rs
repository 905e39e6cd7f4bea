//! Secrets reach the cloud and no file or terminal on the way.

use super::empty;
use crate::support::Folder;

const SPEC: &str = r#"stack shop {
  param mode: sandbox | live
  resource aws.secretsmanager.secret token {
    name          = "token"
    secret_string = env_secret("SHOP_TOKEN")
  }
  resource aws.secretsmanager.secret made {
    name          = "made"
    secret_string = generated(length: 32)
  }
  output token = token.id
}
environment test of shop { account = "123456789012", region = us-east-1, mode = sandbox }
"#;

const FIRST: &str = "correct-horse-battery-staple";
const SECOND: &str = "tr0ub4dor-and-three";

/// Everything below the folder but the cloud itself, which is where secrets belong.
fn files(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for place in ["", ".gpb"] {
        for entry in std::fs::read_dir(folder.path(place)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_file() && !name.starts_with("sim.db") {
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

fn hidden(folder: &Folder, secret: &[u8]) {
    for (name, bytes) in files(folder) {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{name} holds the secret");
    }
}

#[test]
fn a_secret_is_nowhere_but_in_the_cloud() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    let commands: [&[&str]; 12] = [
        &["plan", "shop.gpb", "--out", "kept.json"],
        &["show", "--json"],
        &["apply", "kept.json", "--yes"],
        &["plan", "shop.gpb", "--json"],
        &["state", "list", "--json"],
        &["state", "show", "token", "--json"],
        &["state", "show", "made"],
        &["output", "shop.gpb", "--json"],
        &["graph", "shop.gpb", "--json"],
        &["apply", "shop.gpb", "--yes", "--json"],
        &["check", "shop.gpb"],
        &["show"],
    ];
    for secret in [FIRST, SECOND] {
        folder.set("SHOP_TOKEN", secret);
        for command in commands {
            let ran = folder.expect(0, command);
            for other in [FIRST, SECOND] {
                assert!(!ran.text().contains(other), "gpb {} prints the secret", command.join(" "));
            }
        }
        hidden(&folder, secret.as_bytes());
        assert_eq!(folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]).code, 0);
    }
}

#[test]
fn no_log_holds_a_secret() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.set("GPB_LOG", "trace");
    let mut logs = String::new();
    for secret in [FIRST, SECOND] {
        folder.set("SHOP_TOKEN", secret);
        for format in ["text", "json"] {
            logs += &folder.expect(0, &["plan", "shop.gpb", "--json", "--log-format", format]).err;
            logs += &folder.expect(0, &["apply", "shop.gpb", "--yes", "--json", "--log-format", format]).err;
        }
    }
    logs += &folder.expect(0, &["destroy", "shop.gpb", "--yes", "--json"]).err;
    assert!(logs.contains("command finished"), "{logs}");
    // A body of a call would name the property, also where its value is a secret that gpb generates.
    for text in [FIRST, SECOND, "SecretString"] {
        assert!(!logs.contains(text), "a log holds `{text}`");
    }
}

/// Long and with everything that encodings change, and a word that is short.
const AWKWARD: &str = "p/w & \"hunter\" <2>\\ é+=%";

/// A service that gives back what it is sent, in every spelling, in its refusal.
#[test]
fn a_secret_that_a_service_echoes_is_shown_and_kept_nowhere() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.set("GPB_SIM", "latency=0,echo=1");
    folder.set("GPB_LOG", "trace");
    for secret in [FIRST, AWKWARD, "tr0ub"] {
        folder.set("SHOP_TOKEN", secret);
        let mut said = Vec::new();
        for command in [
            &["apply", "shop.gpb", "--yes"][..],
            &["apply", "shop.gpb", "--yes", "--json", "--log-format", "json"],
            &["plan", "shop.gpb", "--json", "--out", "kept.json"],
            &["apply", "kept.json", "--yes"],
        ] {
            let ran = folder.gpb(command);
            assert_eq!(ran.code, i32::from(command[0] == "apply"), "{}", ran.text());
            said.push((command.join(" "), ran.text().into_bytes()));
        }
        assert!(String::from_utf8_lossy(&said[0].1).contains("'(secret SHOP_TOKEN)'"), "the rest is told");
        for (name, bytes) in said.into_iter().chain(files(&folder)) {
            // Of a short one a beginning, and what base64 makes of it after something else, are not told from chance.
            let all = gpb_sim::echo::spellings(secret);
            let sure = all.into_iter().enumerate().filter(|(at, _)| secret.len() >= 8 || (*at != 3 && *at < 12));
            for (_, spelling) in sure {
                // In JSON the words are escaped once more.
                let escaped = serde_json::Value::from(spelling.as_str()).to_string();
                for text in [spelling.as_str(), escaped.trim_matches('"')] {
                    let text = text.trim_matches(|c: char| "'\"{}<>?&=.".contains(c)).as_bytes();
                    assert!(!bytes.windows(text.len()).any(|window| window == text), "{name} holds {spelling}");
                }
            }
        }
    }
}

/// A secret that is copied to a place that is read, and a later command that does not know it by value.
#[test]
fn a_copy_of_a_secret_is_not_in_a_plan() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.set("SHOP_TOKEN", FIRST);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    crate::support::cloud::alter(&folder, "aws.secretsmanager.secret", "Description", FIRST);
    for variable in ["SHOP_TOKEN", "OTHER"] {
        folder.set("SHOP_TOKEN", if variable == "OTHER" { SECOND } else { FIRST });
        let ran = folder.expect(0, &["plan", "shop.gpb"]);
        assert!(!ran.text().contains(FIRST) && ran.text().contains("(secret)"), "{}", ran.text());
        let ran = folder.expect(0, &["plan", "shop.gpb", "--json"]);
        assert!(!ran.text().contains(FIRST), "{}", ran.text());
        hidden(&folder, FIRST.as_bytes());
    }
    folder.expect(0, &["apply", "--yes"]);
    hidden(&folder, FIRST.as_bytes());
}

/// The same in a place that the program leaves to others: it is not in the plan, and it stays where it is.
#[test]
fn a_copy_of_a_secret_in_an_ignored_place_stays_there_alone() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.edit("shop.gpb", "  output token", TOPIC);
    folder.set("SHOP_TOKEN", FIRST);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    crate::support::cloud::alter(&folder, "aws.sns.topic", "DisplayName", FIRST);
    folder.edit("shop.gpb", "for = \"a\"", "for = \"b\"");
    for plan in [&["plan", "shop.gpb"][..], &["plan", "shop.gpb", "--json"], &["show", "--json"]] {
        let ran = folder.expect(0, plan);
        assert!(!ran.text().contains(FIRST), "{}", ran.text());
        hidden(&folder, FIRST.as_bytes());
    }
    // The saved plan, and a plan that is made and applied at once.
    for (tag, apply) in [("b", &["apply", "--yes"][..]), ("c", &["apply", "shop.gpb", "--yes"])] {
        if tag == "c" {
            folder.edit("shop.gpb", "for = \"b\"", "for = \"c\"");
        }
        let ran = folder.expect(0, apply);
        assert!(ran.err.contains("Done: 1 of 1."), "{}", ran.text());
        hidden(&folder, FIRST.as_bytes());
        let topics = crate::support::cloud::read(&folder, "aws.sns.topic");
        assert_eq!(topics.len(), 1);
        assert_eq!((&topics[0]["DisplayName"], &topics[0]["Tags"][0]["Value"]), (&FIRST.into(), &tag.into()));
    }
}

/// A topic of which others may change the name that people see.
const TOPIC: &str = r#"  resource aws.sns.topic news {
    topic_name   = "news"
    display_name = "News"
    tags         = { for = "a" }
    ignore display_name
  }
  output token"#;

#[test]
fn a_changed_secret_is_a_change_and_a_generated_one_stays() {
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.set("SHOP_TOKEN", FIRST);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder.set("SHOP_TOKEN", SECOND);
    let plan = folder.expect(2, &["plan", "shop.gpb", "--detailed-exitcode"]);
    assert!(plan.out.contains("1 to update") && plan.out.contains("1 unchanged"), "{}", plan.text());
}

#[test]
fn a_program_that_would_show_a_secret_is_refused_without_showing_it() {
    let mut folder = empty();
    folder.set("SHOP_TOKEN", FIRST);
    for (code, from, to) in [
        ("GPB1907", "output token = token.id", "output token = env_secret(\"SHOP_TOKEN\")"),
        ("GPB1115", "name          = \"token\"", "name = \"x-${env_secret(\"SHOP_TOKEN\")}\""),
    ] {
        folder.write("shop.gpb", SPEC);
        folder.edit("shop.gpb", from, to);
        let ran = folder.expect(3, &["apply", "shop.gpb", "--yes"]);
        assert!(ran.err.contains(code) && !ran.text().contains(FIRST), "{}", ran.text());
    }
}

#[test]
fn a_secret_that_is_not_there_stops_what_needs_it_and_nothing_else() {
    let folder = empty();
    folder.write("shop.gpb", SPEC);
    let ran = folder.expect(1, &["apply", "shop.gpb", "--yes"]);
    assert!(ran.err.contains("GPB7605") && ran.err.contains("Done: 1 of 2. Failed: 1."), "{}", ran.text());
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut folder = empty();
    folder.write("shop.gpb", SPEC);
    folder.set("SHOP_TOKEN", FIRST);
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    folder.expect(0, &["apply", "--yes"]);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path(".gpb")), 0o700);
    assert_eq!(mode(&folder.path("kept.json")), 0o600);
    for entry in std::fs::read_dir(folder.path(".gpb")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_password_that_is_written_out_is_kept_nowhere_and_priced_all_the_same() {
    let folder = empty();
    let spec = r#"stack shop {
  resource aws.rds.db_instance main {
    engine               = "postgres"
    db_instance_class    = "db.t4g.micro"
    allocated_storage    = "20"
    master_username      = "owner"
    master_user_password = "correct-horse-battery-staple"
  }
}
environment test of shop { account = "123456789012", region = us-east-1, mode = sandbox }
"#;
    folder.write("shop.gpb", spec);
    for command in [["check", "shop.gpb"], ["plan", "shop.gpb"]] {
        let refused = folder.expect(3, &command);
        assert!(refused.err.contains("GPB2019"), "{}", refused.text());
    }
    folder.expect(0, &["cost", "shop.gpb"]);
    assert!(!folder.path(".gpb").exists(), "nothing was kept");
}
