//! `gpb check` and `gpb plan`.

use super::{SHOP, Story, applied, empty, shop};
use crate::support::cloud::{in_the_cloud, lose};

#[test]
fn check() {
    let folder = shop();
    Story::of(&folder)
        .run(0, &["check", "shop.gpb"])
        .json(0, &["check", "shop.gpb", "--json"])
        .edit("queue_name ", "queue_nmae ")
        .edit("seconds(hold)", "hold")
        .run(3, &["check", "shop.gpb"])
        .json(3, &["check", "shop.gpb", "--json"])
        .run(3, &["plan", "shop.gpb", "--detailed-exitcode"])
        .lines(3, &["apply", "shop.gpb", "--yes", "--json"])
        .end("check");
    assert!(!folder.path(".gpb").exists(), "a program with errors touches nothing");
}

#[test]
fn plan_of_everything_new() {
    let folder = shop();
    Story::of(&folder)
        .run(0, &["plan", "shop.gpb"])
        .run(2, &["plan", "shop.gpb", "--detailed-exitcode"])
        .json(2, &["plan", "shop.gpb", "--detailed-exitcode", "--json"])
        .end("plan_new");
}

#[test]
fn plan_of_changes() {
    let folder = applied();
    Story::of(&folder)
        .run(0, &["plan", "shop.gpb", "--detailed-exitcode"])
        .json(0, &["plan", "shop.gpb", "--json"])
        .edit("hold: duration = 30s", "hold: duration = 45s")
        .edit("\"news\"", "\"news-2\"")
        .run(2, &["plan", "shop.gpb", "--detailed-exitcode"])
        .edit("    resource aws.sns.topic news { topic_name = \"news-2\" }\n", "    resource aws.sns.topic news {}\n")
        .run(2, &["plan", "--detailed-exitcode"])
        .end("plan_changes");
}

#[test]
fn a_resource_is_made_anew_when_that_is_asked_for() {
    let folder = applied();
    let feeds = || {
        let all = in_the_cloud(&folder).into_iter();
        all.filter(|(ty, _)| ty == "aws.sns.subscription").map(|(_, id)| id).collect::<Vec<_>>()
    };
    let before = feeds();
    let plan = folder.expect(2, &["plan", "shop.gpb", "--detailed-exitcode", "--replace", "wiring.feed"]);
    assert!(plan.out.contains("replaced as asked"), "{}", plan.text());
    folder.expect(0, &["apply", "--yes"]);
    assert_eq!(feeds().len(), 1);
    assert_ne!(feeds(), before);
    folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]);
    let near = folder.expect(1, &["plan", "shop.gpb", "--replace", "wiring.fed"]);
    assert!(near.err.contains("did you mean `wiring.feed`?"), "{}", near.text());
    let stored = folder.expect(1, &["apply", "--yes", "--replace", "wiring.feed"]);
    assert!(stored.err.contains("name the spec"), "{}", stored.text());
}

#[test]
fn a_plan_that_only_changes_an_output_says_so() {
    let folder = applied();
    folder.edit("shop.gpb", "{ wait = seconds(hold) }", "{ wait = seconds(hold) + 1 }");
    let plan = folder.expect(2, &["plan", "shop.gpb", "--detailed-exitcode"]);
    assert!(plan.out.contains("hold = { wait = 30 } -> { wait = 31 }"), "{}", plan.text());
    assert!(plan.out.contains("Only 1 output changes"), "{}", plan.text());
    assert_eq!(
        folder.expect(0, &["plan", "shop.gpb", "--json"]).json()["changed_outputs"],
        serde_json::json!(["hold"])
    );
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]);
}

#[test]
fn machines_are_warned_too() {
    let folder = shop();
    folder.edit("shop.gpb", "queue_name         = ", "QueueName          = ");
    let plan = folder.expect(0, &["plan", "shop.gpb", "--json"]).json();
    assert_eq!(plan["warnings"][0]["code"], "GPB2002");
    let apply = folder.expect(0, &["apply", "shop.gpb", "--yes", "--json"]);
    let first: serde_json::Value = serde_json::from_str(apply.out.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["plan"]["warnings"]), (&"plan".into(), &plan["warnings"]));
}

