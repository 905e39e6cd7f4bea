//! `for`, `if`, `in`.

use super::{check, model, stack};

#[test]
fn keys_are_identities() {
    insta::assert_snapshot!(model(&stack(
        r#"
  for name, size in { small = 1, large = 2 } { resource aws.sqs.queue m { queue_name = "${name}-${size}" } }
  for s in [{ name = "a", n = 1 }, { name = "b", n = 2 }] key s.name {
    for n in range(s.n) { resource aws.sqs.queue nested { queue_name = "${s.name}-${n}" } }
  }
  output one = m["small"].arn
  output two = nested["b"]["1"].arn
"#
    )));
}

#[test]
fn keys_go_wrong() {
    insta::assert_snapshot!(check(&stack(
        r#"
  for s in [{ name = "a" }] { resource aws.sqs.queue x { queue_name = s.name } }
  for s in ["a", "b", "a"] { resource aws.sqs.queue y { queue_name = s } }
  for s in 5 { resource aws.sqs.queue z { queue_name = "z" } }
  for s in ["a", "b"] { resource aws.sqs.queue w { queue_name = s } }
  output missing = w["c"].arn
  resource aws.sqs.queue late { queue_name = "late", after w["d"] }
  for s in [late.arn] { resource aws.sqs.queue v { queue_name = "v" } }
"#
    )));
}

#[test]
fn conditions_choose_items_and_properties() {
    insta::assert_snapshot!(model(&stack(
        r#"
  param live: bool = true
  if live { resource aws.sqs.queue q { queue_name = "live" } } else { resource aws.sqs.queue q { queue_name = "sandbox" } }
  if !live { resource aws.sqs.queue never { queue_name = "never" } }
  resource aws.sqs.queue r {
    queue_name = "r"
    if live { delay_seconds = 5 } else { delay_seconds = 0 }
    tags { Never = never?.arn ?? "none", Name = q.queue_name }
  }
"#
    )));
}

#[test]
fn what_exists_must_be_known() {
    insta::assert_snapshot!(check(&stack(
        r#"
  resource aws.sqs.queue q { queue_name = "q" }
  if q.arn == "x" { resource aws.sqs.queue r { queue_name = "r" } }
  if 5 { resource aws.sqs.queue s { queue_name = "s" } }
  for x in split(q.arn, ":") { resource aws.sqs.queue t { queue_name = x } }
"#
    )));
}

#[test]
fn places_nest_and_reach_across() {
    insta::assert_snapshot!(model(&stack(
        r#"
  param recovery: region = us-west-2
  param other: place = place(region: us-east-1, account: "210987654321", role: "deploy")
  resource aws.sqs.queue here { queue_name = "here-${region}", tags { There = there.arn } }
  in recovery {
    resource aws.sqs.queue there { queue_name = "there-${region}-${length(zones(2))}" }
    resource aws.sqs.queue away in other { queue_name = "away-${region}-${account}-${partition}" }
  }
"#
    )));
}

#[test]
fn places_go_wrong() {
    insta::assert_snapshot!(check(&stack(
        r#"
  in 5 { resource aws.sqs.queue a { queue_name = "a" } }
  resource aws.sqs.queue b in us-eats-1 { queue_name = "b" }
  resource aws.sqs.queue c in b.arn { queue_name = "c" }
"#
    )));
}
