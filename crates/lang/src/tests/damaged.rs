//! Whatever the text, the compiler answers.

use super::check;
use proptest::prelude::*;

const SAMPLE: &str = r#"
const sizes = { small = 1, large = 2 }
fn label(kind: string, n: count = 1) -> string = "${kind}-${n}"
type retry {
  times: count = 3
  wait: duration = 30s
}
component queue {
  param name: string
  param retry: retry = { times = 5 }
  param when: list<any> = []
  resource aws.sqs.queue main {
    queue_name = "${name}-${region}"
    visibility_timeout = seconds(retry.wait)
    tags { Count = "${length(when)}" }
  }
  output arn = main.arn
}
stack demo {
  param tasks: range<count> = 2..10
  param recovery: region = us-west-2
  layer network {
    resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" }
    for zone in zones(2) {
      resource aws.ec2.subnet public {
        vpc_id = main.id
        cidr_block = cidr_subnet(main.cidr_block, 8, 1)
      }
    }
  }
  layer data uses network {
    for name, size in sizes {
      queue each {
        name = label(name, n: size)
        retry { wait 1min times 2 }
        when cpu > 70% add 2 remove 1
      }
    }
    if high(tasks) > 5 { in recovery { resource aws.sqs.queue far { queue_name = "far" } } }
    after network.public["us-east-1a"]
  }
  output arns = [for name, q in data.each: q.arn]
  moved data.old to data.far
}
environment live of demo {
  account = "123456789012"
  region = us-east-1
  mode = live
  tags { Team = "a" }
  override data.far { delay_seconds = 9 }
}
"#;

#[test]
fn the_sample_is_whole() {
    assert_eq!(check(SAMPLE), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_piece_cut_out(start in 0..SAMPLE.len(), length in 1..60usize) {
        let mut text = SAMPLE.to_owned();
        text.replace_range(start..(start + length).min(SAMPLE.len()), "");
        check(&text);
    }

    #[test]
    fn one_word_in_the_place_of_another(from in 0..120usize, to in 0..120usize) {
        let words: Vec<&str> = SAMPLE.split_whitespace().collect();
        let (Some(from), Some(to)) = (words.get(from), words.get(to)) else { return Ok(()) };
        check(&SAMPLE.replace(from, to));
    }
}