#[test]
fn plan_of_drift() {
    let folder = applied();
    Story::of(&folder)
        .then("the subscription is deleted outside gpb", |folder| lose(folder, "aws.sns.subscription"))
        .run(2, &["plan", "shop.gpb", "--detailed-exitcode"])
        .run(0, &["apply", "--yes"])
        .run(0, &["plan", "shop.gpb", "--detailed-exitcode"])
        .end("plan_drift");
}

#[test]
fn a_kept_plan_is_shown_again() {
    let folder = shop();
    Story::of(&folder)
        .run(1, &["show"])
        .json(1, &["show", "--json"])
        .run(0, &["plan", "shop.gpb", "--out", "kept.json"])
        .run(0, &["show", "kept.json"])
        .end("show");
    let last = folder.expect(0, &["show"]);
    assert_eq!(last.out, folder.expect(0, &["show", "kept.json"]).out);
    assert_eq!(folder.expect(0, &["show", "--json"]).out, folder.expect(0, &["plan", "shop.gpb", "--json"]).out);
}

#[test]
fn an_environment_is_chosen_by_name() {
    let folder = empty();
    let second =
        "\nenvironment other of shop { account = \"123456789012\", region = eu-west-1, mode = sandbox, hold = 5s }\n";
    folder.write("shop.gpb", &format!("{SHOP}{second}"));
    Story::of(&folder)
        .run(0, &["check", "shop.gpb"])
        .run(3, &["plan", "shop.gpb"])
        .run(3, &["plan", "shop.gpb", "--env", "othre"])
        .run(0, &["plan", "shop.gpb", "--env", "other"])
        .run(0, &["apply", "--yes"])
        .run(0, &["apply", "shop.gpb", "--yes", "--env", "test"])
        .run(1, &["state", "list"])
        .run(0, &["state", "list", "--env", "other"])
        .run(1, &["state", "list", "--env", "third"])
        .run(0, &["output", "shop.gpb", "--env", "test"])
        .end("environments");
}

#[test]
fn colour_comes_when_it_is_asked_for() {
    let mut folder = shop();
    let plan =
        |folder: &crate::support::Folder, color: &str| folder.expect(0, &["plan", "shop.gpb", "--color", color]).out;
    assert!(plan(&folder, "always").contains("\x1b["));
    assert!(!plan(&folder, "never").contains('\x1b'));
    assert!(!plan(&folder, "auto").contains('\x1b'), "a pipe is no terminal");
    folder.edit("shop.gpb", "seconds(hold)", "hold");
    assert!(folder.expect(3, &["check", "shop.gpb", "--color", "always"]).err.contains("\x1b["));
    assert!(!folder.expect(3, &["check", "shop.gpb"]).err.contains('\x1b'));
    folder.set("NO_COLOR", "1");
    assert!(
        folder.expect(3, &["check", "shop.gpb", "--color", "always"]).err.contains("\x1b["),
        "the option is the nearer word"
    );
    assert!(!folder.expect(3, &["check", "shop.gpb"]).err.contains('\x1b'));
}

#[test]
fn what_aws_asks_of_a_creation_is_refused_only_where_a_plan_creates() {
    let folder = empty();
    let with_user = r#"stack shop {
  resource aws.rds.db_cluster main {
    engine                      = "aurora-postgresql"
    master_username             = "owner"
    manage_master_user_password = true
  }
}
environment test of shop { account = "123456789012", region = us-east-1, mode = sandbox }
"#;
    let without = with_user.lines().filter(|line| !line.contains("master_user")).collect::<Vec<_>>().join("\n");
    folder.write("shop.gpb", &without);
    folder.expect(0, &["check", "shop.gpb"]);
    let refused = folder.expect(3, &["plan", "shop.gpb"]);
    assert!(refused.err.contains("AWS refuses to create this"), "{}", refused.text());
    folder.write("shop.gpb", with_user);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder.write("shop.gpb", &without.replace("  resource", "  // It is there already.\n  resource"));
    folder.expect(0, &["plan", "shop.gpb"]);
}
