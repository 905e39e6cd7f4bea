//! Environments: their own fields, parameters, tags, overrides and moves.

use super::{check, compile, environment, model, shown, with_files};

const STACK: &str = r#"
stack demo {
  param tasks: range<count> = 2..10
  param database: range<acu>
  param mode: sandbox | live
  param region: region
  param note: string?
  layer data {
    resource aws.sqs.queue q { queue_name = "q-${mode}-${region}-${environment.name}-${high(tasks)}", tags { Team = "own" } }
    resource aws.sqs.queue_policy p { queues = [q.id], policy_document = policy { allow "sqs:SendMessage" to anyone on q.arn } }
  }
}
"#;

#[test]
fn everything_an_environment_says() {
    let text = environment(
        r#"
  mode = live
  database = 0.5..8 ACU
  tags { Team = "all", Cost = "42" }
  override data.q { delay_seconds = 9 }
  moved old.q to data.q
  moved before to data
"#,
    );
    insta::assert_snapshot!(model(&(STACK.to_owned() + &text)));
}

#[test]
fn everything_an_environment_gets_wrong() {
    let text = environment(
        r"
  mode = production
  tasks = 10..2
  databse = 1..2 ACU
  override data.queue { delay_seconds = 9 }
  moved data.q to data.p
  moved x to data.nothing
  role = 5
",
    );
    insta::assert_snapshot!(check(&(STACK.to_owned() + &text)));
    insta::assert_snapshot!(check(
        &(STACK.to_owned() + "environment e of dmo { region = us-east-1 }\nenvironment f of demo { }")
    ));
}

#[test]
fn which_environment() {
    let two = "stack s { }\nenvironment a of s { region = us-east-1 }\nenvironment b of s { region = us-west-2 }\n";
    let choose = |source: &str, name: Option<&str>| {
        with_files(&[("main.gpb", source)], &[], |entry, inputs| shown(&compile(entry, inputs, name)))
    };
    insta::assert_snapshot!(format!(
        "{}---\n{}---\n{}---\n{}",
        choose(two, None),
        choose(two, Some("b")),
        choose(two, Some("bb")),
        choose("stack s { }", None)
    ));
    assert_eq!(check(two), "");
}

#[test]
fn secrets_do_not_come_out() {
    insta::assert_snapshot!(check(&super::stack(
        r#"
  let key = secret("stripe/key")
  output a = key
  output b = { nested = [key] }
"#
    )));
}

#[test]
fn without_an_account() {
    insta::assert_snapshot!(check(
        "stack s { output a = account }\nenvironment e of s { region = us-east-1 }\nconst c = region\nconst d = environment.name\n"
    ));
}
