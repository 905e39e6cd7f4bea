//! Components: parameters, outputs, what stands inside.

use super::{check, model, stack};

const QUEUE: &str = r#"
type retry { times: count = 3, wait: duration = 30s }
component queue {
  param name: string
  param retry: retry = { times = 5 }
  param env: map<string> = {}
  param rules: list<{ path: string, port: count = 80 }> = []
  param when: list<{ metric: metric, op: string, threshold: any, add: count, remove: count? }> = []
  param vpc: aws.ec2.vpc?
  let full = "${name}-${region}"
  resource aws.sqs.queue main {
    queue_name = full
    visibility_timeout = seconds(retry.wait)
    maximum_message_size = 1024 * retry.times
    tags = merge(env, { Rules = join([for r in rules: "${r.path}:${r.port}"], ","), When = join([for w in when: "${w.metric}${w.op}${w.add}"], ",") })
  }
  output arn = main.arn
}
type metric = cpu | memory
"#;

#[test]
fn parameters_in_every_form() {
    insta::assert_snapshot!(model(
        &(QUEUE.to_owned()
            + &stack(
                r#"
  let memory = 5
  queue jobs {
    name = "jobs"
    retry { wait = 1min }
    env A = "1"
    env B = "2"
    rules { path = "/a" }
    rules { path = "/b", port = 443 }
    when cpu > 70% add 2 remove 1
    when memory > 80% add 3
  }
  queue one { name = "one", rules { path = "/only" }, retry { wait 2s times 1 } }
  output arn = jobs.arn
  output inside = jobs.main.queue_name
"#
            ))
    ));
}

#[test]
fn wrong_parameters() {
    insta::assert_snapshot!(check(
        &(QUEUE.to_owned()
            + &stack(
                r#"
  queue a { }
  queue b { name = "b", nam = "b", retry { wiat = 1s } }
  queue c { name = "c", retry { wait = 70% } }
  queue d { name = 5, name = 6 }
  queue { name = "e" }
  quue f { name = "f" }
  output x = a.arm
"#
            ))
    ));
}

#[test]
fn recursion_is_refused() {
    insta::assert_snapshot!(check(
        r"
component a { b inner { } }
component b { c inner { } }
component c { a inner { } }
fn f(n: count) -> count = g(n)
fn g(n: count) -> count = f(n)
fn h(n: count) -> count = h(n)
const x = f(1)
"
    ));
}

#[test]
fn what_guards_after_and_protect_in_a_use_is_decided() {
    let body = r#"
  layer work {
    resource aws.sqs.queue first { queue_name = "first" }
    queue with { name = "with", if 1 < 2 { after first, protect always } else { protect never } }
    queue without { name = "without", if 2 < 1 { after first } }
    queue many { name = "many", for n in ["a", "b"] { if n == "b" { after first } } }
  }
"#;
    let model = model(&(QUEUE.to_owned() + &stack(body)));
    assert_eq!(model.matches("after work.first").count(), 2, "{model}");
    insta::assert_snapshot!(model);
}

#[test]
fn what_guards_in_a_use_may_nest_and_look_at_parameters() {
    let body = r#"
  param careful: bool = true
  param before: list<string> = ["a", "b"]
  layer work {
    resource aws.sqs.queue first { queue_name = "first" }
    resource aws.sqs.queue second { queue_name = "second" }
    queue nested {
      name = "nested"
      if careful {
        if length(before) > 1 { after first, if !careful { protect never } else { protect always } }
        for n in before { if n == "b" { after second } else { env B = n } }
      }
    }
    queue otherwise { name = "otherwise", if !careful { after first } else if careful { after second } else { protect always } }
    queue keyed { name = "keyed", for n in before { after each[n] } }
    for n in before { resource aws.sqs.queue each { queue_name = n } }
    queue variable { name = "variable", let wanted = careful, if wanted { after first, protect always } }
  }
"#;
    let model = model(&(QUEUE.to_owned() + &stack(body)));
    for order in ["after work.second, work.first", "after work.second\n", r#"after work.each["b"], work.each["a"]"#] {
        assert!(model.contains(order), "{order}:\n{model}");
    }
    assert_eq!(model.matches("protect Some(true)").count(), 2, "{model}");
    insta::assert_snapshot!(model);
}

#[test]
fn what_is_wrong_in_what_guards_after_in_a_use_is_told() {
    let told = check(
        &(QUEUE.to_owned()
            + &stack(
                r#"
  resource aws.sqs.queue first { queue_name = "first" }
  queue unknown { name = "a", if true { after frist } }
  queue undecided { name = "b", if first.arn == "x" { after first } }
  queue misplaced { name = "c", if true { ignore name } }
  queue word { name = "d", if true { protect alwys } }
"#,
            )),
    );
    insta::assert_snapshot!(told);
}

#[test]
fn a_component_may_be_used_many_times_and_in_components() {
    insta::assert_snapshot!(model(
        &(QUEUE.to_owned()
            + "component pair {\n, param names: list<string>\n, for n in names { queue each { name = n } }\n, output arns = [for n, q in each: q.arn]\n}\n"
            + &stack(
                r#"
  layer work {
    for side in ["left", "right"] { pair both in us-west-2 { names = ["${side}-a", "${side}-b"], after first, protect always } }
    resource aws.sqs.queue first { queue_name = "first" }
    output arns = both["left"].arns
  }
  resource aws.sqs.queue last { queue_name = "last", after work.both["right"] }
"#
            ))
    ));
}
