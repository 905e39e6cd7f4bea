//! Protection: a resource that holds data in a live environment is not lost by accident.

use super::{SHOP, Story, empty};
use crate::support::Folder;
use crate::support::cloud::in_the_cloud;

/// The shop with real money: its queue holds data and is protected, its topic is neither.
fn live() -> Folder {
    let folder = empty();
    folder.write("shop.gpb", &SHOP.replace("mode    = sandbox", "mode    = live"));
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder
}

const QUEUE: (&str, &str) = ("\"jobs\"", "\"work\"");

#[test]
fn a_replacement_is_refused_until_it_is_meant() {
    let folder = live();
    let before = in_the_cloud(&folder);
    Story::of(&folder)
        .edit(QUEUE.0, QUEUE.1)
        .run(3, &["plan", "shop.gpb"])
        .json(3, &["plan", "shop.gpb", "--json"])
        .run(3, &["apply", "shop.gpb", "--yes"])
        .lines(3, &["apply", "shop.gpb", "--yes", "--json"])
        .run(3, &["apply", "--yes"])
        .run(1, &["plan", "shop.gpb", "--unprotect", "messages.job"])
        .end("protected_replacement");
    assert_eq!(in_the_cloud(&folder), before);
    Story::of(&folder)
        .run(0, &["plan", "shop.gpb", "--unprotect", "messages.jobs"])
        .run(0, &["apply", "--yes"])
        .end("unprotected_replacement");
    assert_eq!(in_the_cloud(&folder).len(), 3);
}

#[test]
fn the_plan_last_shown_is_unprotected_as_it_is_applied() {
    let folder = live();
    folder.edit("shop.gpb", QUEUE.0, QUEUE.1);
    folder.expect(3, &["plan", "shop.gpb"]);
    folder.expect(1, &["apply", "--yes", "--unprotect", "messages.job"]);
    folder.expect(0, &["apply", "--yes", "--unprotect", "messages.jobs"]);
    folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]);
}

#[test]
fn the_end_is_refused_until_it_is_meant() {
    let folder = live();
    Story::of(&folder)
        .run(3, &["destroy", "shop.gpb", "--yes"])
        .run(0, &["destroy", "shop.gpb", "--yes", "--unprotect", "all"])
        .end("protected_destroy");
    assert_eq!(in_the_cloud(&folder), []);
}

#[test]
fn a_deletion_is_refused_though_its_declaration_is_gone() {
    let folder = live();
    let (start, end) =
        (SHOP.find("    resource aws.sqs.queue").unwrap(), SHOP.find("    resource aws.sns.topic").unwrap());
    let text = std::fs::read_to_string(folder.path("shop.gpb")).unwrap().replace(&SHOP[start..end], "");
    let (start, end) = (text.find("    resource aws.sns.subscription").unwrap(), text.find("  output hold").unwrap());
    folder.write("shop.gpb", &(text[..start].to_owned() + "  }\n" + &text[end..]));
    Story::of(&folder).run(3, &["plan", "shop.gpb"]).end("protected_deletion");
}

#[test]
fn a_renamed_resource_is_moved_and_not_touched() {
    let folder = live();
    let before = in_the_cloud(&folder);
    let rename = |folder: &Folder| {
        let text = std::fs::read_to_string(folder.path("shop.gpb")).unwrap();
        folder.write("shop.gpb", &text.replace("queue jobs", "queue work").replace("messages.jobs", "messages.work"));
    };
    Story::of(&folder)
        .then("the queue is renamed from `jobs` to `work` everywhere", rename)
        .run(3, &["plan", "shop.gpb"])
        .run(3, &["apply", "shop.gpb", "--yes"])
        .edit("stack shop {", "stack shop {\n  moved messages.jobs to messages.work")
        .run(2, &["plan", "shop.gpb", "--detailed-exitcode"])
        .run(0, &["apply", "--yes"])
        .run(0, &["plan", "shop.gpb", "--detailed-exitcode"])
        .run(0, &["state", "list"])
        .end("moved");
    assert_eq!(in_the_cloud(&folder), before);
}

#[test]
fn a_declaration_may_protect_and_open() {
    let folder = live();
    folder.edit("shop.gpb", "topic_name = \"news\" }", "topic_name = \"news\", protect always }");
    folder.edit("shop.gpb", "queue jobs {", "queue jobs {\n      protect never");
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    let refused = folder.expect(3, &["destroy", "shop.gpb", "--yes"]);
    assert!(refused.err.contains("`messages.news` is protected"), "{}", refused.text());
    assert!(!refused.err.contains("`messages.jobs` is protected"), "{}", refused.text());
}

#[test]
fn a_sandbox_protects_nothing_by_itself() {
    let folder = empty();
    folder.write("shop.gpb", SHOP);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder.edit("shop.gpb", QUEUE.0, QUEUE.1);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder.expect(0, &["destroy", "shop.gpb", "--yes"]);
}
